// The skills of agents as a matrix: levels by agent and skill, what was changed of them, and the way back. Pure.
import type { SkillLevel } from '../routing/conditions';

export const LEVEL_MAX = 10;
/** Not had. */
export const NONE = 0;

export interface Cell {
  agent: number;
  skill: number;
  level: number;
}
type Levels = ReadonlyMap<number, ReadonlyMap<number, number>>;

interface Edit {
  before: readonly Cell[];
  after: readonly Cell[];
}
export interface Matrix {
  /** As the server has them, by agent and skill; what is not there is not had. */
  base: Levels;
  /** Only what differs from that. */
  changes: Levels;
  done: readonly Edit[];
  undone: readonly Edit[];
}

const levels = (skills: readonly SkillLevel[]): ReadonlyMap<number, number> => new Map(skills.map(({ skill_id, level }) => [skill_id, level]));

export function matrixOf(agents: readonly { id: number; skills: readonly SkillLevel[] }[]): Matrix {
  return { base: new Map(agents.map(({ id, skills }) => [id, levels(skills)])), changes: new Map(), done: [], undone: [] };
}

const savedAt = ({ base }: Matrix, agent: number, skill: number): number => base.get(agent)?.get(skill) ?? NONE;
export function levelAt(matrix: Matrix, agent: number, skill: number): number {
  return matrix.changes.get(agent)?.get(skill) ?? savedAt(matrix, agent, skill);
}
export function isChanged(matrix: Matrix, agent: number, skill: number): boolean {
  return matrix.changes.get(agent)?.has(skill) ?? false;
}
export function changedAgents(matrix: Matrix): number[] {
  return [...matrix.changes.keys()];
}

function written(matrix: Matrix, cells: readonly Cell[]): Matrix {
  const own = new Map<number, Map<number, number>>();
  for (const { agent, skill, level } of cells) {
    const row = own.get(agent) ?? new Map(matrix.changes.get(agent));
    if (savedAt(matrix, agent, skill) === level) row.delete(skill);
    else row.set(skill, level);
    own.set(agent, row);
  }
  const changes = new Map(matrix.changes);
  for (const [agent, row] of own) {
    if (row.size === 0) changes.delete(agent);
    else changes.set(agent, row);
  }
  return { ...matrix, changes };
}

/** What is so already is no edit. */
export function edited(matrix: Matrix, cells: readonly Cell[]): Matrix {
  const after = cells.filter(({ agent, skill, level }) => levelAt(matrix, agent, skill) !== level);
  if (after.length === 0) return matrix;
  const before = after.map(({ agent, skill }) => ({ agent, skill, level: levelAt(matrix, agent, skill) }));
  return { ...written(matrix, after), done: [...matrix.done, { before, after }], undone: [] };
}

export function undone(matrix: Matrix): Matrix {
  const last = matrix.done.at(-1);
  if (!last) return matrix;
  return { ...written(matrix, last.before), done: matrix.done.slice(0, -1), undone: [...matrix.undone, last] };
}
export function redone(matrix: Matrix): Matrix {
  const last = matrix.undone.at(-1);
  if (!last) return matrix;
  return { ...written(matrix, last.after), done: [...matrix.done, last], undone: matrix.undone.slice(0, -1) };
}

/** Everything is as the server has it. */
export function discarded({ base }: Matrix): Matrix {
  return { base, changes: new Map(), done: [], undone: [] };
}

/** What the agent has by the matrix, the skills in order. */
export function skillsOf(matrix: Matrix, agent: number): SkillLevel[] {
  const all = new Map([...(matrix.base.get(agent) ?? []), ...(matrix.changes.get(agent) ?? [])]);
  const had = [...all].filter(([, level]) => level !== NONE);
  return had.sort(([a], [b]) => a - b).map(([skill_id, level]) => ({ skill_id, level }));
}

/** The server has these by now: what differs stays a change, and the way back stays open. */
export function rebased(matrix: Matrix, agents: readonly { id: number; skills: readonly SkillLevel[] }[]): Matrix {
  const base = new Map(matrix.base);
  for (const { id, skills } of agents) base.set(id, levels(skills));
  const typed = agents.flatMap(({ id }) => [...(matrix.changes.get(id) ?? [])].map(([skill, level]): Cell => ({ agent: id, skill, level })));
  return written({ ...matrix, base }, typed);
}
