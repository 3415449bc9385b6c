// @vitest-environment node
import { describe, expect, test } from 'vitest';
import type { AgentState, BoardAgent } from '../api/contract';
import en from '../i18n/en.json';
import { choosable, consequence, directionOf, movesOf, placed, STATES } from './directing';

describe('setting the state of an agent', () => {
  test('whoever is not here is left alone, and nobody is set to what they are', () => {
    expect(movesOf('signed_out')).toEqual([]);
    expect(movesOf('available').map(({ to }) => to)).toEqual(['not_ready', 'signed_out']);
    expect(movesOf('not_ready').map(({ to }) => to)).toEqual(['ready', 'not_ready', 'signed_out']);
  });

  test('nobody is taken from a customer, and a wrap-up may be left', () => {
    const mayLeave = (state: AgentState): boolean | undefined => movesOf(state).find(({ to }) => to === 'signed_out')?.isPossible;
    expect((['offering', 'connecting', 'on_contact'] as const).map(mayLeave)).toEqual([false, false, false]);
    expect((['wrap_up', 'not_ready', 'available', 'error'] as const).map(mayLeave)).toEqual([true, true, true, true]);
  });

  test('what will happen is said of every state', () => {
    expect(consequence('available', 'not_ready')).toBe('direct.now.not_ready');
    expect(consequence('on_contact', 'not_ready')).toBe('direct.after.not_ready');
    expect(consequence('on_contact', 'signed_out')).toBe('problem.agent_on_contact');
    expect(consequence('signed_out', 'ready')).toBe('problem.agent_signed_out');
    const all = STATES.flatMap((state) => (['ready', 'not_ready', 'signed_out'] as const).map((to) => consequence(state, to)));
    expect(all.filter((id) => !(id in en))).toEqual([]);
  });

  test('why is needed of everything, and a reason of not ready', () => {
    expect(directionOf({ to: 'not_ready', reason: null, why: '  ' })).toEqual({ missing: ['reason', 'why'] });
    expect(directionOf({ to: 'ready', reason: null, why: '' })).toEqual({ missing: ['why'] });
    expect(directionOf({ to: 'not_ready', reason: 3, why: ' Fire drill ' })).toEqual({ body: { state: 'not_ready', reason_id: 3, why: 'Fire drill' } });
    expect(directionOf({ to: 'signed_out', reason: 3, why: 'Gone home' })).toEqual({ body: { state: 'signed_out', why: 'Gone home' } });
  });
});

describe('the order of agents', () => {
  const agent = (id: number, state: AgentState, since: string): BoardAgent => ({ id, name: `Agent ${id}`, state, since, reason: null, queue: null });
  const floor = [agent(1, 'available', '10:00'), agent(2, 'on_contact', '10:05'), agent(3, 'on_contact', '10:02'), agent(4, 'signed_out', '09:00')];
  const ids = (list: BoardAgent[]): number[] => list.map(({ id }) => id);

  test('who needs a look comes first, and within a state who is in it longest', () => {
    expect(ids(placed(floor, '', []))).toEqual([3, 2, 1]);
    expect(ids(placed(floor, 'signed_out', []))).toEqual([4]);
  });

  test('nothing moves under a hand: the places stay, who goes is gone, who comes stands last', () => {
    const later = [agent(1, 'offering', '10:09'), agent(2, 'signed_out', '10:09'), agent(3, 'wrap_up', '10:09'), agent(4, 'error', '10:09')];
    expect(ids(placed(later, '', [3, 2, 1]))).toEqual([3, 1, 4]);
    expect(ids(placed(later, '', []))).toEqual([4, 1, 3]);
  });
});

test('a heading cannot be set, and what stands under it is called with it', () => {
  const all = [
    { id: 1, label: 'Breaks', heading_id: null },
    { id: 2, label: 'Lunch', heading_id: 1 },
    { id: 3, label: 'Training' },
  ];
  expect(choosable(all)).toEqual([
    { id: 2, name: 'Breaks: Lunch' },
    { id: 3, name: 'Training' },
  ]);
});
