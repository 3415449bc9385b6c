// What is known of an entry of the do-not-call list without asking the server: what is missing, what is found, what is over.
import type { DoNotCall } from '../api/calling';
import { dialable } from '../desk/dial';
import { dateAt } from '../hours/clock';

export interface Entry {
  number: string;
  reason: string;
  /** A date, or nothing. */
  until: string;
}

/** Whether the day has come, where the center is, from which on the number may be called again. */
export function isOver(until: string | null | undefined, now: number, zone: string): boolean {
  return until != null && until <= dateAt(now, zone);
}

export function problemsOf(entry: Entry, now: number, zone: string): Partial<Record<keyof Entry, 'number' | 'reason' | 'until'>> {
  return {
    ...(dialable(entry.number) === '' ? { number: 'number' as const } : {}),
    ...(entry.reason.trim() === '' ? { reason: 'reason' as const } : {}),
    ...(entry.until !== '' && isOver(entry.until, now, zone) ? { until: 'until' as const } : {}),
  };
}

/** By part of a number, however it is written, or of a reason. */
export function found(list: readonly DoNotCall[], filter: string): DoNotCall[] {
  const needle = filter.trim().toLowerCase();
  const digits = dialable(needle);
  return list.filter(
    (entry) => needle === '' || (entry.reason ?? '').toLowerCase().includes(needle) || (/^\+?\d+$/.test(digits) && (entry.number ?? '').includes(digits)),
  );
}
