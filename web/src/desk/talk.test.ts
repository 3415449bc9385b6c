// @vitest-environment node
import { describe, expect, test } from 'vitest';
import type { ContactView, Conversation, Third, TimelineRow } from '../api/contract';
import { holdFailed, inSentence, isSoundFile, isStory, meansNumber, named, nextTones, numberIn, partOf, refusalOf, signOf, standingOf, thirdEndOf, wishVerb } from './talk';

const third = (change: Partial<Third> = {}): Third => ({
  agent: { id: 7, name: 'Dana Weber' },
  number: null,
  purpose: 'consult',
  stage: 'talking',
  since: '2026-03-02T10:00:00Z',
  is_held: false,
  ...change,
});
const talk = (change: Partial<Conversation> = {}): Conversation => ({ held_since: null, third: null, ...change });
const HELD = '2026-03-02T10:00:05Z';
const row = (what: string, detail: Record<string, unknown> = {}): TimelineRow => ({ at: HELD, what, detail });

describe('a conversation', () => {
  test('says who talks to whom', () => {
    expect(standingOf(null)).toBe('alone');
    expect(standingOf(talk({ held_since: HELD }))).toBe('held');
    expect(standingOf(talk({ third: third({ stage: 'ringing' }) }))).toBe('ringing');
    expect(standingOf(talk({ held_since: HELD, third: third() }))).toBe('with_third');
    expect(standingOf(talk({ third: third({ is_held: true }) }))).toBe('with_customer');
    expect(standingOf(talk({ third: third() }))).toBe('together');
  });

  test('belongs to one agent, and the colleague who is asked knows the difference', () => {
    const contact = (agent: number): ContactView =>
      ({ agent: { id: agent, name: '' }, conversation: talk({ third: third() }) }) as unknown as ContactView;
    expect(partOf(contact(3), 7)).toBe('third');
    expect(partOf(contact(3), 3)).toBe('own');
    // After the hand-over the contact is the colleague's.
    expect(partOf(contact(7), 7)).toBe('own');
  });

  test('is another one whenever somebody joins, is held or is let back', () => {
    const steps = [talk(), talk({ held_since: HELD }), talk({ held_since: HELD, third: third({ stage: 'ringing' }) }), talk({ held_since: HELD, third: third() }), talk({ third: third({ is_held: true }) }), talk({ third: third() })];
    expect(new Set(steps.map(signOf)).size).toBe(steps.length);
  });
});

describe('a number', () => {
  test('is read as people write it', () => {
    for (const text of ['+14255550123', '+1 (425) 555-0123', '+1.425.555.0123', ' +1 425/555\u00a00123 ']) expect(numberIn(text), text).toBe('+14255550123');
  });

  test('that is not international, too short, too long or no number is refused', () => {
    for (const text of ['', '112', '0301234567', '004930123456', '+', '+123456', '+1234567890123456', '+0123456789', '+1425555O123', 'sip:a@b']) {
      expect(numberIn(text), text).toBeNull();
    }
  });

  test('stays in one piece in the middle of a sentence, and a name is left as it is', () => {
    expect(inSentence('+49 30 901820')).toBe('\u2066+49 30 901820\u2069');
    expect(inSentence('Dana Weber')).toBe('Dana Weber');
  });

  test('is told from a name while it is typed', () => {
    for (const text of ['+', '+49', '+49 (30) 12', '030 12', '112', '(030) 1234']) expect(meansNumber(text), text).toBe(true);
    for (const text of ['', 'Dana', '24', 'Level 2 support', '1st line', '3rd 1234 team']) expect(meansNumber(text), text).toBe(false);
  });
});

test('a queue that cannot take the customer says why', () => {
  expect(refusalOf({ is_open: false, ready: 4 })).toBe('closed');
  expect(refusalOf({ is_open: true, ready: 0 })).toBe('nobody');
  expect(refusalOf({ is_open: true, ready: 1 })).toBeNull();
});

test('a sound that is heard is told by the word, not by its address', () => {
  expect(isSoundFile('[file http://127.0.0.1:8443/media/contoso/a0.wav?expires=1&signature=b]')).toBe(true);
  expect(['Welcome.', '[file] is what we said', 'the agent'].map(isSoundFile)).toEqual([false, false, false]);
});

test('more tones than one request takes are sent one after the other', () => {
  expect(nextTones('123')).toEqual(['123', '']);
  expect(nextTones('1'.repeat(20))).toEqual(['1'.repeat(18), '11']);
});

describe('the story of a conversation', () => {
  test('tells why a third party is gone, the last one', () => {
    expect(thirdEndOf([row('third_left', { why: 'declined' }), row('third_joined'), row('third_left', { why: 'no_answer' }), row('resumed')])).toEqual({ at: HELD, why: 'no_answer' });
    expect(thirdEndOf([row('third_left', { why: 'abducted' })])?.why).toBe('gone');
    expect(thirdEndOf([row('third_left', { why: 'declined' }), row('third_asked')])).toBeNull();
    expect(thirdEndOf([])).toBeNull();
  });

  test('tells a hold that never was from one that was ended', () => {
    const failed = row('order_failed', { order: 'hold', code: 'x' });
    const held = row('held', { party: 'customer' });
    expect(holdFailed([held, failed, row('resumed', { party: 'customer' })])).toBe(HELD);
    expect(holdFailed([held, failed, row('resumed'), held, row('resumed')])).toBeNull();
  });

  test('leaves the machinery out, but not what somebody asked for in vain', () => {
    expect(isStory(row('node_entered'))).toBe(false);
    expect(isStory(row('order_failed', { order: 'play' }))).toBe(false);
    expect(isStory(row('order_failed', { order: 'send_digits' }))).toBe(true);
    expect(isStory(row('handed_over'))).toBe(true);
  });

  test('has names in place of ids', () => {
    const names = { agent: (id: number) => `A${id}`, queue: (id: number) => `Q${id}`, number: 'a number' };
    expect(named({ by: 3, third: { agent: 7 }, purpose: 'consult' }, names)).toEqual({ by: 'A3', third: 'A7', purpose: 'consult' });
    expect(named({ from: 3, to: { queue: 2 }, result: 'completed' }, names)).toEqual({ from: 'A3', to: 'Q2', result: 'completed' });
    expect(named({ third: 'number', queue: 4 }, names)).toEqual({ third: 'a number', queue: 'Q4' });
  });
});

test('wrap-up is asked for, or not any more, where the queue has it on request', () => {
  const contact = (wish: Conversation['wrap_up_wish'], state: ContactView['state'] = 'connected'): ContactView => ({ state, conversation: { held_since: null, third: null, wrap_up_wish: wish } }) as unknown as ContactView;
  expect(wishVerb(contact('not_wanted'), 'own')).toBe('wrap-up/ask');
  expect(wishVerb(contact('wanted'), 'own')).toBe('wrap-up/waive');
  expect(wishVerb(contact(null), 'own')).toBeNull();
  expect(wishVerb(contact('wanted'), 'third')).toBeNull();
  expect(wishVerb(contact('wanted', 'wrap_up'), 'own')).toBeNull();
});
