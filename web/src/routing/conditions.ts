// What is asked of agents, as data: conditions and the places of their parts, and who meets them. Pure. The core decides who
// is offered what (crates/core/src/condition.rs); this only shows its rules to people.
import type * as schema from '../api/schema';

export type Condition = schema.components['schemas']['Condition'];
export type Term = schema.components['schemas']['SkillTerm'];
export type Requirement = schema.components['schemas']['SkillRequirement'];
export interface SkillLevel {
  skill_id: number;
  level: number;
}

/** The limits of the server (crates/core/src/limits.rs): what is beyond them is not offered here. */
export const TERMS_MAX = 32;
export const DEPTH_MAX = 6;
export const LEVEL_MIN = 1;
export const LEVEL_MAX = 10;
/** A group with one skill in it. */
export const GROUP_DEPTH = 2;

export const EVERYBODY: Condition = { all: [] };

/** How the parts of a group count together. */
export const GROUPS = ['all', 'any', 'not_all', 'none'] as const;
export type GroupKind = (typeof GROUPS)[number];

/** What stands behind the nots in front of it, and the place at which the server knows it. */
interface Core {
  core: Exclude<Condition, { not: Condition }>;
  isNot: boolean;
  place: string;
}
function coreOf(condition: Condition, place: string): Core {
  if (!('not' in condition)) return { core: condition, isNot: false, place };
  const inner = coreOf(condition.not, `${place}.not`);
  return { ...inner, isNot: !inner.isNot };
}

export interface Part {
  condition: Condition;
  place: string;
}
export interface SeenTerm {
  what: 'term';
  term: Term;
  isNot: boolean;
}
export interface SeenGroup {
  what: 'group';
  kind: GroupKind;
  parts: Part[];
  /** Where the server says what is wrong with the group itself. */
  places: string[];
}

/** A condition as people see it: a skill that is had or not, or a group. */
export function seen(condition: Condition, place: string): SeenTerm | SeenGroup {
  const { core, isNot, place: at } = coreOf(condition, place);
  if ('has' in core) return { what: 'term', term: core.has, isNot };
  const [list, name] = 'all' in core ? [core.all, 'all'] : [core.any, 'any'];
  return {
    what: 'group',
    kind: name === 'all' ? (isNot ? 'not_all' : 'all') : isNot ? 'none' : 'any',
    parts: list.map((part, i) => ({ condition: part, place: `${at}.${name}.${i}` })),
    places: [...new Set([place, at, `${at}.${name}`])],
  };
}

/** The outermost is always shown as a group, also where it is one skill. */
export function seenAsGroup(condition: Condition, place: string): SeenGroup {
  const it = seen(condition, place);
  return it.what === 'group' ? it : { what: 'group', kind: 'all', parts: [{ condition, place }], places: [] };
}

export function group(kind: GroupKind, parts: readonly Condition[]): Condition {
  const list = [...parts];
  switch (kind) {
    case 'all':
      return { all: list };
    case 'any':
      return { any: list };
    case 'not_all':
      return { not: { all: list } };
    case 'none':
      return { not: { any: list } };
  }
}

export function term(it: Term, isNot: boolean): Condition {
  return isNot ? { not: { has: it } } : { has: it };
}

/** With these levels; those that go without saying are left out, as the server does. */
export function leveled(it: Term, min: number, max: number): Term {
  const { skill_id } = it;
  return max === LEVEL_MAX ? { skill_id, min_level: min } : { skill_id, min_level: min, max_level: max };
}
export const lowest = (it: Term): number => it.min_level ?? LEVEL_MIN;
export const highest = (it: Term): number => it.max_level ?? LEVEL_MAX;

export function termsOf(condition: Condition): Term[] {
  if ('has' in condition) return [condition.has];
  if ('not' in condition) return termsOf(condition.not);
  return ('all' in condition ? condition.all : condition.any).flatMap(termsOf);
}

/** What somebody must have for it, as opposed to what must not be there. */
export function termsWanted(condition: Condition, isNot = false): Term[] {
  if ('has' in condition) return isNot ? [] : [condition.has];
  if ('not' in condition) return termsWanted(condition.not, !isNot);
  return ('all' in condition ? condition.all : condition.any).flatMap((it) => termsWanted(it, isNot));
}

export function depthOf(condition: Condition): number {
  if ('has' in condition) return 1;
  if ('not' in condition) return 1 + depthOf(condition.not);
  return 1 + Math.max(0, ...('all' in condition ? condition.all : condition.any).map(depthOf));
}

export function isEverybody(condition: Condition): boolean {
  return 'all' in condition && condition.all.every(isEverybody);
}

/** levels filter, and a skill that is not had is below all of them. */
export function meets(condition: Condition, skills: readonly SkillLevel[]): boolean {
  if ('has' in condition) {
    const level = skills.find(({ skill_id }) => skill_id === condition.has.skill_id)?.level ?? 0;
    return level >= lowest(condition.has) && level <= highest(condition.has);
  }
  if ('not' in condition) return !meets(condition.not, skills);
  return 'all' in condition ? condition.all.every((it) => meets(it, skills)) : condition.any.some((it) => meets(it, skills));
}
