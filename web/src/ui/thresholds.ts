// Levels that the board computes locally between two frames, because waits grow while nothing is sent.
import type { Level } from '../api/contract';

const RANK: Record<Level, number> = { ok: 0, watch: 1, act: 2 };

export function worse(a: Level, b: Level): Level {
  return RANK[a] >= RANK[b] ? a : b;
}

/** A wait is watched from its target on and needs action from twice the target. */
export function waitLevel(waitedMs: number | null, targetSeconds: number): Level {
  if (waitedMs === null || targetSeconds <= 0) return 'ok';
  const waited = waitedMs / 1000;
  if (waited >= targetSeconds * 2) return 'act';
  return waited >= targetSeconds ? 'watch' : 'ok';
}

/** How much of a countdown is left, 0 to 1. */
export function fractionLeft(startMs: number, untilMs: number, nowMs: number): number {
  const whole = untilMs - startMs;
  if (whole <= 0) return 0;
  return Math.min(1, Math.max(0, (untilMs - nowMs) / whole));
}

/** Rows per TV page: all of them while they fit, else pages of equal height. */
export function pagesOf<T>(rows: readonly T[], perPage: number): T[][] {
  const pages: T[][] = [];
  for (let i = 0; i < rows.length; i += perPage) pages.push(rows.slice(i, i + perPage));
  return pages.length === 0 ? [[]] : pages;
}
