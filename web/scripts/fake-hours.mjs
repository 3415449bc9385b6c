// Business hours of the stand-in server: enough of the rules to look at the page, none of the server's care.
const DAYS = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];
const HOUR = 3_600_000;
const wall = (at, zone) => {
  const parts = new Intl.DateTimeFormat('en-US', { timeZone: zone, hourCycle: 'h23', year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', second: '2-digit' }).formatToParts(at);
  const p = Object.fromEntries(parts.map(({ type, value }) => [type, Number(value)]));
  return Date.UTC(p.year, p.month - 1, p.day, p.hour, p.minute, p.second);
};
const offset = (at, zone) => wall(at, zone) - Math.floor(at / 1000) * 1000;
/** The instant of a wall-clock time; in a gap the one after it, of two the first or the last. */
function instant(date, time, zone, isLast) {
  const [h, m] = time.split(':').map(Number);
  const clock = Date.parse(`${date}T00:00:00Z`) + h * HOUR + m * 60_000;
  const both = [offset(clock - 26 * HOUR, zone), offset(clock + 26 * HOUR, zone)].map((o) => clock - o);
  const real = both.filter((at) => wall(at, zone) === clock);
  return real.length === 0 ? Math.max(...both) : isLast ? Math.max(...real) : Math.min(...real);
}
function zoned(at, zone) {
  const o = offset(at, zone) / 60_000;
  const size = Math.abs(o);
  return `${new Date(wall(at, zone)).toISOString().slice(0, 19)}${o < 0 ? '-' : '+'}${String(Math.floor(size / 60)).padStart(2, '0')}:${String(size % 60).padStart(2, '0')}`;
}
const addDays = (date, n) => new Date(Date.parse(`${date}T00:00:00Z`) + n * 24 * HOUR).toISOString().slice(0, 10);
function exceptionOn(schedule, date) {
  const length = (e) => Date.parse(e.last) - Date.parse(e.first);
  const hits = (e) => (e.yearly ? [0, 1].some((back) => {
    const year = Number(date.slice(0, 4)) - back;
    const shift = Number(e.last.slice(0, 4)) - Number(e.first.slice(0, 4));
    return `${year}${e.first.slice(4)}` <= date && date <= `${year + shift}${e.last.slice(4)}`;
  }) : e.first <= date && date <= e.last);
  return schedule.exceptions.filter(hits).sort((a, b) => a.yearly - b.yearly || length(a) - length(b))[0];
}
function day(schedule, date) {
  const zone = schedule.time_zone;
  const exception = exceptionOn(schedule, date);
  const blocks = [...(exception ? exception.open : schedule.weekly[DAYS[new Date(`${date}T12:00:00Z`).getUTCDay()]])].sort((a, b) => (a.from < b.from ? -1 : 1));
  const open = blocks.map(({ from, to }) => ({ from: instant(date, from, zone, false), to: to === '24:00' ? instant(addDays(date, 1), '00:00', zone, false) : instant(date, to, zone, true) }));
  return { date, exception: exception?.name ?? null, open: open.filter(({ from, to }) => from < to) };
}

export function preview(schedule, n, now = Date.now()) {
  const zone = schedule.time_zone;
  const today = new Date(wall(now, zone)).toISOString().slice(0, 10);
  const days = Array.from({ length: Math.max(n, 30) }, (_, i) => day(schedule, addDays(today, i)));
  const spans = days.flatMap((d) => d.open);
  const current = spans.find(({ from, to }) => from <= now && now < to);
  let until = current?.to;
  for (const span of spans) if (until !== undefined && span.from === until) until = span.to;
  until ??= spans.find(({ from }) => from > now)?.from;
  const state = schedule.closed_now ? 'emergency' : current ? 'open' : days[0].exception && days[0].open.length === 0 ? 'holiday' : 'closed';
  return {
    now: { state, name: state === 'emergency' ? schedule.closed_now.reason : state === 'holiday' ? days[0].exception : null, until: until === undefined || state === 'emergency' ? null : zoned(until, zone) },
    days: days.slice(0, n).map((d) => ({ ...d, open: d.open.map(({ from, to }) => ({ from: zoned(from, zone), to: zoned(to, zone) })) })),
  };
}

export function hoursErrors(schedule) {
  const errors = [];
  try {
    wall(0, schedule.time_zone);
  } catch {
    errors.push({ field: 'time_zone', detail: `"${schedule.time_zone}" is not a time zone; use a name such as Europe/Berlin` });
  }
  const look = (blocks, path) => blocks.forEach((b, i) => b.to <= b.from && errors.push({ field: `${path}[${i}].to`, detail: 'must be after the start' }));
  for (const name of DAYS) look(schedule.weekly?.[name] ?? [], `weekly.${name}`);
  (schedule.exceptions ?? []).forEach((e, i) => {
    look(e.open, `exceptions[${i}].open`);
    if (e.last < e.first) errors.push({ field: `exceptions[${i}].last`, detail: 'must not be before the first day' });
  });
  return errors;
}

const block = (from, to) => ({ from, to });
const week = (workday, saturday = []) => ({ ...Object.fromEntries(DAYS.map((name) => [name, structuredClone(workday)])), saturday, sunday: [] });
const soon = (n) => new Date(Date.now() + n * 24 * HOUR).toISOString().slice(0, 10);
export const SCHEDULES = [
  {
    id: 1, version: 1, name: 'Service hours', time_zone: 'Europe/Berlin', weekly: week([block('08:00', '12:00'), block('13:00', '17:30')], [block('09:00', '13:00')]),
    exceptions: [
      { name: 'Christmas', first: '2026-12-24', last: '2026-12-26', yearly: true, open: [] },
      { name: 'Staff meeting', first: soon(2), last: soon(2), yearly: false, open: [block('12:00', '17:30')] },
      { name: 'Stocktaking', first: soon(6), last: soon(7), yearly: false, open: [] },
    ], closed_now: null,
  },
  { id: 2, version: 1, name: 'Round the clock', time_zone: 'America/New_York', weekly: { ...week([block('00:00', '24:00')], [block('00:00', '24:00')]), sunday: [block('00:00', '24:00')] }, exceptions: [], closed_now: null },
  { id: 3, version: 1, name: 'Sydney desk', time_zone: 'Australia/Sydney', weekly: week([block('09:00', '17:00')]), exceptions: [], closed_now: { reason: 'Fire alarm in the building' } },
];
