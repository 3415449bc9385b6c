// @vitest-environment node
import { describe, expect, test } from 'vitest';
import { ApiError } from '../api/client';
import type { CallingOut, Verdict } from '../api/calling';
import type { ContactView, TimelineRow } from '../api/contract';
import { askable, chosenQueue, dialable, endsAtOnce, erased, isDialKey, isTalk, keyFrom, notReached, ruleOf, typedInto, TYPED_MAX } from './dial';

const queue = (id: number) => ({ id, name: `Q${id}`, caller_id: null, caller_name: 'Line', countries: [{ code: '49' }] });
const out = (change: Partial<CallingOut> = {}): CallingOut => ({ queues: [queue(1), queue(2)], can_call: true, why_not: null, ...change });
const verdict = (change: Partial<Verdict> = {}): Verdict => ({ allowed: true, code: null, detail: '', number: '+4930901820', country: '49', caller_id: null, recorded: false, ...change });
const row = (what: string, detail: Record<string, unknown> = {}): TimelineRow => ({ at: '2026-03-02T10:00:05Z', what, detail });
const contact = (change: Partial<ContactView>): ContactView => ({ state: 'connected', channel: 'voice', ...change }) as ContactView;

describe('a number that is typed or pasted', () => {
  test('loses what people put between digits', () => {
    const ways = ['+4930901820', '+49 30 90 18 20', '0049 30 901820', '+49 (0)30 / 901820', '+49\u00a030\u2011901820', '\u202a+49 30 901820\u202c', 'tel:+49-30-901820', '\uff0b\uff14\uff19 30 901820', ' 00 49-30.901820\n'];
    for (const text of ways) expect(dialable(text), text).toBe('+4930901820');
  });

  test('is not made international by guessing', () => {
    expect(dialable('030 901820')).toBe('030901820');
    expect(dialable('(030) 901820')).toBe('030901820');
    expect(dialable('110')).toBe('110');
    expect(dialable('1*2#')).toBe('1*2#');
  });

  test('is asked about once it may be one, so that emergency numbers are refused in words', () => {
    for (const text of ['', '+', '+4', '11', '* #']) expect(askable(text), text).toBeNull();
    expect(askable('112')).toBe('112');
    expect(askable('+49 3')).toBe('+493');
  });

  test('takes keys at the caret, in place of a selection, and no more than there is room for', () => {
    expect(typedInto('+4930', 5, 5, '9')).toEqual(['+49309', 6]);
    expect(typedInto('+4930', 0, 3, '0')).toEqual(['030', 1]);
    const full = '1'.repeat(TYPED_MAX);
    expect(typedInto(full, 3, 3, '2')).toEqual([full, 3]);
    expect(erased('+4930', 5, 5)).toEqual(['+493', 4]);
    expect(erased('+4930', 1, 3)).toEqual(['+30', 1]);
    expect(erased('', 0, 0)).toEqual(['', 0]);
    expect(['0', '9', '*', '#', '+'].every(isDialKey)).toBe(true);
    expect(['a', 'Enter', '', '-'].some(isDialKey)).toBe(false);
  });
});

test('arrows go from key to key and stop at the edge', () => {
  const n = 14;
  expect(keyFrom(0, 'ArrowRight', n)).toBe(1);
  expect(keyFrom(0, 'ArrowDown', n)).toBe(3);
  expect(keyFrom(0, 'ArrowLeft', n)).toBeNull();
  expect(keyFrom(1, 'ArrowUp', n)).toBeNull();
  expect([9, 10, 11].map((at) => keyFrom(at, 'ArrowDown', n))).toEqual([12, 13, 13]);
  expect(keyFrom(12, 'ArrowDown', n)).toBeNull();
  expect(keyFrom(13, 'ArrowRight', n)).toBeNull();
  expect(keyFrom(3, 'Enter', n)).toBeNull();
});

describe('the rule before dialing', () => {
  const number = '+4930901820';
  test('permits nothing that was not answered for this number', () => {
    expect(ruleOf(out(), null, { about: null }).is).toBe('empty');
    expect(ruleOf(out(), number, { about: null }).is).toBe('asking');
    expect(ruleOf(out(), number, { about: '+493090182', verdict: verdict() }).is).toBe('asking');
    expect(ruleOf(out(), number, { about: number }).is).toBe('asking');
    expect(ruleOf(out(), number, { about: number, verdict: verdict() }).is).toBe('allowed');
  });

  test('says why not', () => {
    const refused = verdict({ allowed: false, code: 'on_do_not_call_list', detail: 'no' });
    expect(ruleOf(out(), number, { about: number, verdict: refused })).toEqual({ is: 'refused', code: 'on_do_not_call_list', detail: 'no' });
    expect(ruleOf(out({ can_call: false, why_not: 'agent_not_free' }), number, { about: number, verdict: verdict() })).toEqual({ is: 'blocked', code: 'agent_not_free' });
    expect(ruleOf(out({ queues: [] }), number, { about: null })).toEqual({ is: 'blocked', code: 'no_queue' });
    expect(ruleOf(out(), number, { about: number, error: new ApiError(0, { code: 'unreachable' }) }).is).toBe('unknown');
  });

  test('is that of the queue chosen last, as long as there is such a choice', () => {
    expect(chosenQueue(out(), 2)).toBe(2);
    expect(chosenQueue(out(), 9)).toBe(1);
    expect(chosenQueue(out({ queues: [] }), 2)).toBeNull();
  });
});

describe('a call that is over', () => {
  test('tells why nobody was reached', () => {
    for (const why of ['no_answer', 'busy', 'declined', 'failed', 'not_placed', 'agent_no_answer', 'agent_left', 'withdrawn'] as const) {
      expect(notReached([row('dialed'), row('customer_not_reached', { why })])).toBe(why);
    }
    expect(notReached([row('dialed'), row('customer_not_reached', { why: 'eclipse' })])).toBe('unknown');
    expect(notReached([])).toBe('unknown');
    expect(notReached([row('customer_ringing'), row('customer_reached')])).toBeNull();
  });
});

test('there is nothing to hold in a message, nor before the customer is there', () => {
  expect(isTalk(contact({}))).toBe(true);
  expect(isTalk(contact({ channel: 'voicemail' }))).toBe(false);
  expect(isTalk(contact({ state: 'dialing' }))).toBe(false);
  expect(endsAtOnce(contact({}))).toBe(false);
  expect(endsAtOnce(contact({ state: 'dialing' }))).toBe(true);
  expect(endsAtOnce(contact({ channel: 'voicemail' }))).toBe(true);
});
