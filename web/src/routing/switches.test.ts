import { describe, expect, test } from 'vitest';
import { becomes, switchOf, untilAt } from './switches';

const BERLIN = 'Europe/Berlin';
/** 15:30 in Berlin. */
const NOW = Date.parse('2026-11-27T14:30:00Z');

describe('how a queue is switched', () => {
  test('its end is the next time at which the clock shows it', () => {
    expect(untilAt('18:00', NOW, BERLIN)).toBe(Date.parse('2026-11-27T17:00:00Z'));
    expect(untilAt('08:00', NOW, BERLIN)).toBe(Date.parse('2026-11-28T07:00:00Z'));
    expect(untilAt('25:00', NOW, BERLIN)).toBeNull();
    expect(untilAt('', NOW, BERLIN)).toBeNull();
  });

  test('a reason and an end are needed', () => {
    expect(switchOf({ position: 'closed', until: '', reason: ' ' }, NOW, BERLIN)).toEqual({ missing: ['until', 'reason'] });
    expect(switchOf({ position: 'closed', until: '18:00', reason: ' Meeting ' }, NOW, BERLIN)).toEqual({
      body: { position: 'closed', until: '2026-11-27T17:00:00.000Z', reason: 'Meeting' },
    });
  });

  test('what becomes of those who wait is told without what there is none of', () => {
    const outlook = { position: 'closed' as const, leave: 3, stay: 0, offered: 1, put_off: 2, called: 0 };
    expect(becomes(outlook)).toEqual([
      ['leave', 3],
      ['put_off', 2],
      ['offered', 1],
    ]);
    expect(becomes(undefined)).toEqual([]);
  });
});
