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

export interface Shortened {
  kept: Kept;
  /** Null: for good. */
  from: number | null;
  to: number;
}
/** The times that are shorter than before: what is older than that is erased. */
export function shortened(before: PrivacyInput, after: PrivacyInput): Shortened[] {
  return KEPT.flatMap((kept) => {
    const [from, to] = [before[kept], after[kept]];
    return to !== null && (from === null || to < from) ? [{ kept, from, to }] : [];
  });
}
