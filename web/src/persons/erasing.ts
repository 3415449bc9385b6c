// An erasure as data: what is wrong with what was typed, and what was kept back by why. Pure.
import type { KeptBack, PersonFound } from '../api/persons';
import { dialable } from '../desk/dial';
import { numberIn } from '../desk/talk';
import type { MessageId } from '../i18n/t';

export const REASON_MAX = 200;

/** The number that is meant, or null while it is no whole one. */
export function numberOf(typed: string): string | null {
  return numberIn(dialable(typed));
}

export function hasAny({ contacts, recordings, on_do_not_call }: PersonFound): boolean {
  return contacts > 0 || recordings > 0 || on_do_not_call;
}

/** Nothing of it comes back: the number is written again by whoever means it. */
export function erasureProblems(reason: string, again: string, number: string): Partial<Record<'reason' | 'again', MessageId>> {
  return {
    ...(reason.trim() === '' ? { reason: 'field.error.required' as const } : {}),
    ...(numberOf(again) === number ? {} : { again: 'persons.erase.again.error' as const }),
  };
}

/** What was kept back, by why, in the order in which it came. */
export function byWhy(kept: readonly KeptBack[]): { why: string; kind: string; ids: number[] }[] {
  const groups = new Map<string, { why: string; kind: string; ids: number[] }>();
  for (const { why, kind, id } of kept) {
    const key = `${why} ${kind}`;
    const group = groups.get(key) ?? { why, kind, ids: [] };
    group.ids.push(id);
    groups.set(key, group);
  }
  return [...groups.values()];
}
