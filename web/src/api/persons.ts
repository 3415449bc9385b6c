// What is kept of a person outside: found by their number, given out, and erased.
import { ask, loose } from './client';

export interface PersonFound {
  /** As it was understood. */
  number: string;
  contacts: number;
  first_at: string | null;
  last_at: string | null;
  /** Recordings and messages that can be heard. */
  recordings: number;
  /** Of them, those on legal hold. */
  on_hold: number;
  on_do_not_call: boolean;
}
export interface KeptBack {
  kind: string;
  id: number;
  why: string;
}
export interface Erasure {
  contacts: number;
  subjects: number;
  recordings: number;
  /** What was not erased. */
  kept: KeptBack[];
  n_more_kept: number;
}

export async function findPerson(center: string, number: string): Promise<PersonFound> {
  return (await ask(loose.POST('/{center}/persons/find', { params: { path: { center } }, body: { number } }))) as PersonFound;
}

/** Everything that is kept, as one JSON document that comes while it is made. */
export async function exportPerson(center: string, number: string, signal: AbortSignal): Promise<ReadableStream<Uint8Array>> {
  return (await ask(loose.POST('/{center}/persons/export', { params: { path: { center } }, body: { number }, parseAs: 'stream', signal }))) as ReadableStream<Uint8Array>;
}

export async function erasePerson(center: string, number: string, reason: string): Promise<Erasure> {
  return (await ask(loose.POST('/{center}/persons/erase', { params: { path: { center } }, body: { number, reason } }))) as Erasure;
}
