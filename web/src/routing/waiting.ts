// Who waits in a queue and in which order, worked out from what each contact's story says. Pure but for the asking. The server
// tells each contact's place only in its decisions: this says the same for all who wait at once.
import { ask, api, ApiError } from '../api/client';
import type { Channel, Customer, TimelineRow } from '../api/contract';
import { contactPage, type ContactRow, type StoryOfContact } from '../api/history';

/** Each of them is asked for by itself, so that there must be an end to it. */
export const SHOWN_MAX = 60;

/** By a supervisor: another band, or more age. */
export interface Adjustment {
  band: number | null;
  age_s: number;
}
export interface Waiting {
  id: number;
  place: number;
  customer: Customer;
  channel: Channel;
  state: 'queued' | 'offering';
  since: string;
  step: number;
  priority: number;
  /** By how many seconds it counts as older than it is, by the plan and by a supervisor. */
  added_s: number;
  adjusted: Adjustment | null;
}

const number = (value: unknown): number => (typeof value === 'number' ? value : 0);

/** What the story says since the contact joined the queue. */
function ofThisStay(timeline: readonly TimelineRow[], queue: number): readonly TimelineRow[] {
  const joined = timeline.findLastIndex(({ what, detail }) => what === 'enqueued' && detail['queue'] === queue);
  return timeline.slice(Math.max(0, joined));
}

export function waitingOf(contact: StoryOfContact, queue: { id: number; priority: number }): Omit<Waiting, 'place'> | null {
  const { state, enqueued_at } = contact;
  if ((state !== 'queued' && state !== 'offering') || contact.queue?.id !== queue.id || enqueued_at === null) return null;
  const stay = ofThisStay(contact.timeline, queue.id);
  const step = stay.findLast(({ what }) => what === 'plan_step_entered')?.detail;
  const joined = stay.find(({ what }) => what === 'enqueued')?.detail;
  const change = stay.findLast(({ what }) => what === 'priority_adjusted')?.detail;
  const adjusted = change ? { band: typeof change['band'] === 'number' ? change['band'] : null, age_s: number(change['age_s']) } : null;
  const band = step?.['band'] ?? joined?.['band'] ?? queue.priority;
  return {
    id: contact.id,
    customer: contact.customer,
    channel: contact.channel,
    state,
    since: enqueued_at,
    step: number(step?.['step']),
    priority: adjusted?.band ?? number(band),
    added_s: number(step?.['boost_s']) + (adjusted?.age_s ?? 0),
    adjusted: adjusted && (adjusted.band !== null || adjusted.age_s !== 0) ? adjusted : null,
  };
}

/** by priority, then by age with what was added to it, then as they came. */
export function inLine(waiting: readonly Omit<Waiting, 'place'>[]): Waiting[] {
  const counted = ({ since, added_s }: Omit<Waiting, 'place'>): number => Date.parse(since) - added_s * 1000;
  return [...waiting].sort((a, b) => a.priority - b.priority || counted(a) - counted(b) || a.id - b.id).map((it, i) => ({ ...it, place: i + 1 }));
}

/** Those whom no agent had yet come first: they wait for sure. Then the oldest. */
export function candidates(rows: readonly ContactRow[], queue: number): ContactRow[] {
  return rows
    .filter((row) => row.queue?.id === queue)
    .sort((a, b) => Math.min(a.agents.length, 1) - Math.min(b.agents.length, 1) || a.arrived_at.localeCompare(b.arrived_at));
}

export interface Line {
  waiting: Waiting[];
  /** Whether there were more open contacts than were looked at. */
  isCut: boolean;
}

/** All open contacts of the queue that are looked at, and then each of them. */
export async function lineOf(center: string, queue: { id: number; priority: number }): Promise<Line> {
  const rows: ContactRow[] = [];
  let cursor: string | null = null;
  do {
    const page = await contactPage(center, { queue_id: String(queue.id), open: 'true' }, cursor);
    rows.push(...page.contacts);
    cursor = page.next_cursor ?? null;
  } while (cursor !== null && rows.length < 4 * SHOWN_MAX);
  const found = candidates(rows, queue.id);
  const stories = await Promise.all(found.slice(0, SHOWN_MAX).map((row) => storyOf(center, row.id)));
  const waiting = stories.flatMap((it) => (it === null ? [] : (waitingOf(it, queue) ?? [])));
  return { waiting: inLine(waiting), isCut: cursor !== null || found.length > SHOWN_MAX };
}

/** Null of one that is forgotten meanwhile, or was moved out of sight. */
async function storyOf(center: string, id: number): Promise<StoryOfContact | null> {
  try {
    return (await ask(api.GET('/{center}/contacts/{id}', { params: { path: { center, id } } }))) as unknown as StoryOfContact;
  } catch (error) {
    if (error instanceof ApiError && (error.status === 404 || error.status === 403)) return null;
    throw error;
  }
}

export async function changePlace(center: string, id: number, to: Adjustment): Promise<void> {
  const body = { ...(to.band === null ? {} : { priority: to.band }), age_s: to.age_s };
  await ask(api.POST('/{center}/contacts/{id}/priority', { params: { path: { center, id } }, body }));
}
