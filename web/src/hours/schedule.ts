// The business hours document: what a new one begins as, how it is changed, and what can be said of it before asking the
// server. Pure; the server decides.
import { WEEKDAYS, type Block, type Exception, type ScheduleInput, type Weekday } from '../api/schedules';
import type { MessageId } from '../i18n/t';
import { DAY_MINUTES, minutesOf } from './clock';

const WORKDAY: readonly Block[] = [
  { from: '08:00', to: '12:00' },
  { from: '13:00', to: '17:00' },
];
const LUNCH_MINUTES = 60;

export function freshSchedule(zone: string): ScheduleInput {
  const weekend: readonly Weekday[] = ['saturday', 'sunday'];
  const weekly = Object.fromEntries(WEEKDAYS.map((day) => [day, weekend.includes(day) ? [] : structuredClone(WORKDAY)]));
  return { name: '', time_zone: zone, weekly: weekly as Record<Weekday, Block[]>, exceptions: [], closed_now: null };
}

const clock = (minutes: number): string => `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;

/** A block after the last one: an hour later, until the day's end or for four hours; the whole of office hours if none. */
export function nextBlock(blocks: readonly Block[]): Block {
  const ends = blocks.map((block) => minutesOf(block.to)).filter((end) => end !== undefined);
  if (ends.length === 0) return { from: '08:00', to: '17:00' };
  const last = Math.max(...ends);
  const from = Math.min(last + LUNCH_MINUTES, DAY_MINUTES - LUNCH_MINUTES);
  return { from: clock(from), to: clock(Math.min(from + 4 * 60, DAY_MINUTES)) };
}

export function copied(weekly: ScheduleInput['weekly'], from: Weekday, to: readonly Weekday[]): ScheduleInput['weekly'] {
  return { ...weekly, ...Object.fromEntries(to.map((day) => [day, structuredClone(weekly[from])])) };
}

export function freshException(today: string): Exception {
  return { name: '', first: today, last: today, yearly: false, open: [] };
}

export interface Found {
  field: string;
  id: MessageId;
}

/** What is wrong with blocks that one can see without asking, at `path.0.from` and the like. */
export function blockProblems(blocks: readonly Block[], path: string): Found[] {
  const found: Found[] = [];
  const spans = blocks.map((block, i) => {
    const [from, to] = [minutesOf(block.from), minutesOf(block.to)];
    if (from === undefined || from === DAY_MINUTES) found.push({ field: `${path}.${i}.from`, id: 'hours.error.time' });
    if (to === undefined) found.push({ field: `${path}.${i}.to`, id: 'hours.error.time' });
    if (from !== undefined && to !== undefined && to <= from) found.push({ field: `${path}.${i}.to`, id: 'hours.error.order' });
    return { i, from, to };
  });
  const whole = spans.filter((s): s is { i: number; from: number; to: number } => s.from !== undefined && s.to !== undefined && s.from < s.to);
  whole.sort((a, b) => a.from - b.from);
  let end = -1;
  for (const span of whole) {
    if (span.from < end) found.push({ field: `${path}.${span.i}.from`, id: 'hours.error.overlap' });
    end = Math.max(end, span.to);
  }
  return found;
}

function exceptionProblems(exception: Exception, path: string): Found[] {
  const found = blockProblems(exception.open, `${path}.open`);
  const isDate = (date: string): boolean => /^\d{4}-\d\d-\d\d$/.test(date);
  if (exception.name.trim() === '') found.push({ field: `${path}.name`, id: 'field.error.required' });
  if (!isDate(exception.first)) found.push({ field: `${path}.first`, id: 'hours.error.date' });
  if (!isDate(exception.last)) found.push({ field: `${path}.last`, id: 'hours.error.date' });
  else if (exception.last < exception.first) found.push({ field: `${path}.last`, id: 'hours.error.dates' });
  return found;
}

export function problems(schedule: ScheduleInput): Found[] {
  const found: Found[] = [];
  if (schedule.name.trim() === '') found.push({ field: 'name', id: 'field.error.required' });
  for (const day of WEEKDAYS) found.push(...blockProblems(schedule.weekly[day], `weekly.${day}`));
  schedule.exceptions.forEach((exception, i) => found.push(...exceptionProblems(exception, `exceptions.${i}`)));
  return found;
}

/** Whether the server can say what it amounts to: a name is not needed for that. */
export function isPreviewable(schedule: ScheduleInput): boolean {
  return problems(schedule).every(({ field }) => field === 'name' || field.endsWith('.name'));
}
