// Figures of queues and agents over a period, in the words that the pages use.
import { ask, loose } from './client';
import type { Ref } from './contract';
import type { ExportFormat, Query } from './history';

export interface Share {
  part: number;
  of: number;
  /** Tenths of a percent; none of nothing. */
  permille: number | null;
}
/** A count, whole seconds, or a share. Other fields of the answer are not shown in tables. */
export type Value = number | null | Share;
export type Sums = Readonly<Record<string, unknown>>;
export interface Interval {
  from: string;
  to: string;
  figures: Sums;
}
export interface Whole {
  total: Sums;
  intervals: Interval[];
}
export interface Row extends Whole {
  /** None: agents who are in no team. */
  of: Ref | null;
}
export interface Metric {
  field: string;
  formula: string;
  source: string;
}
export interface Threshold {
  queue_id: number;
  version: number;
  threshold_s: number;
  short_abandon_s: number;
}
export interface Performance {
  period: { from: string; to: string; as_of: string; time_zone: string; grain: string };
  rows: Row[];
  all: Whole;
  metrics: Metric[];
  /** Of agents or of teams; queues are queues. */
  by: 'queue' | 'agent' | 'team';
  serviceLevel: { variant: string; threshold: string; in_force: Threshold[] } | null;
}

interface QueuesAnswer {
  period: Performance['period'];
  service_level: NonNullable<Performance['serviceLevel']>;
  queues: (Whole & { queue: Ref })[];
  all: Whole;
  metrics: Metric[];
}

export async function queuePerformance(center: string, query: Query): Promise<Performance> {
  const answer = (await ask(loose.GET('/{center}/figures/queues', { params: { path: { center }, query } }))) as QueuesAnswer;
  const { period, all, metrics, service_level, queues } = answer;
  return { period, all, metrics, by: 'queue', serviceLevel: service_level, rows: queues.map(({ queue, total, intervals }) => ({ of: queue, total, intervals })) };
}

export async function agentPerformance(center: string, query: Query): Promise<Performance> {
  const answer = (await ask(loose.GET('/{center}/figures/agents', { params: { path: { center }, query } }))) as Omit<Performance, 'serviceLevel'>;
  return { ...answer, serviceLevel: null };
}

/** The same figures as a file: a row for each queue, agent or team, and interval. */
export async function figuresExport(center: string, whose: 'queue' | 'agent', query: Query, format: ExportFormat, signal: AbortSignal): Promise<ReadableStream<Uint8Array>> {
  const params = { path: { center }, query: { ...query, format } };
  const route = whose === 'queue' ? '/{center}/figures/queues/export' : '/{center}/figures/agents/export';
  return (await ask(loose.GET(route, { params, parseAs: 'stream', signal }))) as ReadableStream<Uint8Array>;
}
