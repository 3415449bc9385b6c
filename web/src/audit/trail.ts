// The audit as data: what its list is narrowed to, as it stands in the address and as the server is asked, and how a change
// reads. Pure: the zone is brought along.
import type { Query } from '../api/history';
import { instantOf, isWallClock } from '../contacts/filters';

/** What somebody can have done; a newer server's words stand as they are. */
export const ACTIONS = [
  'saved',
  'removed',
  'denied',
  'scope_set',
  'agent_directed',
  'petition_granted',
  'petition_declined',
  'account_made',
  'account_opened',
  'account_closed',
  'roles_set',
  'password_set',
  'sessions_ended',
  'view_begun',
  'view_ended',
  'api_key_made',
  'api_key_revoked',
  'webhook_made',
  'webhook_removed',
  'delivery_resent',
  'teams_account_made',
  'teams_account_changed',
  'teams_account_removed',
  'teams_consent_asked',
  'teams_consent_answered',
  'teams_delegates_set',
  'teams_signed_in',
  'tv_link_made',
  'tv_link_revoked',
  'recording_played',
  'recording_downloaded',
  'recording_hold_set',
  'recording_hold_released',
  'recording_erased',
  'recording_expired',
  'message_played',
  'priority_adjusted',
  'contact_steered',
  'callback_offered',
  'queue_switched',
  'switch_ended',
  'do_not_call_set',
  'do_not_call_removed',
  'events_read',
  'contacts_exported',
  'audit_exported',
  'verification_begun',
  'reconciled',
  'restored',
  'customer_looked_up',
  'customer_exported',
  'customer_erased',
  'customers_expired',
] as const;
/** What it can have been done to. */
export const KINDS = ['queue', 'agent', 'team', 'site', 'skill', 'endpoint', 'flow', 'prompt', 'schedule', 'reason', 'disposition', 'privacy', 'account', 'api_key', 'webhook', 'tv_link', 'contact', 'recording', 'do_not_call'] as const;

/** `from` and `until` are wall clocks of the center; what is empty narrows nothing. */
export interface Filters {
  actor: string;
  action: string;
  kind: string;
  id: string;
  from: string;
  until: string;
}
export const ALL: Filters = { actor: '', action: '', kind: '', id: '', from: '', until: '' };
const FIELDS = Object.keys(ALL) as (keyof Filters)[];

const isWord = (text: string): boolean => /^[a-z][a-z_]{0,40}$/.test(text);
const isId = (text: string): boolean => /^[1-9]\d{0,15}$/.test(text);
const SENSE: Record<keyof Filters, (text: string) => boolean> = {
  actor: (text) => text.trim() === text && text.length <= 120,
  action: isWord,
  kind: isWord,
  id: isId,
  from: isWallClock,
  until: isWallClock,
};

/** What an address says; what makes no sense in it narrows nothing, and a number without its kind neither. */
export function filtersOf(address: URLSearchParams): Filters {
  const filters = { ...ALL };
  for (const field of FIELDS) {
    const value = address.get(field) ?? '';
    if (SENSE[field](value)) filters[field] = value;
  }
  return filters.kind === '' ? { ...filters, id: '' } : filters;
}

export function addressOf(filters: Filters): URLSearchParams {
  const address = new URLSearchParams();
  for (const field of FIELDS) {
    if (filters[field] !== '' && !(field === 'id' && filters.kind === '')) address.set(field, filters[field]);
  }
  return address;
}

export function queryOf(filters: Filters, zone: string): Query {
  const query = Object.fromEntries(addressOf(filters));
  for (const field of ['from', 'until'] as const) {
    if (filters[field] !== '') query[field] = new Date(instantOf(filters[field], zone)).toISOString();
  }
  return query;
}

export function isNarrowed(filters: Filters): boolean {
  return FIELDS.some((field) => filters[field] !== '');
}

export function isBackwards({ from, until }: Filters): boolean {
  return from !== '' && until !== '' && until <= from;
}

/** The steps of a JSON pointer, as people read them: places of lists count from 1. */
export function stepsOf(path: string): string[] {
  return path
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'))
    .map((step) => (/^\d+$/.test(step) ? String(Number(step) + 1) : step.replaceAll('_', ' ')));
}

/** More than stands in a line or three. */
const LONG_CHARS = 160;

/** A value as it is read: texts as they are, the rest as JSON; null is nothing at that place. */
export function valueText(value: unknown): { text: string; isLong: boolean } | null {
  if (value === null || value === undefined) return null;
  const text = typeof value === 'string' ? value : typeof value === 'object' ? JSON.stringify(value, null, 2) : String(value);
  return { text, isLong: text.length > LONG_CHARS || text.split('\n').length > 4 };
}
