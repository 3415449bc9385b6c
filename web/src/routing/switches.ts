// How a queue is switched for a while, and what is still missing before it can be. Pure but for the asking.
import { api, ask } from '../api/client';
import type * as schema from '../api/schema';
import { instantOf } from '../contacts/filters';
import { dateAt } from '../hours/clock';

export type Switch = schema.components['schemas']['SwitchView'];
export type Position = Switch['position'];
export type Outlook = schema.components['schemas']['SwitchOutlook'];
export type QueueSwitches = schema.components['schemas']['QueueSwitches'];
type SwitchSent = schema.components['schemas']['SwitchSent'];

export const POSITIONS = ['closed', 'open', 'emergency', 'no_callbacks'] as const satisfies readonly Position[];
export const BECOMES = ['leave', 'put_off', 'stay', 'called', 'offered'] as const satisfies readonly (keyof Outlook)[];
const DAY_MS = 86_400_000;

/** The fields of the dialog as they stand; `until` is a time of day by the clock of the center. */
export interface Draft {
  position: Position;
  until: string;
  reason: string;
}
type Missing = 'until' | 'reason';

/** The next instant at which the clock shows a time, at most a day ahead. */
export function untilAt(clock: string, now: number, zone: string): number | null {
  if (!/^([01]\d|2[0-3]):[0-5]\d$/.test(clock)) return null;
  const today = instantOf(`${dateAt(now, zone)}T${clock}`, zone);
  return today > now ? today : instantOf(`${dateAt(now + DAY_MS, zone)}T${clock}`, zone);
}

export function switchOf({ position, until, reason: written }: Draft, now: number, zone: string): { body: SwitchSent } | { missing: Missing[] } {
  const reason = written.trim();
  const at = untilAt(until, now, zone);
  const missing: Missing[] = [...(at === null ? (['until'] as const) : []), ...(reason === '' ? (['reason'] as const) : [])];
  if (at === null || missing.length > 0) return { missing };
  return { body: { position, until: new Date(at).toISOString(), reason } };
}

/** What becomes of those who wait, in the order in which it matters; what there is none of is left out. */
export function becomes(outlook: Outlook | undefined): [(typeof BECOMES)[number], number][] {
  if (!outlook) return [];
  return BECOMES.filter((part) => outlook[part] > 0).map((part) => [part, outlook[part]]);
}

export function switchesOf(center: string, id: number): Promise<QueueSwitches> {
  return ask(api.GET('/{center}/queues/{id}/switches', { params: { path: { center, id } } }));
}

export function switchQueue(center: string, id: number, body: SwitchSent): Promise<QueueSwitches> {
  return ask(api.POST('/{center}/queues/{id}/switches', { params: { path: { center, id } }, body }));
}

export function endSwitch(center: string, id: number, position: Position): Promise<QueueSwitches> {
  return ask(api.POST('/{center}/queues/{id}/switches/end', { params: { path: { center, id } }, body: { position } }));
}
