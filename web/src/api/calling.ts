// Calling out over the API: from which queues, whether a number may be called, the call itself, and who must not be called.
import { api, ask } from './client';
import type * as schema from './schema';

type Schemas = schema.components['schemas'];
export type CallingQueue = Schemas['CallingQueue'];
export type CallingOut = Schemas['CallingOutView'];
export type Verdict = Schemas['CallCheck'];
export type DoNotCall = Schemas['DoNotCallEntry'];
export type DoNotCallInput = Schemas['NewDoNotCall'];
export type DoNotCallPage = Schemas['DoNotCallPage'];

export async function callingOut(center: string): Promise<CallingOut> {
  return ask(api.GET('/{center}/calling-out', { params: { path: { center } } }));
}

/** Writes nothing: what the rules say of this number now. */
export async function checkCall(center: string, queue_id: number, number: string): Promise<Verdict> {
  const body = { queue_id, number };
  return ask(api.POST('/{center}/calling-out/check', { params: { path: { center } }, body }));
}

/** The id of the contact that begins with the call. */
export async function placeCall(center: string, queue_id: number, number: string): Promise<number> {
  const body = { queue_id, number };
  return (await ask(api.POST('/{center}/calls', { params: { path: { center } }, body }))).contact_id;
}

/** Calls the customer of a contact without naming the number. */
export async function callBack(center: string, id: number): Promise<number> {
  const params = { path: { center, id } };
  return (await ask(api.POST('/{center}/contacts/{id}/call-back', { params, body: {} }))).contact_id;
}

/** Newest first; the next page begins before `next_before`. */
export async function doNotCallPage(center: string, before: number | null): Promise<DoNotCallPage> {
  const params = { path: { center }, query: before === null ? {} : { before } };
  return ask(api.GET('/{center}/do-not-call', { params }));
}

export async function forbidCalls(center: string, body: DoNotCallInput): Promise<void> {
  await ask(api.POST('/{center}/do-not-call', { params: { path: { center } }, body }));
}

export async function allowCalls(center: string, id: number): Promise<void> {
  await ask(api.DELETE('/{center}/do-not-call/{id}', { params: { path: { center, id } } }));
}
