// Setting an agent's state as data: what makes sense of whom, what will happen, and in which order agents stand. Pure.
import type { AgentState, BoardAgent } from '../api/contract';
import type { Direction, DirectionWord } from '../api/direct';
import { reasonName } from '../desk/reasons';
import type { MessageId } from '../i18n/t';

/** Characters of a reason. */
export const WHY_MAX = 200;

/** What can be set: a heading cannot, and what stands under one is called with it. */
export function choosable(all: readonly { id: number; label: string; heading_id?: number | null }[]): { id: number; name: string }[] {
  const labels = new Map(all.map(({ id, label }) => [id, label]));
  const headings = new Set(all.map(({ heading_id }) => heading_id));
  return all
    .filter(({ id }) => !headings.has(id))
    .map(({ id, label, heading_id }) => {
      const heading = labels.get(heading_id ?? 0);
      return { id, name: reasonName({ label, heading: heading === undefined ? null : { id: heading_id ?? 0, label: heading } }) };
    });
}

/** When it comes true; `never`: the agent has a contact, and nobody is taken from a customer. */
type When = 'now' | 'after' | 'never';
const WHEN: Record<Exclude<AgentState, 'signed_out'>, Record<DirectionWord, When>> = {
  available: { ready: 'now', not_ready: 'now', signed_out: 'now' },
  not_ready: { ready: 'now', not_ready: 'now', signed_out: 'now' },
  in_teams: { ready: 'now', not_ready: 'now', signed_out: 'now' },
  presence_unknown: { ready: 'now', not_ready: 'now', signed_out: 'now' },
  error: { ready: 'now', not_ready: 'now', signed_out: 'now' },
  wrap_up: { ready: 'after', not_ready: 'after', signed_out: 'after' },
  offering: { ready: 'after', not_ready: 'after', signed_out: 'never' },
  connecting: { ready: 'after', not_ready: 'after', signed_out: 'never' },
  on_contact: { ready: 'after', not_ready: 'after', signed_out: 'never' },
};

export interface Move {
  to: DirectionWord;
  isPossible: boolean;
}
/** What is offered of an agent in this state: nothing of those who are not here, nothing that is so already. */
export function movesOf(state: AgentState): Move[] {
  if (state === 'signed_out') return [];
  const isReady = state === 'available' || state === 'in_teams';
  const all: DirectionWord[] = isReady ? ['not_ready', 'signed_out'] : ['ready', 'not_ready', 'signed_out'];
  return all.map((to) => ({ to, isPossible: WHEN[state][to] !== 'never' }));
}

/** What will happen, as the agent is now. */
export function consequence(state: AgentState, to: DirectionWord): MessageId {
  if (state === 'signed_out') return 'problem.agent_signed_out';
  const when = WHEN[state][to];
  return when === 'never' ? 'problem.agent_on_contact' : `direct.${when}.${to}`;
}

export interface Asked {
  to: DirectionWord;
  reason: number | null;
  why: string;
}
/** What is sent, or what is missing for it. */
export function directionOf({ to, reason, why }: Asked): { body: Direction } | { missing: ('reason' | 'why')[] } {
  const said = why.trim();
  const missing: ('reason' | 'why')[] = [];
  if (to === 'not_ready' && reason === null) missing.push('reason');
  if (said === '') missing.push('why');
  if (missing.length > 0) return { missing };
  if (to !== 'not_ready') return { body: { state: to, why: said } };
  return reason === null ? { missing: ['reason'] } : { body: { state: to, reason_id: reason, why: said } };
}

const ORDER: Record<AgentState, number> = {
  error: 0,
  offering: 1,
  connecting: 2,
  on_contact: 3,
  wrap_up: 4,
  not_ready: 5,
  in_teams: 6,
  presence_unknown: 7,
  available: 8,
  signed_out: 9,
};
export const STATES = Object.keys(ORDER) as AgentState[];

/** Those of a state, or all who are here; whoever asks for something first. Whoever is in `held` keeps that place: nothing moves away under a hand. */
export function placed(agents: readonly BoardAgent[], only: AgentState | '', held: readonly number[]): BoardAgent[] {
  const place = new Map(held.map((id, at) => [id, at]));
  const placeOf = ({ id }: BoardAgent): number => place.get(id) ?? held.length;
  const asks = ({ petition }: BoardAgent): number => (petition ? 0 : 1);
  return agents
    .filter((agent) => (only === '' ? agent.state !== 'signed_out' : agent.state === only))
    .sort((a, b) => placeOf(a) - placeOf(b) || asks(a) - asks(b) || ORDER[a.state] - ORDER[b.state] || a.since.localeCompare(b.since) || a.id - b.id);
}
