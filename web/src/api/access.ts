// Who may come in, over the API, in the words that the pages use: ways to sign in, sessions, accounts, keys of other systems,
// and the calls that Tandem makes to them.
import { ask, loose } from './client';
import type { Info, Role } from './contract';
import type { Scope } from './permissions';

export interface SignInWays {
  password: boolean;
  microsoft: boolean;
}
/** Who vouches for an account; one of `api_key` is that of a key, with which nobody signs in. */
export type Origin = 'local' | 'microsoft' | 'api_key';
export interface OpenSession {
  id: string;
  created_at: string;
  last_seen_at: string;
  expires_at: string;
  /** When Entra is asked again whether this may go on; null when a password opened it. */
  confirmed_until: string | null;
  /** The session that asks. */
  is_current: boolean;
}
export interface AccountRow {
  id: number;
  username: string;
  name: string | null;
  roles: Role[];
  origin: Origin;
  standing: Standing;
  /** What the roles reach; absent where nobody is limited. */
  scope?: Scope;
  agent_id: number | null;
}
export type Standing = 'active' | 'disabled';

export interface ApiKey {
  id: number;
  name: string;
  scopes: string[];
  created_at: string;
  expires_at: string | null;
  last_used_at: string | null;
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
  id: number;
  event: string;
  /** What is sent, as JSON. */
  body: string;
  state: 'waiting' | 'delivered' | 'dead';
  created_at: string;
  n_attempts: number;
  next_attempt_at: string | null;
  /** What the last attempt came to: a status, or a word for why there was none. */
  answer: string | null;
}

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

/** Everybody; accounts come in pages. */
export async function accounts(center: string): Promise<AccountRow[]> {
  const all: AccountRow[] = [];
  for (let after: number | null = null; ; ) {
    const { params } = at(center);
    const page = (await ask(loose.GET('/{center}/accounts', { params: { ...params, query: after === null ? {} : { after } } }))) as { items: AccountRow[]; next_after: number | null };
    all.push(...page.items);
    if (page.next_after === null) return all;
    after = page.next_after;
  }
}
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
export async function removeWebhook(center: string, id: number): Promise<void> {
  await ask(loose.DELETE('/{center}/webhooks/{id}', at(center, { id })));
}
export interface DeliveryPage {
  items: Delivery[];
  next_before: number | null;
}
/** Newest first; the next page begins before `next_before`. */
export async function deliveries(center: string, id: number, before: number | null): Promise<DeliveryPage> {
  const { params } = at(center, { id });
  return (await ask(loose.GET('/{center}/webhooks/{id}/deliveries', { params: { ...params, query: before === null ? {} : { before } } }))) as DeliveryPage;
}
export async function resend(center: string, id: number, delivery: Delivery['id']): Promise<void> {
  await ask(loose.POST('/{center}/webhooks/{id}/deliveries/{delivery}/resend', at(center, { id, delivery })));
}
