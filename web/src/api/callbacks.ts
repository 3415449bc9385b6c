// The callback book over the API: who is to be called back, when, and what came of it.
import { api, ask } from './client';
import type * as schema from './schema';

type Schemas = schema.components['schemas'];
export type Callback = Schemas['CallbackView'];
export type CallbackState = Schemas['CallbackState'];
export type CallbackPage = Schemas['CallbackPage'];
export type CallbackFigures = Schemas['CallbackFiguresView'];
export type NewTime = Schemas['NewTime'];
export type Part = 'pending' | 'ended';

/** A page of the book; the next one begins behind `next_after`. */
export async function callbackPage(center: string, of: Part, queue_id: number | null, after: number | null): Promise<CallbackPage> {
  const query = { of, ...(queue_id === null ? {} : { queue_id }), ...(after === null ? {} : { after }) };
  return ask(api.GET('/{center}/callbacks', { params: { path: { center }, query } }));
}

export async function callbackFigures(center: string): Promise<CallbackFigures> {
  return ask(api.GET('/{center}/callbacks/figures', { params: { path: { center } } }));
}

/** The agent's own. */
export async function ownCallbacks(center: string): Promise<Callback[]> {
  return (await ask(api.GET('/{center}/callbacks/own', { params: { path: { center } } }))).items;
}

export async function cancelCallback(center: string, id: number): Promise<void> {
  await ask(api.DELETE('/{center}/callbacks/{id}', { params: { path: { center, id } } }));
}

export async function rescheduleCallback(center: string, id: number, body: NewTime): Promise<void> {
  await ask(api.POST('/{center}/callbacks/{id}/reschedule', { params: { path: { center, id } }, body }));
}

/** The id of the contact that begins with the call. */
export async function takeCallback(center: string, id: number): Promise<number> {
  return (await ask(api.POST('/{center}/callbacks/{id}/take', { params: { path: { center, id } } }))).contact_id;
}
