// Every routing decision, in words: who was chosen, why, who was next, and who was left out for which reason.
import { useQuery } from '@tanstack/react-query';
import { useEffect, type ReactNode } from 'react';
import { api, ask, itemsOf } from '../api/client';
import type { Decision, Queue } from '../api/contract';
import { useSession } from '../app/session';
import { useTitle } from '../app/title';
import { useMaybeT, useT } from '../i18n/t';
import { useTopic } from '../live/hooks';
import { strategyAt } from '../routing/plan';
import { clockSpan } from '../ui/durations';
import { Empty, Failed, Loading } from '../ui/states';
import { At } from '../ui/time';
import css from './floor.module.css';

const NEXT_SHOWN = 5;

export function Page(): ReactNode {
  const t = useT();
  useTitle(t('nav.decisions'));
  const { center, zone } = useSession();
  const decisions = useQuery({
    queryKey: ['decisions', center],
    queryFn: () => ask(api.GET('/{center}/decisions', { params: { path: { center }, query: { limit: 50 } } })),
  });
  // A decision changes the floor: whenever the board moves, at most once a second, there may be new ones.
  const board = useTopic('board');
  const { refetch } = decisions;
  useEffect(() => {
    if (board) void refetch();
  }, [board, refetch]);
  const queues = useQuery({
    queryKey: ['settings', center, 'queues'],
    queryFn: () => ask(api.GET('/{center}/queues', { params: { path: { center } } })),
  });
  if (decisions.isPending) return <Loading rows={[28, 90, 90, 90]} />;
  if (decisions.isError) return <Failed error={decisions.error} retry={() => void decisions.refetch()} />;
  const rows = itemsOf(decisions.data);
  const known = new Map((queues.data?.items ?? []).map((queue) => [queue.id, queue]));
  return (
    <div className={css.page}>
      <div className={css.head}>
        <div>
          <h1>{t('nav.decisions')}</h1>
          <p className={css.caption}>{t('decisions.text')}</p>
        </div>
      </div>
      {rows.length === 0 ? (
        <Empty title={t('decisions.none')} text={t('decisions.none.text')} />
      ) : (
        <ol className={css.decisions} tabIndex={0} aria-label={t('nav.decisions')}>
          {rows.map((row, i) => (
            <li key={`${row.at}-${row.contact_id}-${i}`} className={`${css.card} ${css.decision}`}>
              <At at={row.at} zone={zone} seconds />
              <Explained row={row} queue={known.get(row.queue_id)} />
            </li>
          ))}
        </ol>
      )}
    </div>
  );
}

function Explained({ row, queue }: { row: Decision; queue: Pick<Queue, 'name'> & Partial<Pick<Queue, 'strategy' | 'plan'>> | undefined }): ReactNode {
  const t = useT();
  const maybe = useMaybeT();
  const contact = row.contact_id;
  const where = queue?.name ?? t('decisions.queue', { id: row.queue_id });
  const next = row.next.slice(0, NEXT_SHOWN).map((other) =>
    t('decisions.candidate', { name: other.name, idle: clockSpan(Date.parse(row.at) - Date.parse(other.idle_since)) }),
  );
  const excluded = row.excluded
    .filter((group) => group.count > 0)
    .map((group) => maybe(`excluded.${group.reason}`, `${group.count} ${group.reason.replaceAll('_', ' ')}`, { count: group.count }));
  return (
    <div>
      <p className={css.lead}>
        {row.chosen
          ? t('decisions.chosen', { contact, queue: where, name: row.chosen.name })
          : t('decisions.nobody', { contact, queue: where })}
      </p>
      <p className={css.why}>
        {row.chosen
          ? t('decisions.why', {
              rule: t(`strategy.${strategyAt({ strategy: queue?.strategy ?? 'longest_idle', plan: queue?.plan ?? [] }, row.plan_step)}`),
              considered: row.considered,
              step: row.plan_step,
            })
          : t('decisions.waits', { step: row.plan_step })}{' '}
        {typeof row.key === 'object'
          ? t('decisions.place', { priority: row.key.priority, waited: clockSpan(Date.parse(row.at) - Date.parse(row.key.since)) })
          : null}
      </p>
      {row.balanced ? (
        <p className={css.why}>
          {row.balanced.by === 'bound'
            ? t('decisions.bound')
            : t('decisions.balanced', { objective: maybe(`decisions.objective.${row.balanced.objective}`, row.balanced.objective), weight: row.balanced.weight })}{' '}
          {row.balanced.slack_s < 0
            ? t('decisions.late', { time: clockSpan(-row.balanced.slack_s * 1_000) })
            : t('decisions.slack', { time: clockSpan(row.balanced.slack_s * 1_000) })}
        </p>
      ) : null}
      {next.length > 0 ? <p className={css.why}>{t('decisions.next', { names: next.join(', ') })}</p> : null}
      {excluded.length > 0 ? <p className={css.why}>{t('decisions.excluded', { groups: excluded.join(', ') })}</p> : null}
    </div>
  );
}
