// @vitest-environment node
import { describe, expect, test } from 'vitest';
import type { Me } from '../api/contract';
import { isSameLook, lookOf, msUntilOver } from './look';

const center = { id: 'contoso', name: 'Contoso', time_zone: 'Europe/Berlin' };
const robin: Me = { account: { id: 3, username: 'robin', name: 'Robin Hart', roles: ['administrator'] }, center, server_time: '2026-11-26T14:02:00Z' };
const asSam: Me = {
  account: { id: 2, username: 'sam', name: 'Sam Rivera', roles: ['supervisor'] },
  center,
  server_time: '2026-11-26T14:02:00Z',
  view: { by: { id: 3, username: 'robin', name: 'Robin Hart' }, until: '2026-11-26T14:32:00Z' },
};

describe('as whom a tab sees Tandem', () => {
  test('without a view nothing is said', () => {
    expect(lookOf(robin, robin).standing).toBe('none');
    expect(msUntilOver(robin)).toBeNull();
    expect(msUntilOver({ ...robin, view: null })).toBeNull();
  });

  test('a view names whom it is of, and when it ends', () => {
    expect(lookOf(asSam, asSam)).toEqual({ standing: 'on', who: 'Sam Rivera', until: '2026-11-26T14:32:00Z' });
  });

  test('a tab that was there before a view knows of it, and one that stayed after it too', () => {
    expect(lookOf(robin, asSam)).toMatchObject({ standing: 'on', who: 'Sam Rivera' });
    expect(lookOf(asSam, { ...robin, view: null })).toMatchObject({ standing: 'over', who: 'Sam Rivera' });
  });

  test('the same account seen by oneself and by an administrator is not the same look', () => {
    const sam: Me = { ...asSam, view: null };
    expect(isSameLook(sam, asSam)).toBe(false);
    expect(isSameLook(asSam, { ...asSam, server_time: '2026-11-26T14:05:00Z' })).toBe(true);
    expect(isSameLook(robin, { ...robin, view: null })).toBe(true);
  });

  test('its end is counted by the clock of the server, and never before', () => {
    expect(msUntilOver(asSam)).toBe(30 * 60_000 + 1_000);
    expect(msUntilOver({ ...asSam, server_time: '2026-11-26T15:00:00Z' })).toBe(1_000);
  });
});
