import { describe, expect, test } from 'vitest';
import type { HealthCheck, Level, SystemHealth } from '../api/contract';
import { headline, newest, nextAlarm, sorted } from './checks';

const check = (id: string, level: Level, since: string | null = null, code = `${id}_${level}`): HealthCheck => ({
  id,
  level,
  code,
  since,
  params: {},
  what: `${id} is ${level}.`,
  fix: level === 'ok' ? null : `Mend ${id}.`,
});
const RANK: Level[] = ['ok', 'watch', 'act'];
const report = (checks: HealthCheck[], as_of = '2026-11-25T16:50:00.000000Z'): SystemHealth => ({
  as_of,
  level: RANK[Math.max(0, ...checks.map((c) => RANK.indexOf(c.level)))] ?? 'ok',
  checks,
});

describe('the order of checks', () => {
  test('what must be done now comes before what is to be watched, else the order of the server stays', () => {
    const { attention, inOrder } = sorted(
      report([check('webhook', 'watch'), check('callbacks', 'ok'), check('operations', 'act'), check('clock', 'watch'), check('secret', 'act'), check('loop', 'ok')]),
    );
    expect(attention.map((c) => c.id)).toEqual(['operations', 'secret', 'webhook', 'clock']);
    expect(inOrder.map((c) => c.id)).toEqual(['callbacks', 'loop']);
  });

  test('sorting leaves the report as it came', () => {
    const health = report([check('webhook', 'watch'), check('secret', 'act')]);
    const copy = structuredClone(health);
    sorted(health);
    expect(health).toEqual(copy);
  });
});

describe('the headline', () => {
  test('all is well since the last check became so', () => {
    const health = report([check('webhook', 'ok', '2026-11-25T12:00:00Z'), check('loop', 'ok', '2026-11-25T14:30:00Z'), check('clock', 'ok', '2026-11-25T12:00:00Z')]);
    expect(headline(health)).toEqual({ level: 'ok', since: '2026-11-25T14:30:00Z', n_act: 0, n_watch: 0 });
  });

  test('something must be done since the first such check, whatever was to be watched before', () => {
    const health = report([check('webhook', 'watch', '2026-11-20T00:00:00Z'), check('loop', 'act', '2026-11-25T14:30:00Z'), check('secret', 'act', '2026-11-25T09:00:00Z')]);
    expect(headline(health)).toEqual({ level: 'act', since: '2026-11-25T09:00:00Z', n_act: 2, n_watch: 1 });
  });

  test('instants are compared as instants, not as texts', () => {
    const health = report([check('a', 'watch', '2026-11-25T09:00:00.5Z'), check('b', 'watch', '2026-11-25T09:00:00.123456Z'), check('c', 'watch', '2026-11-25T09:00:01Z')]);
    expect(headline(health).since).toBe('2026-11-25T09:00:00.123456Z');
  });

  test('without any moment it says none', () => {
    expect(headline(report([check('webhook', 'ok')])).since).toBeNull();
    expect(headline(report([]))).toEqual({ level: 'ok', since: null, n_act: 0, n_watch: 0 });
  });
});

describe('two sources of one report', () => {
  const old = report([], '2026-11-25T16:50:00Z');
  const young = report([], '2026-11-25T16:50:00.25Z');
  test('the newer one is shown, from wherever it came', () => {
    expect(newest(old, young)).toBe(young);
    expect(newest(young, old)).toBe(young);
    expect(newest(undefined, old)).toBe(old);
    expect(newest(old, undefined)).toBe(old);
    expect(newest(undefined, undefined)).toBeUndefined();
  });
});

describe('the alarm', () => {
  const since = '2026-11-25T16:00:00Z';
  test('there is none while nothing must be done now', () => {
    expect(nextAlarm(null, undefined)).toBeNull();
    expect(nextAlarm(null, report([check('webhook', 'watch', since)]))).toBeNull();
    expect(nextAlarm(check('loop', 'act', since), report([check('loop', 'ok', since)]))).toBeNull();
  });

  test('it names the first check of the server that must be acted upon', () => {
    const health = report([check('webhook', 'watch', since), check('operations', 'act', since), check('secret', 'act', since)]);
    expect(nextAlarm(null, health)?.id).toBe('operations');
  });

  test('the same finding stays the same alarm when its figures or other checks change', () => {
    const first = nextAlarm(null, report([check('operations', 'act', since)]));
    const later = report([check('webhook', 'watch', since), { ...check('operations', 'act', since), params: { failed: 7, of: 9 } }]);
    expect(nextAlarm(first, later)).toBe(first);
  });

  test('another finding, or the same one anew, is another alarm', () => {
    const first = nextAlarm(null, report([check('operations', 'act', since)]));
    const anew = report([check('operations', 'act', '2026-11-25T17:00:00Z')]);
    expect(nextAlarm(first, anew)).toBe(anew.checks[0]);
    const other = report([check('webhook', 'act', since), check('operations', 'act', since)]);
    expect(nextAlarm(first, other)).toBe(other.checks[0]);
  });
});
