// Recordings: what there is, its sound with the reason why it is heard, and what administrators do with it.
import { ask, loose } from './client';
import type { Customer, Ref } from './contract';
import type { Count, Query } from './history';

export const RECORDING_STATES = ['recording', 'arriving', 'kept', 'lost', 'erased'] as const;
export type RecordingState = (typeof RECORDING_STATES)[number];
/** Those that a list of all recordings can be asked for; the others stand in the story of their contact. */
export const KEPT_STATES = ['kept', 'erased'] as const satisfies readonly RecordingState[];
export const PURPOSES = ['quality', 'complaint', 'legal', 'training', 'own_contact'] as const;
export type Purpose = (typeof PURPOSES)[number];

export interface Pause {
  from_s: number;
  until_s: number;
  cause: string;
}
export interface ChannelOf {
  index: number;
  who: 'customer' | 'agent' | 'mixed';
  agent: Ref | null;
}
export interface Recording {
  id: number;
  contact_id: number;
  from: string;
  until: string | null;
  state: RecordingState;
  /** Why there is no sound. */
  code?: string | null;
  seconds: number | null;
  /** How long Microsoft said that it is, when the file that came was not. */
  told_seconds?: number | null;
  channels: ChannelOf[];
  pauses: Pause[];
  sha256: string | null;
  chain: { n: number; sha256: string } | null;
  queue: Ref | null;
  /** Nobody known by name is the system itself, and an erased reason is none. */
  hold: { reason: string | null; by: string | null; at: string } | null;
  keep_until: string | null;
}
export interface RecordingRow extends Recording {
  /** None when it is no longer known. */
  customer: Customer | null;
  agents: Ref[];
}
export interface RecordingPage {
  recordings: RecordingRow[];
  next_cursor: string | null;
  count: Count;
}
export interface Waveform {
  seconds: number;
  per_second: number;
  channels: number[][];
}
export interface Access {
  at: string;
  by: string | null;
  purpose: string | null;
  note: string | null;
  kind: string;
}
export interface Fault {
  id: number;
  what: string;
  detail: string;
}
export interface Verification {
  state: 'running' | 'done' | 'never' | 'failed';
  checked: number;
  total: number;
  faults: Fault[];
  at: string | null;
}
/** Why somebody hears it; goes on record before the first byte. */
export interface Reason {
  purpose: Purpose;
  note: string;
}

const one = (center: string, id: number) => ({ path: { center, id } });

export async function recordingsOf(center: string, contact: number): Promise<Recording[]> {
  const answer = await ask(loose.GET('/{center}/contacts/{id}/recordings', { params: one(center, contact) }));
  return (answer as { recordings: Recording[] }).recordings;
}

export async function recordingPage(center: string, query: Query, cursor: string | null): Promise<RecordingPage> {
  const params = { path: { center }, query: { ...query, limit: '50', ...(cursor === null ? {} : { cursor }) } };
  return (await ask(loose.GET('/{center}/recordings', { params }))) as RecordingPage;
}

export async function recordingSound(center: string, id: number, { purpose, note }: Reason, download: boolean): Promise<Blob> {
  const query = { purpose, ...(note === '' ? {} : { note }), download: String(download) };
  return (await ask(loose.GET('/{center}/recordings/{id}/sound', { params: { ...one(center, id), query }, parseAs: 'blob' }))) as Blob;
}

export async function waveformOf(center: string, id: number): Promise<Waveform> {
  return (await ask(loose.GET('/{center}/recordings/{id}/waveform', { params: one(center, id) }))) as Waveform;
}

export async function setHold(center: string, id: number, reason: string): Promise<void> {
  await ask(loose.POST('/{center}/recordings/{id}/hold', { params: one(center, id), body: { reason } }));
}

export async function releaseHold(center: string, id: number, reason: string): Promise<void> {
  await ask(loose.DELETE('/{center}/recordings/{id}/hold', { params: one(center, id), body: { reason } }));
}

export async function erase(center: string, id: number, reason: string): Promise<void> {
  await ask(loose.DELETE('/{center}/recordings/{id}', { params: one(center, id), body: { reason } }));
}

export async function accessesOf(center: string, id: number): Promise<Access[]> {
  const answer = await ask(loose.GET('/{center}/recordings/{id}/accesses', { params: one(center, id) }));
  return (answer as { accesses: Access[] }).accesses;
}

export async function verifyAll(center: string): Promise<void> {
  await ask(loose.POST('/{center}/recordings/verify', { params: { path: { center } } }));
}

export async function verification(center: string): Promise<Verification> {
  return (await ask(loose.GET('/{center}/recordings/verification', { params: { path: { center } } }))) as Verification;
}
