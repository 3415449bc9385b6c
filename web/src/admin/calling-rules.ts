// How customers are called from a queue, as data: its limits, what it begins as, and what is missing. Pure.
import type { CallbackRules, CallingOutRules } from '../api/contract';
import type { MessageId } from '../i18n/t';

export const RING_S = [10, 120] as const;
export const COUNTRIES_MAX = 60;
export const FRESH_RING_S = 45;
export const FRESH_RULES: CallingOutRules = { endpoint_id: 0, countries: [], ring_s: FRESH_RING_S };

/** The first thing that is missing; nothing while nobody is called. */
export function missingRule(rules: CallingOutRules | null | undefined): MessageId | undefined {
  if (rules == null) return undefined;
  if (rules.endpoint_id === 0) return 'field.error.required';
  return rules.countries.length === 0 ? 'callOut.countries.none' : undefined;
}

/** Each country that a queue names for callbacks needs its clock. */
export function missingZone(rules: CallbackRules | null | undefined): MessageId | undefined {
  return rules?.zones?.some(({ time_zone }) => time_zone === '') ? 'field.error.required' : undefined;
}
