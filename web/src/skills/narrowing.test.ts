// @vitest-environment node
import { expect, test } from 'vitest';
import type { Asking } from '../routing/plan';
import { EVERYTHING, NO_TEAM, shownAgents, shownSkills, type MatrixAgent } from './narrowing';

const agent = (id: number, name: string, team_id: number | null, ...skills: [number, number][]): MatrixAgent => ({ id, name, team_id, skills: skills.map(([skill_id, level]) => ({ skill_id, level })) });
const agents = [agent(3, 'Zoë Berg', 1, [1, 5]), agent(1, 'Ada Klein', null), agent(2, 'Mei Tanaka', 2, [2, 1])];
const queue: Asking = { requirements: [{ skill_id: 1, min_level: 4 }], condition: null, preferences: [{ skill_id: 3, weight: 5 }], strategy: 'longest_idle', priority: 5, max_wait_s: 600, plan: [{ after_s: 30, condition: { any: [{ has: { skill_id: 1 } }, { has: { skill_id: 2 } }] } }] };
const ids = (list: readonly { id: number }[]): number[] => list.map(({ id }) => id);

test('agents stand by name, found without accents, and by team or none', () => {
  expect(ids(shownAgents(agents, EVERYTHING, undefined))).toEqual([1, 2, 3]);
  expect(ids(shownAgents(agents, { ...EVERYTHING, name: 'zoe' }, undefined))).toEqual([3]);
  expect(ids(shownAgents(agents, { ...EVERYTHING, team: 2 }, undefined))).toEqual([2]);
  expect(ids(shownAgents(agents, { ...EVERYTHING, team: NO_TEAM }, undefined))).toEqual([1]);
});

test('of a queue, those who could serve it at any step of its plan, or not at all', () => {
  const of = (serving: 'all' | 'could' | 'could_not'): number[] => ids(shownAgents(agents, { ...EVERYTHING, queue: 1, serving }, queue));
  expect(of('all')).toEqual([1, 2, 3]);
  expect(of('could')).toEqual([2, 3]);
  expect(of('could_not')).toEqual([1]);
});

test('the skills that a queue names, preferred ones too', () => {
  const skills = [4, 3, 2, 1].map((id) => ({ id, name: `Skill ${id}` }));
  expect(ids(shownSkills(skills, queue))).toEqual([1, 2, 3]);
  expect(ids(shownSkills(skills, undefined))).toEqual([1, 2, 3, 4]);
});
