// @vitest-environment node
import { describe, expect, test } from 'vitest';
import type { Block } from '../api/schedules';
import en from '../i18n/en.json';
import { clockIn, dateAt, dayLength, isZone, minutesOf, offsetText, placeOf, startOf, typedTime } from './clock';
import { blockProblems, copied, freshException, freshSchedule, isPreviewable, nextBlock, problems } from './schedule';
import { foundZones, zones } from './zones';

const iso = (at: number): string => new Date(at).toISOString();

describe('times as people type them', () => {
  test.each([
    ['8', '08:00'],
    ['08:30', '08:30'],
    ['830', '08:30'],
    ['1730', '17:30'],
    ['17.30', '17:30'],
    ['5pm', '17:00'],
    ['12 am', '00:00'],
    ['12:15pm', '12:15'],
    ['24', '24:00'],
    ['25', '25'],
    ['13pm', '13pm'],
    ['8:75', '8:75'],
    ['noon', 'noon'],
    ['', ''],
  ])('%s means %s', (typed, time) => expect(typedTime(typed)).toBe(time));

  test('a day ends at 24:00 and not later', () => {
    expect(minutesOf('24:00')).toBe(1440);
    expect(minutesOf('24:01')).toBeUndefined();
    expect(minutesOf('8:00')).toBeUndefined();
  });
});

describe('days of a time zone', () => {
  test.each([
    ['Europe/Berlin', '2026-11-25', 24, null, null],
    ['Europe/Berlin', '2026-10-25', 25, '03:00', '02:00'],
    ['Europe/Berlin', '2027-03-28', 23, '02:00', '03:00'],
    ['America/New_York', '2026-11-01', 25, '02:00', '01:00'],
    ['America/New_York', '2027-03-14', 23, '02:00', '03:00'],
    ['Australia/Lord_Howe', '2026-04-05', 24.5, '02:00', '01:30'],
    ['Australia/Lord_Howe', '2026-10-04', 23.5, '02:00', '02:30'],
    ['Asia/Kolkata', '2026-10-25', 24, null, null],
    // Midnight itself is skipped, and comes twice.
    ['Africa/Cairo', '2026-04-24', 23, '00:00', '01:00'],
    ['America/Havana', '2026-11-01', 25, '01:00', '00:00'],
  ])('in %s, %s has %s hours', (zone, date, hours, from, to) => {
    const length = dayLength(date, zone);
    expect(length.hours).toBe(hours);
    if (from === null || zone === 'Africa/Cairo') return;
    expect(length.change).toMatchObject({ from, to });
  });

  test('a day begins when its date does, wherever that is', () => {
    expect(iso(startOf('2026-11-25', 'Europe/Berlin'))).toBe('2026-11-24T23:00:00.000Z');
    expect(iso(startOf('2026-07-01', 'America/New_York'))).toBe('2026-07-01T04:00:00.000Z');
    expect(iso(startOf('2026-11-25', 'Pacific/Kiritimati'))).toBe('2026-11-24T10:00:00.000Z');
    expect(iso(startOf('2026-11-25', 'Pacific/Pago_Pago'))).toBe('2026-11-25T11:00:00.000Z');
    for (const zone of ['Europe/Berlin', 'America/Havana', 'Africa/Cairo', 'Australia/Lord_Howe', 'Asia/Kathmandu']) {
      for (let n = 0; n < 366; n += 1) {
        const date = iso(Date.UTC(2026, 0, 1 + n)).slice(0, 10);
        const start = startOf(date, zone);
        expect(dateAt(start, zone), `${zone} ${date}`).toBe(date);
        expect(dateAt(start - 1000, zone) < date, `${zone} ${date}`).toBe(true);
      }
    }
  });

  test('hours stand where the clock shows them, on the day of a change too', () => {
    const place = (hour: number, date: string): number => placeOf(hour, dayLength(date, 'Europe/Berlin'), 'Europe/Berlin');
    expect(place(12, '2026-11-25')).toBe(0.5);
    expect(place(12, '2026-10-25')).toBe(13 / 25);
    expect(place(12, '2027-03-28')).toBe(11 / 23);
    expect(place(24, '2026-10-25')).toBe(1);
  });

  test('the end of the day is told as 24:00, the start as 00:00', () => {
    expect(clockIn('2026-11-25', '2026-11-26T00:00:00+01:00')).toBe('24:00');
    expect(clockIn('2026-11-25', '2026-11-25T00:00:00+01:00')).toBe('00:00');
    expect(clockIn('2026-11-25', '2026-11-25T17:30:00+01:00')).toBe('17:30');
  });

  test('offsets have their sign and their minutes', () => {
    const winter = Date.parse('2026-11-25T12:00:00Z');
    expect(['UTC', 'Europe/Berlin', 'America/St_Johns', 'Asia/Kathmandu'].map((zone) => offsetText(winter, zone))).toEqual(['+00:00', '+01:00', '-03:30', '+05:45']);
    expect(isZone('Mars/Olympus')).toBe(false);
    expect(isZone('')).toBe(false);
  });
});

