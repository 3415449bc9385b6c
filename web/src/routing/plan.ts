// What a queue asks at each step of its plan, as data (R-13, crates/core/src/plan.rs). Pure.
import type { QueueInput } from '../api/contract';
import type * as schema from '../api/schema';
import type { MessageId } from '../i18n/t';
import { EVERYBODY, highest, isEverybody, lowest, termsOf, termsWanted, type Condition, type Term } from './conditions';

export type Preference = schema.components['schemas']['Preference'];
export type PlanStep = schema.components['schemas']['PlanStep'];
export type Strategy = schema.components['schemas']['Strategy'];

export const STRATEGIES = [
  'longest_idle',
  'best_skill',
  'longest_since_inbound',
  'longest_since_offer',
  'longest_ready',
  'round_robin',
  'ordered',
  'fewest_contacts',
  'least_talk',
  'least_active',
  'highest_free_units',
  'random_weighted',
  'random',
] as const satisfies readonly Strategy[];

/** The limits of the server (crates/core/src/limits.rs). */
export const PREFERENCES_MAX = 16;
export const WEIGHT = [1, 100] as const;
export const STEPS_MAX = 10;
export const ADDED_MAX_S = 86_400;
export const BANDS = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9] as const;

/** How far after the step before a new one begins. */
const GAP_S = 30;
const MORE_AGE_S = 60;

export type Asking = Pick<QueueInput, 'requirements' | 'condition' | 'team_ids' | 'preferences' | 'plan' | 'strategy' | 'priority' | 'max_wait_s'>;

export interface Ask {
  /** From so many seconds of waiting on. */
  after_s: number;
  condition: Condition;
  /** Whose agents are asked; everybody's when empty. */
  team_ids: readonly number[];
  preferences: readonly Preference[];
  strategy: Strategy;
  priority: number;
  boost_s: number;
}

/** Requirements and condition must both hold. */
function ownCondition({ requirements, condition }: Asking): Condition {
  const required = requirements.map(({ skill_id, min_level }): Condition => ({ has: { skill_id, min_level } }));
  if (condition == null) return { all: required };
  if ('all' in condition) return { all: [...required, ...condition.all] };
  return required.length === 0 ? condition : { all: [...required, condition] };
}

/** What is asked at each step, from 0, which is the queue's own. */
export function asks(queue: Asking): [Ask, ...Ask[]] {
  let ask: Ask = { after_s: 0, condition: ownCondition(queue), team_ids: queue.team_ids ?? [], preferences: queue.preferences ?? [], strategy: queue.strategy, priority: queue.priority, boost_s: 0 };
  const all: [Ask, ...Ask[]] = [ask];
  for (const step of queue.plan ?? []) {
    ask = {
      after_s: step.after_s,
      condition: step.condition ?? ask.condition,
      team_ids: step.team_ids ?? ask.team_ids,
      preferences: step.preferences ?? ask.preferences,
      strategy: step.strategy ?? ask.strategy,
      priority: step.priority ?? ask.priority,
      boost_s: step.boost_s ?? ask.boost_s,
    };
    all.push(ask);
  }
  return all;
}

/** Of a step that the queue does not have any more: the last one that it has. */
export function askAt(queue: Asking, step: number): Ask {
  const all = asks(queue);
  return all[Math.min(step, all.length - 1)] ?? all[0];
}

export function strategyAt({ plan, strategy }: Pick<Asking, 'plan' | 'strategy'>, step: number): Strategy {
  return (plan ?? []).slice(0, step).findLast((it) => it.strategy != null)?.strategy ?? strategy;
}

/** The next step: anybody, of any team; where that is asked already, more age. */
export function nextStep(queue: Asking): PlanStep {
  const last = askAt(queue, Number.POSITIVE_INFINITY);
  const after_s = last.after_s + GAP_S;
  if (!isEverybody(last.condition)) return { after_s, condition: EVERYBODY, ...(last.team_ids.length > 0 ? { team_ids: [] } : {}) };
  return last.team_ids.length > 0 ? { after_s, team_ids: [] } : { after_s, boost_s: Math.min(ADDED_MAX_S, last.boost_s + MORE_AGE_S) };
}

/** Without what is kept from the step before. */
export function withPart<K extends Exclude<keyof PlanStep, 'after_s'>>(step: PlanStep, part: K, value: PlanStep[K] | null): PlanStep {
  const next = { ...step };
  delete next[part];
  if (value != null) next[part] = value;
  return next;
}

export interface Problem {
  place: string;
  id: MessageId;
}

function unchosen(terms: readonly { skill_id: number }[]): boolean {
  return terms.some(({ skill_id }) => skill_id === 0);
}

/** What can be seen to be wrong before asking the server, by its place in the queue. */
export function planProblems(plan: readonly PlanStep[]): Problem[] {
  return plan.flatMap((step, i): Problem[] => {
    const before = plan[i - 1]?.after_s ?? 0;
    const at = `plan.${i}`;
    return [
      ...(step.after_s <= before ? [{ place: `${at}.after_s`, id: 'ask.error.order' as const }] : []),
      ...(step.condition && unchosen(termsOf(step.condition)) ? [{ place: `${at}.condition`, id: 'ask.error.skill' as const }] : []),
      ...(unchosen(step.preferences ?? []) ? [{ place: `${at}.preferences`, id: 'ask.error.skill' as const }] : []),
    ];
  });
}
export function conditionProblem(condition: Condition | null | undefined): MessageId | undefined {
  return condition && unchosen(termsOf(condition)) ? 'ask.error.skill' : undefined;
}
export function preferencesProblem(preferences: readonly Preference[] | undefined): MessageId | undefined {
  return unchosen(preferences ?? []) ? 'ask.error.skill' : undefined;
}

export interface AskedSkill {
  skill_id: number;
  /** Each way in which it is wanted, with the first step that does; none of what must not be there, or is only preferred. */
  wanted: { term: Term; step: number }[];
  isPreferred: boolean;
}
/** Every skill that the queue names, at any step. */
export function askedSkills(queue: Asking): AskedSkill[] {
  const found = new Map<number, AskedSkill>();
  const of = (skill_id: number): AskedSkill => {
    const it = found.get(skill_id) ?? { skill_id, wanted: [], isPreferred: false };
    found.set(skill_id, it);
    return it;
  };
  asks(queue).forEach((ask, step) => {
    for (const { skill_id } of termsOf(ask.condition)) of(skill_id);
    for (const term of termsWanted(ask.condition)) {
      const { wanted } = of(term.skill_id);
      const isKnown = wanted.some((it) => lowest(it.term) === lowest(term) && highest(it.term) === highest(term));
      if (!isKnown) wanted.push({ term, step });
    }
    for (const { skill_id } of ask.preferences) of(skill_id).isPreferred = true;
  });
  return [...found.values()];
}
