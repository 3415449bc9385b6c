// Calling out as data: what somebody typed, what is known about it before it is dialed, and how it went.
import type { ApiError } from '../api/client';
import type { CallingOut, Verdict } from '../api/calling';
import type { ContactView, TimelineRow } from '../api/contract';
import { TONES } from './talk';

/** Longer than any number with what people put between its digits. */
export const TYPED_MAX = 40;
/** The shortest numbers there are, those of emergency services, have three digits: nothing is asked about less. */
const ASKED_MIN = 3;

/**
 * A number as people write and paste it, the way it is asked for: what stands between digits does not count, 00 before the
 * country is a plus, and a zero in brackets is for callers within the country. Whether it can be called is the server's to say.
 */
export function dialable(text: string): string {
  const written = text
    .normalize('NFKC')
    .replace(/^\s*(tel|callto):/i, '')
    // Marks of direction come along when a number is copied from a page.
    .replaceAll(/[\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]/g, '')
    .trim();
  const abroad = /^(\+|00)/.test(written) ? written.replace(/\(0\)/, '') : written;
  return abroad.replaceAll(/[\s\-\u2010-\u2015./()]/g, '').replace(/^00/, '+');
}

/** What is worth a question, else null. */
export function askable(text: string): string | null {
  const number = dialable(text);
  return (number.match(/\d/g)?.length ?? 0) >= ASKED_MIN ? number : null;
}

/** The key that goes into the number when it is pressed anywhere in the dialog. */
export function isDialKey(key: string): boolean {
  return key === '+' || (TONES as readonly string[]).includes(key);
}

const PAD_COLUMNS = 3;

/** Where an arrow leads from a key of the pad; null for other keys, and at its edge. */
export function keyFrom(at: number, key: string, n: number): number | null {
  const step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -PAD_COLUMNS, ArrowDown: PAD_COLUMNS }[key];
  if (step === undefined) return null;
  // The last row has a gap in its middle: down from there leads to the last key.
  const to = step === PAD_COLUMNS && at + step >= n && at < n - 2 ? n - 1 : at + step;
  return to >= 0 && to < n ? to : null;
}

/** A text with something put in at the selection, and where the caret is then. */
export function typedInto(text: string, from: number, to: number, key: string): [text: string, caret: number] {
  const room = TYPED_MAX - (text.length - (to - from));
  const put = key.slice(0, Math.max(0, room));
  return [text.slice(0, from) + put + text.slice(to), from + put.length];
}

/** The same with the selection, or the character before the caret, gone. */
export function erased(text: string, from: number, to: number): [text: string, caret: number] {
  const start = from === to ? Math.max(0, from - 1) : from;
  return [text.slice(0, start) + text.slice(to), start];
}

/** What stands below the number before it is dialed. */
export type Rule =
  | { is: 'blocked'; code: string }
  | { is: 'empty' }
  | { is: 'asking' }
  | { is: 'unknown'; error: ApiError }
  | { is: 'refused'; code: string; detail: string }
  | { is: 'allowed'; verdict: Verdict };

/** No answer yet is no permission, and an answer about another number is none about this one. */
export function ruleOf(out: CallingOut, number: string | null, answer: { about: string | null; verdict?: Verdict; error?: ApiError | null }): Rule {
  if (out.queues.length === 0) return { is: 'blocked', code: 'no_queue' };
  if (!out.can_call) return { is: 'blocked', code: out.why_not ?? '' };
  if (number === null) return { is: 'empty' };
  if (answer.about !== number) return { is: 'asking' };
  if (answer.error) return { is: 'unknown', error: answer.error };
  if (!answer.verdict) return { is: 'asking' };
  const { allowed, code, detail } = answer.verdict;
  return allowed ? { is: 'allowed', verdict: answer.verdict } : { is: 'refused', code: code ?? '', detail };
}

/** The queue to call as: the one that this user chose last, as long as it may be chosen. */
export function chosenQueue(out: CallingOut, wanted: number | null): number | null {
  return (out.queues.find((queue) => queue.id === wanted) ?? out.queues[0])?.id ?? null;
}

/** Why a customer was not reached. `unknown` stands for a reason that this page does not know. */
export const NOT_REACHED = ['no_answer', 'busy', 'declined', 'failed', 'not_placed', 'agent_no_answer', 'agent_left', 'withdrawn', 'unknown'] as const;
export type NotReached = (typeof NOT_REACHED)[number];
/** The agent's own doing: no news, and nothing to mend. */
export function isOwnDoing(why: NotReached): boolean {
  return why === 'withdrawn' || why === 'agent_left';
}

/** How a call that is over went; null when the customer was reached. */
export function notReached(timeline: readonly TimelineRow[]): NotReached | null {
  const row = timeline.findLast(({ what }) => what === 'customer_not_reached' || what === 'customer_reached');
  if (row?.what === 'customer_reached') return null;
  const why = row?.detail['why'];
  return NOT_REACHED.find((known) => known === why) ?? 'unknown';
}

/** Whether people talk, so that there is something to hold, to transfer and to send tones into. */
export function isTalk(contact: ContactView): boolean {
  return contact.state === 'connected' && contact.channel !== 'voicemail';
}

/** Nothing is cut off when these end: one press is enough. */
export function endsAtOnce(contact: ContactView): boolean {
  return contact.state === 'dialing' || contact.channel === 'voicemail';
}
