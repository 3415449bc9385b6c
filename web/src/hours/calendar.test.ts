// @vitest-environment node
import { describe, expect, test } from 'vitest';
import type { Exception } from '../api/schedules';
import { DAYS_MAX, readCalendar, type CalendarRead } from './calendar';
import { exceptionOf, thereAlready } from './imported';

const RANGE = { today: '2026-11-26', year: 2027 };
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const calendar = (...lines: string[]): string => ['BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:-//test//EN', ...lines, 'END:VCALENDAR', ''].join('\r\n');
const event = (...lines: string[]): string => ['BEGIN:VEVENT', ...lines, 'END:VEVENT'].join('\r\n');

function read(...events: string[]): CalendarRead {
  const answer = readCalendar(bytes(calendar(...events)), RANGE);
  if ('refused' in answer) throw new Error(answer.refused);
  return answer.read;
}
/** The days of one event, as `first` or `first/last`. */
function days(...lines: string[]): string[] {
  const { days: found, unread } = read(event(...lines));
  expect(unread).toEqual([]);
  return found.map(({ first, last }) => (first === last ? first : `${first}/${last}`));
}
const why = (...lines: string[]): string | undefined => read(event(...lines)).unread[0]?.why;

describe('events of whole days', () => {
  test.each([
    ['without an end, one day', ['DTSTART;VALUE=DATE:20261225'], ['2026-12-25']],
    ['without VALUE=DATE', ['DTSTART:20261225'], ['2026-12-25']],
    ['the end is not a day of it', ['DTSTART;VALUE=DATE:20261225', 'DTEND;VALUE=DATE:20261227'], ['2026-12-25/2026-12-26']],
    ['an end on its first day is one day', ['DTSTART;VALUE=DATE:20261225', 'DTEND;VALUE=DATE:20261225'], ['2026-12-25']],
    ['over the end of the year', ['DTSTART;VALUE=DATE:20261224', 'DTEND;VALUE=DATE:20270102'], ['2026-12-24/2027-01-01']],
    ['by duration', ['DTSTART;VALUE=DATE:20261225', 'DURATION:P3D'], ['2026-12-25/2026-12-27']],
    ['by a duration of weeks', ['DTSTART;VALUE=DATE:20261224', 'DURATION:P1W'], ['2026-12-24/2026-12-30']],
    ['today', ['DTSTART;VALUE=DATE:20261126'], ['2026-11-26']],
    ['begun before today', ['DTSTART;VALUE=DATE:20261120', 'DTEND;VALUE=DATE:20261127'], ['2026-11-20/2026-11-26']],
    ['of Outlook, with times', ['DTSTART;TZID=W. Europe Standard Time:20261225T000000', 'DTEND;TZID=W. Europe Standard Time:20261226T000000', 'X-MICROSOFT-CDO-ALLDAYEVENT:TRUE'], ['2026-12-25']],
  ])('%s', (_, lines, expected) => expect(days(...lines)).toEqual(expected));

  test('of what is over or later, the number is told', () => {
    const { days: found, nPast, nLater } = read(event('DTSTART;VALUE=DATE:20261125'), event('DTSTART;VALUE=DATE:20200101'), event('DTSTART;VALUE=DATE:20280101'));
    expect([found, nPast, nLater]).toEqual([[], 2, 1]);
  });

  test('cancelled ones are left out', () => {
    expect(read(event('DTSTART;VALUE=DATE:20261225', 'STATUS:CANCELLED'))).toMatchObject({ days: [], nCancelled: 1 });
  });

  test('those with times of day are told apart, in order and with their dates', () => {
    const { days: found, timed } = read(
      event('SUMMARY:Weekly', 'DTSTART;TZID=Europe/Berlin:20270104T090000', 'RRULE:FREQ=SECONDLY'),
      event('SUMMARY:Party', 'DTSTART:20261218T180000Z', 'DTEND:20261218T220000Z'),
      event('SUMMARY:A day by the clock', 'DTSTART:20261219T000000', 'DTEND:20261220T000000'),
    );
    expect(found).toEqual([]);
    expect(timed.map(({ name, first }) => `${first} ${name}`)).toEqual(['2026-12-18 Party', '2026-12-19 A day by the clock', '2027-01-04 Weekly']);
  });

  test('the same days are there once', () => {
    const { days: found, nRepeated } = read(event('SUMMARY:Christmas Day', 'DTSTART;VALUE=DATE:20261225'), event('SUMMARY:1. Weihnachtstag', 'DTSTART;VALUE=DATE:20261225'));
    expect([found.map(({ name }) => name), nRepeated]).toEqual([['Christmas Day'], 1]);
  });
});