describe('finding a time zone', () => {
  test('any part of the name finds it, and the city comes first', () => {
    expect(foundZones('berlin')[0]).toBe('Europe/Berlin');
    expect(foundZones('new york')[0]).toBe('America/New_York');
    expect(foundZones('kol')[0]).toBe('Asia/Kolkata');
    expect(foundZones('europe kyi')).toContain('Europe/Kyiv');
    expect(foundZones('atlantis')).toEqual([]);
    expect(foundZones('').length).toBe(zones().length);
  });

  test('every zone is one that the browser knows, once, and under its name of today', () => {
    expect(new Set(zones()).size).toBe(zones().length);
    expect(zones().every(isZone)).toBe(true);
    expect(zones()).toContain('UTC');
    expect(zones()).not.toContain('Asia/Calcutta');
  });
});

const block = (from: string, to: string): Block => ({ from, to });

describe('the document', () => {
  test('a new one can be looked at before it is named', () => {
    const fresh = freshSchedule('Europe/Berlin');
    expect(problems(fresh)).toEqual([{ field: 'name', id: 'field.error.required' }]);
    expect(isPreviewable(fresh)).toBe(true);
    expect(isPreviewable({ ...fresh, exceptions: [{ ...freshException('2026-11-25'), last: '' }] })).toBe(false);
  });

  test('copying a day copies its hours, not the day itself', () => {
    const { weekly } = freshSchedule('UTC');
    const next = copied(weekly, 'monday', ['saturday', 'sunday']);
    expect(next.sunday).toEqual(weekly.monday);
    expect(next.sunday[0]).not.toBe(weekly.monday[0]);
    expect(weekly.sunday).toEqual([]);
  });

  test('hours are added after the last', () => {
    expect(nextBlock([])).toEqual(block('08:00', '17:00'));
    expect(nextBlock([block('13:00', '17:00'), block('08:00', '12:00')])).toEqual(block('18:00', '22:00'));
    expect(nextBlock([block('08:00', '21:00')])).toEqual(block('22:00', '24:00'));
  });

  test.each<[string, Block[], string[]]>([
    ['split shifts in any order', [block('13:00', '24:00'), block('00:00', '13:00')], []],
    ['what is no time', [block('8', '12:00')], ['x.0.from']],
    ['a start at the end of the day', [block('24:00', '24:00')], ['x.0.from', 'x.0.to']],
    ['an end before the start', [block('22:00', '06:00')], ['x.0.to']],
    ['an overlap, at the later of the two', [block('11:00', '17:00'), block('08:00', '12:00')], ['x.0.from']],
    ['one within another', [block('08:00', '17:00'), block('09:00', '10:00'), block('12:00', '13:00')], ['x.1.from', 'x.2.from']],
  ])('%s', (_, blocks, fields) => expect(blockProblems(blocks, 'x').map(({ field }) => field)).toEqual(fields));

  test('an exception needs a name and dates in their order', () => {
    const schedule = { ...freshSchedule('UTC'), name: 'x', exceptions: [{ ...freshException('2026-12-26'), last: '2026-12-24', open: [block('9', '10:00')] }] };
    const found = problems(schedule);
    expect(found.map(({ field }) => field)).toEqual(['exceptions.0.open.0.from', 'exceptions.0.name', 'exceptions.0.last']);
    expect(found.every(({ id }) => id in en)).toBe(true);
  });
});
