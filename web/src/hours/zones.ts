// The time zones to choose from, found by any part of their name. Browsers list some under names that the zone database
// gave up long ago; those are shown under today's.
import { isZone } from './clock';

const TODAY: Record<string, string> = {
  'America/Buenos_Aires': 'America/Argentina/Buenos_Aires',
  'America/Godthab': 'America/Nuuk',
  'America/Indianapolis': 'America/Indiana/Indianapolis',
  'Asia/Calcutta': 'Asia/Kolkata',
  'Asia/Katmandu': 'Asia/Kathmandu',
  'Asia/Rangoon': 'Asia/Yangon',
  'Asia/Saigon': 'Asia/Ho_Chi_Minh',
  'Atlantic/Faeroe': 'Atlantic/Faroe',
  'Europe/Kiev': 'Europe/Kyiv',
};

let known: readonly string[] | undefined;
export function zones(): readonly string[] {
  known ??= [...new Set(['UTC', ...Intl.supportedValuesOf('timeZone').map((zone) => (isZone(TODAY[zone] ?? '') ? (TODAY[zone] ?? zone) : zone))])].sort();
  return known;
}

const plain = (text: string): string => text.toLowerCase().replaceAll(/[_/\-,]+/g, ' ').trim();

/** Every word must be in it; names whose city begins with what was typed come first. */
export function foundZones(typed: string, all: readonly string[] = zones()): string[] {
  const words = plain(typed).split(/\s+/).filter(Boolean);
  const hits = all.filter((zone) => words.every((word) => plain(zone).includes(word)));
  const city = (zone: string): number => (plain(zone.split('/').at(-1) ?? '').startsWith(words[0] ?? '') ? 0 : 1);
  return hits.sort((a, b) => city(a) - city(b) || a.localeCompare(b));
}
