// @vitest-environment node
import { expect, test } from 'vitest';
import type { AgentState, BoardAgent } from '../api/contract';
import { gaps, servers, type Able } from './gap';
import type { Asking } from './plan';

const agent = (id: number, ...skills: [number, number][]): Able => ({ id, name: `Agent ${id}`, enabled: id !== 9, skills: skills.map(([skill_id, level]) => ({ skill_id, level })) });
const now = (id: number, state: AgentState): BoardAgent => ({ id, name: '', state, since: '2026-03-02T10:00:00Z', reason: null, queue: null });
const queue: Asking = {
  requirements: [{ skill_id: 1, min_level: 3 }],
  condition: { not: { has: { skill_id: 5 } } },
  preferences: [{ skill_id: 4, weight: 30 }],
  strategy: 'longest_idle',
  priority: 5,
  max_wait_s: 600,
  plan: [{ after_s: 30, condition: { any: [{ has: { skill_id: 1 } }, { has: { skill_id: 2 } }] } }],
};
const agents = [agent(1, [1, 5]), agent(2, [1, 1], [5, 9]), agent(3, [4, 2]), agent(4, [1, 9], [5, 1]), agent(9, [2, 10])];
const board = [now(1, 'on_contact'), now(2, 'available'), now(3, 'signed_out'), now(4, 'available')];

test('what nobody who is signed in has stands first, and what must not be there is no gap', () => {
  expect(gaps(queue, agents, board).map(({ skill_id, term, step, free, signedIn, all }) => [skill_id, term?.min_level ?? null, step, free, signedIn, all])).toEqual([
    [2, null, 1, 0, 0, 0],
    [1, 3, 0, 1, 2, 2],
    [1, null, 1, 2, 3, 3],
    [4, null, 0, 0, 0, 1],
  ]);
});

test('who could serve is told for each step, the free first, and nobody who is switched off', () => {
  const [own, wider] = servers(queue, agents, board);
  expect(own?.list.map(({ id }) => id)).toEqual([1]);
  expect(own?.counts).toEqual({ free: 0, signedIn: 1, all: 1 });
  expect(wider?.list.map(({ id }) => id)).toEqual([2, 4, 1]);
  expect(wider?.counts).toEqual({ free: 2, signedIn: 3, all: 3 });
});
