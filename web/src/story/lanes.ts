// A contact's story as lanes on one time axis: where each span and mark stands, in parts of the whole. Pure; the same items,
// in their order, are the list that stands in for the picture.
import type { Detail, Lane, LaneKind, Mark, Span, Story } from '../api/history';

export interface Item {
  key: string;
  kind: 'span' | 'mark';
  what: string;
  detail: Detail;
  /** Milliseconds of the epoch. A mark has no length. */
  from: number;
  until: number;
  isOpen: boolean;
  /** Place and width in percent of the whole. */
  start: number;
  width: number;
  /** Of those that overlap each has a row of its own, but for what lies upon another: a pause on its recording. */
  row: number;
  isUpon: boolean;
}
export interface DrawnLane {
  key: string;
  lane: LaneKind;
  id: number | null;
  name: string | null;
  rows: number;
  /** By time; what lies upon another comes after it. */
  items: Item[];
}
export interface Drawing {
  from: number;
  until: number;
  lanes: DrawnLane[];
}

const ORDER: Record<LaneKind, number> = { customer: 0, flow: 1, queue: 2, agent: 3, third: 4, recording: 5 };
/** A story of no length is drawn as one of a second. */
const LEAST_MS = 1000;

/** `now` is the end of what goes on still. */
export function drawn(story: Story, now: number): Drawing {
  const from = Date.parse(story.from);
  const last = story.lanes.flatMap((lane) => [...lane.spans.map((it) => (it.until === null ? now : Date.parse(it.until))), ...lane.marks.map((it) => Date.parse(it.at))]);
  // Wrap-up, or word of a recording, may come after the end.
  const end = Math.max(story.until === null ? now : Date.parse(story.until), ...last);
  const until = Math.max(end, from + LEAST_MS);
  const lanes = story.lanes
    .map((lane, at) => ({ lane, at }))
    .sort((a, b) => ORDER[a.lane.lane] - ORDER[b.lane.lane] || firstOf(a.lane) - firstOf(b.lane) || a.at - b.at)
    .map(({ lane, at }) => drawnLane(lane, `${lane.lane}-${lane.id ?? at}`, { from, until, now }));
  return { from, until, lanes };
}

function firstOf(lane: Lane): number {
  return Math.min(Infinity, ...lane.spans.map((it) => Date.parse(it.from)), ...lane.marks.map((it) => Date.parse(it.at)));
}

interface Axis {
  from: number;
  until: number;
  now: number;
}

function drawnLane(lane: Lane, key: string, axis: Axis): DrawnLane {
  const whole = axis.until - axis.from;
  const place = (at: number): number => (100 * Math.min(Math.max(at - axis.from, 0), whole)) / whole;
  const spans = lane.spans.map((span: Span, i): Item => {
    const from = Date.parse(span.from);
    const until = Math.max(from, span.until === null ? axis.now : Date.parse(span.until));
    const isUpon = lane.lane === 'recording' && span.what === 'paused';
    // An agent is not on hold: the agent's customer is.
    const what = lane.lane === 'agent' && span.what === 'on_hold' ? 'holding' : span.what;
    const base = { key: `${key}-span-${i}`, kind: 'span' as const, what, detail: span.detail, from, until, isOpen: span.until === null, row: 0, isUpon };
    return { ...base, start: place(from), width: place(until) - place(from) };
  });
  const marks = lane.marks.map((mark: Mark, i): Item => {
    const at = Date.parse(mark.at);
    return { key: `${key}-mark-${i}`, kind: 'mark', what: mark.what, detail: mark.detail, from: at, until: at, isOpen: false, start: place(at), width: 0, row: 0, isUpon: true };
  });
  const rows = inRows(spans);
  const items = [...spans, ...marks].sort((a, b) => a.from - b.from || Number(a.isUpon) - Number(b.isUpon) || b.until - a.until);
  return { key, lane: lane.lane, id: lane.id, name: lane.name, rows, items };
}

/** The first row in which there is room; how many there are. */
function inRows(spans: readonly Item[]): number {
  const ends: number[] = [];
  for (const span of [...spans].filter((it) => !it.isUpon).sort((a, b) => a.from - b.from || b.until - a.until)) {
    const free = ends.findIndex((end) => end <= span.from);
    span.row = free < 0 ? ends.length : free;
    ends[span.row] = span.until;
  }
  return Math.max(1, ends.length);
}

