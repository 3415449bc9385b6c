import { describe, expect, it } from 'vitest';
import { addressOf, askedOf, daysOf, grainOf, isBackwards, queryOf, USUAL } from './asked';
import { AGENT_COLUMNS, heightOf, listOf, QUEUE_COLUMNS, textOf, valueOf } from './columns';

const NOON = Date.parse('2026-11-26T11:00:00Z');
const BERLIN = 'Europe/Berlin';
const number = (value: number, isTenths: boolean): string => (isTenths ? value.toFixed(1) : String(value));

describe('what figures are asked for', () => {
  it('stands in the address as far as it is not usual, and comes back from it', () => {
    expect(addressOf(USUAL).toString()).toBe('');
    const asked = { ...USUAL, period: 'own', first: '2026-11-01', last: '2026-11-20', grain: 'day', variant: 'sl.genesys' } as const;
    expect(askedOf(addressOf(asked))).toEqual(asked);
  });

  it('is as usual where an address makes no sense', () => {
    expect(askedOf(new URLSearchParams('period=ever&grain=minute&variant=best&first=x'))).toEqual(USUAL);
  });

  it('is whole days of the center', () => {
    expect(daysOf({ ...USUAL, period: 'week' }, NOON, BERLIN)).toEqual(['2026-11-20', '2026-11-26']);
    expect(daysOf({ ...USUAL, period: 'yesterday' }, NOON, BERLIN)).toEqual(['2026-11-25', '2026-11-25']);
    expect(daysOf({ ...USUAL, period: 'own', first: '2026-11-02' }, NOON, BERLIN)).toEqual(['2026-11-02', '2026-11-02']);
    expect(queryOf(USUAL, NOON, BERLIN)).toEqual({ first_day: '2026-11-26', last_day: '2026-11-26', grain: 'hour' });
  });

  it('is told by the day where it is long', () => {
    expect(grainOf(USUAL, ['2026-10-23', '2026-11-26'])).toBe('hour');
    expect(grainOf(USUAL, ['2026-10-22', '2026-11-26'])).toBe('day');
  });

  it('does not end before it begins', () => {
    expect(isBackwards({ ...USUAL, period: 'own', first: '2026-11-02', last: '2026-11-01' })).toBe(true);
    expect(isBackwards({ ...USUAL, period: 'own', first: '2026-11-02', last: '2026-11-02' })).toBe(false);
  });
});

describe('figures', () => {
  it('are read by their kind, and nothing is a dash', () => {
    expect(textOf(75, 'seconds', number)).toBe('1:15');
    expect(textOf(12, 'count', number)).toBe('12');
    expect(textOf({ part: 2, of: 3, permille: 666 }, 'share', number)).toBe('66.6 %');
    expect(textOf({ part: 0, of: 0, permille: null }, 'share', number)).toBe('–');
    expect(textOf(null, 'seconds', number)).toBe('–');
  });

  it('are none where the server tells something else', () => {
    expect(valueOf({ asa_s: 12, transfers: { blind_queue: 1 } }, 'asa_s')).toBe(12);
    expect(valueOf({}, 'asa_s')).toBeNull();
    expect(heightOf({ part: 1, of: 2, permille: 500 })).toBe(500);
  });

  it('lead to the contacts behind them', () => {
    const link = listOf('queue', 3, 'answered', '2026-11-26T00:00:00.000Z', '2026-11-27T00:00:00.000Z');
    const query = new URLSearchParams(link.split('?')[1]);
    expect(query.get('figure')).toBe('queue.answered');
    expect(query.get('queue_id')).toBe('3');
    expect(query.get('figure_to')).toBe('2026-11-27T00:00:00.000Z');
  });

  it('stand in one column each', () => {
    for (const columns of [QUEUE_COLUMNS, AGENT_COLUMNS]) {
      expect(new Set(columns.map((it) => it.field)).size).toBe(columns.length);
    }
  });
});
