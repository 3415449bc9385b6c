// Durations and clock times as people read them. Pure: no clock, no language beyond digits and separators.

/** 0:07, 4:12, 1:02:03. Negative spans (clocks disagree) are shown as zero. */
export function clockSpan(ms: number): string {
  const total = Math.max(0, Math.floor(ms / 1000));
  const hours = Math.floor(total / 3600);
  const minutes = Math.floor((total % 3600) / 60);
  const seconds = String(total % 60).padStart(2, '0');
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, '0')}:${seconds}` : `${minutes}:${seconds}`;
}

/** For the middle of a sentence: figures, signs and codes keep their order in it, whatever its direction of writing. */
export function isolated(text: string | number): string {
  return `\u2066${text}\u2069`;
}

/** What is left of a countdown in whole seconds, rounded up so that it never shows 0 while time is left. */
export function secondsLeft(untilMs: number, nowMs: number, wholeMs = Number.POSITIVE_INFINITY): number {
  // Clocks differ by parts of a second: a countdown of 20 must not begin at 21.
  return Math.max(0, Math.ceil(Math.min(untilMs - nowMs, wholeMs) / 1000));
}

/** ISO 8601 duration for the datetime attribute of <time>. */
export function isoSpan(ms: number): string {
  return `PT${Math.max(0, Math.floor(ms / 1000))}S`;
}

export function spanSince(since: string, nowMs: number): number {
  return nowMs - Date.parse(since);
}

const zones = new Map<string, Intl.DateTimeFormat>();
/** Clock time in the center's time zone; an unknown zone falls back to the browser's. */
export function clockTime(at: string | number, timeZone: string | undefined, seconds = false): string {
  const key = `${timeZone ?? ''}|${seconds}`;
  let format = zones.get(key);
  if (!format) {
    const options: Intl.DateTimeFormatOptions = {
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
      ...(seconds ? { second: '2-digit' } : {}),
    };
    try {
      format = new Intl.DateTimeFormat('en-GB', { ...options, timeZone });
    } catch {
      format = new Intl.DateTimeFormat('en-GB', options);
    }
    zones.set(key, format);
  }
  const date = new Date(at);
  return Number.isNaN(date.getTime()) ? '' : format.format(date);
}
