// Keys, webhooks and sessions as data: what is offered, how they stand, and what is wrong with what was typed. Pure.
import type { ApiKey, Delivery, NewApiKey, OpenSession, WebhookInput } from '../api/access';
import type { MessageId } from '../i18n/t';
import type { ShapeName } from '../ui/shapes';
import { td } from '../app/theme';

/** What a key can be allowed, and what a webhook can tell. */
export const SCOPES = ['contacts.read', 'board.read', 'recording.pause'] as const;
export const EVENTS = ['contact.connected', 'contact.ended'] as const;
export const LIFETIMES = ['30', '90', '365', 'never'] as const;
export type Lifetime = (typeof LIFETIMES)[number];
export const NAME_MAX = 80;
export const URL_MAX = 500;

const DAY_MS = 86_400_000;
/** A key that ends sooner is to be replaced. */
const SOON_MS = 14 * DAY_MS;

export function endOf(lifetime: Lifetime, nowMs: number): string | null {
  return lifetime === 'never' ? null : new Date(nowMs + Number(lifetime) * DAY_MS).toISOString();
}

export type KeyState = 'active' | 'soon' | 'expired' | 'revoked';
export const KEY_STATES: readonly KeyState[] = ['active', 'soon', 'expired', 'revoked'];
export function keyState(key: Pick<ApiKey, 'expires_at' | 'revoked_at'>, nowMs: number): KeyState {
  if (key.revoked_at != null) return 'revoked';
  if (key.expires_at === null) return 'active';
  const left = Date.parse(key.expires_at) - nowMs;
  if (left <= 0) return 'expired';
  return left < SOON_MS ? 'soon' : 'active';
}

interface Look {
  shape: ShapeName;
  color: string;
}
export const KEY_LOOK: Record<KeyState, Look> = {
  active: { shape: 'circle', color: td.tdLevelOk },
  soon: { shape: 'triangle', color: td.tdLevelWatch },
  expired: { shape: 'ring', color: td.tdStateOffline },
  revoked: { shape: 'ring', color: td.tdStateOffline },
};
export const DELIVERY_LOOK: Record<Delivery['state'], Look> = {
  waiting: { shape: 'ring', color: td.tdStateOffline },
  delivered: { shape: 'circle', color: td.tdLevelOk },
  retrying: { shape: 'triangle', color: td.tdLevelWatch },
  gave_up: { shape: 'octagon', color: td.tdLevelAct },
};
export const DELIVERY_STATES = Object.keys(DELIVERY_LOOK) as Delivery['state'][];

export function keyProblems(key: Pick<NewApiKey, 'name' | 'scopes'>): Partial<Record<'name' | 'scopes', MessageId>> {
  return {
    ...(key.name.trim() === '' ? { name: 'field.error.required' as const } : {}),
    ...(key.scopes.length === 0 ? { scopes: 'apiKeys.error.scopes' as const } : {}),
  };
}

export function webhookProblems({ url, events }: WebhookInput): Partial<Record<'url' | 'events', MessageId>> {
  const isAddress = URL.canParse(url.trim()) && /^https?:\/\/[^/]/i.test(url.trim());
  return {
    ...(isAddress ? {} : { url: 'webhooks.error.url' as const }),
    ...(events.length === 0 ? { events: 'webhooks.error.events' as const } : {}),
  };
}

/** With or without one of a list, in the order of what is offered; what a newer server added stays. */
export function toggled(offered: readonly string[], chosen: readonly string[], one: string): string[] {
  const next = chosen.includes(one) ? chosen.filter((it) => it !== one) : [...chosen, one];
  const known = offered.filter((it) => next.includes(it));
  return [...known, ...next.filter((it) => !offered.includes(it))];
}

/** This one first, then as they were used last. */
export function inOrder(sessions: readonly OpenSession[]): OpenSession[] {
  return [...sessions].sort((a, b) => Number(b.current ?? false) - Number(a.current ?? false) || b.last_seen_at.localeCompare(a.last_seen_at));
}
