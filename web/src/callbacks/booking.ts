// A callback that somebody books, as data: what is missing, what is sent, and where a refusal belongs. Pure.
import type { NewCallback } from '../api/callbacks';
import type { ApiError } from '../api/client';
import type { CountryZone } from '../api/contract';
import { dialable } from '../desk/dial';
import { shownIn, wrongIn, type Chosen } from './book';

export const WHENS = ['asap', 'scheduled'] as const;
/** Who calls: whoever serves the queue, or one agent alone for a while. */
export const CALLERS = ['queue', 'agent'] as const;
export type When = (typeof WHENS)[number];
export type Caller = (typeof CALLERS)[number];

/** The limits of the server (crates/server/src/api/callbacks/change.rs, crates/core/src/limits.rs). */
export const NAME_CHARS_MAX = 200;
export const FALLBACK_MIN = [1, 43_200] as const;
const FALLBACK_USUAL_MIN = 60;

export interface Booking {
  number: string;
  name: string;
  /** 0: none is chosen. */
  queue: number;
  when: When;
  time: Chosen;
  /** By whose clock the time is said; null as long as nobody chose another than `zoneOf`. */
  zone: string | null;
  caller: Caller;
  owner: number | null;
  fallback_min: number;
}

const HALF_HOUR_MS = 1_800_000;
const WINDOW_MS = 7_200_000;
/** A time that is likely to be meant: two hours from the half hour after the next one. */
export function usualTime(zone: string, now: number): Chosen {
  const from = (Math.floor(now / HALF_HOUR_MS) + 2) * HALF_HOUR_MS;
  return { from: shownIn(zone, new Date(from).toISOString()), to: shownIn(zone, new Date(from + WINDOW_MS).toISOString()) };
}

export function freshBooking(given: Partial<Booking>): Booking {
  return { number: '', name: '', queue: 0, when: 'asap', time: { from: '', to: '' }, zone: null, caller: 'queue', owner: null, fallback_min: FALLBACK_USUAL_MIN, ...given };
}

/** The clock of the number's country, where the queue says it; else the contact center's. */
export function zoneOf(number: string, zones: readonly CountryZone[], ours: string): string {
  const digits = dialable(number).replace(/^\+/, '');
  const known = zones.filter(({ country, time_zone }) => time_zone !== '' && digits.startsWith(country));
  return known.sort((a, b) => b.country.length - a.country.length)[0]?.time_zone ?? ours;
}

export type Place = 'number' | 'name' | 'queue' | 'from' | 'to' | 'zone' | 'owner' | 'fallback';
export type Missing = 'missing' | 'backwards';

/** What can be seen to be missing or wrong before asking the server. */
export function wrongInBooking(it: Booking): Partial<Record<Place, Missing>> {
  return {
    ...(it.number.trim() === '' ? { number: 'missing' as const } : {}),
    ...(it.queue === 0 ? { queue: 'missing' as const } : {}),
    ...(it.caller === 'agent' && it.owner === null ? { owner: 'missing' as const } : {}),
    ...(it.when === 'scheduled' ? wrongIn(it.time) : {}),
  };
}

/** `zone` is the clock that the time was said by. */
export function sentBooking(it: Booking, zone: string): NewCallback {
  const name = it.name.trim();
  const isTimed = it.when === 'scheduled';
  return {
    queue_id: it.queue,
    number: dialable(it.number),
    ...(name === '' ? {} : { name }),
    ...(isTimed || it.zone !== null ? { time_zone: zone } : {}),
    ...(isTimed ? { window: it.time } : {}),
    ...(it.caller === 'agent' && it.owner !== null ? { owner: { agent_id: it.owner, fallback_after_s: it.fallback_min * 60 } } : {}),
  };
}

/** What became of it: one more, or one that the customer had already counts for it. */
export interface Said {
  is: 'booked' | 'kept';
  text: string;
}

/** Refusals that are about the number alone. */
const OF_NUMBER: ReadonlySet<string> = new Set(['invalid_number', 'emergency_number', 'country_not_allowed', 'on_do_not_call_list']);
const OF_QUEUE: ReadonlySet<string> = new Set(['no_callbacks', 'no_caller_id', 'not_your_queue']);
const FIELDS: Readonly<Record<string, Place>> = { number: 'number', name: 'name', time_zone: 'zone', 'window.from': 'from', 'window.to': 'to', fallback_after_s: 'fallback' };

/** The fields that a refusal names, with its words; none when it is about the whole. */
export function placesOf(error: ApiError, said: string): Partial<Record<Place, string>> {
  if (OF_NUMBER.has(error.code)) return { number: said };
  if (OF_QUEUE.has(error.code)) return { queue: said };
  const named = (error.problem.errors ?? []).flatMap(({ field, detail }): [Place, string][] => {
    const place = FIELDS[field.replace(/^\//, '').replaceAll('/', '.')];
    return place ? [[place, detail]] : [];
  });
  return Object.fromEntries(named);
}
