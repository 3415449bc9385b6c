// Numbers of trunks: what people paste becomes ranges, ranges are counted and shown, and what is not bound yet is found. Pure.
// In Tandem numbers are international with a plus; how the other side writes them is the trunk's matter.
import type { NumberFormat, NumberRange } from '../api/trunks';

/** As many digits as the server takes for a number. */
const INTERNATIONAL = /^\+\d{4,15}$/;
export const isInternational = (text: string): boolean => INTERNATIONAL.test(text);

/** Ranges of one trunk at most. */
export const RANGES_MAX = 1000;

/** Without what people write between digits; `00` in front is a plus, and `(0)` is dialed by nobody from abroad. */
export function tidied(text: string): string {
  const plain = text.replaceAll(/\(0\)/g, '').replaceAll(/[\s\u00a0().\/\u2066-\u2069-]/g, '');
  return plain.startsWith('00') ? `+${plain.slice(2)}` : plain;
}

const digitsOf = (number: string): number => Number(number.slice(1));
/** How many numbers a range has. */
export function sizeOf({ first, last }: Pick<NumberRange, 'first' | 'last'>): number {
  return last === null ? 1 : digitsOf(last) - digitsOf(first) + 1;
}
export const countOf = (ranges: readonly NumberRange[]): number => ranges.reduce((sum, it) => sum + sizeOf(it), 0);

export function contains({ first, last }: NumberRange, number: string): boolean {
  return isInternational(number) && number.length === first.length && number >= first && number <= (last ?? first);
}
export const isAmong = (ranges: readonly NumberRange[], number: string): boolean => ranges.some((it) => contains(it, number));

const meets = (a: NumberRange, b: NumberRange): boolean => a.first.length === b.first.length && a.first <= (b.last ?? b.first) && b.first <= (a.last ?? a.first);

/** Why a line is not taken. */
export const LINE_FAULTS = ['no_number', 'backwards', 'twice', 'too_many'] as const;
export type LineFault = (typeof LINE_FAULTS)[number];
export interface Pasted {
  ranges: NumberRange[];
  faults: { line: number; text: string; fault: LineFault }[];
}

/** A number or two, with what separates them; what follows is a note. A hyphen between digits of one number has no spaces around it. */
const LINE = /^(?<first>[+\d(][+\d\s\u00a0().\/-]*?)(?:\s*(?:\u2013|\u2014|\.\.\.?|\bto\b)\s*|\s+-\s+|-(?=\+))(?<last>[+\d(][\d\s\u00a0().\/-]*?)(?:\s*[,;\t]\s*(?<note>.*))?$/;
const SINGLE = /^(?<first>[+\d(][+\d\s\u00a0().\/-]*?)(?:\s*[,;\t]\s*(?<note>.*))?$/;

/** The last of a range may be written as its last digits alone: `+49 89 1000 to 1099`. */
function lastOf(first: string, written: string): string {
  const last = tidied(written);
  if (last.startsWith('+') || last.length >= first.length) return last;
  return first.slice(0, first.length - last.length) + last;
}

/** What was pasted, one number or range on each line, besides those that are there already. */
export function pasted(text: string, there: readonly NumberRange[] = []): Pasted {
  const ranges: NumberRange[] = [];
  const faults: Pasted['faults'] = [];
  text.split(/\r?\n/).forEach((raw, i) => {
    const line = raw.trim();
    if (line === '') return;
    const refuse = (fault: LineFault): unknown => faults.push({ line: i + 1, text: line, fault });
    const found = (LINE.exec(line) ?? SINGLE.exec(line))?.groups;
    const first = tidied(found?.['first'] ?? '');
    const last = found?.['last'] === undefined ? null : lastOf(first, found['last']);
    if (!isInternational(first) || (last !== null && !isInternational(last))) return refuse('no_number');
    if (last !== null && (last.length !== first.length || last < first)) return refuse('backwards');
    const range: NumberRange = { first, last: last === first ? null : last, note: (found?.['note'] ?? '').trim() };
    if ([...there, ...ranges].some((it) => meets(it, range))) return refuse('twice');
    if (there.length + ranges.length >= RANGES_MAX) return refuse('too_many');
    ranges.push(range);
  });
  return { ranges, faults };
}

/** As `pasted` reads it. */
export function lineOf({ first, last, note }: NumberRange): string {
  const numbers = last === null ? first : `${first} \u2013 ${last}`;
  return note === '' ? numbers : `${numbers}, ${note}`;
}

/** An international number as the other side of a trunk writes it. */
export function written({ style, country, prefix, international_prefix }: NumberFormat, number: string): string {
  const digits = number.replace(/^\+/, '');
  if (style === 'international') return `+${digits}`;
  if (style === 'digits') return digits;
  return country !== '' && digits.startsWith(country) ? `${prefix}${digits.slice(country.length)}` : `${international_prefix}${digits}`;
}

/** A number that a trunk has and nobody is reached by yet. */
export interface Free {
  number: string;
  trunk: string;
}

/** Of the numbers of trunks those with the digits that were typed, without those that are taken: so many at most. */
export function freeNumbers(trunks: readonly { name: string; numbers: readonly NumberRange[] }[], taken: ReadonlySet<string>, typed: string, max: number): Free[] {
  // People type the zero that they dial at home.
  const wanted = typed.replaceAll(/\D/g, '').replace(/^0+/, '');
  const free: Free[] = [];
  for (const { name, numbers } of trunks) {
    for (const range of numbers) {
      const begin = digitsOf(range.first);
      for (let i = 0; i < sizeOf(range) && i < SEARCHED_MAX; i += 1) {
        const number = `+${begin + i}`;
        if (taken.has(number) || !number.includes(wanted)) continue;
        free.push({ number, trunk: name });
        if (free.length >= max) return free;
      }
    }
  }
  return free;
}
/** Numbers of one range that are looked at while somebody types: ten thousand numbers are a large company. */
const SEARCHED_MAX = 10_000;
