// What goes on in a conversation beside the talk of customer and agent, as data: who talks to whom, what can be done about
// it, what became of a third party, and what may be dialed.
import type { AgentState, Attributes, ContactView, Conversation, QueueTarget, Third, TimelineRow } from '../api/contract';
import { isolated } from '../ui/durations';

/** Whether the contact is the agent's own, or a colleague's who asks the agent. */
export function partOf(contact: ContactView, agent: number): 'own' | 'third' {
  const asked = contact.conversation?.third?.agent?.id === agent;
  return asked && contact.agent?.id !== agent ? 'third' : 'own';
}

/** What Shift+F4 does: asks for wrap-up after the conversation, or takes that back. Null where there is nothing to ask for. */
export function wishVerb(contact: ContactView, part: 'own' | 'third'): 'wrap-up/ask' | 'wrap-up/waive' | null {
  const wish = contact.conversation?.wrap_up_wish;
  if (part === 'third' || contact.state !== 'connected' || wish == null) return null;
  return wish === 'wanted' ? 'wrap-up/waive' : 'wrap-up/ask';
}

/** Who can hear whom: `with_third` and `with_customer` name the one whom the agent talks to. */
export const STANDINGS = ['alone', 'held', 'ringing', 'with_third', 'with_customer', 'together'] as const;
export type Standing = (typeof STANDINGS)[number];

export function standingOf(conversation: Conversation | null | undefined): Standing {
  const isHeld = conversation?.held_since != null;
  const third = conversation?.third;
  if (!third) return isHeld ? 'held' : 'alone';
  if (third.stage === 'ringing') return 'ringing';
  if (isHeld) return 'with_third';
  return third.is_held ? 'with_customer' : 'together';
}

/** A number as people write it: spaces, hyphens, dots, slashes and brackets do not count. Null when it cannot be called. */
export function numberIn(text: string): string | null {
  const written = text.replaceAll(/[\s\u00a0\-./()]/g, '');
  return /^\+[1-9]\d{6,14}$/.test(written) ? written : null;
}

/** For the middle of a sentence: a number keeps the order of its digits, plus first, in any direction of writing. */
export function inSentence(who: string): string {
  return numberIn(who) === null ? who : isolated(who);
}

