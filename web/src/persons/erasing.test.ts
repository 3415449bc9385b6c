import { describe, expect, test } from 'vitest';
import type { PersonFound } from '../api/persons';
import { byWhy, erasureProblems, hasAny, numberOf } from './erasing';

const nobody: PersonFound = { number: '+493012345678', contacts: 0, first_at: null, last_at: null, recordings: 0, on_hold: 0, on_do_not_call: false };

describe('erasing a person', () => {
  test('a number is read however it is written, and half of one is none', () => {
    expect(numberOf(' +49 (30) 1234-5678 ')).toBe('+493012345678');
    expect(numberOf('030 12345678')).toBeNull();
    expect(numberOf('')).toBeNull();
  });

  test('an entry of the do-not-call list is something that is kept', () => {
    expect(hasAny(nobody)).toBe(false);
    expect(hasAny({ ...nobody, on_do_not_call: true })).toBe(true);
  });

  test('the reason and the very number are needed', () => {
    expect(erasureProblems('  ', '+49 30 1234567', nobody.number)).toEqual({ reason: 'field.error.required', again: 'persons.erase.again.error' });
    expect(erasureProblems('Asked on 3 May', '+49 30 12345678', nobody.number)).toEqual({});
  });

  test('what was kept back stands together by why', () => {
    const kept = [
      { kind: 'recording', id: 3, why: 'legal_hold' },
      { kind: 'contact', id: 9, why: 'open' },
      { kind: 'recording', id: 4, why: 'legal_hold' },
    ];
    expect(byWhy(kept)).toEqual([
      { why: 'legal_hold', kind: 'recording', ids: [3, 4] },
      { why: 'open', kind: 'contact', ids: [9] },
    ]);
  });
});
