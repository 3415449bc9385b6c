// Calling out over the API: from which queues, whether a number may be called, the call itself, and who must not be called.
import { api, ask } from './client';

export interface CallingQueue {
  id: number;
  name: string;
  /** The number that customers see; none when only its name is known here. */
  caller_id: string | null;
  caller_name: string;
  /** Calling codes, without a plus. */
  countries: { code: string }[];
}
export interface CallingOut {
  queues: CallingQueue[];
  can_call: boolean;
  why_not: string | null;
}
export interface Verdict {
  allowed: boolean;
  code: string | null;
  detail: string;
  /** As it would be dialed; none when it is no number. */
  number: string | null;
  country: string | null;
  caller_id: string | null;
  recorded: boolean;
}
export interface DoNotCall {
  id: number;
  /** None when erased, as the reason. */
  number: string | null;
  reason: string | null;
  /** The day from which on the number may be called again; none: never. */
  until: string | null;
  by: string | null;
  since: string;
}
export interface DoNotCallInput {
  number: string;
  reason: string;
  until?: string;
}

// The generated paths do not hold these yet: they are asked for by their names.
type Loose = (path: string, options: unknown) => Promise<{ data?: unknown; error?: unknown; response: Response }>;
const loose = api as unknown as Record<'GET' | 'POST' | 'DELETE', Loose>;

export async function callingOut(center: string): Promise<CallingOut> {
  return (await ask(loose.GET('/{center}/calling-out', { params: { path: { center } } }))) as CallingOut;
}

/** Writes nothing: what the rules say of this number now. */
export async function checkCall(center: string, queue_id: number, number: string): Promise<Verdict> {
  const body = { queue_id, number };
  return (await ask(loose.POST('/{center}/calling-out/check', { params: { path: { center } }, body }))) as Verdict;
}

/** The id of the contact that begins with the call. */
export async function placeCall(center: string, queue_id: number, number: string): Promise<number> {
  const body = { queue_id, number };
  return ((await ask(loose.POST('/{center}/calls', { params: { path: { center } }, body }))) as { contact_id: number }).contact_id;
}

/** Calls the customer of a contact without naming the number. */
export async function callBack(center: string, id: number): Promise<number> {
  const params = { path: { center, id } };
  return ((await ask(loose.POST('/{center}/contacts/{id}/call-back', { params, body: {} }))) as { contact_id: number }).contact_id;
}

/** A page of the list, newest first; the next one begins before `next_before`. */
export interface DoNotCallPage {
  items: DoNotCall[];
  next_before?: number | null;
}
export async function doNotCallPage(center: string, before: number | null): Promise<DoNotCallPage> {
  const params = { path: { center }, query: before === null ? {} : { before } };
  return (await ask(loose.GET('/{center}/do-not-call', { params }))) as DoNotCallPage;
}

export async function forbidCalls(center: string, body: DoNotCallInput): Promise<void> {
  await ask(loose.POST('/{center}/do-not-call', { params: { path: { center } }, body }));
}

export async function allowCalls(center: string, id: number): Promise<void> {
  await ask(loose.DELETE('/{center}/do-not-call/{id}', { params: { path: { center, id } } }));
}