describe('repeated events', () => {
  test.each([
    ['every year', ['DTSTART;VALUE=DATE:19900501', 'RRULE:FREQ=YEARLY'], ['2027-05-01']],
    ['in both years', ['DTSTART;VALUE=DATE:19901225', 'DTEND;VALUE=DATE:19901227', 'RRULE:FREQ=YEARLY'], ['2026-12-25/2026-12-26', '2027-12-25/2027-12-26']],
    ['the fourth Thursday of November', ['DTSTART;VALUE=DATE:20101125', 'RRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=4TH'], ['2026-11-26', '2027-11-25']],
    ['the last Monday of May', ['DTSTART;VALUE=DATE:20100531', 'RRULE:FREQ=YEARLY;BYMONTH=5;BYDAY=-1MO'], ['2027-05-31']],
    ['29 February, in leap years', ['DTSTART;VALUE=DATE:20240229', 'RRULE:FREQ=YEARLY'], []],
    ['the last day of a month', ['DTSTART;VALUE=DATE:20260131', 'RRULE:FREQ=MONTHLY;BYMONTHDAY=-1;UNTIL=20270301'], ['2026-11-30', '2026-12-31', '2027-01-31', '2027-02-28']],
    ['the 31st, in months that have one', ['DTSTART;VALUE=DATE:20260131', 'RRULE:FREQ=MONTHLY;UNTIL=20270401'], ['2026-12-31', '2027-01-31', '2027-03-31']],
    ['dates without their type', ['DTSTART:20261225', 'RDATE:20270106', 'EXDATE:20261225'], ['2027-01-06']],
    ['the last working day of the year', ['DTSTART;VALUE=DATE:20201231', 'RRULE:FREQ=YEARLY;BYMONTH=12;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1'], ['2026-12-31', '2027-12-31']],
    ['the hundredth day', ['DTSTART;VALUE=DATE:20200409', 'RRULE:FREQ=YEARLY;BYYEARDAY=100'], ['2027-04-10']],
    ['until a day', ['DTSTART;VALUE=DATE:20201225', 'RRULE:FREQ=YEARLY;UNTIL=20261231'], ['2026-12-25']],
    ['so many times', ['DTSTART;VALUE=DATE:20251225', 'RRULE:FREQ=YEARLY;COUNT=2'], ['2026-12-25']],
    ['every second month', ['DTSTART;VALUE=DATE:20261201', 'RRULE:FREQ=MONTHLY;INTERVAL=6'], ['2026-12-01', '2027-06-01', '2027-12-01']],
    ['weekly', ['DTSTART;VALUE=DATE:20261124', 'RRULE:FREQ=WEEKLY;COUNT=3'], ['2026-12-01', '2026-12-08']],
    ['on other days besides', ['DTSTART;VALUE=DATE:20261225', 'RDATE;VALUE=DATE:20270106,20270406'], ['2026-12-25', '2027-01-06', '2027-04-06']],
    ['by a rule and on a day besides', ['DTSTART;VALUE=DATE:20201225', 'RRULE:FREQ=YEARLY', 'RDATE;VALUE=DATE:20270106'], ['2026-12-25', '2027-01-06', '2027-12-25']],
    ['but not on these', ['DTSTART;VALUE=DATE:20261201', 'RRULE:FREQ=DAILY;COUNT=5', 'EXDATE;VALUE=DATE:20251224', 'EXDATE;VALUE=DATE:20261202,20261204'], ['2026-12-01', '2026-12-03', '2026-12-05']],
  ])('%s', (_, lines, expected) => expect(days(...lines)).toEqual(expected));

  test('an occurrence is replaced by one of its own, moved, cancelled or with times', () => {
    const { days: found, timed, nCancelled } = read(
      event('UID:a', 'SUMMARY:Inventory', 'DTSTART;VALUE=DATE:20261201', 'RRULE:FREQ=DAILY;COUNT=4'),
      event('UID:a', 'SUMMARY:Inventory, moved', 'RECURRENCE-ID;VALUE=DATE:20261202', 'DTSTART;VALUE=DATE:20261211'),
      event('UID:a', 'SUMMARY:Inventory', 'RECURRENCE-ID;VALUE=DATE:20261203', 'DTSTART;VALUE=DATE:20261203', 'STATUS:CANCELLED'),
      event('UID:a', 'SUMMARY:Inventory, half', 'RECURRENCE-ID;VALUE=DATE:20261204', 'DTSTART:20261204T120000'),
      event('UID:b', 'SUMMARY:Other', 'DTSTART;VALUE=DATE:20261202'),
    );
    expect(found.map(({ name, first }) => `${first} ${name}`)).toEqual(['2026-12-01 Inventory', '2026-12-02 Other', '2026-12-11 Inventory, moved']);
    expect([timed.length, nCancelled]).toEqual([1, 1]);
  });

  test('of what is over, this year is counted', () => {
    expect(read(event('DTSTART;VALUE=DATE:19900101', 'RRULE:FREQ=YEARLY'))).toMatchObject({ days: [{ first: '2027-01-01' }], nPast: 1 });
  });

  test('the range has as many years as are asked for', () => {
    const text = bytes(calendar(event('DTSTART;VALUE=DATE:20201225', 'RRULE:FREQ=YEARLY')));
    const inYear = (year: number): number => (readCalendar(text, { ...RANGE, year }) as { read: CalendarRead }).read.days.length;
    expect([2026, 2027, 2031].map(inYear)).toEqual([1, 2, 6]);
  });
});

