// @vitest-environment node
import { describe, expect, test } from 'vitest';
import type { Announce } from '../api/contract';
import { announceProblems, CALLERS, freshAnnounce, heard } from './announcing';

const words = { position: 'Number {position}.', under_a_minute: 'Soon.', minutes: 'About {minutes} minutes.', over_an_hour: 'More than an hour.' };
const announce: Announce = freshAnnounce(words);

describe('announcements to those who wait', () => {
  test('each caller hears the place and the sentence of their wait', () => {
    expect(CALLERS.map((caller) => heard(announce, caller))).toEqual(['Number 1. Soon.', 'Number 3. About 4 minutes.', 'Number 24. More than an hour.']);
  });

  test('what is not said is left out', () => {
    expect(heard({ ...announce, wait: null }, CALLERS[1])).toBe('Number 3.');
    expect(heard({ ...announce, position: null }, CALLERS[1])).toBe('About 4 minutes.');
  });

  test('a sentence without its number, an empty one, and nothing at all are named', () => {
    expect(announceProblems(announce)).toEqual([]);
    const paths = (part: Partial<Announce>): string[] => announceProblems({ ...announce, ...part }).map(({ path, id }) => `${path} ${id}`);
    expect(paths({ position: 'Please wait.' })).toEqual(['position announce.error.position']);
    expect(paths({ position: null, wait: null })).toEqual([' announce.error.nothing']);
    expect(paths({ wait: { under_a_minute: ' ', minutes: 'A while.', over_an_hour: 'x'.repeat(401) } })).toEqual([
      'wait.under_a_minute field.error.required',
      'wait.minutes announce.error.minutes',
      'wait.over_an_hour announce.error.long',
    ]);
  });
});
