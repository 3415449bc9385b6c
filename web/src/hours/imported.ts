// Days of a holiday calendar as exceptions of a schedule: which are there already, and how many more it can have.
// Pure; the server decides.
import type { Exception } from '../api/schedules';
import type { CalendarDay } from './calendar';
import { nextDate } from './clock';

/** The server's limit of a schedule (docs/hours.md). */
export const EXCEPTIONS_MAX = 200;
const DAY_MS = 86_400_000;

const lengthOf = ({ first, last }: { first: string; last: string }): number => (Date.parse(last) - Date.parse(first)) / DAY_MS + 1;

function covers({ first, last, yearly }: Exception, date: string): boolean {
  if (!yearly) return first <= date && date <= last;
  const [from, to, day] = [first.slice(5), last.slice(5), date.slice(5)];
  return from <= to ? from <= day && day <= to : from <= day || day <= to;
}

/** The exception that counts on a date: once before yearly, then the shorter one, then the one that stands first. */
export function exceptionOn(exceptions: readonly Exception[], date: string): Exception | undefined {
  return exceptions.filter((e) => covers(e, date)).sort((a, b) => Number(a.yearly) - Number(b.yearly) || lengthOf(a) - lengthOf(b))[0];
}

/**
 * The name of what holds on these days already: each is closed, or has hours that are as much its own as the imported day's.
 * A closed day within weeks with hours of their own is news.
 */
export function thereAlready(day: CalendarDay, exceptions: readonly Exception[]): string | undefined {
  let name: string | undefined;
  for (let date = day.first; date <= day.last; date = nextDate(date)) {
    const found = exceptionOn(exceptions, date);
    if (!found || (found.open.length > 0 && lengthOf(found) > lengthOf(day))) return undefined;
    name ??= found.name;
  }
  return name;
}

export function exceptionOf({ name, first, last }: CalendarDay, unnamed: string): Exception {
  return { name: name === '' ? unnamed : name, first, last, yearly: false, open: [] };
}