describe('how it is written', () => {
  test('folded lines, escaped text, and names of any length', () => {
    const names = read(
      event('DTSTART;VALUE=DATE:20261224', 'SUMMARY;LANGUAGE=de:Weih\r\n nachten\\, Hei\r\n\tligabend\\nund\\; mehr'),
      event('DTSTART;VALUE=DATE:20261225', `SUMMARY:${'long '.repeat(30)}`),
      event('DTSTART;VALUE=DATE:20261226'),
    ).days.map(({ name }) => name);
    expect(names[0]).toBe('Weihnachten, Heiligabend und; mehr');
    expect([...(names[1] ?? '')].length).toBeLessThanOrEqual(80);
    expect(names[1]).toMatch(/long…$/);
    expect(names[2]).toBe('');
  });

  test('a fold within a character, and the code pages of older programs', () => {
    const whole = bytes(calendar(event('SUMMARY:Fête', 'DTSTART;VALUE=DATE:20261225')));
    const at = whole.indexOf(0xc3) + 1;
    const folded = new Uint8Array([...whole.slice(0, at), 13, 10, 32, ...whole.slice(at)]);
    const old = Uint8Array.from(calendar(event('SUMMARY:Fête', 'DTSTART;VALUE=DATE:20261225')), (c) => c.charCodeAt(0));
    for (const file of [folded, old]) expect(readCalendar(file, RANGE)).toMatchObject({ read: { days: [{ name: 'Fête' }] } });
  });

  test.each(['\n', '\r', '\r\n'])('lines end in %j', (end) => {
    const text = `\ufeff${calendar('X-WR-CALNAME:Feiertage\\, Bayern', event('SUMMARY:Christmas', 'DTSTART;VALUE=DATE:20261225')).replaceAll('\r\n', end)}`;
    expect(readCalendar(bytes(text), RANGE)).toMatchObject({ read: { calendar: 'Feiertage, Bayern', days: [{ name: 'Christmas', first: '2026-12-25' }] } });
  });

  test('time zones and alarms beside it are passed over', () => {
    const zone = 'BEGIN:VTIMEZONE\r\nTZID:Berlin\r\nBEGIN:STANDARD\r\nDTSTART:16010101T030000\r\nRRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10\r\nEND:STANDARD\r\nEND:VTIMEZONE';
    const alarm = 'BEGIN:VALARM\r\nSUMMARY:Wake up\r\nTRIGGER:-PT15M\r\nEND:VALARM';
    const { days: found, unread } = read(zone, event(alarm, 'SUMMARY:Christmas', 'DTSTART;VALUE=DATE:20261225', 'ATTENDEE;CN="broken:mailto:a', alarm));
    expect([found, unread]).toEqual([[{ name: 'Christmas', first: '2026-12-25', last: '2026-12-25' }], []]);
  });
});

