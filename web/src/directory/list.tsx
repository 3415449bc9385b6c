// The people as a grid with one place for the keyboard, which draws only what is seen of thousands. Who is an agent and in Teams is one
// row with both statuses (B-197).
import { MoreHorizontalRegular } from '@fluentui/react-icons/svg/more-horizontal';
import { PeopleTeamRegular } from '@fluentui/react-icons/svg/people-team';
import { memo, useEffect, useId, useLayoutEffect, useRef, useState, type KeyboardEvent, type MouseEvent, type PointerEvent, type ReactNode, type RefObject } from 'react';
import { flushSync } from 'react-dom';
import type { Person } from '../api/directory';
import { useT, type MessageId } from '../i18n/t';
import { SeenShape } from '../presence/seen';
import { shownOf } from '../skills/select';
import { PopList, type PopHandle } from '../ui/pop-menu';
import { StateShape } from '../ui/shapes';
import { Elapsed } from '../ui/time';
import css from './directory.module.css';
import { nextPerson, type Entry } from './people';
import { usePersonMenu } from './person-menu';

/** As in directory.module.css. */
const ROW_PX = 56;
const PAGE = 10;
/** What is seen before it was measured. */
const SEEN_PX = 900;
const LONG_PRESS_MS = 500;

interface View {
  top: number;
  height: number;
}

function useView(grid: RefObject<HTMLDivElement | null>): [View, () => void] {
  const [view, setView] = useState<View>({ top: 0, height: SEEN_PX });
  const look = (): void => {
    const box = grid.current;
    if (!box) return;
    // Of a few rows more than are seen, a scroll within them draws nothing anew.
    const top = Math.floor(box.scrollTop / ROW_PX) * ROW_PX;
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
  entries: readonly Entry[];
  /** "/" leads to the search. */
  toSearch: () => void;
}

export function PeopleList({ label, entries, toSearch }: Props): ReactNode {
  const id = useId();
  const grid = useRef<HTMLDivElement>(null);
  const [view, look] = useView(grid);
  const [wanted, want] = useState(0);
  const at = nextPerson(entries, 0, Math.min(wanted, entries.length - 1));
  const menu = useMenu(grid);
  const { from, to } = shownOf(view.top, view.height, ROW_PX, entries.length);
  const rowId = (row: number): string => `${id}-${row}`;
  const person = (row: number): Person | null => {
    const entry = entries[row];
    return entry?.kind === 'person' ? entry.person : null;
  };
  const go = (row: number): void => {
    const next = nextPerson(entries, at, row);
    want(next);
    const box = grid.current;
    if (!box) return;
    const top = next * ROW_PX;
    if (top < box.scrollTop) box.scrollTop = Math.max(0, top - ROW_PX);
    else if (top + ROW_PX > box.scrollTop + box.clientHeight) box.scrollTop = top + ROW_PX - box.clientHeight;
  };
  const pressed = (event: KeyboardEvent): void => {
    const steps: Record<string, number> = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: entries.length - 1, PageDown: at + PAGE, PageUp: at - PAGE };
    const row = steps[event.key];
    const isMenu = event.key === 'ContextMenu' || event.key === 'Enter' || (event.key === 'F10' && event.shiftKey);
    if (row !== undefined && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      go(row);
    } else if (isMenu) {
      event.preventDefault();
      menu.open(person(at), grid.current, document.getElementById(rowId(at)));
    } else if (event.key === '/') {
      event.preventDefault();
      toSearch();
    }
  };
  const rowUnder = (target: EventTarget): number => Number((target as Element).closest<HTMLElement>('[data-row]')?.dataset['row'] ?? -1);
  const point = (event: MouseEvent | PointerEvent): Pick<DOMRect, 'left' | 'right' | 'bottom'> => ({ left: event.clientX, right: event.clientX, bottom: event.clientY });
  const longPress = useLongPress((event) => menu.open(person(rowUnder(event.target)), grid.current, point(event)));
  return (
    <>
      <div
        ref={grid}
        className={css.grid}
        role="grid"
        tabIndex={0}
        aria-label={label}
        aria-rowcount={entries.length}
        aria-activedescendant={person(at) && at >= from && at < to ? rowId(at) : undefined}
        onScroll={look}
        onKeyDown={pressed}
        onContextMenu={(event) => {
          event.preventDefault();
          const row = rowUnder(event.target);
          if (row < 0) return;
          want(row);
          menu.open(person(row), grid.current, point(event));
        }}
        onClick={(event) => {
          const row = rowUnder(event.target);
          if (row < 0) return;
          want(row);
          const button = (event.target as Element).closest<HTMLElement>('[data-more]');
          if (button) menu.open(person(row), grid.current, button);
        }}
        {...longPress}
      >
        <div role="rowgroup" className={css.body} style={{ blockSize: entries.length * ROW_PX }}>
          {entries.slice(from, to).map((entry, i) => {
            const row = from + i;
            return entry.kind === 'group' ? (
              <GroupRow key={entry.group} entry={entry} row={row} />
            ) : (
              <PersonRow key={entry.person.id} id={rowId(row)} row={row} person={entry.person} isActive={row === at} />
            );
          })}
        </div>
      </div>
      {menu.list}
    </>
  );
}

/** One menu for all rows. */
function useMenu(grid: RefObject<HTMLDivElement | null>) {
  const t = useT();
  const groupsOf = usePersonMenu();
  const handle = useRef<PopHandle>(null);
  const [whose, setWhose] = useState<Person | null>(null);
  const open = (person: Person | null, from: HTMLElement | null, at: Element | Pick<DOMRect, 'left' | 'right' | 'bottom'> | null): void => {
    if (person === null || from === null || at === null) return;
    flushSync(() => setWhose(person));
    handle.current?.open(grid.current ?? from, at instanceof Element ? at.getBoundingClientRect() : at);
  };
  return { open, list: <PopList ref={handle} label={t('directory.menu', { name: whose?.name ?? '' })} groups={whose ? groupsOf(whose) : []} /> };
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

function GroupRow({ entry: { group, count }, row }: { entry: Extract<Entry, { kind: 'group' }>; row: number }): ReactNode {
  const t = useT();
  return (
    <div role="row" aria-rowindex={row + 1} className={css.group} style={{ insetBlockStart: row * ROW_PX }}>
      <div role="rowheader">{t(`directory.group.${group}`, { count })}</div>
    </div>
  );
}

interface RowProps {
  id: string;
  row: number;
  person: Person;
  isActive: boolean;
}
const PersonRow = memo(function PersonRow({ id, row, person, isActive }: RowProps): ReactNode {
  const t = useT();
  const note = [person.title, person.department].filter(Boolean).join(', ');
  return (
    <div id={id} role="row" aria-rowindex={row + 1} aria-selected={isActive} data-row={row} className={css.row} style={{ insetBlockStart: row * ROW_PX }} title={person.agent && !person.has_signed_in ? t('directory.notSignedIn') : note || undefined}>
      <div role="gridcell" className={css.who}>
        <div className={css.name}>
          <bdi>{person.name}</bdi>
          {person.is_in_teams ? (
            <span className={css.teams} role="img" aria-label={t('directory.teams')} title={t('directory.teams')}>
              <PeopleTeamRegular fontSize={16} />
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
          <MoreHorizontalRegular fontSize={20} />
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
