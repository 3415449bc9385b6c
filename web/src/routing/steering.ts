// What a supervisor decides about one who waits, and what is still missing before it can be asked for. Pure but for the asking.
import { api, ask } from '../api/client';

export const WAYS = ['move', 'assign', 'remove'] as const;
export type Way = (typeof WAYS)[number];
export type Steering = { way: 'move'; queue_id: number; why: string } | { way: 'assign'; agent_id: number; why: string } | { way: 'remove'; why: string };
type Missing = 'to' | 'why';

/** The fields of the dialog as they stand. */
export interface Draft {
  way: Way;
  to: number | null;
  why: string;
}

export function steeringOf({ way, to, why: written }: Draft): { body: Steering } | { missing: Missing[] } {
  const why = written.trim();
  const missing: Missing[] = [...(way !== 'remove' && to === null ? (['to'] as const) : []), ...(why === '' ? (['why'] as const) : [])];
  if (missing.length > 0) return { missing };
  if (way === 'remove') return { body: { way, why } };
  const id = to ?? 0;
  return { body: way === 'move' ? { way, queue_id: id, why } : { way, agent_id: id, why } };
}

export async function steer(center: string, id: number, { way, ...body }: Steering): Promise<void> {
  const params = { path: { center, id } };
  if ('queue_id' in body) await ask(api.POST('/{center}/contacts/{id}/move', { params, body }));
  else if ('agent_id' in body) await ask(api.POST('/{center}/contacts/{id}/assign', { params, body }));
  else if (way === 'remove') await ask(api.POST('/{center}/contacts/{id}/remove', { params, body }));
}

/** The caller is asked at once; what comes of it is in the story. */
export async function offerCallback(center: string, id: number): Promise<void> {
  await ask(api.POST('/{center}/contacts/{id}/offer-callback', { params: { path: { center, id } } }));
}
