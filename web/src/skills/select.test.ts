// @vitest-environment node
import { describe, expect, test } from 'vitest';
import { allOf, asText, filled, isIn, levelTyped, moved, pasted, rangeOf, shownOf, sizeOf, within, type Marked } from './select';

const size = { rows: 40, columns: 5 };
const at = (row: number, column: number): Marked => ({ anchor: { row, column }, at: { row, column } });
const key = (name: string, more: { isWide?: boolean; isFar?: boolean } = {}) => ({ key: name, isWide: false, isFar: false, ...more });

describe('the keys of a spreadsheet', () => {
  test('arrows move one cell, and to the end with Ctrl, and stay inside', () => {
    expect(moved(at(3, 1), key('ArrowDown'), size, false)).toEqual(at(4, 1));
    expect(moved(at(3, 1), key('ArrowRight', { isFar: true }), size, false)).toEqual(at(3, 4));
    expect(moved(at(0, 0), key('ArrowUp'), size, false)).toEqual(at(0, 0));
    expect(moved(at(3, 2), key('Home'), size, false)).toEqual(at(3, 0));
    expect(moved(at(3, 2), key('End', { isFar: true }), size, false)).toEqual(at(39, 4));
    expect(moved(at(30, 2), key('PageDown'), size, false)).toEqual(at(39, 2));
    expect(moved(at(3, 2), key('x'), size, false)).toBeNull();
  });

  test('where lines run from the right, the arrow to the left goes on', () => {
    expect(moved(at(3, 1), key('ArrowLeft'), size, true)).toEqual(at(3, 2));
  });

  test('Shift marks from where it began, and whole rows, columns and everything have keys', () => {
    const marked = moved(at(3, 1), key('ArrowDown', { isWide: true }), size, false);
    expect(marked).toEqual({ anchor: { row: 3, column: 1 }, at: { row: 4, column: 1 } });
    expect(rangeOf({ anchor: { row: 4, column: 3 }, at: { row: 2, column: 1 } })).toEqual({ top: 2, bottom: 4, left: 1, right: 3 });
    const of = (it: Marked | null): number => (it ? sizeOf(rangeOf(it)) : 0);
    expect(of(moved(at(3, 1), key(' ', { isWide: true }), size, false))).toBe(5);
    expect(of(moved(at(3, 1), key(' ', { isFar: true }), size, false))).toBe(40);
    expect(of(moved(at(3, 1), key('a', { isFar: true }), size, false))).toBe(200);
  });

  test('what is marked stays inside when the matrix is narrowed down', () => {
    expect(within(at(30, 4), { rows: 2, columns: 1 })).toEqual(at(1, 0));
    expect(within(at(30, 4), { rows: 0, columns: 0 })).toEqual(at(0, 0));
    expect(isIn(rangeOf(at(1, 1)), 1, 1)).toBe(true);
  });

  test('a 0 shortly after a 1 is a ten', () => {
    expect(levelTyped(null, '1', 0)).toBe(1);
    expect(levelTyped({ digit: '1', at: 0 }, '0', 900)).toBe(10);
    expect(levelTyped({ digit: '1', at: 0 }, '0', 5_000)).toBe(0);
    expect(levelTyped({ digit: '2', at: 0 }, '0', 100)).toBe(0);
  });
});

describe('to and from a spreadsheet', () => {
  const levels = [[1, 0], [10, 4]];
  const levelOf = (row: number, column: number): number => levels[row]?.[column] ?? 0;
  const range = (top: number, left: number, bottom: number, right: number) => ({ top, left, bottom, right });

  test('what is copied comes back the same', () => {
    const text = asText(range(0, 0, 1, 1), levelOf);
    expect(text).toBe('1\t\n10\t4');
    expect(pasted(text, range(5, 1, 5, 1), size).cells).toEqual([
      { row: 5, column: 1, level: 1 },
      { row: 5, column: 2, level: 0 },
      { row: 6, column: 1, level: 10 },
      { row: 6, column: 2, level: 4 },
    ]);
  });

  test('lines end as spreadsheets of any system end them', () => {
    expect(pasted('1\r\n2\r\n', range(0, 0, 0, 0), size).cells.map(({ level }) => level)).toEqual([1, 2]);
    expect(pasted('1\r2\r', range(0, 0, 0, 0), size).cells.map(({ level }) => level)).toEqual([1, 2]);
  });

  test('one value fills all that is marked, and a block repeats where that is a multiple of it', () => {
    expect(pasted('7', range(0, 0, 2, 1), size).cells).toHaveLength(6);
    expect(pasted('1\t2', range(0, 0, 1, 3), size).cells.map(({ level }) => level)).toEqual([1, 2, 1, 2, 1, 2, 1, 2]);
    expect(pasted('1\t2', range(0, 0, 1, 2), size).cells).toHaveLength(2);
  });

  test('what is no level is said, and then nothing is written', () => {
    expect(pasted('3\tgood\n11\t2.5', range(0, 0, 0, 0), size)).toEqual({ cells: [], wrong: ['good', '11', '2.5'], nCut: 0 });
    expect(pasted(' 3 \t-\t\u2013', range(0, 0, 0, 0), size).cells.map(({ level }) => level)).toEqual([3, 0, 0]);
  });

  test('what lies beyond the end is left out, and counted', () => {
    expect(pasted('1\t2\n3\t4', range(39, 4, 39, 4), size)).toMatchObject({ cells: [{ row: 39, column: 4, level: 1 }], nCut: 3 });
  });

  test('the first line or column fills the rest', () => {
    expect(filled(range(0, 0, 1, 1), 'down', levelOf).map(({ level }) => level)).toEqual([1, 0, 1, 0]);
    expect(filled(range(0, 0, 1, 1), 'across', levelOf).map(({ level }) => level)).toEqual([1, 1, 10, 10]);
    expect(allOf(range(0, 0, 0, 1), 3).map(({ level }) => level)).toEqual([3, 3]);
  });
});

test('only what is seen is drawn, with some more at both ends', () => {
  expect(shownOf(0, 400, 40, 2_000)).toEqual({ from: 0, to: 16 });
  expect(shownOf(40_000, 400, 40, 2_000)).toEqual({ from: 994, to: 1_016 });
  expect(shownOf(79_900, 400, 40, 2_000)).toEqual({ from: 1_991, to: 2_000 });
  expect(shownOf(900, 400, 40, 3)).toEqual({ from: 0, to: 3 });
});
