// The matrix itself: a grid with one place for the keyboard, which draws only what is seen of thousands of rows. It knows levels and
// places, and nothing of where they come from.
import { useEffect, useId, useLayoutEffect, useRef, useState, type ClipboardEvent, type KeyboardEvent, type PointerEvent, type ReactNode } from 'react';
import { useT } from '../i18n/t';
import css from './matrix.module.css';
import { allOf, asText, filled, isIn, levelTyped, moved, pasted, rangeOf, shownOf, within, type Marked, type Pasted, type Size, type Spot, type Typed, type Written } from './select';
import { NONE } from './matrix';

export interface Row {
  id: number;
  name: string;
  /** Stands below the name. */
  note: string;
  /** Whether it could not be saved. */
  isRefused: boolean;
}
interface Props {
  label: string;
  rows: readonly Row[];
  columns: readonly { id: number; name: string }[];
  levelOf: (row: number, column: number) => number;
  isChanged: (row: number, column: number) => boolean;
  isReadOnly: boolean;
  marked: Marked;
  mark: (marked: Marked) => void;
  write: (cells: readonly Written[]) => void;
  /** A level that is typed anew takes the place of the one typed just before. */
  rewrite: (cells: readonly Written[]) => void;
  turn: (to: 'back' | 'forth') => void;
  /** What came of a paste. */
  said: (pasted: Pasted) => void;
}

/** As in matrix.module.css. */
const ROW_PX = 40;
const COLUMN_PX = 88;
/** What is seen before it was measured. */
const SEEN = { width: 1200, height: 640 };

interface View {
  top: number;
  start: number;
  width: number;
  height: number;
}

export function LevelGrid(props: Props): ReactNode {
  const t = useT();
  const id = useId();
  const grid = useRef<HTMLDivElement>(null);
  const size: Size = { rows: props.rows.length, columns: props.columns.length };
  const marked = within(props.marked, size);
  const [view, look] = useView(grid);
  useSeen(grid, marked.at);
  const keys = useKeys(props, marked, size, grid);
  const rows = shownOf(view.top, view.height, ROW_PX, size.rows);
  const columns = shownOf(view.start, view.width, COLUMN_PX, size.columns);
  const range = rangeOf(marked);
  const pointer = usePointer(props, marked);
  const cellId = (row: number, column: number): string => `${id}-${row}-${column}`;
  const drawn = (from: number, to: number): number[] => Array.from({ length: Math.max(0, to - from) }, (_, i) => from + i);
  const width = { inlineSize: `calc(var(--head) + ${size.columns * COLUMN_PX}px)` };
  return (
    <div
      ref={grid}
      className={css.grid}
      role="grid"
      tabIndex={0}
      aria-label={props.label}
      aria-rowcount={size.rows + 1}
      aria-colcount={size.columns + 1}
      aria-multiselectable="true"
      aria-readonly={props.isReadOnly}
      aria-activedescendant={size.rows > 0 && size.columns > 0 ? cellId(marked.at.row, marked.at.column) : undefined}
      onScroll={look}
      {...keys}
      {...pointer}
    >
      <div role="rowgroup" className={css.heads} style={width}>
        <div role="row" aria-rowindex={1} className={css.row}>
          <div role="columnheader" aria-colindex={1} className={css.corner}>
            {t('matrix.agent')}
          </div>
          {drawn(columns.from, columns.to).map((column) => (
            <div key={column} role="columnheader" aria-colindex={column + 2} className={css.head} style={{ insetInlineStart: `calc(var(--head) + ${column * COLUMN_PX}px)` }} title={props.columns[column]?.name} data-column={column}>
              <span>{props.columns[column]?.name}</span>
            </div>
          ))}
        </div>
      </div>
      <div role="rowgroup" className={css.body} style={{ ...width, blockSize: size.rows * ROW_PX }}>
        {drawn(rows.from, rows.to).map((row) => (
          <div key={props.rows[row]?.id} role="row" aria-rowindex={row + 2} className={css.row} style={{ insetBlockStart: row * ROW_PX }}>
            <div role="rowheader" aria-colindex={1} className={css.name} data-row={row} data-refused={props.rows[row]?.isRefused}>
              <span title={props.rows[row]?.name}>{props.rows[row]?.name}</span>
              <small>{props.rows[row]?.isRefused ? t('matrix.notSaved') : props.rows[row]?.note}</small>
            </div>
            {drawn(columns.from, columns.to).map((column) => (
              <LevelCell
                key={column}
                id={cellId(row, column)}
                spot={{ row, column }}
                level={props.levelOf(row, column)}
                isChanged={props.isChanged(row, column)}
                isMarked={isIn(range, row, column)}
                isActive={marked.at.row === row && marked.at.column === column}
                who={props.rows[row]?.name ?? ''}
                skill={props.columns[column]?.name ?? ''}
              />
            ))}
          </div>
        ))}
      </div>
    </div>
  );
}

