// Balance groups (docs/routing.md): queues that share agents, what each counts for, and how they are shared.
import { ask, loose } from '../api/client';
import type { Ref } from '../api/contract';
import type { MessageId } from '../i18n/t';

export const OBJECTIVES = ['fifo_fair', 'max_sl', 'min_max_wait', 'weighted_lateness'] as const;
export type Objective = (typeof OBJECTIVES)[number];

export interface Member {
  queue_id: number;
  weight: number;
}
export interface Borrowing {
  below_percent: number;
  above_percent: number;
  factor: number;
  dwell_s: number;
}
export interface BalanceGroupInput {
  name: string;
  objective: Objective;
  members: Member[];
  bound_s: number;
  borrowing: Borrowing | null;
}

/** The limits of the server (docs/routing.md). */
export const WEIGHT = [1, 100] as const;
export const MEMBERS = [2, 50] as const;
export const BOUND_S = [30, 3600] as const;

export const FRESH_BORROWING: Borrowing = { below_percent: 70, above_percent: 85, factor: 2, dwell_s: 300 };

export function freshGroup(): BalanceGroupInput {
  return { name: '', objective: 'fifo_fair', members: [], bound_s: 600, borrowing: null };
}

/** What can be said of the queues of a group before asking the server. */
export function membersProblem(members: readonly Member[] | undefined): MessageId | undefined {
  const all = members ?? [];
  if (all.some(({ queue_id }) => queue_id <= 0)) return 'balance.error.queue';
  if (new Set(all.map(({ queue_id }) => queue_id)).size < all.length) return 'balance.error.twice';
  if (all.length < MEMBERS[0] || all.length > MEMBERS[1]) return 'balance.error.few';
  return undefined;
}

/** What can be said of when a queue borrows. */
export function borrowingProblem(rule: Borrowing | null | undefined): MessageId | undefined {
  return rule && rule.above_percent <= rule.below_percent ? 'balance.error.flaps' : undefined;
}

export interface BalancedQueue {
  queue: Ref;
  weight: number;
  weight_in_force: number;
  borrows_since: string | null;
  weight_permille: number;
  time_permille: number | null;
  contacts_permille: number | null;
  time_s: number;
  contacts: number;
  agents_now: number;
  waiting: number;
  oldest_since: string | null;
  in_time: number;
  judged: number;
}
export interface Balance {
  group: Ref;
  objective: Objective;
  bound_s: number;
  since: string;
  queues: BalancedQueue[];
}

export async function balances(center: string): Promise<Balance[]> {
  const answer = (await ask(loose.GET('/{center}/balances', { params: { path: { center } } }))) as { items: Balance[] };
  return answer.items;
}

/** The balance of the group that a queue is in. */
export function balanceOf(all: readonly Balance[], queue: number): Balance | undefined {
  return all.find(({ queues }) => queues.some((it) => it.queue.id === queue));
}
