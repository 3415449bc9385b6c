// How trunks do, as shapes and words are chosen of it. Pure: what is up and what is to be done, the server says.
import type * as schema from '../api/schema';
import type { HostHealth, Standing, Trunk, TrunkHealth } from '../api/trunks';
import { td } from '../app/theme';
import type { ShapeName } from '../ui/shapes';

export const STANDING_SHAPE: Record<Standing, { shape: ShapeName; color: string }> = {
  up: { shape: 'circle', color: td.tdLevelOk },
  // Small, an octagon is a circle to most eyes.
  down: { shape: 'cross', color: td.tdLevelAct },
  unknown: { shape: 'half', color: td.tdStateBreak },
  off: { shape: 'ring', color: td.tdStateOffline },
};
export const PARTLY_SHAPE = { shape: 'triangle', color: td.tdLevelWatch } as const;

/**
 * Whether Tandem listens for calls by trunks at all: without that every trunk is off, and the server advises although nothing is down.
 * Null where there is no trunk by which that could be seen.
 */
export function isListening(health: readonly TrunkHealth[]): boolean | null {
  const [one] = health;
  return one === undefined ? null : !(one.state === 'off' && one.advice !== null);
}

/** What a trunk's state is told as: `partly` where some of its hosts answer, and others do not. */
export type Told = Standing | 'partly';
export const TOLD = ['up', 'partly', 'down', 'unknown', 'off'] as const satisfies readonly Told[];

export function toldOf({ state, hosts }: Pick<TrunkHealth, 'state' | 'hosts'>): Told {
  return state === 'up' && hosts.some((it) => it.state === 'down') ? 'partly' : state;
}
export const shapeOf = (told: Told): { shape: ShapeName; color: string } => (told === 'partly' ? PARTLY_SHAPE : STANDING_SHAPE[told]);

export const countUp = (hosts: readonly HostHealth[]): number => hosts.filter((it) => it.state === 'up').length;

/** Teams sends calls to nobody whom it has not asked for lately (A.4): worth a word while everything else is well. */
export function isUnheard(trunk: Pick<Trunk, 'kind'>, health: Pick<TrunkHealth, 'state' | 'hosts'>): boolean {
  return trunk.kind === 'teams' && health.state === 'up' && !health.hosts.some((it) => it.is_heard);
}

/** Whose calls by trunks ring where, and why not (B-024). */
export const PHONE_FAULTS = ['none', 'gone', 'off', 'no_listener', 'not_registered', 'down'] as const;
export type PhoneFault = (typeof PHONE_FAULTS)[number];

export function phoneFault(phone: { trunk_id: number; user: string } | null, trunks: readonly Trunk[], health: readonly TrunkHealth[]): PhoneFault | null {
  if (phone === null || phone.user === '') return 'none';
  const trunk = trunks.find((it) => it.id === phone.trunk_id);
  if (trunk === undefined) return 'gone';
  if (!trunk.enabled) return 'off';
  if (isListening(health) === false) return 'no_listener';
  const now = health.find((it) => it.trunk_id === trunk.id);
  if (trunk.kind === 'phones') return now === undefined || now.registered.includes(phone.user) ? null : 'not_registered';
  return now?.state === 'down' ? 'down' : null;
}

/** What the directory says that an agent's Teams user lacks: calls of resource accounts do not ring there. */
export const AGENT_WARNINGS = ['not_in_directory', 'no_teams', 'no_teams_phone'] as const satisfies readonly schema.components['schemas']['AgentWarning'][];
