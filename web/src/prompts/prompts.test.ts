// @vitest-environment node
import { describe, expect, test } from 'vitest';
import type { FlowNode } from '../api/contract';
import type { PromptInput, Uploaded } from '../api/prompts';
import { foundLanguages, heardBy, languageName, strangers, TAGS } from './languages';
import { doneTo, freshPrompt, inOrder, promptProblems, sentPrompt, usesOf, withoutLanguage } from './prompt';

const sound = { id: 'a'.repeat(64), seconds: 3.2, peak_dbfs: -3.1 };
const prompt: PromptInput = { name: 'Welcome', default_language: 'en-US', languages: { 'de-DE': { sound }, 'en-US': { text: 'Welcome.' } } };

describe('which language a caller hears', () => {
  test.each([
    ['de-DE', 'de-DE'],
    ['DE-de', 'de-DE'],
    ['de-AT', 'de-DE'],
    ['de', 'de-DE'],
    ['fr-FR', 'en-US'],
    ['', 'en-US'],
  ])('one whose language is %s hears %s', (wanted, heard) => {
    expect(heardBy(wanted, Object.keys(prompt.languages), prompt.default_language)).toBe(heard);
  });

  test('it is shown of a caller for each language whose country is another', () => {
    const shown = strangers(['en-US', 'de-DE', 'ja-JP']);
    expect(shown.map((tag) => heardBy(tag, ['en-US', 'de-DE', 'ja-JP'], 'en-US'))).toEqual(['en-US', 'de-DE']);
  });
});

describe('the languages to choose from', () => {
  test('each has a name and stands there once', () => {
    expect(new Set(TAGS).size).toBe(TAGS.length);
    for (const tag of TAGS) expect(languageName(tag, 'en')).not.toBe(tag);
  });

  test('they are found by any part of name or tag, without those that are there', () => {
    const tags = (typed: string, without: string[] = []): string[] => foundLanguages(typed, 'en', without).map(({ tag }) => tag);
    expect(tags('german aus')).toEqual(['de-AT']);
    expect(tags('german', ['de-AT'])).toEqual(['de-DE', 'de-CH']);
    expect(tags('norweg')).toEqual(['nb-NO']);
    expect(tags('klingon')).toEqual([]);
    expect(tags('')).toHaveLength(TAGS.length);
  });
});

describe('a prompt', () => {
  test('sounds are sent by their name, texts as they are', () => {
    expect(sentPrompt(prompt)).toEqual({ ...prompt, languages: { 'de-DE': { sound_id: sound.id }, 'en-US': { text: 'Welcome.' } } });
  });

  test('what is missing is named at its field', () => {
    const fields = (part: Partial<PromptInput>): string[] => promptProblems({ ...prompt, ...part }).map(({ field }) => field);
    expect(fields({})).toEqual([]);
    expect(promptProblems(freshPrompt()).map(({ field }) => field)).toEqual(['name', 'languages.en-US']);
    expect(fields({ languages: {} })).toEqual(['languages']);
    expect(fields({ default_language: 'fr-FR' })).toEqual(['default_language']);
    expect(fields({ languages: { 'en-US': { text: 'x'.repeat(401) }, 'de-DE': { sound: { ...sound, id: '' } } } })).toEqual(['languages.en-US', 'languages.de-DE']);
  });

  test('the default moves on when its language goes, and stands first', () => {
    const left = withoutLanguage(prompt, 'en-US');
    expect(left.default_language).toBe('de-DE');
    expect(withoutLanguage(prompt, 'de-DE').default_language).toBe('en-US');
    expect(inOrder(prompt).map(([tag]) => tag)).toEqual(['en-US', 'de-DE']);
  });

  test('what was done to a sound is told in its own figures', () => {
    const made = (was: Uploaded['was']): unknown => doneTo({ ...sound, loudness_note: null, was });
    expect(made({ rate_hz: 44_100, channels: 2, bits: 16 })).toEqual({ id: 'prompts.sound.made', values: { rate: 44.1, channels: 'stereo' } });
    expect(made({ rate_hz: 16_000, channels: 1, bits: 16 })).toMatchObject({ id: 'prompts.sound.kept' });
    expect(made({ rate_hz: 16_000, channels: 1, bits: 24 })).toMatchObject({ id: 'prompts.sound.made' });
    expect(made({ rate_hz: 48_000, channels: 6, bits: 16 })).toMatchObject({ values: { rate: 48, channels: 'more' } });
  });

  test('it is used by flows that play it, or ask again with it, and by queues as music', () => {
    const menu = { id: 'm', kind: 'menu', prompt: { text: 'x' }, retry_prompt: { prompt_id: 1 }, choices: [], timeout_s: 5, no_input: 'e', invalid: 'e', failed: 'e' } as FlowNode;
    const play = { id: 'p', kind: 'play', prompt: { prompt_id: 2 }, next: 'e', failed: 'e' } as FlowNode;
    const flows = [{ id: 7, name: 'Main', nodes: [menu] }, { id: 8, name: 'Evening', nodes: [play] }];
    const queues = [{ id: 1, name: 'Sales', music: { prompt_id: 1 } }, { id: 2, name: 'Support', music: 'Please wait.' }];
    expect(usesOf(1, flows, queues)).toEqual([{ area: 'flows', id: 7, name: 'Main' }, { area: 'queues', id: 1, name: 'Sales' }]);
    expect(usesOf(3, flows, queues)).toEqual([]);
  });
});