/** A field name as people write it: `menu_choice` and `x-menu-choice` -> "Menu choice". */
export function attributeName(name: string): string {
  const words = name.replace(/^x[-_]/i, '').replaceAll(/[_.-]+/g, ' ').trim().toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** What the core says of a contact by an attribute, for flows to branch on; screens have words of their own for it. */
const CALLBACK_PENDING = 'callback_pending';

export function hasCallback(attributes: Attributes): boolean {
  return CALLBACK_PENDING in attributes;
}

export function shownAttributes(attributes: Attributes): [name: string, value: unknown][] {
  return Object.entries(attributes).filter(([name]) => name !== CALLBACK_PENDING);
}

/** The number of the queue in which the customer has a callback pending. */
export function callbackQueue(attributes: Attributes): number | null {
  return Number(attributes[CALLBACK_PENDING]) || null;
}

export function attributeText(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : JSON.stringify(value);
}

/** Whether somebody who types this means a number, right or wrong, and not a name. */
export function meansNumber(text: string): boolean {
  const written = text.trim();
  if (/^\+\s*\(?\d/.test(written) || written === '+') return true;
  return /^[\d\s\-./()+]+$/.test(written) && (written.match(/\d/g)?.length ?? 0) >= 3;
}

/** Why a queue would refuse the customer, as far as can be seen from here. */
export function refusalOf(queue: Pick<QueueTarget, 'is_open' | 'ready'>): 'closed' | 'nobody' | null {
  if (!queue.is_open) return 'closed';
  return queue.ready === 0 ? 'nobody' : null;
}

const AGENT_STATES: readonly string[] = [
  'signed_out', 'available', 'offering', 'connecting', 'on_contact', 'wrap_up', 'not_ready', 'in_teams', 'presence_unknown', 'error',
] satisfies AgentState[];
export function isAgentState(word: string): word is AgentState {
  return AGENT_STATES.includes(word);
}

/** What somebody hears, when it is no text but a recorded sound: the emulator names its address. */
export function isSoundFile(heard: string): boolean {
  return /^\[file \S+\]$/.test(heard);
}

/** As many tones as one request takes. */
export const TONES_MAX = 18;
export const TONES = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '*', '0', '#'] as const;
/** What else stands on the keys of a phone. */
export const KEY_LETTERS: Partial<Record<(typeof TONES)[number], string>> = {
  2: 'ABC', 3: 'DEF', 4: 'GHI', 5: 'JKL', 6: 'MNO', 7: 'PQRS', 8: 'TUV', 9: 'WXYZ',
};

/** What is sent next, and what waits until that is done. */
export function nextTones(waiting: string): [now: string, later: string] {
  return [waiting.slice(0, TONES_MAX), waiting.slice(TONES_MAX)];
}

/** Why a third party is in the call no more. `gone` stands for a reason that this page does not know. */
export type ThirdEnd = 'declined' | 'no_answer' | 'failed' | 'withdrawn' | 'left' | 'customer_left' | 'agent_left' | 'gone';
const THIRD_ENDS: readonly string[] = ['declined', 'no_answer', 'failed', 'withdrawn', 'left', 'customer_left', 'agent_left'];

/** How the last third party of the story went; null as long as one is there. */
export function thirdEndOf(timeline: readonly TimelineRow[]): { at: string; why: ThirdEnd } | null {
  const row = timeline.findLast(({ what }) => what === 'third_left' || what === 'third_asked');
  if (row?.what !== 'third_left') return null;
  const { why } = row.detail;
  return { at: row.at, why: typeof why === 'string' && THIRD_ENDS.includes(why) ? (why as ThirdEnd) : 'gone' };
}

/** When it turned out that the last hold of the story never came to be. */
export function holdFailed(timeline: readonly TimelineRow[]): string | null {
  const held = timeline.findLastIndex((row) => row.what === 'held' && row.detail['party'] === 'customer');
  return timeline.slice(held + 1).find((row) => row.what === 'order_failed' && row.detail['order'] === 'hold')?.at ?? null;
}

/** Steps of the machinery, of no use during a call. */
const INNER = new Set(['flow_started', 'node_entered', 'exit_taken', 'sub_flow_entered', 'sub_flow_left', 'decided', 'order_failed', 'order_unknown']);
/** Orders that somebody in the conversation gave: that one of them failed is part of its story. */
const OF_TALK = new Set(['hold', 'unhold', 'add_number', 'remove_number', 'transfer_away', 'send_digits']);

export function isStory(row: TimelineRow): boolean {
  return !INNER.has(row.what) || (typeof row.detail['order'] === 'string' && OF_TALK.has(row.detail['order']));
}

/** Ids in a line of a story that have names: `by`, `from`, `queue`, and whom it is about. */
export interface Names {
  agent: (id: number) => string;
  queue: (id: number) => string;
  number: string;
}

function whom(value: unknown, names: Names): string | undefined {
  if (value === 'number') return names.number;
  if (typeof value !== 'object' || value === null) return undefined;
  if ('agent' in value && typeof value.agent === 'number') return names.agent(value.agent);
  return 'queue' in value && typeof value.queue === 'number' ? names.queue(value.queue) : undefined;
}

/** The parameters of a line with names in place of ids. */
export function named(detail: Readonly<Record<string, unknown>>, names: Names): Record<string, unknown> {
  const said: Record<string, unknown> = { ...detail };
  for (const field of ['by', 'from', 'agent']) {
    const id = detail[field];
    if (typeof id === 'number') said[field] = names.agent(id);
  }
  if (typeof detail['queue'] === 'number') said['queue'] = names.queue(detail['queue']);
  for (const field of ['third', 'to']) {
    const name = whom(detail[field], names);
    if (name !== undefined) said[field] = name;
  }
  return said;
}

/** Changes whenever something happened in the conversation. */
export function signOf(conversation: Conversation | null | undefined): string {
  const third: Third | null = conversation?.third ?? null;
  return [conversation?.held_since, third?.since, third?.stage, third?.is_held].join('|');
}
