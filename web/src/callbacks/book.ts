// The callback book as data: what may be done with a callback, and the time that somebody chooses for one. Pure.
import type { Callback, CallbackState, NewTime } from '../api/callbacks';

export const STATES = ['booked', 'due', 'reserving', 'dialing', 'done', 'cancelled', 'expired', 'exhausted'] as const satisfies readonly CallbackState[];
export const KINDS = ['virtual_hold', 'asap', 'scheduled', 'agent_owned'] as const;
/** Why an attempt came to nothing, there was none yet, or it was called off. */
export const WHYS = [
  'closed',
  'outside_hours',
  'day_is_full',
  'no_caller_id',
  'too_many_contacts',
  'rescheduled',
  'not_placed',
  'agent_no_answer',
  'withdrawn',
  'agent_left',
  'no_answer',
  'busy',
  'declined',
  'failed',
  'nobody_free',
  'gave_up',
  'on_the_line',
  'asked',
  'replaced',
  'taken_over',
  'superseded',
  'on_do_not_call_list',
  'country_not_allowed',
  'forgotten',
] as const;

const ENDED: ReadonlySet<CallbackState> = new Set(['done', 'cancelled', 'expired', 'exhausted']);

/** Whether it can still be called off or given another time: nobody is being called, and it is not over. */
export function isOpen({ state }: Pick<Callback, 'state'>): boolean {
  return state !== 'dialing' && !ENDED.has(state);
}

/** What somebody typed: both as the clock of the customer shows them. */
export interface Chosen {
  from: string;
  to: string;
}

export type Wrong = 'missing' | 'backwards';

/** What is wrong with a chosen time, as far as it shows. Whether it lies ahead the server says. */
export function wrongIn({ from, to }: Chosen): { from?: Wrong; to?: Wrong } {
  return {
    ...(from === '' ? { from: 'missing' as const } : {}),
    ...(to === '' ? { to: 'missing' as const } : from !== '' && to <= from ? { to: 'backwards' as const } : {}),
  };
}

/** What is asked of the server. A callback that is an agent's own stays so. */
export function asked({ from, to }: Chosen, zone: string, owner: Callback['owner']): NewTime {
  return {
    window: { from, to },
    time_zone: zone,
    ...(owner ? { owner: { agent_id: owner.agent.id } } : {}),
  };
}

/** When somebody may call an own one: from the begin of its time on, or at once. */
export function callableFrom({ window, booked_at }: Pick<Callback, 'window' | 'booked_at'>): number {
  return Date.parse(window?.from ?? booked_at);
}

/** Those whose time has come, the longest due first, and those of later. */
export function byTime(own: readonly Callback[], now: number): { due: Callback[]; later: Callback[] } {
  const sorted = [...own].sort((a, b) => callableFrom(a) - callableFrom(b) || a.id - b.id);
  const isDue = (it: Callback): boolean => isOpen(it) && callableFrom(it) <= now;
  return { due: sorted.filter(isDue), later: sorted.filter((it) => !isDue(it)) };
}

/** What a clock of a zone shows at an instant, as an input of date and time wants it. */
export function shownIn(zone: string, at: string): string {
  const parts = new Intl.DateTimeFormat('en-CA', { timeZone: zone, year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).formatToParts(new Date(at));
  const part = (type: Intl.DateTimeFormatPartTypes): string => parts.find((it) => it.type === type)?.value ?? '';
  return `${part('year')}-${part('month')}-${part('day')}T${part('hour')}:${part('minute')}`;
}
