// The people as a grid with one place for the keyboard, which draws only what is seen of thousands: a scroll draws the rows that come
// near the view, some at a time, in the elements of those that left it, and nothing else. Who is an agent and in Teams is one row with
// both statuses (B-197).
import { MoreHorizontalRegular } from '@fluentui/react-icons/svg/more-horizontal';
import { PeopleTeamRegular } from '@fluentui/react-icons/svg/people-team';
import { memo, useCallback, useEffect, useId, useImperativeHandle, useLayoutEffect, useMemo, useRef, useState, type KeyboardEvent, type MouseEvent, type PointerEvent, type ReactNode, type Ref, type RefObject } from 'react';
import { flushSync } from 'react-dom';
import type { Person } from '../api/directory';
import { useT, type MessageId } from '../i18n/t';
import { SeenShape } from '../presence/seen';
import { shownOf } from '../skills/select';
import { PopList, type PopHandle } from '../ui/pop-menu';
import { StateShape } from '../ui/shapes';
import { Elapsed } from '../ui/time';
import css from './directory.module.css';
import { nextPerson, ROW_PX, topsOf, type Entry, type Group } from './people';
import { usePersonMenu } from './person-menu';

const PAGE = 10;
/** What is seen before it was measured. */
const SEEN_PX = 900;
/** Rows that are drawn at a time: most of what drawing costs, one row costs as much as four. */
const STRIDE = 4;
/** Rows that are drawn before and after what is seen: a stride, and as many as a fast scroll passes until the next one is drawn. */
const MORE = 10;
const STRIDE_PX = STRIDE * ROW_PX;
/** After so long without a scroll it is at rest. */
const REST_MS = 150;
const LONG_PRESS_MS = 500;

interface View {
  top: number;
  height: number;
}

/** Whether it is scrolled just now. */
function useMoving(): [boolean, () => void] {
  const [isMoving, move] = useState(false);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  const moved = (): void => {
    clearTimeout(timer.current);
    timer.current = setTimeout(() => move(false), REST_MS);
    move(true);
  };
  return [isMoving, moved];
}

function useView(grid: RefObject<HTMLDivElement | null>): [View, () => void] {
  const [view, setView] = useState<View>({ top: 0, height: SEEN_PX });
  const look = (): void => {
    const box = grid.current;
    if (!box) return;
    // Of more rows than are seen, a scroll within them draws nothing anew.
    const top = Math.floor(box.scrollTop / STRIDE_PX) * STRIDE_PX;
    const height = box.clientHeight || SEEN_PX;
    setView((before) => (before.top === top && before.height === height ? before : { top, height }));
  };
  useLayoutEffect(look, []);
  useEffect(() => {
    const box = grid.current;
    if (!box || !('ResizeObserver' in globalThis)) return;
    const observer = new ResizeObserver(look);
    observer.observe(box);
    return () => observer.disconnect();
  }, []); // eslint-disable-line
  return [view, look];
}

interface Props {
  label: string;
  /** What the people are found by: others are shown from the first on. */
  search: string;
  /** Whether more of them are on their way. */
  isBusy: boolean;
  entries: readonly Entry[];
  /** "/" leads to the search. */
  toSearch: () => void;
}
type Place = Pick<DOMRect, 'left' | 'right' | 'bottom'>;

