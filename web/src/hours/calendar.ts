// The days of a holiday calendar from today to the end of a year: repeated events in their occurrences, without what is over,
// cancelled, replaced or has times of day. Pure, and bounded in every loop; it runs in calendar-worker.ts.
import ICAL from 'ical.js';
import { dateOf, lastOf, readFile, Unreadable, type CalendarEvent, type Why } from './calendar-file';

/** More days than a schedule has exceptions are of no use. */
export const DAYS_MAX = 500;
/** Occurrences of one event that are looked at, from the beginning of its rules on: every day of eighty years. */
const STEPS_MAX = 30_000;
const INTERVAL_MAX = 1_000;
const FOLLOWED: ReadonlySet<string> = new Set(['YEARLY', 'MONTHLY', 'WEEKLY', 'DAILY']);

export interface Range {
  /** The date of today, in the zone of the schedule. */
  today: string;
  /** Its last day is the last that is taken. */
  year: number;
}
export interface CalendarDay {
  name: string;
  /** Dates, both included. */
  first: string;
  last: string;
}
export interface CalendarRead {
  calendar: string | null;
  /** In order. */
  days: CalendarDay[];
  /** Events with times of day, by their first date. */
  timed: { name: string; first: string }[];
  unread: { name: string; why: Why }[];
  nPast: number;
  nLater: number;
  nCancelled: number;
  /** On the very days of another. */
  nRepeated: number;
}
export const REFUSALS = ['notCalendar', 'noEvents', 'tooMany'] as const;
export type Answer = { read: CalendarRead } | { refused: (typeof REFUSALS)[number] };

interface Fuse {
  steps: number;
}
function burn(fuse: Fuse): void {
  fuse.steps += 1;
  if (fuse.steps > STEPS_MAX) throw new Unreadable('often');
}

/** Whether a day is one of its rule: where a month has no such day (29 to 31), the library takes the first ones of the next. */
function isOf(rule: ICAL.Recur, first: string, at: ICAL.Time): boolean {
  const { BYMONTH: months, BYMONTHDAY: days, BYDAY, BYYEARDAY, BYWEEKNO } = rule.parts;
  if (months && !months.includes(at.month)) return false;
  if (days) return days.includes(at.day) || days.includes(at.day - ICAL.Time.daysInMonth(at.month, at.year) - 1);
  const isFree = BYDAY ?? BYYEARDAY ?? BYWEEKNO ?? (rule.freq === 'DAILY' || rule.freq === 'WEEKLY');
  return Boolean(isFree) || at.day === Number(first.slice(8));
}

/** An iterator that ends after the year, also where its rule never comes to a day (30 February). */
function iteratorOf(rule: ICAL.Recur, first: string, range: Range, fuse: Fuse): ICAL.RecurIterator {
  if (!FOLLOWED.has(rule.freq)) throw new Unreadable('often');
  if (rule.interval > INTERVAL_MAX) throw new Unreadable('rule');
  const end = ICAL.Time.fromDateString(`${range.year}-12-31`);
  if (rule.until === null || rule.until.compare(end) > 0) rule.until = end;
  const iterator = rule.iterator(ICAL.Time.fromDateString(first));
  const holds = iterator.check_contracting_rules.bind(iterator);
  iterator.check_contracting_rules = () => {
    burn(fuse);
    return iterator.last.year > range.year || holds();
  };
  return iterator;
}

/** First days of an event's occurrences up to the end of the range; of repeated ones, those of this year alone. */
function occurrences(event: CalendarEvent, days: number, range: Range): string[] {
  if (event.instead !== null) return [event.first];
  const fuse: Fuse = { steps: 0 };
  const starts = new Set(event.rules.length === 0 ? [event.first, ...event.added] : event.added);
  const thisYear = `${range.today.slice(0, 4)}-01-01`;
  try {
    for (const rule of event.rules) {
      const iterator = iteratorOf(rule, event.first, range, fuse);
      for (let at = iterator.next() as ICAL.Time | null; at !== null && at.year <= range.year; at = iterator.next() as ICAL.Time | null) {
        burn(fuse);
        const date = dateOf(at, 'rule');
        if (lastOf(date, days) >= thisYear && isOf(rule, event.first, at)) starts.add(date);
      }
    }
  } catch (error) {
    // Rules that contradict themselves are refused by the library when it begins with them.
    throw error instanceof Unreadable ? error : new Unreadable('rule');
  }
  return [...starts].filter((date) => !event.leftOut.has(date));
}

/** The occurrences of a repeated event that others replace, by its id. */
function replaced(events: readonly CalendarEvent[]): Map<string, Set<string>> {
  const dates = new Map<string, Set<string>>();
  for (const { uid, instead } of events) {
    if (uid !== null && instead !== null) dates.set(uid, (dates.get(uid) ?? new Set()).add(instead));
  }
  return dates;
}

/** What reading goes through the events with. */
interface Reading {
  range: Range;
  read: CalendarRead;
  /** The days that are taken, by their dates: each once. */
  spans: Map<string, CalendarDay>;
}

function takeTimed(event: CalendarEvent, { range, read }: Reading): void {
  const isRepeated = event.rules.length > 0 || event.added.length > 0;
  if (!isRepeated && event.first < range.today) read.nPast += 1;
  else if (!isRepeated && Number(event.first.slice(0, 4)) > range.year) read.nLater += 1;
  else read.timed.push({ name: event.name, first: event.first });
}

function takeDay(day: CalendarDay, { range, read, spans }: Reading): void {
  const span = `${day.first}/${day.last}`;
  if (day.last < range.today) read.nPast += 1;
  else if (Number(day.first.slice(0, 4)) > range.year) read.nLater += 1;
  else if (spans.has(span)) read.nRepeated += 1;
  // One more than there may be tells that there are too many.
  else if (spans.size <= DAYS_MAX) spans.set(span, day);
}

function take(event: CalendarEvent, gone: ReadonlySet<string> | undefined, reading: Reading): void {
  if (event.isCancelled) reading.read.nCancelled += 1;
  else if (event.wholeDays === null) takeTimed(event, reading);
  else {
    for (const first of occurrences(event, event.wholeDays, reading.range)) {
      if (event.instead === null && gone?.has(first)) continue;
      takeDay({ name: event.name, first, last: lastOf(first, event.wholeDays) }, reading);
    }
  }
}

const inOrder = (a: CalendarDay, b: CalendarDay): number => (`${a.first}${a.last}` < `${b.first}${b.last}` ? -1 : 1);

export function readCalendar(bytes: Uint8Array, range: Range): Answer {
  const file = readFile(bytes);
  if (!file.isCalendar) return { refused: 'notCalendar' };
  if (file.events.length === 0 && file.unread.length === 0) return { refused: 'noEvents' };
  const read: CalendarRead = { calendar: file.name, days: [], timed: [], unread: file.unread, nPast: 0, nLater: 0, nCancelled: 0, nRepeated: 0 };
  const reading: Reading = { range, read, spans: new Map() };
  const gone = replaced(file.events);
  for (const event of file.events) {
    try {
      take(event, event.uid === null ? undefined : gone.get(event.uid), reading);
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error;
      read.unread.push({ name: event.name, why: error.why });
    }
  }
  if (reading.spans.size > DAYS_MAX) return { refused: 'tooMany' };
  read.days = [...reading.spans.values()].sort(inOrder);
  read.timed.sort((a, b) => (a.first < b.first ? -1 : 1));
  return { read };
}
