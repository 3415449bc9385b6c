// How likely each agent is to be chosen where chance chooses by weights: what the server checks, said before it is sent.
import type { components } from '../api/schema';
import type { Asking } from './plan';

export type Chance = components['schemas']['Chance'];

/** Least and greatest weight. */
export const CHANCE_WEIGHT = [1, 100] as const;
/** Agents who are named, at most. */
export const CHANCES_MAX = 1000;

/** Whether weights mean anything for a queue: it chooses by them, or a step of its plan does. */
export function choosesByChance({ strategy, plan }: Pick<Asking, 'strategy' | 'plan'>): boolean {
  return strategy === 'random_weighted' || (plan ?? []).some((step) => step.strategy === 'random_weighted');
}
