// The floor board at desk size: the same data as the TV, with the agent grid and the day's figures.
import { Button } from '@fluentui/react-components';
import { TvRegular } from '@fluentui/react-icons/svg/tv';
import { lazy, Suspense, useId, useState, type CSSProperties, type ReactNode } from 'react';
import { Link } from 'react-router';
import type { BoardTopic, Level } from '../api/contract';
import { useSession } from '../app/session';
import { useTitle } from '../app/title';
import { useT, type MessageId } from '../i18n/t';
import { useFreshness, useServerNow, useTopic } from '../live/hooks';
import { clockSpan } from '../ui/durations';
import { LEVEL_SHAPE, LevelShape, Shape, STATE_SHAPE, StateShape } from '../ui/shapes';
import { Empty, Loading } from '../ui/states';
import { Elapsed } from '../ui/time';
import { AgentGrid } from './agent-grid';
import css from './floor.module.css';
import { AgentBar, ChartTimes, grouped, GROUPS, headlines, percentText, WaitingChart, type HeadlineText } from './parts';

const Switched = lazy(async () => (await Promise.all([import('../routing/switched'), import('../i18n/administration')]))[0]);
const TvLinks = lazy(() => import('./tv-links'));

export function Page(): ReactNode {
  const t = useT();
  useTitle(t('nav.floor'));
  const board = useTopic('board');
  const fresh = useFreshness();
  const { zone, info } = useSession();
  const [links, setLinks] = useState(false);
  if (!board) return <Loading rows={[120, 280, 200]} />;
  const lost = fresh === 'lost';
  return (
    <div className={css.page} data-fresh={fresh}>
      <div className={css.head}>
        <h1>{t('nav.floor')}</h1>
        {info?.tv === false ? null : (
          <Button icon={<TvRegular />} onClick={() => setLinks(true)}>
            {t('tvLinks.open')}
          </Button>
        )}
      </div>
      <Headlines board={board} lost={lost} />
      <div className={css.columns}>
        <Queues board={board} lost={lost} />
        <Agents board={board} />
      </div>
      <section className={css.card}>
        <h2>
          {t('board.chart')} <span className={css.caption}>{t('board.chart.target', { target: board.series.target })}</span>
        </h2>
        <div className={`${css.chartBox} ${css.values}`}>
          <WaitingChart series={board.series} />
        </div>
        <ChartTimes series={board.series} zone={zone} className={css.axis} />
      </section>
      <Today board={board} />
      <AgentGrid agents={board.agent_list} />
      {links ? (
        <Suspense>
          <TvLinks close={() => setLinks(false)} />
        </Suspense>
      ) : null}
    </div>
  );
}

function Headlines({ board, lost }: { board: BoardTopic; lost: boolean }): ReactNode {
  const t = useT();
  const now = useServerNow();
  return (
    <div className={`${css.tiles} ${css.values}`}>
      {headlines(board, now, t).map((tile) => (
        <Tile key={tile.key} tile={tile} lost={lost} />
      ))}
    </div>
  );
}

function Tile({ tile, lost }: { tile: HeadlineText; lost: boolean }): ReactNode {
  const { shape, color } = LEVEL_SHAPE[tile.level];
  const act = tile.level === 'act';
  const id = useId();
  const style: CSSProperties & Record<'--stripe', string> = { '--stripe': color };
  return (
      <section
        className={css.tile}
        data-level={tile.level}
        data-tile={tile.key}
        style={style}
        aria-label={tile.label}
        aria-describedby={id}
        tabIndex={0}
      >
        <span className={css.tileLabel}>{tile.label}</span>
        <span className={css.tileValue}>
          <span data-value>{lost ? '-' : tile.value}</span>
          {tile.unit ? <span className={css.tileUnit}>{tile.unit}</span> : null}
        </span>
        <span className={css.tileNote}>
          <Shape shape={shape} color={act ? 'currentColor' : color} size={16} />
          {tile.note}
        </span>
        <span className={css.about} id={id} role="tooltip">
          {tile.about}
        </span>
      </section>
  );
}