interface CellProps {
  id: string;
  spot: Spot;
  level: number;
  isChanged: boolean;
  isMarked: boolean;
  isActive: boolean;
  who: string;
  skill: string;
}
function LevelCell({ id, spot: { row, column }, level, isChanged, isMarked, isActive, who, skill }: CellProps): ReactNode {
  const t = useT();
  const cell = useRef<HTMLDivElement>(null);
  // Where the page scrolls as well, it is not below what stands at its foot.
  useEffect(() => {
    if (isActive && cell.current?.closest('[role="grid"]') === document.activeElement) cell.current?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }, [isActive]);
  return (
    <div
      ref={cell}
      id={id}
      role="gridcell"
      aria-colindex={column + 2}
      aria-selected={isMarked}
      aria-label={isActive ? t('matrix.cell', { who, skill, level, isChanged }) : undefined}
      className={css.cell}
      data-row={row}
      data-column={column}
      data-active={isActive}
      data-changed={isChanged}
      style={{ insetInlineStart: `calc(var(--head) + ${column * COLUMN_PX}px)` }}
    >
      {level === NONE ? '' : level}
    </div>
  );
}

function useView(grid: React.RefObject<HTMLDivElement | null>): [View, () => void] {
  const [view, setView] = useState<View>({ top: 0, start: 0, ...SEEN });
  const look = (): void => {
    const it = grid.current;
    if (!it) return;
    // From the right, what is scrolled counts below 0.
    const next = { top: it.scrollTop, start: Math.abs(it.scrollLeft), width: it.clientWidth || SEEN.width, height: it.clientHeight || SEEN.height };
    setView((now) => (now.top === next.top && now.start === next.start && now.width === next.width && now.height === next.height ? now : next));
  };
  useEffect(() => {
    look();
    if (typeof ResizeObserver === 'undefined' || !grid.current) return;
    const watch = new ResizeObserver(look);
    watch.observe(grid.current);
    return () => watch.disconnect();
  }, []); // eslint-disable-line
  return [view, look];
}

/** The active cell is scrolled to when it moves: it is drawn only where it is seen. */
function useSeen(grid: React.RefObject<HTMLDivElement | null>, { row, column }: Spot): void {
  const first = useRef(true);
  useLayoutEffect(() => {
    const it = grid.current;
    if (first.current || !it) {
      first.current = false;
      return;
    }
    const heads = it.querySelector<HTMLElement>('[role="columnheader"]');
    const [headHeight, headWidth] = [heads?.offsetHeight ?? 0, heads?.offsetWidth ?? 0];
    const top = row * ROW_PX;
    const start = column * COLUMN_PX;
    const down = Math.max(it.scrollTop, top + ROW_PX - (it.clientHeight - headHeight));
    it.scrollTop = Math.min(down, top);
    const side = Math.max(Math.abs(it.scrollLeft), start + COLUMN_PX - (it.clientWidth - headWidth));
    it.scrollLeft = Math.min(side, start) * (getComputedStyle(it).direction === 'rtl' ? -1 : 1);
  }, [grid, row, column]);
}

