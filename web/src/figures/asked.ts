// What a page of figures is asked for, as it stands in its address and as the server is asked. Pure: time and zone are brought
// along.
import type { Query } from '../api/history';
import { dateAt, nextDate } from '../hours/clock';

export const PERIODS = ['today', 'yesterday', 'week', 'month', 'own'] as const;
export const GRAINS = ['quarter', 'half_hour', 'hour', 'day'] as const;
/** Those that need nothing beside them. */
export const VARIANTS = ['sl.abandon_negative', 'sl.answered_only', 'sl.abandon_ignored', 'sl.abandon_positive', 'sl.callback_aware', 'sl.genesys'] as const;
export type Period = (typeof PERIODS)[number];
export type Grain = (typeof GRAINS)[number];
export type Variant = (typeof VARIANTS)[number];

export interface Asked {
  period: Period;
  /** Days, of an own period alone. */
  first: string;
  last: string;
  grain: Grain;
  variant: Variant;
}

export const USUAL: Asked = { period: 'today', first: '', last: '', grain: 'hour', variant: 'sl.abandon_negative' };
/** Days that can be told finer than by the day. */
export const FINE_DAYS_MAX = 35;
const DAY_MS = 86_400_000;

export function isDay(text: string): boolean {
  return /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(Date.parse(text));
}

/** What makes no sense in an address is as usual. */
export function askedOf(address: URLSearchParams): Asked {
  const among = <V extends string>(name: string, choices: readonly V[], usual: V): V => choices.find((it) => it === address.get(name)) ?? usual;
  const day = (name: string): string => {
    const value = address.get(name) ?? '';
    return isDay(value) ? value : '';
  };
  const period = among('period', PERIODS, USUAL.period);
  const [first, last] = period === 'own' ? [day('first'), day('last')] : ['', ''];
  return { period, first, last, grain: among('grain', GRAINS, USUAL.grain), variant: among('variant', VARIANTS, USUAL.variant) };
}

/** Only what differs from what is usual. */
export function addressOf(asked: Asked): URLSearchParams {
  const address = new URLSearchParams();
  for (const name of ['period', 'first', 'last', 'grain', 'variant'] as const) {
    if (asked[name] !== '' && asked[name] !== USUAL[name]) address.set(name, asked[name]);
  }
  return address;
}

/** The first day and the last; an own period that is not said to the end is that of today. */
export function daysOf({ period, first, last }: Asked, now: number, zone: string): [string, string] {
  const today = dateAt(now, zone);
  switch (period) {
    case 'today':
      return [today, today];
    case 'yesterday':
      return [nextDate(today, -1), nextDate(today, -1)];
    case 'week':
      return [nextDate(today, -6), today];
    case 'month':
      return [nextDate(today, -29), today];
    case 'own':
      return [first || last || today, last || first || today];
  }
}

export function isBackwards({ period, first, last }: Asked): boolean {
  return period === 'own' && first !== '' && last !== '' && last < first;
}

/** So many days by the hour would be refused: they are told by the day. */
export function grainOf(asked: Asked, [first, last]: readonly [string, string]): Grain {
  const days = Math.round((Date.parse(last) - Date.parse(first)) / DAY_MS) + 1;
  return days > FINE_DAYS_MAX ? 'day' : asked.grain;
}

export function queryOf(asked: Asked, now: number, zone: string): Query {
  const days = daysOf(asked, now, zone);
  return { first_day: days[0], last_day: days[1], grain: grainOf(asked, days) };
}
