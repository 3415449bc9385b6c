// By which rule the calls of a queue are recorded, as data: its choices, limits, what it begins as, and what is wrong. Pure.
import type { MessageId } from '../i18n/t';

export const CHANNELS = ['mixed', 'unmixed'] as const;
export const CONSENTS = ['not_needed', 'announced', 'asked'] as const;
export const FAILURES = ['continue', 'warn', 'end_call'] as const;
export const TRANSFERS = ['own_rule', 'strictest'] as const;
export const PAUSE_S = [30, 900] as const;
export const KEEP_DAYS = [1, 3650] as const;

export interface RecordingRule {
  when: 'always';
  channels: (typeof CHANNELS)[number];
  consent: (typeof CONSENTS)[number];
  on_failure: (typeof FAILURES)[number];
  pause_max_s?: number;
  after_transfer: (typeof TRANSFERS)[number];
  /** Null: until somebody deletes it. */
  keep_days: number | null;
}

export const FRESH_PAUSE_S = 300;
/** The careful choice in everything: whoever wants less says so. */
export const FRESH_RECORDING: RecordingRule = {
  when: 'always',
  channels: 'unmixed',
  consent: 'asked',
  on_failure: 'warn',
  pause_max_s: FRESH_PAUSE_S,
  after_transfer: 'own_rule',
  keep_days: null,
};

const isWithin = (value: number, [min, max]: readonly [number, number]): boolean => Number.isInteger(value) && value >= min && value <= max;

/** What the server would refuse, by field of the rule. */
export function recordingProblems(rule: RecordingRule | null | undefined): Partial<Record<'pause_max_s' | 'keep_days', MessageId>> {
  if (rule == null) return {};
  return {
    ...(isWithin(rule.pause_max_s ?? FRESH_PAUSE_S, PAUSE_S) ? {} : { pause_max_s: 'recordingRule.error.pause' as const }),
    ...(rule.keep_days === null || isWithin(rule.keep_days, KEEP_DAYS) ? {} : { keep_days: 'recordingRule.error.keep' as const }),
  };
}
