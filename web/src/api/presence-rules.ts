// The presence rules over the API: what Tandem shows in Teams, what Teams changes in Tandem, and who wins.
import { ask, loose } from './client';
import type { Doing, Status } from './directory';

export const SYSTEM_STANDINGS = ['available', 'on_contact', 'ringing', 'wrap_up', 'not_ready_signed_in', 'missed_offer', 'signed_out'] as const;
export type SystemStanding = (typeof SYSTEM_STANDINGS)[number];
export type Standing = { kind: 'system'; standing: SystemStanding } | { kind: 'reason'; reason: number };
export type Target = { kind: 'available' } | { kind: 'not_ready'; reason: number } | { kind: 'signed_out' };
export const PRECEDENCE = ['chosen_in_teams', 'calendar_and_calls', 'tandem'] as const;
export type Authority = (typeof PRECEDENCE)[number];
export type Route = 'route' | 'no_route';
export type Side = 'teams' | 'tandem';

export interface PresenceRulesInput {
  to_teams: { is_on: boolean; map: { from: Standing; to: Status | null }[] };
  from_teams: { is_on: boolean; map: { from: Status; to: Target | null }[]; doing: { from: Doing; to: Target | null }[] };
  precedence: Authority[];
  ignore_shorter_than_s: number;
  force_every_s: number;
  resets_timer_on_force: boolean;
  max_age_cycles: number;
  cycle_s: number;
  loop: { max_changes: number; within_s: number };
  gate: { when: Status | Doing; voice: Route; messages: Route }[];
}
export interface PresenceRules extends PresenceRulesInput {
  /** 0: nobody has saved it yet. */
  version: number;
}
/** What the agent shows on one side. */
export interface Shown {
  side: Side;
  status?: Status;
  standing?: Standing;
}
export interface ChainStep {
  at_s: number;
  side: Side;
  shows: Status | Standing;
  why: string;
}
export interface Chain {
  steps: ChainStep[];
  ends: 'settled' | 'loops';
  cycle: Shown[] | null;
}

export async function presenceRulesOf(center: string): Promise<PresenceRules> {
  return (await ask(loose.GET('/{center}/presence-rules', { params: { path: { center } } }))) as PresenceRules;
}

/** A mapping that loops is refused with its cycle, unless it is allowed. */
export async function savePresenceRules(center: string, version: number, input: PresenceRulesInput, loops: 'refused' | 'allowed'): Promise<PresenceRules> {
  const params = { path: { center }, header: { 'if-match': `"${version}"` } };
  const body = loops === 'allowed' ? { ...input, allow_loop: true } : input;
  return (await ask(loose.PUT('/{center}/presence-rules', { params, body }))) as PresenceRules;
}

/** What would follow, by these rules. */
export async function chainOf(center: string, rules: PresenceRulesInput, start: Shown): Promise<Chain> {
  return (await ask(loose.POST('/{center}/presence-rules/chain', { params: { path: { center } }, body: { rules, start } }))) as Chain;
}
