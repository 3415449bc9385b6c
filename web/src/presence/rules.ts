// The presence rules as data: what can be mapped to what, which statuses Teams sets by itself, and what a mapping would do that
// nobody wants. Pure: whether a mapping loops is the server's to say.
import { SYSTEM_STANDINGS, type PresenceRules, type PresenceRulesInput, type Standing, type Target } from '../api/presence-rules';
import { DOINGS, STATUSES, type Doing, type Status } from '../api/directory';

export function inputOf({ version: _version, ...input }: PresenceRules): PresenceRulesInput {
  return input;
}

/** A standing or a target as the value of a choice. */
export function keyOf(of: Standing | Target): string {
  switch (of.kind) {
    case 'system':
      return `system:${of.standing}`;
    case 'reason':
      return `reason:${of.reason_id}`;
    case 'not_ready':
      return `not_ready:${of.reason_id}`;
    case 'available':
    case 'signed_out':
      return of.kind;
  }
}

export function targetOf(key: string): Target | null {
  const [kind, reason] = key.split(':');
  if (kind === 'available' || kind === 'signed_out') return { kind };
  return kind === 'not_ready' ? { kind, reason_id: Number(reason) } : null;
}

/** Every system standing and every reason has a line, mapped or not (B-214). */
export function standingsOf(reasons: readonly { id: number }[]): Standing[] {
  return [...SYSTEM_STANDINGS.map((standing): Standing => ({ kind: 'system', standing })), ...reasons.map(({ id }): Standing => ({ kind: 'reason', reason_id: id }))];
}

type ToTeams = PresenceRulesInput['to_teams'];
type FromTeams = PresenceRulesInput['from_teams'];

export function toTeamsOf({ map }: ToTeams, standing: Standing): Status | null {
  return map.find(({ from }) => keyOf(from) === keyOf(standing))?.to ?? null;
}
export function withToTeams(rules: ToTeams, standing: Standing, to: Status | null): ToTeams {
  return { ...rules, map: [...rules.map.filter(({ from }) => keyOf(from) !== keyOf(standing)), { from: standing, to }] };
}
export function fromTeamsOf({ map, doing }: FromTeams, from: Status | Doing): Target | null {
  return map.find((it) => it.from === from)?.to ?? doing.find((it) => it.from === from)?.to ?? null;
}
const isStatus = (of: Status | Doing): of is Status => STATUSES.some((it) => it === of);
/** A line of what somebody is doing that decides nothing is not kept: then the status does. */
export function withFromTeams(rules: FromTeams, from: Status | Doing, to: Target | null): FromTeams {
  if (isStatus(from)) return { ...rules, map: STATUSES.map((it) => ({ from: it, to: it === from ? to : fromTeamsOf(rules, it) })) };
  const others = rules.doing.filter((it) => it.from !== from);
  return { ...rules, doing: to === null ? others : [...others, { from, to }] };
}

/** Activities that a rule can be about; with nothing else to do, the status alone decides (B-223). */
export const RULED_DOINGS = DOINGS.filter((it) => it !== 'nothing' && it !== 'other');

/** Why Teams sets a status without anybody choosing it (B-204). */
export const AUTOMATIC = {
  available: null,
  busy: 'calendar',
  do_not_disturb: 'presenting',
  be_right_back: null,
  away: 'idle',
  offline: 'closed',
} as const satisfies Record<Status, string | null>;
export const CAUSES = ['calendar', 'presenting', 'idle', 'closed'] as const;

export const HARMS = ['idleAvailable', 'closedAvailable', 'freesBusy'] as const;
/** What a line from Teams would do that hardly anybody wants. */
export function harmOf(from: Status, to: Target | null): (typeof HARMS)[number] | null {
  if (to?.kind !== 'available') return null;
  if (from === 'away' || from === 'be_right_back') return 'idleAvailable';
  if (from === 'offline') return 'closedAvailable';
  return from === 'busy' || from === 'do_not_disturb' ? 'freesBusy' : null;
}

export type GateOf = PresenceRulesInput['gate'][number];
export const GATED: readonly (Status | Doing)[] = [...STATUSES, ...RULED_DOINGS];
/** What is not said lets through. */
export function gateOf(gate: readonly GateOf[], when: Status | Doing): GateOf {
  return gate.find((it) => it.when === when) ?? { when, voice: 'route', messages: 'route' };
}
export function withGate(gate: readonly GateOf[], changed: GateOf): GateOf[] {
  return GATED.map((when) => (when === changed.when ? changed : gate.find((it) => it.when === when))).filter((it) => it !== undefined);
}

export const LIMITS = { max_changes: [2, 100], within_s: [10, 3600] } as const;
export function problemsOf({ loop }: PresenceRulesInput): string[] {
  const isOut = (value: number, [min, max]: readonly [number, number]): boolean => !Number.isInteger(value) || value < min || value > max;
  return (['max_changes', 'within_s'] as const).filter((it) => isOut(loop[it], LIMITS[it])).map((it) => `loop.${it}`);
}
