// The whole live state of a browser profile is one immutable value, changed only here. Owns the rules of sequence
// numbers, gaps and staleness; knows nothing of sockets, tabs or React.
import type { Frame, TopicName, Topics } from '../api/contract';
import { mergePatch } from './merge-patch';

export interface TopicState<T> {
  seq: number;
  data: T;
  /** Server time of the last frame. */
  ts: string;
}
export interface LiveState {
  connection: 'connecting' | 'open' | 'closed';
  /** Local monotonic milliseconds of the last frame of any kind, heartbeats included. */
  lastFrameAt: number | null;
  /** Local wall clock of the same moment, for people. */
  lastFrameWall: number | null;
  /** Smallest seen (local clock - server clock): the offset plus the least delay. */
  offsets: readonly number[];
  topics: { [K in TopicName]?: TopicState<Topics[K]> };
  /** Topics that missed a frame: kept on screen, but to be asked for again. */
  gaps: readonly TopicName[];
  /** What the server refused, by topic ('' = the connection). */
  errors: Readonly<Record<string, { code: string; detail: string }>>;
}
export type LiveAction =
  | { type: 'connecting' }
  | { type: 'opened' }
  | { type: 'closed' }
  | { type: 'frame'; frame: Frame; now: number; wall: number }
  | { type: 'dropped'; topic: TopicName }
  | { type: 'replaced'; state: LiveState };

export const EMPTY: LiveState = {
  connection: 'connecting',
  lastFrameAt: null,
  lastFrameWall: null,
  offsets: [],
  topics: {},
  gaps: [],
  errors: {},
};

const OFFSETS_KEPT = 30;

export function reduce(state: LiveState, action: LiveAction): LiveState {
  switch (action.type) {
    case 'connecting':
      return { ...state, connection: 'connecting' };
    case 'opened':
      // A new connection counts from its own snapshots; what is on screen stays until they arrive.
      return { ...state, connection: 'open', gaps: [], errors: {} };
    case 'closed':
      return { ...state, connection: 'closed' };
    case 'dropped': {
      const { [action.topic]: _gone, ...topics } = state.topics;
      return { ...state, topics, gaps: state.gaps.filter((t) => t !== action.topic) };
    }
    case 'replaced':
      return action.state;
    case 'frame':
      return withFrame(state, action.frame, action.now, action.wall);
  }
}

function withFrame(before: LiveState, frame: Frame, now: number, wall: number): LiveState {
  const offset = wall - Date.parse(frame.ts);
  const offsets = Number.isFinite(offset) ? [...before.offsets, offset].slice(-OFFSETS_KEPT) : before.offsets;
  const state = { ...before, lastFrameAt: now, lastFrameWall: wall, offsets };
  const topic = frame.topic;
  if (frame.kind === 'error') {
    const error = frame.data as { code?: string; detail?: string } | null;
    return {
      ...state,
      errors: { ...state.errors, [topic]: { code: error?.code ?? 'unknown', detail: error?.detail ?? '' } },
    };
  }
  if (frame.kind === 'heartbeat' || topic === '') return state;
  if (frame.kind === 'snapshot') {
    return {
      ...state,
      topics: { ...state.topics, [topic]: { seq: frame.seq, data: frame.data, ts: frame.ts } },
      gaps: state.gaps.includes(topic) ? state.gaps.filter((t) => t !== topic) : state.gaps,
    };
  }
  const known = state.topics[topic];
  // Repeated or late: already contained in what we have.
  if (known && frame.seq <= known.seq) return state;
  if (!known || frame.seq !== known.seq + 1 || state.gaps.includes(topic)) {
    return state.gaps.includes(topic) ? state : { ...state, gaps: [...state.gaps, topic] };
  }
  const data = mergePatch(known.data, frame.data);
  return { ...state, topics: { ...state.topics, [topic]: { seq: frame.seq, data, ts: frame.ts } } };
}

/** Local clock minus server clock, in ms: the least delayed of the recent frames is the best estimate. */
export function clockOffset(state: LiveState): number {
  return state.offsets.length === 0 ? 0 : Math.min(...state.offsets);
}

export type Freshness = 'waiting' | 'live' | 'stale' | 'lost';
export const STALE_AFTER_MS = 5_000;
export const LOST_AFTER_MS = 60_000;

/** The stale rule: 5 s without any frame dims the values, 60 s takes them away. */
export function freshness(state: LiveState, now: number): Freshness {
  if (state.lastFrameAt === null) return 'waiting';
  const silent = now - state.lastFrameAt;
  if (silent > LOST_AFTER_MS) return 'lost';
  return silent > STALE_AFTER_MS ? 'stale' : 'live';
}
