// @vitest-environment node
import { describe, expect, test } from 'vitest';
import { addressOf, agentsOf, allowedFilters, changed, CONTACT_FIELDS, filtersOf, instantOf, isBackwards, PERIODS, queryOf, RECORDING_FIELDS, type Filters } from './filters';

const ZONE = 'Europe/Berlin';
const NOW = Date.parse('2026-11-26T08:30:40Z');
const read = (address: string): Filters => filtersOf(new URLSearchParams(address), CONTACT_FIELDS, 'today');

describe('filters in the address', () => {
  test('an address that says nothing asks for the usual period', () => {
    expect(read('')).toEqual({ period: 'today', from: '', to: '', fields: {} });
    expect(addressOf(read(''), 'today').toString()).toBe('');
  });

  test('every filter comes back from the address it wrote', () => {
    const said = 'period=week&queue_id=3&team_id=4&agent_id=7&direction=in&channel=voice&end_reason=handled&disposition_id=2&number=%2B4930123456&min_wait_s=30&has_recording=true&open=false&figure=queue.answered&figure_from=2026-11-26T00%3A00%3A00.000Z&figure_to=2026-11-27T00%3A00%3A00.000Z';
    const filters = read(said);
    expect(Object.keys(filters.fields)).toEqual([...CONTACT_FIELDS]);
    expect(filtersOf(addressOf(filters, 'today'), CONTACT_FIELDS, 'today')).toEqual(filters);
    for (const period of PERIODS) expect(filtersOf(addressOf({ ...filters, period }, 'today'), CONTACT_FIELDS, 'today').period).toBe(period);
  });

  test('what makes no sense narrows nothing', () => {
    expect(read('queue_id=x&agent_id=-1&direction=up&number=12&min_wait_s=0&open=maybe&period=ever&state=kept').fields).toEqual({});
    expect(filtersOf(new URLSearchParams('state=kept&on_hold=true&open=true'), RECORDING_FIELDS, 'week').fields).toEqual({ state: 'kept', on_hold: 'true' });
  });

  test('a wall clock alone means an own period', () => {
    expect(read('from=2026-11-25T10:00')).toMatchObject({ period: 'own', from: '2026-11-25T10:00', to: '' });
    expect(read('from=yesterday')).toMatchObject({ period: 'today', from: '' });
    expect(read('period=week&from=2026-11-25T10:00')).toMatchObject({ period: 'week', from: '' });
  });

  test('a filter is narrowed, widened, and never empty', () => {
    const narrow = changed(read('queue_id=3'), 'agent_id', '7');
    expect(narrow.fields).toEqual({ queue_id: '3', agent_id: '7' });
    expect(changed(narrow, 'queue_id', '').fields).toEqual({ agent_id: '7' });
  });
});

describe('figures of teams only', () => {
  const meOf = (agent_id: number | null, agent_figures?: 'each' | 'team') => ({
    account: { id: 1, username: 'sam', roles: [], agent_id },
    center: { id: 'contoso', name: 'Contoso', time_zone: ZONE, ...(agent_figures ? { agent_figures } : {}) },
  });
  const asked = read('team_id=2&agent_id=7');

  test('each agent can be chosen unless the center says otherwise', () => {
    expect(agentsOf(meOf(null))).toBe('each');
    expect(agentsOf(meOf(null, 'each'))).toBe('each');
    expect(allowedFilters(asked, meOf(null))).toBe(asked);
  });

  test('no agent can be chosen, but oneself', () => {
    expect(agentsOf(meOf(null, 'team'))).toBe('none');
    expect(agentsOf(meOf(7, 'team'))).toBe('own');
    expect(allowedFilters(asked, meOf(7, 'team')).fields).toEqual({ team_id: '2', agent_id: '7' });
  });

  test('an address that names another agent narrows to the team alone', () => {
    expect(allowedFilters(asked, meOf(8, 'team')).fields).toEqual({ team_id: '2' });
    expect(allowedFilters(asked, meOf(null, 'team')).fields).toEqual({ team_id: '2' });
  });
});

describe('what the server is asked', () => {
  test('a day begins and ends with the center’s midnight', () => {
    expect(queryOf(read(''), NOW, ZONE)).toEqual({ from: '2026-11-25T23:00:00.000Z' });
    expect(queryOf(read('period=yesterday'), NOW, ZONE)).toEqual({ from: '2026-11-24T23:00:00.000Z', to: '2026-11-25T23:00:00.000Z' });
    expect(queryOf(read('period=week'), NOW, ZONE)).toEqual({ from: '2026-11-19T23:00:00.000Z' });
    expect(queryOf(read('period=hour'), NOW, ZONE)).toEqual({ from: '2026-11-26T07:30:00.000Z' });
    expect(queryOf(read('period=all&queue_id=3'), NOW, ZONE)).toEqual({ queue_id: '3' });
  });

  test('a day of 25 hours is asked for whole', () => {
    const after = Date.parse('2026-10-26T10:00:00Z');
    expect(queryOf(read('period=yesterday'), after, ZONE)).toEqual({ from: '2026-10-24T22:00:00.000Z', to: '2026-10-25T23:00:00.000Z' });
  });

  test('wall clocks are those of the center', () => {
    expect(new Date(instantOf('2026-11-25T10:00', ZONE)).toISOString()).toBe('2026-11-25T09:00:00.000Z');
    expect(new Date(instantOf('2026-07-25T10:00', ZONE)).toISOString()).toBe('2026-07-25T08:00:00.000Z');
    expect(new Date(instantOf('2026-07-25T10:00', 'America/New_York')).toISOString()).toBe('2026-07-25T14:00:00.000Z');
  });

  test('a period that ends before it begins is seen', () => {
    expect(isBackwards(read('from=2026-11-25T10:00&to=2026-11-25T09:00'))).toBe(true);
    expect(isBackwards(read('from=2026-11-25T10:00&to=2026-11-25T11:00'))).toBe(false);
    expect(isBackwards(read('from=2026-11-25T10:00'))).toBe(false);
  });
});
