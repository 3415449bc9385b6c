import { act, cleanup, renderHook } from '@testing-library/react';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { VIEWING } from '../api/client';
import type { Me } from '../api/contract';
import { viewOver } from './look';
import { useLook } from './use-look';

const center = { id: 'contoso', name: 'Contoso', time_zone: 'Europe/Berlin' };
const robin: Me = { account: { id: 3, username: 'robin', name: 'Robin Hart', roles: ['administrator'] }, center, server_time: '2026-11-26T14:02:00Z', view: null };
const asSam: Me = {
  account: { id: 2, username: 'sam', name: 'Sam Rivera', roles: ['supervisor'] },
  center,
  server_time: '2026-11-26T14:02:00Z',
  view: { by: { id: 3, username: 'robin', name: 'Robin Hart' }, until: '2026-11-26T14:32:00Z' },
};
const again = vi.fn();
let assigned = vi.spyOn(location, 'assign');
beforeEach(() => {
  vi.useFakeTimers();
  again.mockClear();
  assigned = vi.spyOn(location, 'assign').mockImplementation(() => undefined);
});
afterEach(() => {
  cleanup();
  sessionStorage.clear();
  vi.restoreAllMocks();
  vi.useRealTimers();
});
const read = (first: Me | undefined) => renderHook(({ me }: { me: Me | undefined }) => useLook(me, again), { initialProps: { me: first } });

test('it is asked again once a view must be over, and not before', () => {
  const { result } = read(asSam);
  expect(result.current?.look.standing).toBe('on');
  act(() => vi.advanceTimersByTime(30 * 60_000));
  expect(again).not.toHaveBeenCalled();
  act(() => vi.advanceTimersByTime(1_000));
  expect(again).toHaveBeenCalledOnce();
});

test('a view that is over leads back to the people, who are told whose it was', () => {
  const { result, rerender } = read(asSam);
  rerender({ me: { ...asSam, server_time: '2026-11-26T14:10:00Z' } });
  expect(assigned).not.toHaveBeenCalled();
  rerender({ me: robin });
  expect(assigned).toHaveBeenCalledExactlyOnceWith('/admin/people');
  expect(viewOver()).toBe('Sam Rivera');
  // Until then the page is still of whom it was.
  expect(result.current?.me.account.username).toBe('sam');
  expect(result.current?.look.standing).toBe('over');
});

test('a view that was begun in another tab is loaded from the start, with the page as it was until then', () => {
  const { result, rerender } = read(undefined);
  expect(result.current).toBeNull();
  rerender({ me: robin });
  rerender({ me: asSam });
  expect(assigned).toHaveBeenCalledExactlyOnceWith('/');
  expect(result.current?.me.account.username).toBe('robin');
  expect(result.current?.look).toMatchObject({ standing: 'on', who: 'Sam Rivera' });
});

test('a refusal because of a view makes a tab ask that knows of none', () => {
  read(robin);
  dispatchEvent(new Event(VIEWING));
  expect(again).toHaveBeenCalledOnce();
});
