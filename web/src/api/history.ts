// Contacts of the past and of now as lists, sums and stories, in the words that the pages use.
import { ask, loose } from './client';
import type { ContactView, Customer, LabelRef, Ref, TimelineRow } from './contract';

export interface AgentPart extends Ref {
  /** None where figures of teams only are shown, but for one's own. */
  talk_s?: number | null;
}
export interface ContactRow {
  id: number;
  arrived_at: string;
  ended_at: string | null;
  direction: 'in' | 'out';
  channel: string;
  endpoint: Ref;
  queue: Ref | null;
  agents: AgentPart[];
  customer: Customer;
  wait_s: number;
  talk_s: number;
  hold_s: number;
  consult_s: number;
  wrap_up_s: number;
  menu: string[];
  end_reason: string | null;
  disposition: LabelRef | null;
  transfers: number;
  has_recording: boolean;
  has_message: boolean;
}
/** Counted up to a limit: what is not exact is more than `n`. */
export interface Count {
  exact: boolean;
  n: number;
}
export interface ContactPage {
  contacts: ContactRow[];
  next_cursor: string | null;
  count: Count;
}
export interface Summary {
  contacts: number;
  talk_s: number;
  /** None is of those that are not over. */
  by_end_reason: { end_reason: string | null; contacts: number; talk_s: number }[];
}

export type LaneKind = 'customer' | 'flow' | 'queue' | 'agent' | 'third' | 'recording';
export type Detail = Record<string, unknown>;
export interface Span {
  from: string;
  /** None while it goes on. */
  until: string | null;
  what: string;
  detail: Detail;
}
export interface Mark {
  at: string;
  what: string;
  detail: Detail;
}
export interface Lane {
  lane: LaneKind;
  id: number | null;
  name: string | null;
  spans: Span[];
  marks: Mark[];
}
export interface Story {
  from: string;
  until: string | null;
  lanes: Lane[];
  /** Of an endless story: the lanes have a gap there. */
  n_forgotten?: number;
}
export interface StoryOfContact extends ContactView {
  timeline: TimelineRow[];
  /** Absent of an answer of a server that does not draw it. */
  story?: Story;
}
export interface RawEvent {
  seq: number;
  at: string;
  event: unknown;
}
export interface RawEventPage {
  events: RawEvent[];
  next_cursor: string | null;
}

export type Query = Record<string, string>;

export async function contactPage(center: string, query: Query, cursor: string | null): Promise<ContactPage> {
  const params = { path: { center }, query: { ...query, limit: '50', ...(cursor === null ? {} : { cursor }) } };
  return (await ask(loose.GET('/{center}/contacts', { params }))) as ContactPage;
}

export async function contactSummary(center: string, query: Query): Promise<Summary> {
  return (await ask(loose.GET('/{center}/contacts/summary', { params: { path: { center }, query } }))) as Summary;
}

export async function rawEvents(center: string, id: number, cursor: string | null): Promise<RawEventPage> {
  const params = { path: { center, id }, query: cursor === null ? {} : { cursor } };
  return (await ask(loose.GET('/{center}/contacts/{id}/events', { params }))) as RawEventPage;
}

export const EXPORT_FORMATS = ['csv', 'xlsx', 'parquet'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

/** One row per contact, as bytes that come while they are made. */
export async function contactExport(center: string, query: Query, format: ExportFormat, signal: AbortSignal): Promise<ReadableStream<Uint8Array>> {
  const params = { path: { center }, query: { ...query, format } };
  return (await ask(loose.GET('/{center}/contacts/export', { params, parseAs: 'stream', signal }))) as ReadableStream<Uint8Array>;
}
