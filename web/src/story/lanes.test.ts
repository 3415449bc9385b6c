// @vitest-environment node
import { describe, expect, test } from 'vitest';
import type { Lane, Story } from '../api/history';
import { asChoice, drawn, menuPath, stepFrom, STEP_KEYS, talkOf, ticks, tickStep, windowOf } from './lanes';

const T0 = Date.parse('2026-11-26T09:00:00Z');
const at = (s: number): string => new Date(T0 + s * 1000).toISOString();
const span = (what: string, from: number, until: number | null, detail = {}) => ({ what, from: at(from), until: until === null ? null : at(until), detail });
const mark = (what: string, s: number, detail = {}) => ({ what, at: at(s), detail });
const lane = (kind: Lane['lane'], id: number | null, spans: Lane['spans'], marks: Lane['marks'] = [], name: string | null = null): Lane => ({ lane: kind, id, name, spans, marks });

/** Menu 1, then 3; two agents by transfer, of 40 and 65 seconds. */
const STORY: Story = {
  from: at(0),
  until: at(200),
  lanes: [
    lane('recording', 5, [span('recording', 50, 160), span('paused', 60, 80, { cause: 'agent' })]),
    lane('agent', 9, [span('offered', 90, 95), span('talking', 95, 160), span('wrap_up', 160, 200)], [], 'Mei'),
    lane('agent', 7, [span('ringing', 45, 50), span('talking', 50, 90)], [mark('declined', 46)], 'Dana'),
    lane('flow', null, [span('in_flow', 0, 30)], [mark('menu_choice', 20, { key: '3' }), mark('menu_choice', 10, { key: '1' })]),
    lane('queue', 2, [span('waiting', 30, 50)], [], 'Sales'),
    lane('customer', null, [span('in_flow', 0, 30), span('waiting', 30, 50), span('talking', 50, 160)]),
  ],
};

describe('the lanes of a story', () => {
  // B-001
  test('the way through the menus and both agents are told to the second', () => {
    expect(menuPath(STORY)).toEqual(['1', '3']);
    expect(talkOf(STORY, T0)).toEqual([
      { id: 7, name: 'Dana', talkMs: 40_000 },
      { id: 9, name: 'Mei', talkMs: 65_000 },
    ]);
  });

  test('a menu that was left by a key was answered with it', () => {
    expect(asChoice({ what: 'exit_taken', detail: { node: 'menu', exit: '#' } })).toMatchObject({ what: 'menu_choice', detail: { key: '#' } });
    for (const exit of ['no_input', '12', '', undefined]) expect(asChoice({ what: 'exit_taken', detail: { node: 'menu', exit } }).what).toBe('exit_taken');
  });

  test('they stand in one order, agents as they came', () => {
    expect(drawn(STORY, T0).lanes.map((it) => it.key)).toEqual(['customer-5', 'flow-3', 'queue-2', 'agent-7', 'agent-9', 'recording-5']);
  });

  test('places are parts of the whole', () => {
    const { lanes } = drawn(STORY, T0);
    const talk = lanes[3]?.items.find((it) => it.what === 'talking');
    expect([talk?.start, talk?.width]).toEqual([25, 20]);
    for (const item of lanes.flatMap((it) => it.items)) {
      expect(item.start).toBeGreaterThanOrEqual(0);
      expect(item.start + item.width).toBeLessThanOrEqual(100 + 1e-9);
    }
  });

  test('a pause lies upon its recording and comes after it', () => {
    const recording = drawn(STORY, T0).lanes.at(-1);
    expect(recording?.rows).toBe(1);
    expect(recording?.items.map((it) => [it.what, it.isUpon])).toEqual([['recording', false], ['paused', true]]);
  });

  test('spans that overlap get rows of their own', () => {
    const story: Story = { from: at(0), until: at(100), lanes: [lane('third', 1, [span('ringing', 0, 20), span('talking', 10, 40), span('talking', 20, 30), span('talking', 40, 50)])] };
    const [third] = drawn(story, T0).lanes;
    expect(third?.rows).toBe(2);
    expect(third?.items.map((it) => it.row)).toEqual([0, 1, 0, 0]);
  });

  test('what goes on still ends now, and what comes after the end is drawn too', () => {
    const open: Story = { from: at(0), until: null, lanes: [lane('customer', null, [span('talking', 10, null)])] };
    const { until, lanes } = drawn(open, T0 + 60_000);
    expect(until).toBe(T0 + 60_000);
    expect(lanes[0]?.items[0]).toMatchObject({ isOpen: true, until: T0 + 60_000 });
    const late: Story = { from: at(0), until: at(10), lanes: [lane('agent', 1, [span('wrap_up', 10, 70)])] };
    expect(drawn(late, T0).until).toBe(T0 + 70_000);
  });

  test('a story of no length is drawn', () => {
    const { from, until } = drawn({ from: at(0), until: at(0), lanes: [] }, T0);
    expect(until - from).toBe(1000);
  });
});

describe('the time axis', () => {
  test('has about as many lines as there is room for', () => {
    expect(tickStep(60_000, 6)).toBe(10);
    expect(tickStep(200_000, 6)).toBe(60);
    expect(tickStep(3_600_000, 6)).toBe(600);
    expect(tickStep(40 * 86_400_000, 6)).toBe(7 * 86_400);
    expect(ticks(drawn(STORY, T0), 200_000, 6).map((it) => it.at)).toEqual([0, 60, 120, 180]);
  });

  test('is never endless', () => {
    const long: Story = { from: at(0), until: at(86_400 * 3), lanes: [] };
    expect(ticks(drawn(long, T0), 60_000, 6).length).toBeLessThanOrEqual(2001);
  });

  test('a short story is never drawn longer than it is', () => {
    expect(windowOf('minute', 20_000)).toBe(20_000);
    expect(windowOf('minute', 200_000)).toBe(60_000);
    expect(windowOf('fit', 200_000)).toBe(200_000);
  });
});

describe('keys in the picture', () => {
  const { lanes } = drawn(STORY, T0);
  const key = (laneAt: number, itemAt: number): string => lanes[laneAt]?.items[itemAt]?.key ?? '';

  test('left and right go through a lane, and stop at its ends', () => {
    expect(stepFrom(lanes, key(0, 0), 'next')).toBe(key(0, 1));
    expect(stepFrom(lanes, key(0, 0), 'previous')).toBe(key(0, 0));
    expect(stepFrom(lanes, key(0, 0), 'last')).toBe(key(0, 2));
  });

  test('up and down lead to what happened at that time', () => {
    expect(stepFrom(lanes, key(0, 1), 'down')).toBe(key(1, 0));
    expect(stepFrom(lanes, key(4, 1), 'down')).toBe(key(5, 0));
    expect(stepFrom(lanes, key(0, 0), 'up')).toBe(key(0, 0));
  });

  test('every item is reached by keys from the first', () => {
    const seen = new Set([key(0, 0)]);
    for (const from of seen) for (const step of Object.values(STEP_KEYS)) seen.add(stepFrom(lanes, from, step));
    expect(seen.size).toBe(lanes.flatMap((it) => it.items).length);
  });
});
