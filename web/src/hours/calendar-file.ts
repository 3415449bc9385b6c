// What is in a holiday calendar: the events of an iCalendar file (RFC 5545), each read on its own, so that one that is
// broken does not take the others with it. Pure; which days they fall on is calendar.ts.
import ICAL from 'ical.js';
import { nextDate } from './clock';

const DAY_MS = 86_400_000;
export const DAYS_OF_AN_EXCEPTION_MAX = 366;
const NAME_CHARS_MAX = 80;
/** Other properties are not looked at, so that nothing in them can be wrong. */
const READ = new Set(['DTSTART', 'DTEND', 'DURATION', 'SUMMARY', 'UID', 'STATUS', 'RRULE', 'RDATE', 'EXDATE', 'EXRULE', 'RECURRENCE-ID', 'X-MICROSOFT-CDO-ALLDAYEVENT']);

const RULE_PARTS = new Set(['freq', 'until', 'count', 'interval', 'wkst', 'bysecond', 'byminute', 'byhour', 'byday', 'bymonthday', 'byyearday', 'byweekno', 'bymonth', 'bysetpos']);

/** Why an event cannot be taken. */
export const WHYS = ['text', 'start', 'end', 'long', 'rule', 'often'] as const;
export type Why = (typeof WHYS)[number];

const WHY_OF: Record<string, Why> = { DTSTART: 'start', DTEND: 'end', DURATION: 'end', RRULE: 'rule', RDATE: 'rule', EXDATE: 'rule', EXRULE: 'rule', 'RECURRENCE-ID': 'rule' };

export class Unreadable extends Error {
  constructor(readonly why: Why) {
    super(why);
  }
}

export interface CalendarEvent {
  uid: string | null;
  name: string;
  first: string;
  /** It lasts whole days, so many of them. */
  wholeDays: number | null;
  isCancelled: boolean;
  /** The occurrence of a repeated event that it replaces. */
  instead: string | null;
  rules: ICAL.Recur[];
  added: string[];
  leftOut: ReadonlySet<string>;
}
interface Unread {
  name: string;
  why: Why;
}
export interface CalendarFile {
  isCalendar: boolean;
  name: string | null;
  events: CalendarEvent[];
  unread: Unread[];
}

/** Lines are put together before bytes become text: a fold may lie within a character (RFC 5545, 3.1). */
function unfolded(bytes: Uint8Array): Uint8Array {
  const [LF, CR, TAB, SPACE] = [10, 13, 9, 32];
  const joined = new Uint8Array(bytes.length);
  let length = 0;
  for (let i = 0; i < bytes.length; i += 1) {
    const end = bytes[i] === CR && bytes[i + 1] === LF ? 2 : bytes[i] === LF || bytes[i] === CR ? 1 : 0;
    const next = bytes[i + end];
    if (end > 0 && (next === SPACE || next === TAB)) i += end;
    else joined[length++] = bytes[i] ?? 0;
  }
  return joined.subarray(0, length);
}

function textOf(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    // Older programs write in the code page of their country.
    return new TextDecoder('windows-1252').decode(bytes);
  }
}

const nameOf = (line: string): string => /^[A-Za-z0-9-]*/.exec(line)?.[0].toUpperCase() ?? '';

/** The lines of every event, of those that end, and of the calendar around them. */
function partsOf(lines: readonly string[]): { events: { lines: string[]; isWhole: boolean }[]; around: string[] } {
  const events: { lines: string[]; isWhole: boolean }[] = [];
  const around: string[] = [];
  const open: string[] = [];
  let current: { lines: string[]; isWhole: boolean } | null = null;
  for (const line of lines) {
    const [, edge, what = ''] = /^(BEGIN|END):([A-Z-]+)\s*$/i.exec(line) ?? [];
    if (edge?.toUpperCase() === 'BEGIN') {
      open.push(what.toUpperCase());
      if (open.at(-1) === 'VEVENT') events.push((current = { lines: [], isWhole: false }));
    } else if (edge) {
      if (open.at(-1) === 'VEVENT' && current) current.isWhole = what.toUpperCase() === 'VEVENT';
      open.pop();
    } else if (open.at(-1) === 'VEVENT') current?.lines.push(line);
    else if (open.at(-1) === 'VCALENDAR') around.push(line);
  }
  return { events, around };
}

const plain = (text: string): string => text.replace(/\s+/g, ' ').trim();
function shortened(name: string): string {
  const characters = [...plain(name)];
  return characters.length > NAME_CHARS_MAX ? `${characters.slice(0, NAME_CHARS_MAX - 1).join('').trimEnd()}…` : characters.join('');
}

const DATES = /^(DTSTART|DTEND|RDATE|EXDATE|RECURRENCE-ID)((?:;[^:]*)?):(\d{8}(?:,\d{8})*)\s*$/i;
/** Dates without VALUE=DATE are not written as they should be, and often. */
const withType = (line: string): string => line.replace(DATES, (all, name: string, rest: string, dates: string) => (/;VALUE=/i.test(rest) ? all : `${name};VALUE=DATE${rest}:${dates}`));

function isDate(date: string): boolean {
  const at = Date.parse(`${date}T00:00:00Z`);
  return !Number.isNaN(at) && new Date(at).toISOString().slice(0, 10) === date;
}

/** The library takes 31 February for 3 March, and passes over parts of a rule that it does not know. */
function isSound([, , type, ...values]: readonly unknown[]): boolean {
  return values.every((value) => {
    if (type === 'date' || type === 'date-time') return isDate(String(value).slice(0, 10));
    return type !== 'recur' || Object.keys(value as object).every((part) => RULE_PARTS.has(part));
  });
}

