// What those who wait are told, as data: what it begins as, what is wrong with it, and what three callers would hear. Pure.
import type { Announce } from '../api/contract';
import type { MessageId } from '../i18n/t';

export const FIRST_MAX_S = 600;
export const EVERY_S = [15, 600] as const;
export const SENTENCE_MAX = 180;
export const LANGUAGES_MAX = 20;

export interface Words {
  position: string;
  under_a_minute: string;
  minutes: string;
  over_an_hour: string;
}

/** What is said in one language. */
export type Sentences = Pick<Announce, 'position' | 'wait'>;
export type Part = keyof Sentences;
const EMPTY = { position: '', wait: { under_a_minute: '', minutes: '', over_an_hour: '' } } as const;

export function freshAnnounce(words: Words): Announce {
  const { position, ...wait } = words;
  return { first_s: 15, every_s: 60, position, wait, may_grow: false };
}

/** What is said is said in every language, and what is not in none. */
export function withPart<P extends Part>(announce: Announce, part: P, own: Sentences[P]): Announce {
  const further = (sentences: Sentences): Sentences => ({ ...sentences, [part]: own == null ? null : (sentences[part] ?? EMPTY[part]) });
  return { ...announce, [part]: own, ...mapped(announce, further) };
}

function mapped(announce: Announce, change: (sentences: Sentences) => Sentences): Pick<Announce, 'languages'> {
  const all = Object.entries(announce.languages ?? {});
  return all.length === 0 ? {} : { languages: Object.fromEntries(all.map(([tag, sentences]) => [tag, change(sentences)])) };
}

/** A further language, with a place for each sentence that the queue's own have. */
export function withLanguage(announce: Announce, tag: string): Announce {
  const sentences: Sentences = { ...(announce.position == null ? {} : { position: '' }), ...(announce.wait == null ? {} : { wait: EMPTY.wait }) };
  return { ...announce, languages: { ...announce.languages, [tag]: sentences } };
}

export function withoutLanguage(announce: Announce, tag: string): Announce {
  const { languages, ...rest } = announce;
  const left = Object.entries(languages ?? {}).filter(([it]) => it !== tag);
  return left.length === 0 ? rest : { ...rest, languages: Object.fromEntries(left) };
}

export interface Found {
  path: string;
  id: MessageId;
}

/** What can be seen to be wrong; paths inside the announcements. */
export function announceProblems(announce: Announce): Found[] {
  const found: Found[] = [];
  if (announce.position == null && announce.wait == null) found.push({ path: '', id: 'announce.error.nothing' });
  found.push(...sentenceProblems(announce, ''));
  for (const [tag, sentences] of Object.entries(announce.languages ?? {})) {
    if (tag === announce.language) found.push({ path: `languages.${tag}`, id: 'announce.error.own' });
    found.push(...sentenceProblems(sentences, `languages.${tag}.`));
  }
  return found;
}

function sentenceProblems({ position, wait }: Sentences, at: string): Found[] {
  const found: Found[] = [];
  const say = (path: string, text: string | null | undefined, needs: string | null): unknown => {
    const given = text ?? '';
    if (given.trim() === '') return found.push({ path: at + path, id: 'field.error.required' });
    if ([...given].length > SENTENCE_MAX) return found.push({ path: at + path, id: 'announce.error.long' });
    return needs !== null && !given.includes(needs) && found.push({ path: at + path, id: needs === '{position}' ? 'announce.error.position' : 'announce.error.minutes' });
  };
  if (position != null) say('position', position, '{position}');
  if (wait != null) {
    say('wait.under_a_minute', wait.under_a_minute, null);
    say('wait.minutes', wait.minutes, '{minutes}');
    say('wait.over_an_hour', wait.over_an_hour, null);
  }
  return found;
}

/** Callers for whom it is shown: place in the line, and minutes of waiting. */
export const CALLERS = [
  { place: 1, minutes: 0 },
  { place: 3, minutes: 4 },
  { place: 24, minutes: 75 },
] as const;

/** What is spoken to somebody at that place: the server's steps of five and ten are left out, the examples meet them. */
export function heard({ position, wait }: Sentences, { place, minutes }: { place: number; minutes: number }): string {
  const waited = !wait ? null : minutes < 1 ? wait.under_a_minute : minutes > 60 ? wait.over_an_hour : wait.minutes.replaceAll('{minutes}', String(minutes));
  return [position?.replaceAll('{position}', String(place)), waited].filter(Boolean).join(' ');
}
