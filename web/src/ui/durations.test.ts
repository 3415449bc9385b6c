import { describe, expect, test } from 'vitest';
import { clockSpan, clockTime, isoSpan, secondsLeft, spanSince } from './durations';
import { fractionLeft, pagesOf, waitLevel, worse } from './thresholds';

describe('durations', () => {
  test.each([
    [0, '0:00'],
    [999, '0:00'],
    [7_000, '0:07'],
    [252_000, '4:12'],
    [3_599_999, '59:59'],
    [3_723_000, '1:02:03'],
    [-5_000, '0:00'],
  ])('%i ms reads %s', (ms, text) => expect(clockSpan(ms)).toBe(text));

  test('a countdown rounds up, ends at zero and never exceeds its whole', () => {
    expect(secondsLeft(10_000, 9_001)).toBe(1);
    expect(secondsLeft(10_000, 10_001)).toBe(0);
    expect(secondsLeft(20_400, 0, 20_000)).toBe(20);
  });

  test('machine-readable spans are whole seconds', () => expect(isoSpan(61_500)).toBe('PT61S'));

  test('spans count from the server time of the event', () => {
    expect(spanSince('2026-11-20T12:00:00.000Z', Date.parse('2026-11-20T12:00:30.000Z'))).toBe(30_000);
  });

  test('clock times are those of the center, and an unknown zone does not break the page', () => {
    expect(clockTime('2026-11-20T12:03:22.000Z', 'Europe/Berlin', true)).toBe('13:03:22');
    expect(clockTime('2026-11-20T23:30:00.000Z', 'Asia/Tokyo')).toBe('08:30');
    expect(clockTime('2026-11-20T12:03:22.000Z', 'Not/AZone')).toMatch(/^\d\d:\d\d$/);
    expect(clockTime('nonsense', 'UTC')).toBe('');
  });
});

describe('thresholds', () => {
  test.each([
    [null, 60, 'ok'],
    [59_999, 60, 'ok'],
    [60_000, 60, 'watch'],
    [119_999, 60, 'watch'],
    [120_000, 60, 'act'],
    [999_000, 0, 'ok'],
  ] as const)('a wait of %s ms with a target of %i s is %s', (ms, target, level) => expect(waitLevel(ms, target)).toBe(level));

  test('the worse of two levels wins', () => {
    expect(worse('ok', 'watch')).toBe('watch');
    expect(worse('act', 'watch')).toBe('act');
  });

  test('what is left of a countdown stays between nothing and all', () => {
    expect(fractionLeft(0, 20_000, 5_000)).toBe(0.75);
    expect(fractionLeft(0, 20_000, 30_000)).toBe(0);
    expect(fractionLeft(0, 20_000, -5_000)).toBe(1);
    expect(fractionLeft(5, 5, 5)).toBe(0);
  });

  test('a seventh queue means a second page, and no queue still means one', () => {
    expect(pagesOf([1, 2, 3, 4, 5, 6], 6)).toHaveLength(1);
    expect(pagesOf([1, 2, 3, 4, 5, 6, 7], 6)).toEqual([[1, 2, 3, 4, 5, 6], [7]]);
    expect(pagesOf([], 6)).toEqual([[]]);
  });
});
