// Keys, webhooks and sessions as data: what is offered, how they stand, and what is wrong with what was typed. Pure.
import type { ApiKey, Delivery, NewApiKey, OpenSession, WebhookInput } from '../api/access';
import type { MessageId } from '../i18n/t';
import type { ShapeName } from '../ui/shapes';
import { td } from '../app/theme';

/** What a key can be allowed, and what a webhook can tell. */
export const SCOPES = ['contacts.read', 'board.read', 'recording.pause', 'callbacks.book', 'settings.apply'] as const;
export const EVENTS = ['contact.arrived', 'contact.dialed', 'contact.queued', 'contact.connected', 'contact.handed_over', 'contact.ended'] as const;
/** What a new webhook tells until somebody says otherwise. */
export const EVENTS_USUAL: readonly string[] = ['contact.connected', 'contact.ended'];
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

export const KEY_STATES = ['active', 'soon', 'expired'] as const;
export type KeyState = (typeof KEY_STATES)[number];
export function keyState(key: Pick<ApiKey, 'expires_at'>, nowMs: number): KeyState {
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
};
export type DeliveryState = 'waiting' | 'delivered' | 'retrying' | 'gave_up';
/** What was tried and waits is tried again; what was tried as often as is allowed is given up. */
export function deliveryState({ state, n_attempts }: Pick<Delivery, 'state' | 'n_attempts'>): DeliveryState {
  if (state === 'dead') return 'gave_up';
  return state === 'waiting' && n_attempts > 0 ? 'retrying' : state;
}
/** Whose contact a delivery tells of, when it says so. */
export function contactOf(body: string): number | null {
  try {
    const told = JSON.parse(body) as { data?: { contact_id?: unknown } } | null;
    const id = told?.data?.contact_id;
    return typeof id === 'number' ? id : null;
  } catch {
    return null;
  }
}
export const DELIVERY_LOOK: Record<DeliveryState, Look> = {
  waiting: { shape: 'ring', color: td.tdStateOffline },
  delivered: { shape: 'circle', color: td.tdLevelOk },
  retrying: { shape: 'triangle', color: td.tdLevelWatch },
  gave_up: { shape: 'octagon', color: td.tdLevelAct },
};
export const DELIVERY_STATES = Object.keys(DELIVERY_LOOK) as DeliveryState[];

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
  return [...sessions].sort((a, b) => Number(b.is_current) - Number(a.is_current) || b.last_seen_at.localeCompare(a.last_seen_at));
}
