// Which agents and skills the matrix shows: by name, team and queue. Pure.
import { meets, type SkillLevel } from '../routing/conditions';
import { askedSkills, asks, type Asking } from '../routing/plan';
import { isFound } from '../ui/finding';

export interface MatrixAgent {
  id: number;
  name: string;
  team_id?: number | null;
  skills: readonly SkillLevel[];
}

/** With a queue chosen: everybody, who could serve it, or who could not. */
export const SERVING = ['all', 'could', 'could_not'] as const;
export type Serving = (typeof SERVING)[number];
/** Of the choice of teams: those in none. */
export const NO_TEAM = 0;

export interface Narrowing {
  name: string;
  /** Null is any. */
  team: number | null;
  queue: number | null;
  serving: Serving;
}
export const EVERYTHING: Narrowing = { name: '', team: null, queue: null, serving: 'all' };

const names = new Intl.Collator();
const byName = (a: { id: number; name: string }, b: { id: number; name: string }): number => names.compare(a.name, b.name) || a.id - b.id;

/** At any step of its plan. */
function couldServe(queue: Asking, skills: readonly SkillLevel[]): boolean {
  return asks(queue).some(({ condition }) => meets(condition, skills));
}

/** By what is saved, so that nobody goes out of sight while their levels are typed. */
export function shownAgents<A extends MatrixAgent>(agents: readonly A[], { name, team, serving }: Narrowing, queue: Asking | undefined): A[] {
  const isTeam = (it: A): boolean => team === null || (it.team_id ?? NO_TEAM) === team;
  const isServing = (it: A): boolean => queue === undefined || serving === 'all' || couldServe(queue, it.skills) === (serving === 'could');
  return agents.filter((it) => isFound(name, it.name) && isTeam(it) && isServing(it)).sort(byName);
}

/** Of a queue: the skills that it names. */
export function shownSkills<S extends { id: number; name: string }>(skills: readonly S[], queue: Asking | undefined): S[] {
  const named = queue ? new Set(askedSkills(queue).map(({ skill_id }) => skill_id)) : null;
  return skills.filter(({ id }) => named === null || named.has(id)).sort(byName);
}
