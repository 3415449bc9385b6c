import { expect, test } from 'vitest';
import type { PresenceRulesInput } from '../api/presence-rules';
import { AUTOMATIC, fromTeamsOf, gateOf, harmOf, inputOf, keyOf, problemsOf, standingsOf, targetOf, toTeamsOf, withFromTeams, withGate, withToTeams } from './rules';

const toTeams: PresenceRulesInput['to_teams'] = { is_on: true, map: [{ from: { kind: 'system', standing: 'on_contact' }, to: 'busy' }] };
const fromTeams: PresenceRulesInput['from_teams'] = { is_on: true, map: [{ from: 'busy', to: { kind: 'not_ready', reason_id: 5 } }], doing: [{ from: 'call', to: null }] };

test('what is asked and saved is what was read, but for its version', () => {
  const rules = { to_teams: toTeams, from_teams: fromTeams, precedence: [], ignore_shorter_than_s: 15, force_every_s: 3600, resets_timer_on_force: false, max_age_cycles: 3, cycle_s: 60, loop: { max_changes: 4, within_s: 120 }, gate: [] };
  expect(inputOf({ ...rules, version: 2 })).toEqual(rules);
});

// B-214
test('each state of Tandem has one status or none', () => {
  expect(standingsOf([{ id: 5 }]).map(keyOf)).toContain('reason:5');
  expect(toTeamsOf(toTeams, { kind: 'system', standing: 'on_contact' })).toBe('busy');
  expect(toTeamsOf(toTeams, { kind: 'system', standing: 'wrap_up' })).toBeNull();
  const next = withToTeams(toTeams, { kind: 'system', standing: 'on_contact' }, 'do_not_disturb');
  expect(next.map).toEqual([{ from: { kind: 'system', standing: 'on_contact' }, to: 'do_not_disturb' }]);
});

// B-215, B-223
test('the other direction is its own map, and what somebody is doing comes before the status only where there is a line', () => {
  expect(fromTeamsOf(fromTeams, 'busy')).toEqual({ kind: 'not_ready', reason_id: 5 });
  const next = withFromTeams(fromTeams, 'meeting', { kind: 'signed_out' });
  expect(next.doing).toContainEqual({ from: 'meeting', to: { kind: 'signed_out' } });
  expect(withFromTeams(next, 'meeting', null).doing).toEqual([{ from: 'call', to: null }]);
  expect(withFromTeams(fromTeams, 'away', { kind: 'available' }).map.map(({ from }) => from)).toEqual(['available', 'busy', 'do_not_disturb', 'be_right_back', 'away', 'offline']);
  expect(['available', 'signed_out', 'not_ready:7', ''].map(targetOf)).toEqual([{ kind: 'available' }, { kind: 'signed_out' }, { kind: 'not_ready', reason_id: 7 }, null]);
});

// B-204
test('what Teams sets by itself is marked, and making somebody available by it is warned of', () => {
  expect([AUTOMATIC.away, AUTOMATIC.offline, AUTOMATIC.available]).toEqual(['idle', 'closed', null]);
  expect(harmOf('away', { kind: 'available' })).toBe('idleAvailable');
  expect(harmOf('offline', { kind: 'available' })).toBe('closedAvailable');
  expect(harmOf('busy', { kind: 'available' })).toBe('freesBusy');
  expect([harmOf('away', { kind: 'signed_out' }), harmOf('away', null), harmOf('available', { kind: 'available' })]).toEqual([null, null, null]);
});

// B-028
test('what is not said of a status lets calls and messages through', () => {
  expect(gateOf([], 'busy')).toEqual({ when: 'busy', voice: 'route', messages: 'route' });
  const gate = withGate([{ when: 'call', voice: 'no_route', messages: 'route' }], { when: 'busy', voice: 'no_route', messages: 'route' });
  expect(gate.map(({ when }) => when)).toEqual(['busy', 'call']);
});

// B-203
test('the limits of a loop are checked', () => {
  const rules = { loop: { max_changes: 1, within_s: 120 } } as PresenceRulesInput;
  expect(problemsOf(rules)).toEqual(['loop.max_changes']);
});
