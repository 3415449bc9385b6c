import { expect, test } from 'vitest';
import type { ColleagueTarget } from '../api/contract';
import { inOrder } from './targets';

const colleague = (id: number, name: string, state: string): ColleagueTarget => ({ id, name, state, is_free: state === 'available' || state === 'not_ready', since: '2026-03-02T10:00:00Z' }) as ColleagueTarget;
const names = (list: readonly ColleagueTarget[]): string[] => list.map(({ name }) => name);
const ada = colleague(1, 'Ada', 'on_contact');
const ben = colleague(2, 'Ben', 'not_ready');
const cem = colleague(3, 'Cem', 'available');
const dee = colleague(4, 'Dee', 'available');

test('colleagues who can be asked come first, the available before the not ready, then by name', () => {
  expect(names(inOrder([dee, ada, ben, cem], []))).toEqual(['Cem', 'Dee', 'Ben', 'Ada']);
});

test('no row goes from under the pointer when a colleague becomes busy or the search is narrowed', () => {
  const before = [3, 4, 2, 1];
  const busy = { ...cem, is_free: false, state: 'on_contact' } as ColleagueTarget;
  expect(names(inOrder([ada, ben, busy, dee], before))).toEqual(['Cem', 'Dee', 'Ben', 'Ada']);
  expect(names(inOrder([ada, dee], before))).toEqual(['Dee', 'Ada']);
});

test('whoever signs in takes a place among those who can be asked', () => {
  expect(names(inOrder([ada, ben, dee], [2, 1]))).toEqual(['Dee', 'Ben', 'Ada']);
});
