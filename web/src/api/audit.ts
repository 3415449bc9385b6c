// The audit, in the words that its page uses: who did what, what was changed by it, and the chain that all of it is in.
import { ask, loose } from './client';
import type { Query } from './history';

export interface AuditItem {
  /** Its place, from 1. */
  n: number;
  at: string;
  /** The user name; `system` for Tandem itself, null when nobody is known. */
  actor: string | null;
  action: string;
  outcome: 'done' | 'denied';
  detail: string;
  kind: string | null;
  id: number | null;
  version: number | null;
  /** Whether a settings document is another since. */
  has_change: boolean;
}
export interface Head {
  n: number;
  link: string;
}
export interface AuditPage {
  items: AuditItem[];
  next_before: number | null;
  /** None while there is no entry. */
  head: Head | null;
  /** False while it is made again from what was stored. */
  is_complete?: boolean;
}
/** Null is nothing at that place. */
export interface Change {
  /** A JSON pointer. */
  path: string;
  before: unknown;
  after: unknown;
}
export interface AuditEntry extends AuditItem {
  link: string;
  before: unknown;
  after: unknown;
  changes: Change[];
  n_more_changes?: number;
}

export async function auditPage(center: string, query: Query, before: number | null): Promise<AuditPage> {
  const params = { path: { center }, query: { ...query, limit: '50', ...(before === null ? {} : { before: String(before) }) } };
  return (await ask(loose.GET('/{center}/audit', { params }))) as AuditPage;
}

export async function auditEntry(center: string, n: number): Promise<AuditEntry> {
  return (await ask(loose.GET('/{center}/audit/{n}', { params: { path: { center, n } } }))) as AuditEntry;
}

export const AUDIT_FORMATS = ['csv', 'jsonl'] as const;
export type AuditFormat = (typeof AUDIT_FORMATS)[number];

/** Everything that was found, with the links, as bytes that come while they are made. */
export async function auditExport(center: string, query: Query, format: AuditFormat, signal: AbortSignal): Promise<ReadableStream<Uint8Array>> {
  const params = { path: { center }, query: { ...query, format } };
  return (await ask(loose.GET('/{center}/audit/export', { params, parseAs: 'stream', signal }))) as ReadableStream<Uint8Array>;
}
