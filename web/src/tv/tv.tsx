// TV mode: one board, read from five meters, without pointer, scroll or care. Heals itself after any interruption.
import { FluentProvider } from '@fluentui/react-components';
import { useEffect, useState, type CSSProperties, type ReactNode } from 'react';
import { useSearchParams } from 'react-router';
import { API_BASE } from '../api/client';
import type { BoardQueue, BoardTopic } from '../api/contract';
import { usePreferences } from '../app/preferences';
import { useInfo } from '../app/session';
import { themes } from '../app/theme';
import { useTitle } from '../app/title';
import { useT, type MessageId } from '../i18n/t';
import { Hub } from '../live/hub';
import { LiveProvider, useFreshness, useLive, useServerNow, useTopic } from '../live/hooks';
import { AgentBar, ChartTimes, grouped, GROUPS, headlines, percentText, WaitingChart, type Group } from '../supervise/parts';
import { clockTime } from '../ui/durations';
import { LEVEL_SHAPE, LevelShape, Shape, STATE_SHAPE } from '../ui/shapes';
import { pagesOf } from '../ui/thresholds';
import { Elapsed } from '../ui/time';
import css from './tv.module.css';

const ROWS = 6;
const PAGE_MS = 12_000;
const SHIFT_MS = 10 * 60_000;
const SHIFTS = [
  [0, 0],
  [2, 0],
  [2, 2],
  [0, 2],
] as const;
const POINTER_HIDES_MS = 3_000;
const RELOAD_HOUR = 4;
const REFUSALS_TOLD = 3;

/** How many sizes a text must step down to fit a tile in which `fits` letters have the size for five meters. */
function steps(text: string, fits: number): number {
  const letters = text.replaceAll(/[\u2066-\u2069\u202c\u202e]/g, '').length;
  return letters <= fits ? 0 : letters <= fits * 1.2 ? 1 : 2;
}

export function Page(): ReactNode {
  const [query] = useSearchParams();
  const { choice, theme } = usePreferences();
  const info = useInfo();
  const token = query.get('k') ?? '';
  const centers = info.data?.centers ?? [];
  const asked = query.get('c');
  const center = centers.find((c) => c.id === asked) ?? centers[0];
  const centerId = asked ?? center?.id;
  const [hub, setHub] = useState<Hub | null>(null);
  const [refusals, setRefusals] = useState(0);
  useEffect(() => {
    if (centerId === undefined) return;
    const next = new Hub({
      url: `${location.host}${API_BASE}/${centerId}/live?k=${encodeURIComponent(token)}`,
      share: null,
      onRefused: () => setRefusals((count) => count + 1),
    });
    setHub(next);
    return () => next.stop();
  }, [centerId, token]);
  // Without a server there is no list of centers yet: ask until there is.
  const { isError, refetch } = info;
  useEffect(() => {
    if (!isError) return;
    const again = setTimeout(() => void refetch(), 3_000);
    return () => clearTimeout(again);
  }, [isError, refetch]);
  useWakeLock();
  useNightlyReload(center?.time_zone);
  // A wall is dark unless someone chose otherwise.
  const shown = choice === 'system' ? (theme === 'contrast' ? 'contrast' : 'dark') : theme;
  return (
    <FluentProvider theme={themes[shown]} data-theme={shown}>
      <LiveProvider hub={hub}>
        <Screen zone={center?.time_zone ?? 'UTC'} refused={refusals >= REFUSALS_TOLD} />
      </LiveProvider>
    </FluentProvider>
  );
}

function Screen({ zone, refused }: { zone: string; refused: boolean }): ReactNode {
  const t = useT();
  useTitle(t('tv.title'));
  const board = useTopic('board');
  const live = useLive();
  const idle = useIdlePointer();
  const shift = SHIFTS[useCounter(SHIFT_MS) % SHIFTS.length] ?? SHIFTS[0];
  useNewBundle(live.connection);
  const error = live.errors['board'] ?? live.errors[''];
  const denied = board === undefined && (refused || error !== undefined);
  return (
    <main className={css.screen} data-idle={idle} aria-label={t('tv.title')}>
      {board ? (
        <div style={{ transform: `translate(${shift[0]}px, ${shift[1]}px)` }}>
          <Board board={board} zone={zone} />
        </div>
      ) : (
        <div className={css.message}>
          <h1>{denied ? t('tv.refused') : t('tv.connecting')}</h1>
          <p>{denied ? t('tv.refused.text') : t('tv.connecting.text')}</p>
        </div>
      )}
    </main>
  );
}