function Queues({ board, lost }: { board: BoardTopic; lost: boolean }): ReactNode {
  const t = useT();
  const heads: MessageId[] = [
    'board.col.waiting',
    'board.col.longest',
    'board.col.level',
    'board.col.free',
    'board.col.offered',
    'board.col.answered',
    'board.col.abandoned',
  ];
  return (
    <section className={css.card}>
      <h2>{t('board.queues')}</h2>
      {board.queues.length === 0 ? (
        <Empty title={t('board.queues.none')} text={t('board.queues.none.text')} />
      ) : (
        <div className={`${css.scroll} ${css.values}`} tabIndex={0} role="region" aria-label={t('board.queues')}>
          <table className={css.table}>
            <thead>
              <tr>
                <th scope="col">{t('board.col.queue')}</th>
                {heads.map((head) => (
                  <th key={head} scope="col" className={css.num}>
                    {t(head)}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {board.queues.map((queue) => (
                <tr key={queue.id} data-queue={queue.id}>
                  <td>
                    <Link className={css.queue} to={`/supervise/queues/${queue.id}`}>
                      {queue.name}
                    </Link>
                    {queue.switches.length > 0 ? (
                      <Suspense>
                        <Switched switches={queue.switches} />
                      </Suspense>
                    ) : null}
                  </td>
                  <td className={css.num}>{lost ? '-' : queue.waiting}</td>
                  <td className={css.num}>
                    <span className={css.mark}>
                      {queue.longest_since === null ? null : <Mark level={queue.level} />}
                      {lost || queue.longest_since === null ? '-' : <Elapsed since={queue.longest_since} />}
                    </span>
                  </td>
                  <td className={css.num}>
                    <span className={css.mark}>
                      {queue.longest_since === null ? <Mark level={queue.level} /> : null}
                      {queue.service_level_percent === null ? '-' : `${percentText(queue.service_level_percent)}%`}
                    </span>
                  </td>
                  <td className={css.num}>{queue.free}</td>
                  <td className={css.num}>{queue.offered}</td>
                  <td className={css.num}>{queue.answered}</td>
                  <td className={css.num}>{queue.abandoned}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}

/** Stands at the wait while somebody waits, else at the service level: where to look. */
function Mark({ level }: { level: Level }): ReactNode {
  const t = useT();
  if (level === 'ok') return null;
  return (
    <>
      <LevelShape level={level} size={14} />
      <span className="visually-hidden">{t(`board.level.${level}`)}</span>
    </>
  );
}

function Agents({ board }: { board: BoardTopic }): ReactNode {
  const t = useT();
  const counts = grouped(board.agents);
  return (
    <section className={css.card}>
      <h2>{t('board.agents')}</h2>
      <div className={`${css.barBox} ${css.values}`}>
        <AgentBar agents={board.agents} />
      </div>
      <ul className={css.legend}>
        {GROUPS.map((group) => (
          <li key={group}>
            <Shape {...STATE_SHAPE[group]} size={14} />
            {t(`board.state.${group}`)}
            <b>{counts[group]}</b>
          </li>
        ))}
        <li>
          <StateShape state="signed_out" size={14} />
          {t('board.state.signed_out')}
          <b>{board.agents.signed_out ?? 0}</b>
        </li>
      </ul>
    </section>
  );
}

function Today({ board }: { board: BoardTopic }): ReactNode {
  const t = useT();
  const { today } = board;
  const span = (seconds: number | null | undefined): string => (seconds == null ? '-' : clockSpan(seconds * 1000));
  const figures: [MessageId, string | number][] = [
    ['today.offered', today.offered],
    ['today.answered', today.answered],
    ['today.abandoned', today.abandoned],
    ['today.shortAbandoned', today.short_abandoned],
    ['today.inFlow', today.in_flow],
    ['today.asa', span(today.asa_s)],
    ['today.aht', span(today.aht_s)],
  ];
  return (
    <section className={css.card} aria-label={t('today.title')}>
      <h2>{t('today.title')}</h2>
      <dl className={`${css.today} ${css.values}`}>
        {figures.map(([label, value]) => (
          <div key={label}>
            <dt>{t(label)}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