export const PeopleList = memo(function PeopleList({ label, search, isBusy, entries, toSearch }: Props): ReactNode {
  const id = useId();
  const grid = useRef<HTMLDivElement>(null);
  const menu = useRef<MenuHandle>(null);
  const [view, look] = useView(grid);
  const [isMoving, moved] = useMoving();
  const [wanted, want] = useState(0);
  useEffect(() => {
    want(0);
    if (grid.current) grid.current.scrollTop = 0;
  }, [search]);
  const at = nextPerson(entries, 0, Math.min(wanted, entries.length - 1));
  const topOf = useMemo(() => topsOf(entries), [entries]);
  const { from, to } = shownOf(view.top, view.height, ROW_PX, entries.length, MORE);
  const rowId = (row: number): string => `${id}-${row}`;
  const openMenu = (row: number, place: Element | Place | null): void => {
    const entry = entries[row];
    if (entry?.kind === 'person' && grid.current && place) menu.current?.open(entry.person, grid.current, place instanceof Element ? place.getBoundingClientRect() : place);
  };
  const go = (row: number): void => {
    want(row);
    const box = grid.current;
    if (!box) return;
    const top = topOf(row);
    if (top < box.scrollTop) box.scrollTop = Math.max(0, top - ROW_PX);
    else if (top + ROW_PX > box.scrollTop + box.clientHeight) box.scrollTop = top + ROW_PX - box.clientHeight;
  };
  const pressed = (event: KeyboardEvent): void => {
    const steps: Record<string, number> = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: entries.length - 1, PageDown: at + PAGE, PageUp: at - PAGE };
    const row = steps[event.key];
    const isMenu = event.key === 'ContextMenu' || event.key === 'Enter' || (event.key === 'F10' && event.shiftKey);
    if (row !== undefined && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      go(nextPerson(entries, at, row));
    } else if (isMenu) {
      event.preventDefault();
      // Whom the keyboard is at may have been scrolled away by a mouse, and comes back for the menu.
      flushSync(() => {
        go(at);
        look();
      });
      openMenu(at, document.getElementById(rowId(at)));
    } else if (event.key === '/') {
      event.preventDefault();
      toSearch();
    }
  };
  const longPress = useLongPress((event) => openMenu(rowUnder(event.target), point(event)));
  // As many as are drawn at any time: a row is drawn in the element of one that is drawn no more.
  const n_elements = Math.ceil(view.height / ROW_PX) + 2 * MORE;
  const drawn = entries.slice(from, to).map((entry, i) => ({ entry, row: from + i, key: (from + i) % n_elements }));
  // At rest the elements stand in the order of the rows, for whoever reads them one by one. While it moves each stays where it is:
  // one that is put elsewhere is laid out anew, with all that is in it.
  if (isMoving) drawn.sort((one, other) => one.key - other.key);
  return (
    <>
      <div
        ref={grid}
        className={css.grid}
        role="grid"
        tabIndex={0}
        aria-label={label}
        aria-busy={isBusy}
        aria-rowcount={entries.length}
        aria-activedescendant={at >= from && at < to ? rowId(at) : undefined}
        onScroll={() => {
          look();
          moved();
        }}
        onKeyDown={pressed}
        onContextMenu={(event) => {
          event.preventDefault();
          const row = rowUnder(event.target);
          if (row < 0) return;
          want(row);
          openMenu(row, point(event));
        }}
        onClick={(event) => {
          const row = rowUnder(event.target);
          if (row < 0) return;
          want(row);
          openMenu(row, (event.target as Element).closest('[data-more]'));
        }}
        {...longPress}
      >
        <div role="rowgroup" className={css.body} style={{ blockSize: topOf(entries.length) }}>
          {drawn.map(({ entry, row, key }) =>
            entry.kind === 'group' ? <GroupRow key={key} group={entry.group} count={entry.count} row={row} top={topOf(row)} /> : <PersonRow key={key} id={rowId(row)} row={row} top={topOf(row)} person={entry.person} isActive={row === at} />,
          )}
        </div>
      </div>
      <PersonMenu ref={menu} />
    </>
  );
});

const rowUnder = (target: EventTarget): number => Number((target as Element).closest<HTMLElement>('[data-row]')?.dataset['row'] ?? -1);
const point = (event: MouseEvent | PointerEvent): Place => ({ left: event.clientX, right: event.clientX, bottom: event.clientY });

interface MenuHandle {
  /** The focus goes back to the grid. */
  open: (person: Person, grid: HTMLElement, place: Place) => void;
}