function Board({ board, zone }: { board: BoardTopic; zone: string }): ReactNode {
  const t = useT();
  const fresh = useFreshness();
  const now = useServerNow();
  const live = useLive();
  const lost = fresh === 'lost';
  const pages = pagesOf(board.queues, ROWS);
  const page = useCounter(PAGE_MS) % pages.length;
  const counts = grouped(board.agents);
  const at = live.lastFrameWall === null ? '' : clockTime(live.lastFrameWall, zone, true);
  return (
    <div className={css.board} data-fresh={fresh}>
      {headlines(board, now, t).map((tile) => {
        const { shape, color } = LEVEL_SHAPE[tile.level];
        const style: CSSProperties & Record<'--stripe', string> = { '--stripe': color };
        return (
          <section key={tile.key} className={`${css.tile} ${css.values}`} data-level={tile.level} data-tile={tile.key} style={style}>
            <span className={css.label} data-long={steps(tile.label, 15)}>{tile.label}</span>
            <span className={css.value} data-value>
              {lost ? '-' : tile.value}
              {tile.unit ? <span className={css.unit}>{tile.unit}</span> : null}
            </span>
            <span className={css.note} data-long={steps(tile.note, 14)}>
              <Shape shape={shape} color={tile.level === 'act' ? 'var(--tdLevelActMark)' : color} size="calc(42 * var(--u))" />
              {tile.note}
            </span>
          </section>
        );
      })}
      <div className={css.middle}>
        <section className={`${css.panel} ${css.queues}`}>
          <QueueTable rows={pages[page] ?? []} lost={lost} />
        </section>
        <section className={`${css.panel} ${css.agents}`}>
          <div className={`${css.barBox} ${css.values}`}>
            <AgentBar agents={board.agents} />
          </div>
          <ul className={css.legend}>
            {GROUPS.map((group: Group) => (
              <li key={group}>
                <Shape {...STATE_SHAPE[group]} size="calc(38 * var(--u))" />
                <span>{t(`board.state.${group}`)}</span>
                <b>{lost ? '-' : counts[group]}</b>
              </li>
            ))}
          </ul>
        </section>
      </div>
      <section className={`${css.panel} ${css.chart}`}>
        <div className={css.values}>
          <WaitingChart series={board.series} strokeWidth="calc(5 * var(--u))" />
        </div>
        <ChartTimes series={board.series} zone={zone} className={css.axis} />
      </section>
      <footer className={css.foot}>
        <span>{t('tv.board', { center: board.center.name })}</span>
        <span>{t('tv.legend', { target: board.series.target })}</span>
        {fresh === 'live' || fresh === 'waiting' ? (
          <span>
            {pages.length > 1 ? <PageDots count={pages.length} page={page} /> : null}
            {t('tv.live', { time: clockTime(now, zone) })}
          </span>
        ) : (
          <span className={css.stale}>
            <Shape shape="triangle" color="currentColor" size="calc(26 * var(--u))" />
            {t('tv.stale', { at })}
          </span>
        )}
      </footer>
    </div>
  );
}

function PageDots({ count, page }: { count: number; page: number }): ReactNode {
  return (
    <span className={css.dots} aria-hidden="true">
      {Array.from({ length: count }, (_, i) => (
        <i key={i} className={css.dot} data-on={i === page} />
      ))}
    </span>
  );
}

const HEADS: [MessageId, string][] = [
  ['board.col.waiting', '17%'],
  ['board.col.longest', '23%'],
  ['board.col.level', '21%'],
  ['board.col.free', '11%'],
];