const STEPS_S = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 28_800, 86_400];

/** Seconds between the lines of the axis, so that in a window of this length there are about as many as asked for. */
export function tickStep(windowMs: number, most: number): number {
  return STEPS_S.find((step) => windowMs / 1000 / step <= most) ?? Math.ceil(windowMs / 1000 / most / 86_400) * 86_400;
}

/** More lines than this are of no use, and slow. */
const TICKS_MAX = 2000;

/** Seconds since the beginning at which the axis has a line, with its place in percent. */
export function ticks({ from, until }: Drawing, windowMs: number, most: number): { at: number; start: number }[] {
  const whole = (until - from) / 1000;
  const step = tickStep(windowMs, most);
  const n = Math.min(TICKS_MAX, Math.floor(whole / step));
  return Array.from({ length: n + 1 }, (_, i) => ({ at: i * step, start: (100 * i * step) / whole }));
}

export const ZOOMS = ['fit', 'five', 'minute'] as const;
export type Zoom = (typeof ZOOMS)[number];
const WINDOW_MS = { minute: 60_000, five: 300_000 };

/** What of the story is seen at once. */
export function windowOf(zoom: Zoom, whole: number): number {
  return zoom === 'fit' ? whole : Math.min(whole, WINDOW_MS[zoom]);
}

export type Step = 'next' | 'previous' | 'up' | 'down' | 'first' | 'last';
/** Arrows as they point in a picture whose time runs from the left in every language. */
export const STEP_KEYS: Readonly<Record<string, Step>> = { ArrowRight: 'next', ArrowLeft: 'previous', ArrowUp: 'up', ArrowDown: 'down', Home: 'first', End: 'last' };

/** The item that a key leads to from another; itself at an edge. */
export function stepFrom(lanes: readonly DrawnLane[], key: string, step: Step): string {
  const at = lanes.findIndex((lane) => lane.items.some((item) => item.key === key));
  const items = lanes[at]?.items ?? [];
  const i = items.findIndex((item) => item.key === key);
  const here = items[i];
  if (!here) return key;
  switch (step) {
    case 'next':
      return items[i + 1]?.key ?? key;
    case 'previous':
      return items[i - 1]?.key ?? key;
    case 'first':
      return items[0]?.key ?? key;
    case 'last':
      return items.at(-1)?.key ?? key;
    case 'up':
      return nearest(lanes.slice(0, at).toReversed(), here) ?? key;
    case 'down':
      return nearest(lanes.slice(at + 1), here) ?? key;
  }
}

/** In the first lane that has something, what is closest in time. */
function nearest(lanes: readonly DrawnLane[], here: Item): string | undefined {
  const lane = lanes.find((it) => it.items.length > 0);
  const distance = (item: Item): number => Math.max(0, item.from - here.until, here.from - item.until) + Math.abs(item.from - here.from) / 1e9;
  return lane?.items.toSorted((a, b) => distance(a) - distance(b))[0]?.key;
}

/** Agents in the order in which they came, with the time that each talked, to the second. */
export function talkOf(story: Story, now: number): { id: number; name: string | null; talkMs: number }[] {
  return story.lanes
    .filter((lane) => lane.lane === 'agent')
    .toSorted((a, b) => firstOf(a) - firstOf(b))
    .map((lane) => ({
      id: lane.id ?? 0,
      name: lane.name,
      talkMs: lane.spans.filter((span) => span.what === 'talking').reduce((sum, span) => sum + (span.until === null ? now : Date.parse(span.until)) - Date.parse(span.from), 0),
    }));
}

/** Of nodes only menus have exits of one key: leaving it by one is what somebody pressed. */
export function asChoice<T extends { what: string; detail: Detail }>(entry: T): T {
  const { exit } = entry.detail;
  if (entry.what !== 'exit_taken' || typeof exit !== 'string' || !/^[0-9*#]$/.test(exit)) return entry;
  return { ...entry, what: 'menu_choice', detail: { ...entry.detail, key: exit } };
}

/** The keys pressed in menus, in order. */
export function menuPath(story: Story): string[] {
  const marks = story.lanes.flatMap((lane) => lane.marks.map(asChoice)).filter((mark) => mark.what === 'menu_choice');
  return marks.toSorted((a, b) => a.at.localeCompare(b.at)).map((mark) => String(mark.detail['key'] ?? '')).filter((key) => key !== '');
}
