// Turns src/i18n/en.json into the message modules of every locale at build time: the browser gets parsed ICU
// messages, never the parser. Pseudo-locales are derived from English, so they can never lag behind it.
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse, TYPE, type MessageFormatElement } from '@formatjs/icu-messageformat-parser';
import type { Plugin } from 'vite';

const CATALOG = join(dirname(fileURLToPath(import.meta.url)), '../src/i18n/en.json');
const PREFIX = 'virtual:messages/';
/** What only pages of administration say: the first load does not bring it (src/i18n/administration.ts). */
export const ADMINISTRATION: ReadonlySet<string> = new Set([
  'announce', 'apiKeys', 'ask', 'audit', 'balance', 'callbackRules', 'callOut', 'capacity', 'conflict', 'demand', 'delete', 'dnc', 'field', 'flow', 'flowTest', 'form', 'guard', 'hours', 'list', 'matrix', 'offerBy', 'once', 'order',
  'password', 'people', 'permission', 'person', 'persons', 'preferred', 'privacy', 'prompts', 'queue', 'recordingRule', 'renew', 'scope', 'section', 'testCall', 'unit', 'webhooks', 'why', 'wrapUp',
]);
/** What only screens of callbacks say (src/i18n/callbacks.ts). */
export const CALLBACKS: ReadonlySet<string> = new Set(['callbacks']);
/** What the palette and the help say (src/i18n/commands.ts). */
export const COMMANDS: ReadonlySet<string> = new Set(['help', 'palette']);
/** What tells of people in Teams: drawer, directory, profile, presence (src/i18n/directory.ts). */
export const DIRECTORY: ReadonlySet<string> = new Set(['directory', 'profile', 'seen']);
/** What the page and the alarm of system health say (src/i18n/health.ts). */
export const HEALTH: ReadonlySet<string> = new Set(['health']);
/** What the pages of the Teams account and of the presence rules say (src/i18n/integration.ts). */
export const INTEGRATION: ReadonlySet<string> = new Set(['presence', 'rights', 'teamsAccount']);
/** What tells how a contact went: its story and its recordings (src/i18n/past.ts). */
export const PAST: ReadonlySet<string> = new Set(['accesses', 'erase', 'hold', 'purpose', 'recordings', 'story', 'timeline', 'verify']);
/** What only the transfer dialog says (src/i18n/transfer.ts). */
export const TRANSFER: ReadonlySet<string> = new Set(['transfer']);
/** What the pages and fields of trunks say (src/i18n/trunks.ts). */
export const TRUNKS: ReadonlySet<string> = new Set(['trunks']);
/** By the name of their module, as src/i18n/locales.ts loads them of every locale. */
export const PARTS: Readonly<Record<string, ReadonlySet<string>>> = {
  administration: ADMINISTRATION,
  callbacks: CALLBACKS,
  commands: COMMANDS,
  directory: DIRECTORY,
  health: HEALTH,
  integration: INTEGRATION,
  past: PAST,
  transfer: TRANSFER,
  trunks: TRUNKS,
};
const ACCENTS: Record<string, string> = {
  a: 'á', b: 'ƀ', c: 'ç', d: 'ð', e: 'é', f: 'ƒ', g: 'ĝ', h: 'ĥ', i: 'î', j: 'ĵ', k: 'ķ', l: 'ļ', m: 'ɱ', n: 'ñ', o: 'ö',
  p: 'þ', q: 'ǫ', r: 'ŕ', s: 'š', t: 'ţ', u: 'û', v: 'ṽ', w: 'ŵ', x: 'ẋ', y: 'ý', z: 'ž', A: 'Å', B: 'Ɓ', C: 'Ç', D: 'Ð',
  E: 'É', F: 'Ƒ', G: 'Ĝ', H: 'Ĥ', I: 'Î', J: 'Ĵ', K: 'Ķ', L: 'Ļ', M: 'Ṁ', N: 'Ñ', O: 'Ö', P: 'Þ', Q: 'Ǫ', R: 'Ŕ', S: 'Š',
  T: 'Ţ', U: 'Û', V: 'Ṽ', W: 'Ŵ', X: 'Ẋ', Y: 'Ý', Z: 'Ž',
};

/** Accents every letter and lengthens by about 40 %. */
function accented(text: string): string {
  const letters = [...text].map((c) => ACCENTS[c] ?? c).join('');
  const count = [...text].filter((c) => ACCENTS[c]).length;
  return letters + '~'.repeat(Math.ceil(count * 0.4));
}

/**
 * Wraps the text in an RTL override, so that English reads from the right. The isolate keeps it from joining the figures
 * beside it into one run, which the letters of a language from the right do not do either.
 */
function mirrored(text: string): string {
  return /[A-Za-z]/.test(text) ? `\u2067\u202e${text}\u202c\u2069` : text;
}

function mapText(elements: MessageFormatElement[], change: (text: string) => string): MessageFormatElement[] {
  return elements.map((element) => {
    switch (element.type) {
      case TYPE.literal:
        return { ...element, value: change(element.value) };
      case TYPE.plural:
      case TYPE.select:
        return {
          ...element,
          options: Object.fromEntries(
            Object.entries(element.options).map(([name, option]) => [name, { ...option, value: mapText(option.value, change) }]),
          ),
        };
      case TYPE.tag:
        return { ...element, children: mapText(element.children, change) };
      default:
        return element;
    }
  });
}

export function catalog(locale: string): Record<string, MessageFormatElement[]> {
  const source = JSON.parse(readFileSync(CATALOG, 'utf8')) as Record<string, string>;
  const change = locale === 'en-XA' ? accented : locale === 'ar-XB' ? mirrored : (text: string) => text;
  return Object.fromEntries(
    Object.entries(source).map(([id, text]) => [id, mapText(parse(text, { captureLocation: false }), change)]),
  );
}

/** Pure literals travel as strings, everything else as its parsed form. */
export function compact(messages: Record<string, MessageFormatElement[]>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(messages).map(([id, elements]) => {
      const only = elements.length === 1 ? elements[0] : undefined;
      return [id, only?.type === TYPE.literal ? only.value : elements];
    }),
  );
}

/** The messages of a module: what the first load brings of a locale, or a part that comes later. */
function moduleOf(name: string): Record<string, MessageFormatElement[]> {
  const [locale = '', part] = name.split('/');
  const partOf = (id: string): string | undefined => Object.keys(PARTS).find((it) => PARTS[it]?.has(id.split('.')[0] ?? ''));
  return Object.fromEntries(Object.entries(catalog(locale)).filter(([id]) => partOf(id) === part));
}

export function messages(): Plugin {
  return {
    name: 'tandem-messages',
    resolveId: (id) => (id.startsWith(PREFIX) ? `\0${id}` : null),
    load(id) {
      if (!id.startsWith(`\0${PREFIX}`)) return null;
      this.addWatchFile(CATALOG);
      return `export default ${JSON.stringify(compact(moduleOf(id.slice(PREFIX.length + 1))))}`;
    },
  };
}