describe('what cannot be taken', () => {
  test.each([
    ['notCalendar', ''],
    ['notCalendar', '<html>Please sign in: BEGIN:VCALENDAR</html>'],
    ['notCalendar', 'BEGIN:VCARD\r\nFN:Somebody\r\nEND:VCARD'],
    ['noEvents', calendar('BEGIN:VTODO', 'SUMMARY:Buy milk', 'END:VTODO')],
    ['tooMany', calendar(...Array.from({ length: 2 }, (_, i) => event(`DTSTART;VALUE=DATE:2026112${i}`, 'DTEND;VALUE=DATE:202612', 'RRULE:FREQ=DAILY')), event('DTSTART;VALUE=DATE:20261101', 'RRULE:FREQ=DAILY'), event('DTSTART;VALUE=DATE:20261101', 'DURATION:P2D', 'RRULE:FREQ=DAILY'))],
  ])('%s', (refused, text) => expect(readCalendar(bytes(text), RANGE)).toEqual({ refused }));

  test.each([
    ['start', ['SUMMARY:x']],
    ['start', ['DTSTART;VALUE=DATE:20260231']],
    ['start', ['DTSTART;VALUE=DATE:soon']],
    ['end', ['DTSTART;VALUE=DATE:20261225', 'DTEND;VALUE=DATE:20261224']],
    ['end', ['DTSTART;VALUE=DATE:20261225', 'DTEND:20261225T120000']],
    ['end', ['DTSTART;VALUE=DATE:20261225', 'DURATION:PT36H']],
    ['end', ['DTSTART;VALUE=DATE:20261225', 'DURATION:-P1D']],
    ['end', ['DTSTART;VALUE=DATE:20261225', 'DURATION:whole']],
    ['long', ['DTSTART;VALUE=DATE:20260101', 'DTEND;VALUE=DATE:20280101']],
    ['rule', ['DTSTART;VALUE=DATE:20261225', 'RRULE:FREQ=YEARLY;BYEASTER=0']],
    ['rule', ['DTSTART;VALUE=DATE:20261225', 'RRULE:FREQ=YEARLY;BYMONTH=13']],
    ['rule', ['DTSTART;VALUE=DATE:20261225', 'RRULE:FREQ=MONTHLY;BYWEEKNO=3']],
    ['rule', ['DTSTART;VALUE=DATE:20261225', 'RRULE:FREQ=DAILY;INTERVAL=2000000000']],
    ['rule', ['DTSTART;VALUE=DATE:20261225', 'RRULE:FREQ=YEARLY', 'EXRULE:FREQ=YEARLY;INTERVAL=2']],
    ['rule', ['DTSTART;VALUE=DATE:20261225', 'RECURRENCE-ID;RANGE=THISANDFUTURE;VALUE=DATE:20261224']],
    ['rule', ['DTSTART;VALUE=DATE:20261225', 'RDATE;VALUE=DATE:20269999']],
    ['often', ['DTSTART;VALUE=DATE:20261225', 'RRULE:FREQ=HOURLY']],
    ['often', ['DTSTART;VALUE=DATE:20261225', 'RRULE:FREQ=SECONDLY']],
    ['often', ['DTSTART;VALUE=DATE:00010101', 'RRULE:FREQ=DAILY']],
    ['start', ['DTSTART;VALUE=DATE;X="open:20261225']],
    ['rule', ['DTSTART;VALUE=DATE:20261225', 'RRULE:RSCALE=HEBREW;FREQ=YEARLY']],
    ['rule', ['DTSTART;VALUE=DATE:20261225', 'EXDATE:soon']],
    ['text', ['DTSTART;VALUE=DATE:20261225', 'SUMMARY;LANGUAGE="de:Weihnachten']],
  ])('one is told as unreadable: %s of %j', (reason, lines) => expect(why(...lines)).toBe(reason));

  test('an unreadable event is named and takes no other with it', () => {
    const { days: found, unread } = read(event('SUMMARY:Broken\\, really', 'DTSTART:never'), event('SUMMARY:Christmas', 'DTSTART;VALUE=DATE:20261225'));
    expect([found.length, unread]).toEqual([1, [{ name: 'Broken, really', why: 'start' }]]);
  });

  test('a file that ends within an event keeps those before it', () => {
    const text = `BEGIN:VCALENDAR\r\n${event('SUMMARY:Christmas', 'DTSTART;VALUE=DATE:20261225')}\r\nBEGIN:VEVENT\r\nSUMMARY:New Ye`;
    expect(readCalendar(bytes(text), RANGE)).toMatchObject({ read: { days: [{ name: 'Christmas' }], unread: [{ name: 'New Ye', why: 'text' }] } });
  });

  test.each([
    ['FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30'],
    ['FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=30'],
    ['FREQ=MONTHLY;BYDAY=MO;BYMONTHDAY=31;BYMONTH=2'],
    ['FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30'],
    ['FREQ=YEARLY;BYMONTH=4;BYDAY=1MO;BYMONTHDAY=15'],
    ['FREQ=WEEKLY;BYMONTH=2;INTERVAL=999'],
  ])('a rule that never comes to a day ends: %s', (rule) => {
    expect(read(event('DTSTART;VALUE=DATE:20000101', `RRULE:${rule}`)).days.length).toBe(0);
  });

  test('no file is too broken to be answered', () => {
    const whole = bytes(calendar(event('UID:a', 'SUMMARY:Fête\\, "x"', 'DTSTART;VALUE=DATE:20201225', 'DURATION:P2D', 'RRULE:FREQ=YEARLY;BYMONTH=12;BYDAY=-1FR;BYSETPOS=1;UNTIL=20301231', 'EXDATE;VALUE=DATE:20261225'), event('UID:a', 'RECURRENCE-ID:20261225', 'DTSTART:20261224T120000Z')));
    let seed = 7;
    const random = (below: number): number => {
      seed = (seed * 1103515245 + 12345) % 2147483648;
      return seed % below;
    };
    const alphabet = bytes('0129-+;:,="\\\r\n TZPDWMOSU');
    for (let i = 0; i < 1_000; i += 1) {
      const broken = whole.slice(random(3) === 0 ? random(60) : 0, whole.length - (random(3) === 0 ? random(200) : 0));
      for (let n = random(6); n >= 0; n -= 1) broken[random(broken.length)] = random(8) === 0 ? random(256) : (alphabet[random(alphabet.length)] ?? 0);
      const answer = readCalendar(broken, RANGE);
      for (const { first, last } of 'read' in answer ? answer.read.days : []) expect(`${first}/${last}`).toMatch(/^\d{4}-\d\d-\d\d\/\d{4}-\d\d-\d\d$/);
    }
  });

  test('as many days as may be are taken, and of one more it is told', () => {
    const many = (n: number): string => calendar(event('DTSTART;VALUE=DATE:20261126', `RRULE:FREQ=DAILY;COUNT=${n}`), event('DTSTART;VALUE=DATE:20261126', 'DURATION:P2D', 'RRULE:FREQ=DAILY;COUNT=200'));
    expect(readCalendar(bytes(many(DAYS_MAX - 200)), RANGE)).toMatchObject({ read: { days: { length: DAYS_MAX } } });
    expect(readCalendar(bytes(many(DAYS_MAX - 199)), RANGE)).toEqual({ refused: 'tooMany' });
  });
});

