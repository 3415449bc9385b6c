// @vitest-environment node
import { expect, test } from 'vitest';
import type { DoNotCall } from '../api/calling';
import { found, isOver, problemsOf } from './do-not-call-form';

const NOON = Date.parse('2026-11-26T12:00:00Z');
const entry = (id: number, number: string | null, reason: string | null): DoNotCall => ({ id, number, reason, until: null, by: null, since: '2026-11-01T00:00:00Z' });

test('an entry counts until its day comes where the center is', () => {
  expect(isOver(null, NOON, 'Europe/Berlin')).toBe(false);
  expect(isOver('2026-11-27', NOON, 'Europe/Berlin')).toBe(false);
  expect(isOver('2026-11-26', NOON, 'Europe/Berlin')).toBe(true);
  expect(isOver('2026-11-27', NOON, 'Pacific/Auckland')).toBe(true);
});

test('an entry needs a number, a reason, and a day that is to come', () => {
  expect(problemsOf({ number: ' - ', reason: ' ', until: '2026-11-26' }, NOON, 'UTC')).toEqual({ number: 'number', reason: 'reason', until: 'until' });
  expect(problemsOf({ number: '+49 30 1', reason: 'asked', until: '' }, NOON, 'UTC')).toEqual({});
});

test('an entry is found by its number, however it is written, and by its reason', () => {
  const list = [entry(1, '+4930901820', 'Asked by letter'), entry(2, '+14255550100', 'Competitor'), entry(3, null, 'Asked on the phone'), entry(4, null, null)];
  const ids = (filter: string): number[] => found(list, filter).map(({ id }) => id);
  expect(ids('')).toEqual([1, 2, 3, 4]);
  expect(ids('0049 30')).toEqual([1]);
  expect(ids('555-0100')).toEqual([2]);
  expect(ids('asked')).toEqual([1, 3]);
  expect(ids('nobody')).toEqual([]);
});