interface Keys {
  onKeyDown: (event: KeyboardEvent<HTMLDivElement>) => void;
  onCopy: (event: ClipboardEvent) => void;
  onCut: (event: ClipboardEvent) => void;
  onPaste: (event: ClipboardEvent) => void;
}

function useKeys({ levelOf, isReadOnly, mark, write, rewrite, turn, said }: Props, marked: Marked, size: Size, grid: React.RefObject<HTMLDivElement | null>): Keys {
  const typed = useRef<Typed | null>(null);
  const range = rangeOf(marked);
  const copy = (event: ClipboardEvent): void => {
    event.preventDefault();
    event.clipboardData.setData('text/plain', asText(range, levelOf));
  };
  const digit = (key: string): void => {
    const level = levelTyped(typed.current, key, Date.now());
    (level > 9 ? rewrite : write)(allOf(range, level));
    typed.current = { digit: key, at: Date.now() };
  };
  /** Whether the key changed something. */
  const changed = ({ key, isFar, isWide }: { key: string; isFar: boolean; isWide: boolean }): boolean => {
    const letter = key.toLowerCase();
    if (isFar && letter === 'z') turn(isWide ? 'forth' : 'back');
    else if (isFar && letter === 'y') turn('forth');
    else if (isFar && letter === 'd') write(filled(range, 'down', levelOf));
    else if (!isFar && /^\d$/.test(key)) digit(key);
    else if (key === 'Delete' || key === 'Backspace') write(allOf(range, NONE));
    else return false;
    if (!/^\d$/.test(key)) typed.current = null;
    return true;
  };
  return {
    onKeyDown: (event) => {
      if (event.altKey) return;
      const key = { key: event.key, isWide: event.shiftKey, isFar: event.ctrlKey || event.metaKey };
      const isFromRight = grid.current !== null && getComputedStyle(grid.current).direction === 'rtl';
      const next = moved(marked, key, size, isFromRight);
      if (next) {
        mark(next);
        typed.current = null;
      } else if (isReadOnly || !changed(key)) return;
      event.preventDefault();
    },
    onCopy: copy,
    onCut: (event) => {
      typed.current = null;
      copy(event);
      if (!isReadOnly) write(allOf(range, NONE));
    },
    onPaste: (event) => {
      event.preventDefault();
      typed.current = null;
      if (isReadOnly) return;
      const came = pasted(event.clipboardData.getData('text/plain'), range, size);
      write(came.cells);
      said(came);
    },
  };
}

/** A press marks, with Shift from where the marking began; heads mark their row or column, and moving marks more. */
function usePointer({ mark, rows, columns }: Props, marked: Marked): Pick<React.DOMAttributes<HTMLDivElement>, 'onPointerDown' | 'onPointerMove'> {
  const spotOf = (event: PointerEvent): { row: number | null; column: number | null } | null => {
    const at = (event.target as Element).closest<HTMLElement>('[data-row], [data-column]');
    if (!at) return null;
    const number = (text: string | undefined): number | null => (text === undefined ? null : Number(text));
    return { row: number(at.dataset['row']), column: number(at.dataset['column']) };
  };
  const reached = (event: PointerEvent, isMore: boolean): void => {
    const spot = spotOf(event);
    if (!spot) return;
    const first: Spot = { row: spot.row ?? 0, column: spot.column ?? 0 };
    const last: Spot = { row: spot.row ?? rows.length - 1, column: spot.column ?? columns.length - 1 };
    // Of a whole row or column the keyboard is at its beginning: nothing scrolls away.
    mark({ anchor: isMore ? marked.anchor : last, at: first });
  };
  return {
    onPointerDown: (event) => {
      if (event.button === 0) reached(event, event.shiftKey);
    },
    // Fingers scroll.
    onPointerMove: (event) => {
      if (event.buttons === 1 && event.pointerType === 'mouse') reached(event, true);
    },
  };
}