/** A property as the library has it. */
function propertyOf(line: string): unknown[] {
  const why = WHY_OF[nameOf(line)] ?? 'text';
  let property: unknown[];
  try {
    property = ICAL.parse.property(withType(line)) as unknown as unknown[];
  } catch {
    throw new Unreadable(why);
  }
  if (!isSound(property)) throw new Unreadable(why);
  return property;
}

/** All values of a property; a value that is none is told as `why`. */
function valuesOf(component: ICAL.Component, name: string, why: Why): unknown[] {
  try {
    return component.getAllProperties(name).flatMap((property) => property.getValues() as unknown[]);
  } catch {
    throw new Unreadable(why);
  }
}

function timeOf(component: ICAL.Component, name: string, why: Why): ICAL.Time | null {
  const [value] = valuesOf(component, name, why);
  if (value === undefined) return null;
  if (!(value instanceof ICAL.Time)) throw new Unreadable(why);
  return value;
}

/** The date that a time shows by its own wall clock. */
export function dateOf(time: ICAL.Time, why: Why): string {
  const pad = (figure: number, size = 2): string => String(figure).padStart(size, '0');
  const date = `${pad(time.year, 4)}-${pad(time.month)}-${pad(time.day)}`;
  if (!isDate(date)) throw new Unreadable(why);
  return date;
}

function datesOf(component: ICAL.Component, name: string): string[] {
  return valuesOf(component, name, 'rule').map((value) => {
    const time = value instanceof ICAL.Period ? value.start : value;
    if (!(time instanceof ICAL.Time)) throw new Unreadable('rule');
    return dateOf(time, 'rule');
  });
}

const isMidnight = (time: ICAL.Time): boolean => time.isDate || (time.hour === 0 && time.minute === 0 && time.second === 0);

/** How many whole days it lasts. Without an end, one (RFC 5545, 3.6.1); an end that is the beginning is written for one day, too. */
function lengthOf(component: ICAL.Component, first: string): number {
  const end = timeOf(component, 'dtend', 'end');
  const [duration] = valuesOf(component, 'duration', 'end');
  if (end !== null && !isMidnight(end)) throw new Unreadable('end');
  let days = 1;
  if (end !== null) days = (Date.parse(dateOf(end, 'end')) - Date.parse(first)) / DAY_MS;
  else if (duration instanceof ICAL.Duration) days = duration.toSeconds() / (DAY_MS / 1000);
  else if (duration !== undefined) throw new Unreadable('end');
  if (!Number.isInteger(days) || days < 0) throw new Unreadable('end');
  if (days > DAYS_OF_AN_EXCEPTION_MAX) throw new Unreadable('long');
  return Math.max(1, days);
}

/** Outlook writes some events of whole days with times, and says so beside them. */
function isOfWholeDays(component: ICAL.Component, start: ICAL.Time): boolean {
  if (start.isDate) return true;
  const said = String(component.getFirstPropertyValue('x-microsoft-cdo-alldayevent') ?? '').toUpperCase() === 'TRUE';
  const end = timeOf(component, 'dtend', 'end');
  return said && isMidnight(start) && (end === null || isMidnight(end));
}

function rulesOf(component: ICAL.Component): ICAL.Recur[] {
  if (component.hasProperty('exrule')) throw new Unreadable('rule');
  // One that changes all later occurrences makes two rules of one.
  if (component.getFirstProperty('recurrence-id')?.getParameter('range') !== undefined) throw new Unreadable('rule');
  return valuesOf(component, 'rrule', 'rule').map((value) => {
    if (!(value instanceof ICAL.Recur)) throw new Unreadable('rule');
    return value;
  });
}

function eventOf(component: ICAL.Component): CalendarEvent {
  const start = timeOf(component, 'dtstart', 'start');
  if (start === null) throw new Unreadable('start');
  const first = dateOf(start, 'start');
  const instead = timeOf(component, 'recurrence-id', 'rule');
  const text = (name: string): string => String(component.getFirstPropertyValue(name) ?? '');
  return {
    uid: text('uid') || null,
    name: shortened(text('summary')),
    first,
    wholeDays: isOfWholeDays(component, start) ? lengthOf(component, first) : null,
    isCancelled: text('status').toUpperCase() === 'CANCELLED',
    instead: instead === null ? null : dateOf(instead, 'rule'),
    rules: rulesOf(component),
    added: datesOf(component, 'rdate'),
    leftOut: new Set(datesOf(component, 'exdate')),
  };
}

/** The value of a text property as it is read without its event. */
function textIn(lines: readonly string[], names: readonly string[]): string {
  const line = names.map((name) => lines.find((l) => nameOf(l) === name)).find((l) => l !== undefined);
  const value = line?.replace(/^[^:]*:/, '') ?? '';
  return shortened(value.replace(/\\n/gi, ' ').replace(/\\(.)/g, '$1'));
}

export function readFile(bytes: Uint8Array): CalendarFile {
  const lines = textOf(unfolded(bytes)).split(/\r\n|\r|\n/);
  const { events: parts, around } = partsOf(lines);
  const file: CalendarFile = { isCalendar: lines.some((line) => /^BEGIN:VCALENDAR\s*$/i.test(line)), name: textIn(around, ['NAME', 'X-WR-CALNAME']) || null, events: [], unread: [] };
  for (const part of parts) {
    const own = part.lines.filter((line) => READ.has(nameOf(line)));
    try {
      if (!part.isWhole) throw new Unreadable('text');
      file.events.push(eventOf(new ICAL.Component(['vevent', own.map(propertyOf), []])));
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error;
      file.unread.push({ name: textIn(own, ['SUMMARY']), why: error.why });
    }
  }
  return file;
}

/** The last of so many days. */
export const lastOf = (first: string, days: number): string => nextDate(first, days - 1);
