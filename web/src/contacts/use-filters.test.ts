import { act, renderHook } from '@testing-library/react';
import { createElement, type ReactNode } from 'react';
import { MemoryRouter } from 'react-router';
import { expect, test, vi } from 'vitest';
import { changed, CONTACT_FIELDS } from './filters';
import { useFilters } from './use-filters';

vi.mock('../app/session', () => ({ useSession: () => ({ zone: 'UTC', me: { account: { id: 1, username: 'sam', roles: [] }, center: { id: 'c', name: 'C', time_zone: 'UTC' } } }) }));

/** Each look at the clock is a moment later. */
function used() {
  let now = Date.parse('2026-01-05T09:00:00Z');
  vi.spyOn(Date, 'now').mockImplementation(() => (now += 60_000));
  const looks = new Set<string>();
  const wrapper = ({ children }: { children: ReactNode }): ReactNode => createElement(MemoryRouter, null, children);
  const { result } = renderHook(
    () => {
      const filtering = useFilters(CONTACT_FIELDS, 'hour');
      looks.add(JSON.stringify([filtering.query, filtering.askedAt]));
      return filtering;
    },
    { wrapper },
  );
  return { result, looks };
}

test('another filter is another look, and no more than one', async () => {
  const { result, looks } = used();
  expect(looks.size).toBe(1);
  const { askedAt } = result.current;
  await act(async () => result.current.change((before) => changed(before, 'queue_id', '7')));
  expect(result.current.filters.fields).toEqual({ queue_id: '7' });
  expect(result.current.askedAt).toBeGreaterThan(askedAt);
  expect(looks.size).toBe(2);
});

test('the same asked again is a look at a later moment', async () => {
  const { result, looks } = used();
  const { askedAt } = result.current;
  await act(async () => result.current.again());
  expect(result.current.askedAt).toBeGreaterThan(askedAt);
  expect(looks.size).toBe(2);
});