describe('days that are there already', () => {
  const exception = (first: string, last: string, more: Partial<Exception> = {}): Exception => ({ name: 'There', first, last, yearly: false, open: [], ...more });
  const day = (first: string, last = first): { name: string; first: string; last: string } => ({ name: 'New', first, last });
  const open = [{ from: '09:00', to: '12:00' }];

  test.each([
    ['none', day('2026-12-25'), [], undefined],
    ['the same day', day('2026-12-25'), [exception('2026-12-25', '2026-12-25')], 'There'],
    ['a closed week around it', day('2026-12-25'), [exception('2026-12-21', '2026-12-27')], 'There'],
    ['every year', day('2027-12-25'), [exception('2020-12-24', '2020-12-26', { yearly: true })], 'There'],
    ['every year, over its end', day('2027-01-01'), [exception('2020-12-24', '2021-01-02', { yearly: true })], 'There'],
    ['hours of its own on that day', day('2026-12-24'), [exception('2026-12-24', '2026-12-24', { open })], 'There'],
    ['weeks with other hours around it', day('2026-12-25'), [exception('2026-12-01', '2026-12-31', { open })], undefined],
    ['one of two days', day('2026-12-25', '2026-12-26'), [exception('2026-12-25', '2026-12-25')], undefined],
    ['two days one by one', day('2026-12-25', '2026-12-26'), [exception('2026-12-25', '2026-12-25'), exception('2026-12-26', '2026-12-26')], 'There'],
  ])('%s', (_, wanted, exceptions, name) => expect(thereAlready(wanted, exceptions)).toBe(name));

  test('a day becomes a closed exception with a name, once', () => {
    expect(exceptionOf({ ...day('2026-12-25'), name: '' }, 'Holiday')).toEqual({ name: 'Holiday', first: '2026-12-25', last: '2026-12-25', yearly: false, open: [] });
  });
});
