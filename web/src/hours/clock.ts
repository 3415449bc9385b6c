// Wall clocks and dates of a time zone: what people type, how long a day is, where an instant lies in it.
// Pure; the server decides when it is open, this only draws what it says.

export const DAY_MINUTES = 24 * 60;
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** Minutes since midnight of `08:30`; undefined for anything else. 24:00 is the end of the day. */
export function minutesOf(time: string): number | undefined {
  const match = /^(\d\d):(\d\d)$/.exec(time);
  if (!match) return undefined;
  const minutes = Number(match[1]) * 60 + Number(match[2]);
  return Number(match[2]) < 60 && minutes <= DAY_MINUTES ? minutes : undefined;
}

/** What people mean by 8, 830, 8.30, 8:30, 5pm or 24; what cannot be read stays as it is. */
export function typedTime(text: string): string {
  const match = /^(\d{1,2})(?:[:.h ]?(\d{2}))?\s*(am|pm)?$/i.exec(text.trim());
  if (!match) return text.trim();
  const half = match[3]?.toLowerCase();
  const hour = Number(match[1]);
  if (half && (hour < 1 || hour > 12)) return text.trim();
  const hours = half ? (hour % 12) + (half === 'pm' ? 12 : 0) : hour;
  const time = `${String(hours).padStart(2, '0')}:${match[2] ?? '00'}`;
  return minutesOf(time) === undefined ? text.trim() : time;
}

const formats = new Map<string, Intl.DateTimeFormat>();
function wallFormat(zone: string): Intl.DateTimeFormat {
  let format = formats.get(zone);
  if (!format) {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
    });
    formats.set(zone, format);
  }
  return format;
}

/** The wall clock at an instant, as if it were UTC. */
function wall(at: number, zone: string): number {
  const part = Object.fromEntries(wallFormat(zone).formatToParts(at).map(({ type, value }) => [type, Number(value)]));
  return Date.UTC(part['year'] ?? 0, (part['month'] ?? 1) - 1, part['day'], part['hour'], part['minute'], part['second']);
}

/** How far the zone is ahead of UTC at an instant, in ms. */
export function offsetAt(at: number, zone: string): number {
  return wall(at, zone) - Math.floor(at / 1000) * 1000;
}

export function isZone(zone: string): boolean {
  try {
    return wallFormat(zone) !== undefined;
  } catch {
    return false;
  }
}

/** The date at an instant: `2026-11-25`. */
export function dateAt(at: number, zone: string): string {
  return new Date(wall(at, zone)).toISOString().slice(0, 10);
}

export function nextDate(date: string, days = 1): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) + days * 24 * HOUR_MS).toISOString().slice(0, 10);
}

/** The first instant of a date. Where midnight itself is skipped, that is when the clock jumps over it. */
export function startOf(date: string, zone: string): number {
  const midnight = Date.parse(`${date}T00:00:00Z`);
  const offsets = [offsetAt(midnight - 26 * HOUR_MS, zone), offsetAt(midnight + 26 * HOUR_MS, zone)];
  const starts = offsets.map((offset) => midnight - offset);
  const first = starts.find((at) => dateAt(at, zone) === date && dateAt(at - 1000, zone) !== date);
  return first ?? starts[0] ?? midnight;
}

export interface DayLength {
  start: number;
  end: number;
  /** 24, or what a change of the clock makes of it. */
  hours: number;
  /** When the clock was changed, what it showed, and what it showed then. */
  change: { at: number; from: string; to: string } | null;
}

export function dayLength(date: string, zone: string): DayLength {
  const start = startOf(date, zone);
  const end = startOf(nextDate(date), zone);
  const hours = (end - start) / HOUR_MS;
  if (hours === 24) return { start, end, hours, change: null };
  const before = offsetAt(start, zone);
  let [low, high] = [start, end];
  while (high - low > 1000) {
    const middle = Math.floor((low + high) / 2000) * 1000;
    if (offsetAt(middle, zone) === before) low = middle;
    else high = middle;
  }
  return { start, end, hours, change: { at: high, from: clockOf(high + before), to: clockOf(high + offsetAt(high, zone)) } };
}

function clockOf(wallMs: number): string {
  return new Date(wallMs).toISOString().slice(11, 16);
}

/** Where a day's wall-clock hour lies in it, 0 to 1; the first of two. */
export function placeOf(hour: number, { start, end, change }: DayLength, zone: string): number {
  let at = start + hour * HOUR_MS;
  if (change) at += offsetAt(start, zone) - offsetAt(at, zone);
  return Math.min(1, Math.max(0, (at - start) / (end - start)));
}

/** The wall clock that a zoned instant shows, on a day that may end at 24:00. */
export function clockIn(date: string, zoned: string): string {
  const time = zoned.slice(11, 16);
  return time === '00:00' && zoned.slice(0, 10) > date ? '24:00' : time;
}

/** `+01:00` at this moment. */
export function offsetText(at: number, zone: string): string {
  const minutes = Math.round(offsetAt(at, zone) / MINUTE_MS);
  const size = Math.abs(minutes);
  return `${minutes < 0 ? '-' : '+'}${String(Math.floor(size / 60)).padStart(2, '0')}:${String(size % 60).padStart(2, '0')}`;
}
