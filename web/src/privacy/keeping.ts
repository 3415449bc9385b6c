// How long what is personal is kept, as data: its limits, what is wrong with what was typed, and what saving it erases. Pure.
import type { Privacy, PrivacyInput } from '../api/privacy';

export const FIGURES = ['each', 'team'] as const satisfies readonly PrivacyInput['agent_figures'][];
export const KEPT = ['keep_customers_days', 'keep_messages_days'] as const satisfies readonly (keyof PrivacyInput)[];
export type Kept = (typeof KEPT)[number];
export const KEEP_DAYS = [1, 36_500] as const;

export function inputOf({ version: _version, ...input }: Privacy): PrivacyInput {
  return input;
}

/** What the server would refuse. */
export function problemsOf(input: PrivacyInput): Kept[] {
  const [least, most] = KEEP_DAYS;
  const isRight = (days: number | null): boolean => days === null || (Number.isInteger(days) && days >= least && days <= most);
  return KEPT.filter((kept) => !isRight(input[kept]));
}

/** Null: for good. */
export interface Shortened {
  from: number | null;
  to: number;
}
/** What is known of customers is erased at once when its time becomes shorter. Messages keep the time that they came with. */
export function shortened({ keep_customers_days: from }: PrivacyInput, { keep_customers_days: to }: PrivacyInput): Shortened | null {
  return to !== null && (from === null || to < from) ? { from, to } : null;
}
