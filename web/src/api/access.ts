// Who may come in, over the API, as far as the generated description does not have it yet: ways to sign in, sessions, accounts,
// keys of other systems, and the calls that Tandem makes to them.
import { api, ask } from './client';
import type { Info, Ref, Role } from './contract';

export interface SignInWays {
  password: boolean;
  microsoft: boolean;
}
export type Origin = 'local' | 'microsoft';
export interface OpenSession {
  id: string | number;
  created_at: string;
  last_seen_at: string;
  expires_at: string;
  origin: Origin;
  /** The session that asks. */
  current?: boolean;
}
export interface AccountRow {
  id: number;
  username: string;
  name: string | null;
  roles: Role[];
  origin: Origin;
  standing: Standing;
  agent: Ref | null;
}
export type Standing = 'active' | 'disabled';

export interface ApiKey {
  id: number;
  name: string;
  scopes: string[];
  created_at: string;
  expires_at: string | null;
  last_used_at: string | null;
  revoked_at?: string | null;
}
export interface NewApiKey {
  name: string;
  scopes: string[];
  expires_at: string | null;
}
export interface Webhook {
  id: number;
  url: string;
  events: string[];
  created_at?: string;
}
export type WebhookInput = Pick<Webhook, 'url' | 'events'>;
export interface Delivery {
  id: string | number;
  event: string;
  contact_id: number | null;
  at: string;
  state: 'waiting' | 'delivered' | 'retrying' | 'gave_up';
  attempts: number;
  /** What the other side answered last; null when it did not. */
  status: number | null;
  error?: string | null;
  next_at: string | null;
}

type Loose = (path: string, options: unknown) => Promise<{ data?: unknown; error?: unknown; response: Response }>;
const loose = api as unknown as Record<'GET' | 'POST' | 'PUT' | 'DELETE', Loose>;
const at = (center: string, more: Record<string, string | number> = {}): { params: { path: Record<string, string | number> } } => ({ params: { path: { center, ...more } } });

/** Lists are objects with items. */
async function listed<T>(path: string, where: ReturnType<typeof at>): Promise<T[]> {
  return ((await ask(loose.GET(path, where))) as { items: T[] }).items;
}

/** How one may sign in to a center; a server that does not say takes passwords. */
export function waysOf(info: Info | undefined, center: string): SignInWays {
  const told = info as (Info & { sign_in?: SignInWays }) | undefined;
  const of = told?.centers.find(({ id }) => id === center) as { sign_in?: SignInWays } | undefined;
  return of?.sign_in ?? told?.sign_in ?? { password: true, microsoft: false };
}

export const mySessions = (center: string): Promise<OpenSession[]> => listed('/{center}/me/sessions', at(center));
export async function endMySession(center: string, id: OpenSession['id']): Promise<void> {
  await ask(loose.DELETE('/{center}/me/sessions/{id}', at(center, { id })));
}

export const accounts = (center: string): Promise<AccountRow[]> => listed('/{center}/accounts', at(center));
export const sessionsOf = (center: string, id: number): Promise<OpenSession[]> => listed('/{center}/accounts/{id}/sessions', at(center, { id }));
export async function endSessionsOf(center: string, id: number): Promise<void> {
  await ask(loose.DELETE('/{center}/accounts/{id}/sessions', at(center, { id })));
}
export async function setStanding(center: string, id: number, standing: Standing): Promise<void> {
  await ask(loose.PUT('/{center}/accounts/{id}/standing', { ...at(center, { id }), body: { standing } }));
}

export const apiKeys = (center: string): Promise<ApiKey[]> => listed('/{center}/api-keys', at(center));
/** The key itself, which nobody can see again. */
export async function makeApiKey(center: string, body: NewApiKey): Promise<string> {
  return ((await ask(loose.POST('/{center}/api-keys', { ...at(center), body }))) as { key: string }).key;
}
export async function revokeApiKey(center: string, id: number): Promise<void> {
  await ask(loose.DELETE('/{center}/api-keys/{id}', at(center, { id })));
}

export const webhooks = (center: string): Promise<Webhook[]> => listed('/{center}/webhooks', at(center));
/** The secret that signs, which nobody can see again. */
export async function makeWebhook(center: string, body: WebhookInput): Promise<string> {
  return ((await ask(loose.POST('/{center}/webhooks', { ...at(center), body }))) as { secret: string }).secret;
}
export async function changeWebhook(center: string, id: number, body: WebhookInput): Promise<void> {
  await ask(loose.PUT('/{center}/webhooks/{id}', { ...at(center, { id }), body }));
}
export async function removeWebhook(center: string, id: number): Promise<void> {
  await ask(loose.DELETE('/{center}/webhooks/{id}', at(center, { id })));
}
export const deliveries = (center: string, id: number): Promise<Delivery[]> => listed('/{center}/webhooks/{id}/deliveries', at(center, { id }));
export async function resend(center: string, id: number, delivery: Delivery['id']): Promise<void> {
  await ask(loose.POST('/{center}/webhooks/{id}/deliveries/{delivery}/resend', at(center, { id, delivery })));
}
