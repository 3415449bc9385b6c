// @vitest-environment node
import { describe, expect, test } from 'vitest';
import type { Callback } from '../api/callbacks';
import { ApiError } from '../api/client';
import { byTime } from './book';
import { freshBooking, placesOf, sentBooking, usualTime, wrongInBooking, zoneOf } from './booking';

const time = { from: '2026-11-27T09:00', to: '2026-11-27T11:00' };

//
describe('a callback that is booked', () => {
  test('needs a number and a queue, an agent where one agent calls, and a whole time', () => {
    expect(wrongInBooking(freshBooking({}))).toEqual({ number: 'missing', queue: 'missing' });
    const whole = freshBooking({ number: '+49 30 901820', queue: 1 });
    expect(wrongInBooking(whole)).toEqual({});
    expect(wrongInBooking({ ...whole, caller: 'agent' })).toEqual({ owner: 'missing' });
    expect(wrongInBooking({ ...whole, when: 'scheduled', time: { from: time.to, to: time.from } })).toEqual({ to: 'backwards' });
    // What is not asked for is not missing.
    expect(wrongInBooking({ ...whole, time: { from: '', to: '' } })).toEqual({});
  });

  test('is sent as it was said, and nothing that was not', () => {
    const it = freshBooking({ number: ' +49 (0)30 901820 ', name: '  ', queue: 1 });
    expect(sentBooking(it, 'Europe/Berlin')).toEqual({ queue_id: 1, number: '+4930901820' });
    expect(sentBooking({ ...it, name: ' Priya ', when: 'scheduled', time, caller: 'agent', owner: 7, fallback_min: 90 }, 'Europe/Berlin')).toEqual({
      queue_id: 1,
      number: '+4930901820',
      name: 'Priya',
      time_zone: 'Europe/Berlin',
      window: time,
      owner: { agent_id: 7, fallback_after_s: 5400 },
    });
    // Whoever chose a clock means it, also for as soon as possible.
    expect(sentBooking({ ...it, zone: 'Asia/Tokyo' }, 'Asia/Tokyo')).toMatchObject({ time_zone: 'Asia/Tokyo' });
  });

  test("is by the clock of the number's country, where the queue says it", () => {
    const zones = [
      { country: '4', time_zone: 'Etc/UTC' },
      { country: '44', time_zone: 'Europe/London' },
      { country: '1', time_zone: '' },
    ];
    expect(zoneOf('+44 20 7123', zones, 'Europe/Berlin')).toBe('Europe/London');
    expect(zoneOf('0044 20', zones, 'Europe/Berlin')).toBe('Europe/London');
    expect(zoneOf('+1 425', zones, 'Europe/Berlin')).toBe('Europe/Berlin');
    expect(zoneOf('', [], 'Europe/Berlin')).toBe('Europe/Berlin');
  });

  test('begins at a half hour that is not over yet, by the clock that is asked for', () => {
    expect(usualTime('Europe/Berlin', Date.parse('2026-11-27T08:10:00Z'))).toEqual({ from: '2026-11-27T10:00', to: '2026-11-27T12:00' });
    expect(usualTime('UTC', Date.parse('2026-11-27T08:30:00Z'))).toEqual({ from: '2026-11-27T09:30', to: '2026-11-27T11:30' });
  });

  // The refusals of crates/server/src/api/callbacks/change.rs and crates/core/src/turn/callback.
  test('is refused at the field that is meant', () => {
    expect(placesOf(new ApiError(422, { code: 'on_do_not_call_list' }), 'No')).toEqual({ number: 'No' });
    expect(placesOf(new ApiError(422, { code: 'no_callbacks' }), 'No')).toEqual({ queue: 'No' });
    const invalid = new ApiError(422, { code: 'invalid', errors: [{ field: 'window.to', detail: 'is over already' }, { field: '/time_zone', detail: 'is no time zone' }] });
    expect(placesOf(invalid, 'Some')).toEqual({ to: 'is over already', zone: 'is no time zone' });
    expect(placesOf(new ApiError(409, { code: 'callback_pending' }), 'No')).toEqual({});
  });
});

const own = (id: number, state: Callback['state'], from: string | null, booked_at = '2026-11-27T08:00:00Z') => ({ id, state, booked_at, window: from === null ? null : { from, to: from, time_zone: null } }) as Callback;

test("an agent's own are due from the begin of their time on, the longest first", () => {
  const now = Date.parse('2026-11-27T09:00:00Z');
  const all = [own(1, 'booked', '2026-11-27T10:00:00Z'), own(2, 'booked', '2026-11-27T08:30:00Z'), own(3, 'booked', null), own(4, 'dialing', null), own(5, 'booked', '2026-11-27T09:00:00Z')];
  const { due, later } = byTime(all, now);
  expect(due.map(({ id }) => id)).toEqual([3, 2, 5]);
  expect(later.map(({ id }) => id)).toEqual([4, 1]);
});
