import { describe, expect, test } from 'vitest';
import type { Frame } from '../api/contract';
import { mergePatch } from './merge-patch';
import { clockOffset, EMPTY, freshness, reduce, type LiveState } from './reducer';

type Json = Record<string, unknown>;

/** Small deterministic randomness, so that a failure names its seed. */
function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

const AT = '2026-11-20T12:00:00.000Z';
const frame = (seq: number, kind: Frame['kind'], data: unknown): Frame => ({ topic: 'board', seq, kind, data, ts: AT });
const apply = (state: LiveState, f: Frame): LiveState => reduce(state, { type: 'frame', frame: f, now: f.seq, wall: f.seq });

function randomPatch(next: () => number): Json {
  const patch: Json = {};
  for (let i = 0; i < 1 + Math.floor(next() * 3); i += 1) {
    const key = 'abcdef'[Math.floor(next() * 6)] ?? 'a';
    const kind = next();
    patch[key] = kind < 0.2 ? null : kind < 0.6 ? Math.floor(next() * 100) : kind < 0.8 ? { x: Math.floor(next() * 9), y: next() < 0.3 ? null : 'text' } : [1, Math.floor(next() * 9)];
  }
  return patch;
}

/** A server that numbers frames per topic and answers each subscription with a snapshot. */
class Server {
  seq = 0;
  data: Json = { a: 1 };
  constructor(private readonly next: () => number) {}
  snapshot(): Frame {
    this.seq += 1;
    return frame(this.seq, 'snapshot', structuredClone(this.data));
  }
  delta(): Frame {
    const patch = randomPatch(this.next);
    this.data = mergePatch(this.data, patch) as Json;
    this.seq += 1;
    return frame(this.seq, 'delta', patch);
  }
}

describe('the live reducer', () => {
  test('any split, loss or repetition of frames ends in the state of the server', () => {
    for (let seed = 1; seed <= 400; seed += 1) {
      const next = random(seed);
      const server = new Server(next);
      let state = apply(EMPTY, server.snapshot());
      let last: Frame | undefined;
      for (let step = 0; step < 60; step += 1) {
        const sent = server.delta();
        const fate = next();
        if (fate > 0.15) state = apply(state, sent);
        if (fate > 0.9) state = apply(state, sent);
        if (fate > 0.95 && last) state = apply(state, last);
        last = sent;
        // The hub asks again for every topic with a gap; the answer may take a few frames.
        if (state.gaps.includes('board') && next() < 0.5) state = apply(state, server.snapshot());
      }
      state = apply(state, server.delta());
      if (state.gaps.includes('board')) state = apply(state, server.snapshot());
      expect(state.topics.board?.data, `seed ${seed}`).toEqual(server.data);
      expect(state.gaps).toEqual([]);
    }
  });

  test('a delta before any snapshot is a gap and shows nothing', () => {
    const state = apply(EMPTY, frame(4, 'delta', { a: 2 }));
    expect(state.gaps).toEqual(['board']);
    expect(state.topics.board).toBeUndefined();
  });

  test('after a gap later deltas are not applied until a snapshot arrives', () => {
    let state = apply(EMPTY, frame(1, 'snapshot', { a: 1 }));
    state = apply(state, frame(3, 'delta', { a: 3 }));
    state = apply(state, frame(4, 'delta', { a: 4 }));
    expect(state.topics.board?.data).toEqual({ a: 1 });
    state = apply(state, frame(5, 'snapshot', { a: 4 }));
    expect(state.topics.board?.data).toEqual({ a: 4 });
    expect(state.gaps).toEqual([]);
  });

  test('a late or repeated delta changes nothing', () => {
    let state = apply(EMPTY, frame(7, 'snapshot', { a: 1 }));
    state = apply(state, frame(7, 'delta', { a: 9 }));
    state = apply(state, frame(6, 'delta', { a: 8 }));
    expect(state.topics.board?.data).toEqual({ a: 1 });
  });

  test('a heartbeat keeps the data fresh without changing it', () => {
    const state = apply(EMPTY, frame(1, 'snapshot', { a: 1 }));
    const after = reduce(state, {
      type: 'frame',
      frame: { topic: '', seq: 0, kind: 'heartbeat', data: {}, ts: AT },
      now: 9_000,
      wall: 9_000,
    });
    expect(after.topics).toBe(state.topics);
    expect(freshness(after, 13_000)).toBe('live');
    expect(freshness(after, 14_001)).toBe('stale');
    expect(freshness(after, 69_001)).toBe('lost');
  });

  test('a refused topic is remembered until the next connection', () => {
    const state = apply(EMPTY, frame(0, 'error', { code: 'forbidden', detail: 'no' }));
    expect(state.errors['board']?.code).toBe('forbidden');
    expect(reduce(state, { type: 'opened' }).errors).toEqual({});
  });

  test('the clock offset is that of the least delayed frame', () => {
    const server = Date.parse(AT);
    let state = EMPTY;
    for (const delay of [250, 40, 900]) {
      state = reduce(state, { type: 'frame', frame: frame(1, 'snapshot', {}), now: 0, wall: server + 60_000 + delay });
    }
    expect(clockOffset(state)).toBe(60_040);
  });

  test('a frame never changes the state that came before it', () => {
    const before = apply(EMPTY, frame(1, 'snapshot', { a: { x: 1 } }));
    const copy = structuredClone(before);
    apply(before, frame(2, 'delta', { a: { x: 2 } }));
    expect(before).toEqual(copy);
  });
});
