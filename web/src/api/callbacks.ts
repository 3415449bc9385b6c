// The callback book over the API, in closed words where the description is open: who is to be called back, when, and what came of it.
import { ask, loose } from './client';

export type CallbackState = 'booked' | 'due' | 'reserving' | 'dialing' | 'done' | 'cancelled' | 'expired' | 'exhausted';
export type CallbackKind = 'virtual_hold' | 'asap' | 'scheduled' | 'agent_owned';
export type Part = 'pending' | 'ended';

interface Named {
  id: number;
  name: string;
}
export interface Callback {
  id: number;
  kind: CallbackKind;
  state: CallbackState;
  queue: Named;
  customer: { number: string | null; name: string | null };
  booked_at: string;
  from_contact_id: number | null;
  contact_id: number | null;
  window: { from: string; to: string; time_zone: string | null } | null;
  owner: { agent: Named; until: string } | null;
  next_at: string | null;
  promised_by: string | null;
  expires_at: string | null;
  attempts: number;
  /** Why the last attempt came to nothing, there was none yet, or it was called off. */
  why: string | null;
  ended_at: string | null;
}
export interface CallbackPage {
  items: Callback[];
  next_after: number | null;
}
export interface CallbackFigures {
  all: {
    pending: number;
    requested: number;
    attempted: number;
    connected: number;
    virtual_wait_s: number | null;
    promise_kept_percent: number | null;
  };
}
export interface NewTime {
  window: { from: string; to: string };
  time_zone?: string;
  owner?: { agent_id: number };
}

export interface NewCallback {
  queue_id: number;
  number: string;
  name?: string;
  time_zone?: string;
  window?: { from: string; to: string };
  owner?: { agent_id: number; fallback_after_s?: number };
}

/** The callback that counts: the new one, or one that the customer had already. */
export async function bookCallback(center: string, body: NewCallback): Promise<number> {
  return ((await ask(loose.POST('/{center}/callbacks', { params: { path: { center } }, body }))) as { id: number }).id;
}

/** One that is pending, for whoever keeps the book; null when it is not any more. */
export async function pendingCallback(center: string, id: number): Promise<Callback | null> {
  const query = { of: 'pending', after: id - 1, limit: 1 };
  const { items } = (await ask(loose.GET('/{center}/callbacks', { params: { path: { center }, query } }))) as CallbackPage;
  return items.find((it) => it.id === id) ?? null;
}

/** A page of the book; the next one begins behind `next_after`. */
export async function callbackPage(center: string, of: Part, queue_id: number | null, after: number | null): Promise<CallbackPage> {
  const query = { of, ...(queue_id === null ? {} : { queue_id }), ...(after === null ? {} : { after }) };
  return (await ask(loose.GET('/{center}/callbacks', { params: { path: { center }, query } }))) as CallbackPage;
}

export async function callbackFigures(center: string): Promise<CallbackFigures> {
  return (await ask(loose.GET('/{center}/callbacks/figures', { params: { path: { center } } }))) as CallbackFigures;
}

/** The agent's own. */
export async function ownCallbacks(center: string): Promise<Callback[]> {
  return ((await ask(loose.GET('/{center}/callbacks/own', { params: { path: { center } } }))) as CallbackPage).items;
}

export async function cancelCallback(center: string, id: number): Promise<void> {
  await ask(loose.DELETE('/{center}/callbacks/{id}', { params: { path: { center, id } } }));
}

export async function rescheduleCallback(center: string, id: number, body: NewTime): Promise<void> {
  await ask(loose.POST('/{center}/callbacks/{id}/reschedule', { params: { path: { center, id } }, body }));
}

/** The id of the contact that begins with the call. */
export async function takeCallback(center: string, id: number): Promise<number> {
  return ((await ask(loose.POST('/{center}/callbacks/{id}/take', { params: { path: { center, id } } }))) as { contact_id: number }).contact_id;
}
