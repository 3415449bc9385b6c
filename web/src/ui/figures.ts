// Figures as people read them, in their language and the center's zone: moments, spans, bytes, milliseconds.
// Pure: whoever wants a relative time brings the present.
import type { IntlShape } from 'react-intl';

type SpanUnit = 'second' | 'minute' | 'hour' | 'day';
const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const BYTE_UNITS = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const;

/** The largest unit that says something: 26 hours, but 3 days. Negative spans (clocks disagree) are zero. */
function largestUnit(ms: number): [number, SpanUnit] {
  const span = Math.max(0, ms);
  if (span < MINUTE_MS) return [Math.floor(span / SECOND_MS), 'second'];
  if (span < HOUR_MS) return [Math.floor(span / MINUTE_MS), 'minute'];
  if (span < 2 * DAY_MS) return [Math.floor(span / HOUR_MS), 'hour'];
  return [Math.floor(span / DAY_MS), 'day'];
}

/** An unknown zone falls back to the browser's. */
function knownZone(zone: string): string | undefined {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone;
  } catch {
    return undefined;
  }
}

export interface Figures {
  /** With the day, unless that is the day of `now`. */
  moment: (at: string, now?: number) => string;
  day: (at: string) => string;
  /** 30 minutes */
  span: (ms: number) => string;
  /** 30 minutes ago */
  ago: (ms: number) => string;
  bytes: (count: number) => string;
  millis: (ms: number) => string;
}

export function figuresOf(intl: IntlShape, zone: string): Figures {
  const timeZone = knownZone(zone);
  const day = (at: string | number): string => intl.formatDate(at, { timeZone, dateStyle: 'medium' });
  const unit = (value: number, name: string, options: { unitDisplay: 'short' | 'long'; maximumFractionDigits?: number }): string =>
    intl.formatNumber(value, { style: 'unit', unit: name, ...options });
  return {
    day,
    moment: (at, now) => {
      const time = { timeZone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const;
      if (now !== undefined && day(at) === day(now)) return intl.formatTime(at, time);
      return intl.formatDate(at, { ...time, weekday: 'short', day: 'numeric', month: 'short' });
    },
    span: (ms) => {
      const [count, name] = largestUnit(ms);
      return unit(count, name, { unitDisplay: 'long' });
    },
    ago: (ms) => {
      const [count, name] = largestUnit(ms);
      return intl.formatRelativeTime(-count, name);
    },
    bytes: (count) => {
      const power = Math.min(BYTE_UNITS.length - 1, Math.floor(Math.log10(Math.max(1, count)) / 3));
      return unit(count / 1000 ** power, BYTE_UNITS[power] ?? 'byte', { unitDisplay: 'short', maximumFractionDigits: 1 });
    },
    millis: (ms) =>
      ms < 10 * SECOND_MS ? unit(ms, 'millisecond', { unitDisplay: 'short' }) : unit(Math.round(ms / SECOND_MS), 'second', { unitDisplay: 'long' }),
  };
}
