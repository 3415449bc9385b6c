// The picture of a recording's loudness, and what it says of silence. Pure.
import type { Pause, Waveform } from '../api/recordings';

export interface Stretch {
  from: number;
  until: number;
}

/** The loudest of each part of a channel, 0 to 1, in as many parts as there is room for. */
export function peaks(channel: readonly number[], parts: number): number[] {
  const n = Math.min(parts, channel.length);
  return Array.from({ length: n }, (_, i) => {
    let most = 0;
    const end = Math.max(Math.floor(((i + 1) * channel.length) / n), Math.floor((i * channel.length) / n) + 1);
    for (let at = Math.floor((i * channel.length) / n); at < end; at += 1) most = Math.max(most, channel[at] ?? 0);
    return Math.min(1, most / 255);
  });
}

/** Bars around a middle line as one path, in a box of `n` by 2; the quietest is still a line. */
export function pathOf(loudness: readonly number[]): string {
  return loudness
    .map((it, i) => {
      const half = Math.max(0.02, it);
      return `M${i + 0.15} ${(1 - half).toFixed(3)}h.7v${(2 * half).toFixed(3)}h-.7z`;
    })
    .join('');
}

/** Of 255. Background noise of a telephone is below, a whisper above. */
export const QUIET = 10;
/** Pauses of speech belong to it. */
const SKIPPED_MIN_S = 1.5;
/** What is left of a silence at both its ends, so that no word is cut. */
const KEPT_S = 0.3;

/** Where nothing is said on any channel for long enough to be left out. */
export function silences({ channels, per_second }: Waveform): Stretch[] {
  const n = Math.max(0, ...channels.map((it) => it.length));
  const found: Stretch[] = [];
  let since = -1;
  for (let i = 0; i <= n; i += 1) {
    const isQuiet = i < n && channels.every((it) => (it[i] ?? 0) < QUIET);
    if (isQuiet && since < 0) since = i;
    if (!isQuiet && since >= 0) {
      const [from, until] = [since / per_second, i / per_second];
      if (until - from >= SKIPPED_MIN_S) found.push({ from: from === 0 ? 0 : from + KEPT_S, until: i === n ? until : until - KEPT_S });
      since = -1;
    }
  }
  return found;
}

/** Where to go on from a place in a silence; null outside of one. */
export function skipTo(at: number, silent: readonly Stretch[]): number | null {
  return silent.find((it) => at >= it.from && at < it.until)?.until ?? null;
}

export function skippedSeconds(silent: readonly Stretch[]): number {
  return silent.reduce((sum, it) => sum + it.until - it.from, 0);
}

/** Within the recording, in order, and of some length. */
export function pausesWithin(pauses: readonly Pause[], length: number): Pause[] {
  return pauses
    .map((it) => ({ ...it, from_s: Math.max(0, it.from_s), until_s: Math.min(length, it.until_s) }))
    .filter((it) => it.until_s > it.from_s)
    .toSorted((a, b) => a.from_s - b.from_s);
}

/** The pause that a place lies in. */
export function pauseAt(at: number, pauses: readonly Pause[]): Pause | null {
  return pauses.find((it) => at >= it.from_s && at < it.until_s) ?? null;
}
