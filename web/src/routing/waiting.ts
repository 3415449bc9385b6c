// Those who wait in a queue, as the server tells the line, and a change of one's place.
import { ask, api } from '../api/client';
import type { Channel, Customer } from '../api/contract';

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
  state: 'queued' | 'offering' | 'connecting';
  since: string;
  step: number;
  priority: number;
  /** By how many seconds it counts as older than it is, by the plan and by a supervisor. */
  added_s: number;
  adjusted: Adjustment | null;
}

export interface Line {
  waiting: Waiting[];
  /** How many wait, those who are not told too. */
  total: number;
}

const WITHHELD: Customer = { number: null, name: null };

export async function lineOf(center: string, id: number): Promise<Line> {
  const { total, items } = await ask(api.GET('/{center}/queues/{id}/line', { params: { path: { center, id } } }));
  const waiting = items.map(({ contact_id, customer, adjusted, channel, state, ...it }): Waiting => ({
    id: contact_id,
    place: it.place,
    since: it.since,
    step: it.step,
    priority: it.priority,
    added_s: it.added_s,
    channel: channel as Channel,
    state: state as Waiting['state'],
    customer: (customer as Customer | null | undefined) ?? WITHHELD,
    adjusted: adjusted ? { band: adjusted.priority ?? null, age_s: adjusted.age_s } : null,
  }));
  return { waiting, total };
}

export async function changePlace(center: string, id: number, to: Adjustment): Promise<void> {
  const body = { ...(to.band === null ? {} : { priority: to.band }), age_s: to.age_s };
  await ask(api.POST('/{center}/contacts/{id}/priority', { params: { path: { center, id } }, body }));
}
