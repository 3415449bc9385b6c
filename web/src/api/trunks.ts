// Trunks of Direct Routing over the API: the settings, their secrets, which go there and never come back, and how they do.
import { ask, loose } from './client';
import type * as schema from './schema';
import type { Told } from './told';

type Schemas = schema.components['schemas'];

export type TrunkKind = Schemas['TrunkKind'];
export const KINDS = ['carrier', 'teams', 'phones'] as const satisfies readonly TrunkKind[];
export type Transport = Schemas['Transport'];
export const TRANSPORTS = ['udp', 'tcp', 'tls'] as const satisfies readonly Transport[];
export type Codec = Schemas['Codec'];
export const CODECS = ['pcma', 'pcmu', 'g722'] as const satisfies readonly Codec[];
export type Srtp = Schemas['Srtp'];
export const SRTPS = ['required', 'offered', 'refused'] as const satisfies readonly Srtp[];
export type NumberStyle = Schemas['NumberStyle'];
export const STYLES = ['international', 'digits', 'national'] as const satisfies readonly NumberStyle[];
export type NumberFormat = Told<Schemas['NumberFormat']>;
export type NumberRange = Told<Schemas['NumberRange']>;
export type Trunk = Told<Schemas['Trunk']>;
export type TrunkInput = Told<Schemas['TrunkSent']>;
export type Emergency = NonNullable<Trunk['emergency']>;

export type Standing = Schemas['TrunkStanding'];
export const STANDINGS = ['up', 'down', 'unknown', 'off'] as const satisfies readonly Standing[];
export type TrunkHealth = Told<Schemas['TrunkHealth']>;
export type HostHealth = TrunkHealth['hosts'][number];

/** What came of asking a host just now. */
export type TriedHost = Told<Schemas['TriedHost']>;

/** Which phone of an agent's calls by trunks ring. */
export type Phone = Schemas['Phone'];

const at = (center: string) => ({ params: { path: { center } } });

export async function trunksOf(center: string): Promise<Trunk[]> {
  return ((await ask(loose.GET('/{center}/trunks', at(center)))) as { items: Trunk[] }).items;
}

export async function trunkOf(center: string, id: number): Promise<Trunk> {
  return (await ask(loose.GET('/{center}/trunks/{id}', { params: { path: { center, id } } }))) as Trunk;
}

/** Version 0: there was none. */
export async function saveTrunk(center: string, over: { id: number; version: number }, body: TrunkInput): Promise<Trunk> {
  if (over.version === 0) return (await ask(loose.POST('/{center}/trunks', { ...at(center), body }))) as Trunk;
  const params = { path: { center, id: over.id }, header: { 'if-match': `"${over.version}"` } };
  return (await ask(loose.PUT('/{center}/trunks/{id}', { params, body }))) as Trunk;
}

export async function removeTrunk(center: string, { id, version }: { id: number; version: number }): Promise<void> {
  await ask(loose.DELETE('/{center}/trunks/{id}', { params: { path: { center, id }, header: { 'if-match': `"${version}"` } } }));
}

export async function setTrunkSecret(center: string, id: number, user: string, secret: string): Promise<void> {
  await ask(loose.PUT('/{center}/trunks/{id}/secrets/{user}', { params: { path: { center, id, user } }, body: { secret } }));
}

export async function trunkHealthOf(center: string): Promise<TrunkHealth[]> {
  return ((await ask(loose.GET('/{center}/trunk-health', at(center)))) as { items: TrunkHealth[] }).items;
}

/** Asks each host of a trunk; takes up to eight seconds. */
export async function tryTrunk(center: string, id: number): Promise<TriedHost[]> {
  return ((await ask(loose.POST('/{center}/trunks/{id}/test', { params: { path: { center, id } } }))) as { items: TriedHost[] }).items;
}
