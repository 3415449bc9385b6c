// @vitest-environment node
import { describe, expect, test } from 'vitest';
import type { Announce } from '../api/contract';
import { announceProblems, CALLERS, freshAnnounce, heard, withLanguage, withoutLanguage, withPart } from './announcing';

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
    expect(paths({ wait: { under_a_minute: ' ', minutes: 'A while.', over_an_hour: 'x'.repeat(181) } })).toEqual([
      'wait.under_a_minute field.error.required',
      'wait.minutes announce.error.minutes',
      'wait.over_an_hour announce.error.long',
    ]);
  });

  test('a further language has a place for each sentence that is said, and each is looked at where it stands', () => {
    const german = withLanguage({ ...announce, language: 'en-US' }, 'de-DE');
    expect(announceProblems(german).map(({ path }) => path)).toEqual([
      'languages.de-DE.position',
      'languages.de-DE.wait.under_a_minute',
      'languages.de-DE.wait.minutes',
      'languages.de-DE.wait.over_an_hour',
    ]);
    const position = withLanguage({ ...announce, wait: null }, 'de-DE');
    expect(position.languages).toEqual({ 'de-DE': { position: '' } });
    expect(announceProblems(withLanguage({ ...announce, language: 'de-DE' }, 'de-DE'))[0]).toEqual({ path: 'languages.de-DE', id: 'announce.error.own' });
  });

  test('what is said or not is so in every language', () => {
    const said = { ...announce, languages: { 'de-DE': { position: 'Nummer {position}.', wait: announce.wait } } };
    const silent = withPart(said, 'position', null);
    expect([silent.position, silent.languages?.['de-DE']?.position]).toEqual([null, null]);
    const again = withPart(silent, 'position', words.position);
    expect([again.position, again.languages?.['de-DE']?.position]).toEqual([words.position, '']);
    expect(again.languages?.['de-DE']?.wait).toEqual(announce.wait);
    expect(withPart(announce, 'wait', null)).not.toHaveProperty('languages');
  });

  test('without its last further language it is as it was before', () => {
    expect(withoutLanguage(withLanguage(announce, 'de-DE'), 'de-DE')).toEqual(announce);
  });
});
