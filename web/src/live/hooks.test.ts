import { act, renderHook } from '@testing-library/react';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { useNowUntil, useServerNow } from './hooks';

// The clock of the page never goes back: each test has a day of its own.
let begun = Date.parse('2026-01-05T09:00:10Z');
beforeEach(() => {
  begun += 86_400_000;
  vi.useFakeTimers({ now: begun });
});
afterEach(() => void vi.useRealTimers());

/** What a clock shows as three minutes go by: each of it is one drawing. */
function shown(clock: () => number): string[] {
  const all: number[] = [];
  const { unmount } = renderHook(() => void all.push(clock()));
  for (let i = 0; i < 180; i += 1) act(() => void vi.advanceTimersByTime(1_000));
  unmount();
  return all.map((at) => new Date(at).toISOString().slice(11, 19));
}

test('the clock goes on by seconds', () => {
  const all = shown(() => useServerNow());
  expect(new Set(all).size).toBe(all.length);
  expect(all.length).toBeGreaterThan(178);
});

test('a clock by the minute draws once a minute', () => {
  expect(shown(() => useServerNow(60_000))).toEqual(['09:00:00', '09:01:00', '09:02:00', '09:03:00']);
});

test('what is over has its end for a clock, and is drawn once', () => {
  expect(shown(() => useNowUntil(begun - 5_000))).toEqual(['09:00:05']);
});