function QueueTable({ rows, lost }: { rows: BoardQueue[]; lost: boolean }): ReactNode {
  const t = useT();
  return (
    <table className={css.table}>
      <thead>
        <tr>
          <th scope="col">{t('board.col.queue')}</th>
          {HEADS.map(([head, width]) => (
            <th key={head} scope="col" className={css.num} style={{ inlineSize: width }}>
              {t(head)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody className={css.values}>
        {rows.map((queue) => (
          <tr key={queue.id}>
            <td>{queue.short_name || middle(queue.name)}</td>
            <td className={css.num}>{lost ? '-' : queue.waiting}</td>
            <td className={css.num}>
              <span className={css.mark}>
                {queue.level !== 'ok' && queue.longest_since !== null ? <LevelShape level={queue.level} size="calc(34 * var(--u))" /> : null}
                {lost || queue.longest_since === null ? '-' : <Elapsed since={queue.longest_since} />}
              </span>
            </td>
            <td className={css.num}>
              <span className={css.mark}>
                {queue.level !== 'ok' && queue.longest_since === null ? <LevelShape level={queue.level} size="calc(34 * var(--u))" /> : null}
                {queue.service_level_percent === null ? '-' : `${percentText(queue.service_level_percent)}%`}
              </span>
            </td>
            <td className={css.num}>{lost ? '-' : queue.free}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** A name too long for the wall keeps both ends. */
function middle(name: string): string {
  const letters = [...name];
  return letters.length <= 14 ? name : `${letters.slice(0, 8).join('')}…${letters.slice(-5).join('')}`;
}

function useCounter(every: number): number {
  const [count, setCount] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => setCount((n) => n + 1), every);
    return () => clearInterval(timer);
  }, [every]);
  return count;
}

function useIdlePointer(): boolean {
  const [idle, setIdle] = useState(false);
  useEffect(() => {
    let timer = setTimeout(() => setIdle(true), POINTER_HIDES_MS);
    const moved = (): void => {
      setIdle(false);
      clearTimeout(timer);
      timer = setTimeout(() => setIdle(true), POINTER_HIDES_MS);
    };
    addEventListener('pointermove', moved);
    return () => {
      clearTimeout(timer);
      removeEventListener('pointermove', moved);
    };
  }, []);
  return idle;
}

/** The lock is lost whenever the page is hidden, and taken again when it is shown. */
function useWakeLock(): void {
  useEffect(() => {
    if (!('wakeLock' in navigator)) return;
    let lock: WakeLockSentinel | undefined;
    const take = (): void => {
      if (document.visibilityState !== 'visible') return;
      navigator.wakeLock.request('screen').then(
        (taken) => {
          lock = taken;
        },
        () => undefined,
      );
    };
    take();
    document.addEventListener('visibilitychange', take);
    return () => {
      document.removeEventListener('visibilitychange', take);
      void lock?.release();
    };
  }, []);
}

function useNightlyReload(zone: string | undefined): void {
  useEffect(() => {
    let before = clockTime(Date.now(), zone);
    const timer = setInterval(() => {
      const time = clockTime(Date.now(), zone);
      const hour = Number(time.slice(0, 2));
      const crossed = hour === RELOAD_HOUR && Number(before.slice(0, 2)) !== RELOAD_HOUR;
      before = time;
      if (crossed) location.reload();
    }, 30_000);
    return () => clearInterval(timer);
  }, [zone]);
}

/** After a reconnection the server may be a newer one: another bundle means this page is out of date. */
function useNewBundle(connection: string): void {
  useEffect(() => {
    if (connection !== 'open') return;
    const mine = document.querySelector<HTMLScriptElement>('script[type="module"][src*="/assets/"]')?.getAttribute('src');
    if (!mine) return;
    fetch('/', { cache: 'no-store', headers: { accept: 'text/html' } })
      .then((answer) => (answer.ok ? answer.text() : ''))
      .then((html) => {
        if (html.includes('/assets/') && !html.includes(mine)) location.reload();
      })
      .catch(() => undefined);
  }, [connection]);
}
