// @vitest-environment node
import { describe, expect, test } from 'vitest';
import { pathOf, pauseAt, pausesWithin, peaks, silences, skippedSeconds, skipTo } from './wave';

const wave = (...channels: number[][]) => ({ seconds: (channels[0]?.length ?? 0) / 10, per_second: 10, channels });
const run = (n: number, value: number): number[] => Array.from({ length: n }, () => value);

describe('the picture of loudness', () => {
  test('keeps what is loudest', () => {
    expect(peaks([0, 255, 0, 0, 51, 0], 3)).toEqual([1, 0, 0.2]);
    expect(peaks([255, 0], 600)).toEqual([1, 0]);
    expect(peaks([], 600)).toEqual([]);
    expect(peaks(run(36_000, 0).with(17_771, 255), 600).filter((it) => it === 1)).toHaveLength(1);
  });

  test('silence is a line still', () => {
    expect(pathOf([0, 1])).toBe('M0.15 0.980h.7v0.040h-.7zM1.15 0.000h.7v2.000h-.7z');
  });
});

describe('silence', () => {
  test('is where nobody speaks, on any channel', () => {
    const found = silences(wave([...run(10, 80), ...run(40, 0), ...run(10, 80)], [...run(30, 0), ...run(10, 90), ...run(20, 0)]));
    expect(found).toEqual([{ from: 1.3, until: 2.7 }]);
  });

  test('at the beginning and at the end is left out whole', () => {
    expect(silences(wave([...run(20, 0), ...run(10, 80), ...run(20, 3)]))).toEqual([{ from: 0, until: 1.7 }, { from: 3.3, until: 5 }]);
  });

  test('a breath is no silence', () => {
    expect(silences(wave([...run(10, 80), ...run(14, 0), ...run(10, 80)]))).toEqual([]);
    expect(silences(wave())).toEqual([]);
  });

  test('is left by going on behind it, and never twice from the same place', () => {
    const silent = [{ from: 1.3, until: 4.7 }];
    expect(skipTo(1.2, silent)).toBeNull();
    expect(skipTo(1.3, silent)).toBe(4.7);
    expect(skipTo(4.7, silent)).toBeNull();
    expect(skippedSeconds(silent)).toBeCloseTo(3.4);
  });
});

describe('pauses', () => {
  test('lie within the recording, in order', () => {
    const pause = (from_s: number, until_s: number) => ({ from_s, until_s, cause: 'agent' });
    const found = pausesWithin([pause(40, 50), pause(-2, 5), pause(58, 70), pause(61, 70)], 60);
    expect(found.map((it) => [it.from_s, it.until_s])).toEqual([[0, 5], [40, 50], [58, 60]]);
    expect(pauseAt(45, found)?.from_s).toBe(40);
    expect(pauseAt(50, found)).toBeNull();
  });
});
