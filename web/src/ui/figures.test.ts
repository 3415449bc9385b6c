import { createIntl } from 'react-intl';
import { describe, expect, test } from 'vitest';
import { figuresOf } from './figures';

const figures = figuresOf(createIntl({ locale: 'en', messages: {} }), 'Europe/Berlin');
const NOW = Date.parse('2026-11-25T16:50:00.000Z');

describe('figures as people read them', () => {
  test.each([
    [0, '0 seconds'],
    [-4_000, '0 seconds'],
    [1_000, '1 second'],
    [59_999, '59 seconds'],
    [60_000, '1 minute'],
    [3_599_999, '59 minutes'],
    [26 * 3_600_000, '26 hours'],
    [48 * 3_600_000, '2 days'],
    [400 * 86_400_000, '400 days'],
  ])('a span of %i ms is %s', (ms, text) => expect(figures.span(ms)).toBe(text));

  test('what lies behind is told by its largest unit', () => {
    expect(figures.ago(61_000)).toBe('1 minute ago');
    expect(figures.ago(-3_000)).toBe('0 seconds ago');
    expect(figures.ago(5 * 86_400_000)).toBe('5 days ago');
  });

  test.each([
    [0, '0 byte'],
    [999, '999 byte'],
    [1_000, '1 kB'],
    [212_000_000, '212 MB'],
    [5_368_709_120, '5.4 GB'],
    [7_654_000_000_000_000, '7,654 TB'],
  ])('%i bytes are %s', (count, text) => expect(figures.bytes(count)).toBe(text));

  test('milliseconds stay milliseconds until they are many', () => {
    expect(figures.millis(3)).toBe('3 ms');
    expect(figures.millis(1_340)).toBe('1,340 ms');
    expect(figures.millis(30_000)).toBe('30 seconds');
  });

  test('a moment of today is a clock time of the center, any other has its day', () => {
    expect(figures.moment('2026-11-25T12:00:00Z', NOW)).toBe('13:00');
    expect(figures.moment('2026-11-24T12:00:00Z', NOW)).toBe('Tue, Nov 24, 13:00');
    // The day turns in Berlin, not in Greenwich.
    expect(figures.moment('2026-11-24T23:30:00Z', NOW)).toBe('00:30');
    expect(figures.moment('2026-11-25T12:00:00Z')).toBe('Wed, Nov 25, 13:00');
  });

  test('days have their year, and an unknown zone does not break the page', () => {
    expect(figures.day('2027-02-03T23:30:00Z')).toBe('Feb 4, 2027');
    const lost = figuresOf(createIntl({ locale: 'en', messages: {} }), 'Not/AZone');
    expect(lost.moment('2026-11-24T12:00:00Z', NOW)).toMatch(/\d\d:\d\d$/);
  });
});
