// What a list is narrowed to, as it stands in the address of the page and as the server is asked for it. Pure: time and zone
// are brought along.
import type { Me } from '../api/contract';
import type { Query } from '../api/history';
import { KEPT_STATES } from '../api/recordings';
import { numberIn } from '../desk/talk';
import { dateAt, nextDate, offsetAt, startOf } from '../hours/clock';

export const PERIODS = ['hour', 'today', 'yesterday', 'week', 'month', 'all', 'own'] as const;
export type Period = (typeof PERIODS)[number];

export const END_REASONS = [
  'handled',
  'abandoned_flow',
  'abandoned_queue',
  'short_abandon',
  'abandoned_ringing',
  'abandoned_hold',
  'contained',
  'timeout',
  'queue_full',
  'closed_hours',
  'overflow_external',
  'rejected_spam',
  'outbound_no_answer',
  'outbound_busy',
  'outbound_invalid',
  'outbound_cancelled',
  'outbound_abandoned',
  'message_left',
  'admin_removed',
  'callback_converted',
  'callback_put_off',
  'callback_cancelled',
  'callback_expired',
  'error_media',
  'error_internal',
] as const;
export const DIRECTIONS = ['in', 'out'] as const;
export const CHANNELS = ['voice', 'voicemail'] as const;

const isId = (text: string): boolean => /^[1-9]\d{0,15}$/.test(text);
export const isSeconds = (text: string): boolean => /^[1-9]\d{0,5}$/.test(text);
const among = (choices: readonly string[]) => (text: string) => choices.includes(text);
const FIELDS = {
  queue_id: isId,
  team_id: isId,
  agent_id: isId,
  direction: among(DIRECTIONS),
  channel: among(CHANNELS),
  end_reason: among(END_REASONS),
  disposition_id: isId,
  // A whole number with its country, and nothing between its digits: only the exact one is found.
  number: (text: string) => numberIn(text) === text,
  min_wait_s: isSeconds,
  has_recording: among(['true']),
  open: among(['true', 'false']),
  // The contacts behind a figure, as its page leads to them.
  figure: (text: string) => /^(queue|agent)\.[a-z_]{1,30}$/.test(text),
  figure_from: (text: string) => !Number.isNaN(Date.parse(text)),
  figure_to: (text: string) => !Number.isNaN(Date.parse(text)),
  state: among(KEPT_STATES),
  on_hold: among(['true']),
};
export type Field = keyof typeof FIELDS;
export const CONTACT_FIELDS = [
  'queue_id',
  'team_id',
  'agent_id',
  'direction',
  'channel',
  'end_reason',
  'disposition_id',
  'number',
  'min_wait_s',
  'has_recording',
  'open',
  'figure',
  'figure_from',
  'figure_to',
] as const satisfies readonly Field[];
export const RECORDING_FIELDS = ['queue_id', 'team_id', 'agent_id', 'number', 'state', 'on_hold'] as const satisfies readonly Field[];

/** Of the fields only those that narrow something. `from` and `to` are wall clocks of the center, of an own period alone. */
export interface Filters {
  period: Period;
  from: string;
  to: string;
  fields: Partial<Record<Field, string>>;
}

export function isWallClock(text: string): boolean {
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d$/.test(text) && !Number.isNaN(Date.parse(`${text}Z`));
}

/** What an address says; what makes no sense in it narrows nothing. */
export function filtersOf(address: URLSearchParams, known: readonly Field[], usual: Period): Filters {
  const fields: Filters['fields'] = {};
  for (const field of known) {
    const value = address.get(field);
    if (value !== null && FIELDS[field](value)) fields[field] = value;
  }
  const clock = (name: string): string => {
    const value = address.get(name) ?? '';
    return isWallClock(value) ? value : '';
  };
  const [from, to] = [clock('from'), clock('to')];
  const asked = PERIODS.find((it) => it === address.get('period'));
  const period = asked ?? (from !== '' || to !== '' ? 'own' : usual);
  return period === 'own' ? { period, from, to, fields } : { period, from: '', to: '', fields };
}

/** Only what differs from what is usual. */
export function addressOf({ period, from, to, fields }: Filters, usual: Period): URLSearchParams {
  const address = new URLSearchParams();
  if (period !== usual) address.set('period', period);
  if (period === 'own' && from !== '') address.set('from', from);
  if (period === 'own' && to !== '') address.set('to', to);
  for (const [field, value] of Object.entries(fields)) if (value !== '') address.set(field, value);
  return address;
}

/** The instant at which the center's clocks show this; the later one where they jump over it. */
export function instantOf(wallClock: string, zone: string): number {
  const shown = Date.parse(`${wallClock}Z`);
  const first = shown - offsetAt(shown, zone);
  return shown - offsetAt(first, zone);
}

/** From when, and until before when. */
export function spanOf({ period, from, to }: Filters, now: number, zone: string): [number | null, number | null] {
  const today = dateAt(now, zone);
  switch (period) {
    case 'hour':
      return [Math.floor(now / 60_000) * 60_000 - 3_600_000, null];
    case 'today':
      return [startOf(today, zone), null];
    case 'yesterday':
      return [startOf(nextDate(today, -1), zone), startOf(today, zone)];
    case 'week':
      return [startOf(nextDate(today, -6), zone), null];
    case 'month':
      return [startOf(nextDate(today, -29), zone), null];
    case 'all':
      return [null, null];
    case 'own':
      return [from === '' ? null : instantOf(from, zone), to === '' ? null : instantOf(to, zone)];
  }
}

/** An own period that ends before it begins finds nothing, whatever else is asked. */
export function isBackwards({ period, from, to }: Filters): boolean {
  return period === 'own' && from !== '' && to !== '' && to <= from;
}

export function queryOf(filters: Filters, now: number, zone: string): Query {
  const [from, to] = spanOf(filters, now, zone);
  return {
    ...(from === null ? {} : { from: new Date(from).toISOString() }),
    ...(to === null ? {} : { to: new Date(to).toISOString() }),
    ...filters.fields,
  };
}

/** Everything that there is. */
export const EVERYTHING: Filters = { period: 'all', from: '', to: '', fields: {} };

/** Whom a list can be narrowed to: where figures of teams only are shown, nobody but oneself. */
export function agentsOf({ account, center }: Pick<Me, 'account' | 'center'>): 'each' | 'own' | 'none' {
  if (center.agent_figures !== 'team') return 'each';
  return account.agent_id == null ? 'none' : 'own';
}

/** An address that was made when single agents could be chosen narrows nothing by them any more. */
export function allowedFilters(filters: Filters, me: Pick<Me, 'account' | 'center'>): Filters {
  const { agent_id } = filters.fields;
  const isAllowed = agent_id === undefined || agentsOf(me) === 'each' || agent_id === String(me.account.agent_id);
  return isAllowed ? filters : changed(filters, 'agent_id', '');
}

/** No longer only those behind a figure, and what that is of. */
export function withoutFigure(filters: Filters): Filters {
  const { figure: _, figure_from: _from, figure_to: _to, ...fields } = filters.fields;
  return { ...filters, fields };
}

/** With one field narrowed further, or no longer. */
export function changed(filters: Filters, field: Field, value: string): Filters {
  const { [field]: _, ...others } = filters.fields;
  return { ...filters, fields: value === '' ? others : { ...others, [field]: value } };
}
