// Which figures tables show, in their order, and how one is read. Pure.
import type { Share, Sums, Value } from '../api/figures';
import { clockSpan } from '../ui/durations';

type Kind = 'count' | 'seconds' | 'share';
interface Column {
  field: string;
  kind: Kind;
  /** The contacts behind it can be listed. */
  isListed?: true;
  /** Seen only when everything is asked for. */
  isMore?: true;
}

export const QUEUE_COLUMNS = [
  { field: 'offered', kind: 'count', isListed: true },
  { field: 'answered', kind: 'count', isListed: true },
  { field: 'answered_in_time', kind: 'count', isListed: true, isMore: true },
  { field: 'abandoned', kind: 'count', isListed: true },
  { field: 'short_abandoned', kind: 'count', isListed: true, isMore: true },
  { field: 'flow_out', kind: 'count', isListed: true, isMore: true },
  { field: 'removed', kind: 'count', isListed: true, isMore: true },
  { field: 'blocked', kind: 'count', isListed: true, isMore: true },
  { field: 'carried_in', kind: 'count', isMore: true },
  { field: 'carried_out', kind: 'count', isMore: true },
  { field: 'service_level', kind: 'share' },
  { field: 'asa_s', kind: 'seconds' },
  { field: 'ata_s', kind: 'seconds', isMore: true },
  { field: 'longest_wait_s', kind: 'seconds' },
  { field: 'ring_s', kind: 'seconds', isMore: true },
  { field: 'abandon_rate', kind: 'share' },
  { field: 'blocked_rate', kind: 'share', isMore: true },
  { field: 'handled', kind: 'count', isListed: true },
  { field: 'aht_s', kind: 'seconds' },
  { field: 'att_s', kind: 'seconds', isMore: true },
  { field: 'wrap_up_s', kind: 'seconds', isMore: true },
  { field: 'wrap_up_of_all_s', kind: 'seconds', isMore: true },
  { field: 'hold_s', kind: 'seconds', isMore: true },
  { field: 'hold_of_all_s', kind: 'seconds', isMore: true },
  { field: 'transferred', kind: 'count', isListed: true, isMore: true },
  { field: 'transfer_rate', kind: 'share', isMore: true },
] as const satisfies readonly Column[];

export const AGENT_COLUMNS = [
  { field: 'handled', kind: 'count', isListed: true },
  { field: 'outbound', kind: 'count', isListed: true, isMore: true },
  { field: 'aht_s', kind: 'seconds' },
  { field: 'att_s', kind: 'seconds' },
  { field: 'wrap_up_s', kind: 'seconds', isMore: true },
  { field: 'wrap_up_of_all_s', kind: 'seconds', isMore: true },
  { field: 'hold_s', kind: 'seconds', isMore: true },
  { field: 'hold_of_all_s', kind: 'seconds', isMore: true },
  { field: 'transferred', kind: 'count', isListed: true, isMore: true },
  { field: 'transfer_rate', kind: 'share', isMore: true },
  { field: 'offers', kind: 'count', isListed: true },
  { field: 'accepted', kind: 'count', isListed: true, isMore: true },
  { field: 'missed', kind: 'count', isListed: true },
  { field: 'declined', kind: 'count', isListed: true, isMore: true },
  { field: 'not_joined', kind: 'count', isListed: true, isMore: true },
  { field: 'ring_failed', kind: 'count', isListed: true, isMore: true },
  { field: 'customer_left', kind: 'count', isListed: true, isMore: true },
  { field: 'answer_rate', kind: 'share' },
  { field: 'signed_in_s', kind: 'seconds' },
  { field: 'talking_s', kind: 'seconds', isMore: true },
  { field: 'connecting_s', kind: 'seconds', isMore: true },
  { field: 'wrapping_up_s', kind: 'seconds', isMore: true },
  { field: 'offering_s', kind: 'seconds', isMore: true },
  { field: 'available_s', kind: 'seconds', isMore: true },
  { field: 'not_ready_s', kind: 'seconds', isMore: true },
  { field: 'in_teams_s', kind: 'seconds', isMore: true },
  { field: 'presence_unknown_s', kind: 'seconds', isMore: true },
  { field: 'productive_s', kind: 'seconds', isMore: true },
  { field: 'paid_s', kind: 'seconds', isMore: true },
  { field: 'occupancy', kind: 'share' },
  { field: 'utilization', kind: 'share' },
] as const satisfies readonly Column[];

export type FigureColumn = (typeof QUEUE_COLUMNS)[number] | (typeof AGENT_COLUMNS)[number];
export type FigureField = FigureColumn['field'];

/** What stands in a field; none where the server does not tell it. */
export function valueOf(figures: Sums, field: FigureField): Value {
  const value = figures[field];
  return typeof value === 'number' || (typeof value === 'object' && value !== null && 'permille' in value) ? (value as Value) : null;
}

const isShare = (value: Value): value is Share => typeof value === 'object' && value !== null;

/** As a number on the axis of a chart; none of nothing. */
export function heightOf(value: Value): number | null {
  return isShare(value) ? value.permille : value;
}

/** Digits alone; a dash where there is nothing to tell. `decimal` is how the language writes tenths. */
export function textOf(value: Value, kind: Kind, number: (value: number, isTenths: boolean) => string): string {
  if (value === null) return '–';
  if (isShare(value)) return value.permille === null ? '–' : `${number(value.permille / 10, true)} %`;
  return kind === 'seconds' ? clockSpan(value * 1000) : number(value, false);
}

/** Where the contacts behind a figure are listed. */
export function listOf(whose: 'queue' | 'agent', id: number, field: FigureField, from: string, to: string): string {
  const query = new URLSearchParams({ period: 'all', [`${whose}_id`]: String(id), figure: `${whose}.${field}`, figure_from: from, figure_to: to });
  return `/contacts?${query.toString()}`;
}
