// What is marked in a matrix, how keys move it, and what is copied into it. Places are counted from 0, as they are shown. Pure.
import { LEVEL_MAX, NONE } from './matrix';

export interface Spot {
  row: number;
  column: number;
}
export interface Marked {
  /** Where the marking began. */
  anchor: Spot;
  /** Where the keyboard is. */
  at: Spot;
}
export interface Range {
  top: number;
  bottom: number;
  left: number;
  right: number;
}
export interface Size {
  rows: number;
  columns: number;
}

export function rangeOf({ anchor, at }: Marked): Range {
  return { top: Math.min(anchor.row, at.row), bottom: Math.max(anchor.row, at.row), left: Math.min(anchor.column, at.column), right: Math.max(anchor.column, at.column) };
}
export function isIn({ top, bottom, left, right }: Range, row: number, column: number): boolean {
  return row >= top && row <= bottom && column >= left && column <= right;
}
export function sizeOf({ top, bottom, left, right }: Range): number {
  return (bottom - top + 1) * (right - left + 1);
}
const limited = (value: number, count: number): number => Math.min(Math.max(0, value), Math.max(0, count - 1));
export function within({ anchor, at }: Marked, { rows, columns }: Size): Marked {
  const into = (spot: Spot): Spot => ({ row: limited(spot.row, rows), column: limited(spot.column, columns) });
  return { anchor: into(anchor), at: into(at) };
}

export interface Key {
  key: string;
  isWide: boolean;
  /** With Ctrl, or Cmd: to the end. */
  isFar: boolean;
}
/** How many rows a page is. */
export const PAGE = 15;

/** Null for a key that does not move. The keys of a spreadsheet; what is to the left is the next one where lines run from the right. */
export function moved(marked: Marked, { key, isWide, isFar }: Key, size: Size, isFromRight: boolean): Marked | null {
  const { row, column } = marked.at;
  const side = isFromRight ? -1 : 1;
  const far = isFar ? Number.MAX_SAFE_INTEGER : 1;
  const to: Record<string, Spot> = {
    ArrowDown: { row: row + far, column },
    ArrowUp: { row: row - far, column },
    ArrowRight: { row, column: column + far * side },
    ArrowLeft: { row, column: column - far * side },
    PageDown: { row: row + PAGE, column },
    PageUp: { row: row - PAGE, column },
    Home: { row: isFar ? 0 : row, column: 0 },
    End: { row: isFar ? size.rows - 1 : row, column: size.columns - 1 },
  };
  const [lastRow, lastColumn] = [Math.max(0, size.rows - 1), Math.max(0, size.columns - 1)];
  // Of whole rows and columns the keyboard is at the beginning.
  if (key === ' ' && isWide) return { anchor: { row, column: lastColumn }, at: { row, column: 0 } };
  if (key === ' ' && isFar) return { anchor: { row: lastRow, column }, at: { row: 0, column } };
  if (key.toLowerCase() === 'a' && isFar) return { anchor: { row: lastRow, column: lastColumn }, at: { row: 0, column: 0 } };
  const spot = to[key];
  if (!spot) return null;
  return within({ anchor: isWide ? marked.anchor : spot, at: spot }, size);
}

/** A 0 shortly after a 1 makes a ten of it. */
const TEN_MS = 1_200;
export interface Typed {
  digit: string;
  at: number;
}
export function levelTyped(before: Typed | null, digit: string, now: number): number {
  return digit === '0' && before?.digit === '1' && now - before.at < TEN_MS ? LEVEL_MAX : Number(digit);
}

/** Cells as a spreadsheet has them: lines, and tabs between. */
export function asText(range: Range, levelOf: (row: number, column: number) => number): string {
  const lines: string[] = [];
  for (let row = range.top; row <= range.bottom; row += 1) {
    const cells: string[] = [];
    for (let column = range.left; column <= range.right; column += 1) {
      const level = levelOf(row, column);
      cells.push(level === NONE ? '' : String(level));
    }
    lines.push(cells.join('\t'));
  }
  return lines.join('\n');
}

export interface Written extends Spot {
  level: number;
}
export interface Pasted {
  cells: Written[];
  /** What is no level; then nothing is written. */
  wrong: string[];
  /** Cells that lie beyond the end of the matrix. */
  nCut: number;
}

const LEVEL = /^(?:[1-9]|10)$/;
function levelIn(text: string): number | null {
  const it = text.trim();
  if (it === '' || it === '0' || it === '-' || it === '\u2013') return NONE;
  return LEVEL.test(it) ? Number(it) : null;
}

/** Written from the first marked cell on; where what is marked is a multiple of it, again and again. */
export function pasted(text: string, range: Range, size: Size): Pasted {
  const lines = text.replaceAll(/\r\n?/g, '\n').replace(/\n$/, '').split('\n').map((line) => line.split('\t'));
  const wrong = lines.flat().filter((it) => levelIn(it) === null);
  if (wrong.length > 0) return { cells: [], wrong: wrong.map((it) => it.trim()), nCut: 0 };
  const width = Math.max(...lines.map((line) => line.length));
  const [rows, columns] = [range.bottom - range.top + 1, range.right - range.left + 1];
  const isMultiple = rows % lines.length === 0 && columns % width === 0;
  const [toRows, toColumns] = isMultiple ? [rows, columns] : [lines.length, width];
  const cells: Written[] = [];
  let nCut = 0;
  for (let row = 0; row < toRows; row += 1) {
    const line = lines[row % lines.length] ?? [];
    for (let column = 0; column < toColumns; column += 1) {
      const spot = { row: range.top + row, column: range.left + column };
      if (spot.row < size.rows && spot.column < size.columns) cells.push({ ...spot, level: levelIn(line[column % width] ?? '') ?? NONE });
      else nCut += 1;
    }
  }
  return { cells, wrong: [], nCut };
}

/** The first line, or the first column, of what is marked in all of it. */
export function filled(range: Range, to: 'down' | 'across', levelOf: (row: number, column: number) => number): Written[] {
  const cells: Written[] = [];
  for (let row = range.top; row <= range.bottom; row += 1) {
    for (let column = range.left; column <= range.right; column += 1) {
      cells.push({ row, column, level: to === 'down' ? levelOf(range.top, column) : levelOf(row, range.left) });
    }
  }
  return cells;
}

export function allOf(range: Range, level: number): Written[] {
  return filled(range, 'down', () => level);
}

/** Which of many lines of one height are to be drawn, with some more at both ends. */
export function shownOf(scrolled: number, seen: number, each: number, count: number, more = 6): { from: number; to: number } {
  const from = Math.max(0, Math.min(count, Math.floor(scrolled / each)) - more);
  return { from, to: Math.min(count, Math.ceil((scrolled + seen) / each) + more) };
}