/** One menu for all rows. What it has changes with every call: by itself, so that no row is drawn for that. */
function PersonMenu({ ref }: { ref: Ref<MenuHandle> }): ReactNode {
  const t = useT();
  const groupsOf = usePersonMenu();
  const list = useRef<PopHandle>(null);
  const [whose, setWhose] = useState<Person | null>(null);
  const open = useCallback<MenuHandle['open']>((person, grid, place) => {
    flushSync(() => setWhose(person));
    list.current?.open(grid, place);
  }, []);
  useImperativeHandle(ref, () => ({ open }), [open]);
  return <PopList ref={list} label={t('directory.menu', { name: whose?.name ?? '' })} groups={whose ? groupsOf(whose) : []} />;
}

/** For fingers: what the right button is for a mouse. */
function useLongPress(run: (event: PointerEvent) => void) {
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const stop = (): void => clearTimeout(timer.current);
  useEffect(() => stop, []);
  return {
    onPointerDown: (event: PointerEvent) => {
      if (event.pointerType === 'touch') timer.current = setTimeout(() => run(event), LONG_PRESS_MS);
    },
    onPointerMove: stop,
    onPointerUp: stop,
    onPointerCancel: stop,
  };
}

const GroupRow = memo(function GroupRow({ group, count, row, top }: { group: Group; count: number; row: number; top: number }): ReactNode {
  const t = useT();
  return (
    <div role="row" aria-rowindex={row + 1} className={css.group} style={{ insetBlockStart: top }}>
      <div role="rowheader">{t(`directory.group.${group}`, { count })}</div>
    </div>
  );
});

/** The same for all rows: one that is drawn in the element of another keeps them as they are. */
const IN_TEAMS = <PeopleTeamRegular fontSize={16} />;
const MORE_DOTS = <MoreHorizontalRegular fontSize={20} />;

interface RowProps {
  id: string;
  row: number;
  /** Pixels from the first row's top. */
  top: number;
  person: Person;
  isActive: boolean;
}
const PersonRow = memo(function PersonRow({ id, row, top, person, isActive }: RowProps): ReactNode {
  const t = useT();
  const note = [person.title, person.department].filter(Boolean).join(', ');
  return (
    <div id={id} role="row" aria-rowindex={row + 1} aria-selected={isActive} data-row={row} className={css.row} style={{ insetBlockStart: top }} title={person.agent && !person.has_signed_in ? t('directory.notSignedIn') : note || undefined}>
      <div role="gridcell" className={css.who}>
        <div className={css.name}>
          <bdi>{person.name}</bdi>
          {person.is_in_teams ? (
            <span className={css.teams} role="img" aria-label={t('directory.teams')} title={t('directory.teams')}>
              {IN_TEAMS}
            </span>
          ) : null}
        </div>
        <div className={css.facts}>
          {person.is_in_teams ? <Presence person={person} /> : null}
          {person.agent ? <Here person={person} /> : null}
        </div>
      </div>
      <div role="gridcell">
        <button type="button" tabIndex={-1} data-more className={css.more} aria-label={t('directory.menu', { name: person.name })} aria-haspopup="menu">
          {MORE_DOTS}
        </button>
      </div>
    </div>
  );
});

function Presence({ person: { status = null, doing, status_since, is_stale } }: { person: Person }): ReactNode {
  const t = useT();
  const word = status === null ? t('seen.unknown') : t(`seen.${status}`);
  const what = status !== null && doing && doing !== 'nothing' && doing !== 'other' ? t('directory.status.doing', { status: word, doing: t(`seen.doing.${doing}`) }) : word;
  return (
    <span className={css.fact} data-status={status ?? 'unknown'}>
      <SeenShape status={status} size={12} />
      <span className={css.word}>{is_stale && status !== null ? t('directory.status.old', { status: what }) : what}</span>
      {status !== null && status_since ? <Elapsed since={status_since} /> : null}
    </span>
  );
}

/** How somebody stands in Tandem, beside what Teams shows. */
function Here({ person: { agent } }: { person: Person }): ReactNode {
  const t = useT();
  if (agent === null) return null;
  return (
    <span className={css.fact}>
      <StateShape state={agent.display} size={12} />
      <span className={css.word}>{t('directory.here', { state: t(`agent.state.${agent.display}` as MessageId) })}</span>
    </span>
  );
}
