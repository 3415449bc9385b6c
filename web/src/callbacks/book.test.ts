// @vitest-environment node
import { describe, expect, test } from 'vitest';
import { asked, isOpen, shownIn, STATES, wrongIn } from './book';

describe('the callback book', () => {
  test('what is over, or being dialed, is changed no more', () => {
    expect(STATES.filter((state) => isOpen({ state }))).toEqual(['booked', 'due', 'reserving']);
  });

  test('a time has a begin and a later end', () => {
    expect(wrongIn({ from: '', to: '' })).toEqual({ from: 'missing', to: 'missing' });
    expect(wrongIn({ from: '2026-11-27T10:00', to: '2026-11-27T09:00' })).toEqual({ to: 'backwards' });
    expect(wrongIn({ from: '2026-11-27T10:00', to: '2026-11-27T10:00' })).toEqual({ to: 'backwards' });
    expect(wrongIn({ from: '2026-11-27T09:00', to: '2026-11-27T10:00' })).toEqual({});
  });

  test("an agent's own stays the agent's own at another time", () => {
    const time = { from: '2026-11-27T09:00', to: '2026-11-27T10:00' };
    const owner = { agent: { id: 7, name: 'Alex' }, until: '2026-11-27T11:00:00.000Z' };
    expect(asked(time, 'Europe/Berlin', owner)).toEqual({ window: time, time_zone: 'Europe/Berlin', owner: { agent_id: 7 } });
    expect(asked(time, 'Europe/Berlin', null)).toEqual({ window: time, time_zone: 'Europe/Berlin' });
  });

  test("an instant is shown by the customer's clock", () => {
    expect(shownIn('America/New_York', '2026-11-27T14:05:00.000Z')).toBe('2026-11-27T09:05');
    expect(shownIn('Europe/Berlin', '2026-11-27T23:30:00.000Z')).toBe('2026-11-28T00:30');
  });
});
