// Those who wait in a queue, in the order in which they are served, with what is asked for each of them by now.
import { Button } from '@fluentui/react-components';
import { ArrowSortRegular } from '@fluentui/react-icons/svg/arrow-sort';
import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useEffect, useState, type ReactNode } from 'react';
import type { BoardQueue, Queue } from '../api/contract';
import { useSession } from '../app/session';
import { Who } from '../contacts/words';
import { useCustomerLabel } from '../desk/agent';
import { useT } from '../i18n/t';
import { RowGrid, type GridColumn } from '../ui/row-grid';
import { Empty, Failed, Loading } from '../ui/states';
import { Elapsed } from '../ui/time';
import { askAt } from './plan';
import css from './queue.module.css';
import { lineOf, SHOWN_MAX, type Waiting } from './waiting';
import { useAskWords } from './words';

const PlaceDialog = lazy(() => import('./place-dialog'));

/** Steps of a plan and changes of others are no news of the board. */
const AGAIN_MS = 5_000;

export function WaitingList({ queue, now }: { queue: Queue; now: BoardQueue | undefined }): ReactNode {
  const t = useT();
  const { center, may, look } = useSession();
  const [changing, setChanging] = useState<Waiting | null>(null);
  const label = useCustomerLabel();
  const maySee = may('see_contacts');
  const line = useQuery({ queryKey: ['line', center, queue.id, queue.version], queryFn: () => lineOf(center, queue), refetchInterval: AGAIN_MS, enabled: maySee });
  const { refetch } = line;
  const news = now ? `${now.waiting} ${now.longest_since} ${now.offered} ${now.answered}` : '';
  useEffect(() => {
    if (maySee && news !== '') void refetch({ cancelRefetch: false });
  }, [maySee, news, refetch]);
  const columns = useColumns(queue);
  const maySteer = may('steer_waiting') && look.standing === 'none';
  if (!maySee) return <p className={css.caption}>{t('queue.line.forbidden')}</p>;
  if (line.isPending) return <Loading rows={[120]} />;
  if (line.isError) return <Failed error={line.error} retry={() => void line.refetch()} />;
  const { waiting, isCut } = line.data;
  if (waiting.length === 0) return <Empty title={t('queue.line.none')} text={t('queue.line.none.text')} />;
  const change = (it: Waiting): ReactNode => (
    <Button className={css.verb} size="small" icon={<ArrowSortRegular />} onClick={() => setChanging(it)}>
      {t('queue.place.open')}
      <span className="visually-hidden">{t('queue.place.of', { who: label(it.customer) })}</span>
    </Button>
  );
  return (
    <>
      <RowGrid
        label={t('queue.line')}
        columns={columns}
        rows={waiting}
        to={({ id }) => `/contacts/${id}`}
        lead={{ head: t('queue.col.who'), cell: ({ customer }) => <Who customer={customer} /> }}
        isBusy={false}
        {...(maySteer ? { verbs: { head: t('queue.col.change'), of: change } } : {})}
      />
      {isCut ? <p className={css.caption}>{t('queue.line.cut', { max: SHOWN_MAX })}</p> : null}
      {changing ? (
        <Suspense>
          <PlaceDialog waiting={waiting.find(({ id }) => id === changing.id) ?? changing} who={label(changing.customer)} close={() => setChanging(null)} />
        </Suspense>
      ) : null}
    </>
  );
}

function useColumns(queue: Queue): GridColumn<Waiting>[] {
  const t = useT();
  const words = useAskWords();
  const steps = queue.plan?.length ?? 0;
  return [
    { key: 'place', head: t('queue.col.place'), isNumber: true, cell: ({ place }) => place },
    { key: 'age', head: t('queue.col.age'), isNumber: true, cell: ({ since }) => <Elapsed since={since} /> },
    { key: 'state', head: t('queue.col.state'), cell: ({ state, channel }) => `${t(`contact.state.${state}`)}${channel === 'voicemail' ? ` · ${t('queue.message')}` : ''}` },
    { key: 'step', head: t('queue.col.step'), cell: ({ step }) => (steps === 0 ? t('queue.step.whole') : t('queue.step', { step, of: steps })) },
    { key: 'asked', head: t('queue.col.asked'), cell: ({ step }) => words.who(askAt(queue, step)) },
    { key: 'priority', head: t('queue.col.priority'), isNumber: true, cell: ({ priority }) => priority },
    {
      key: 'added',
      head: t('queue.col.added'),
      cell: ({ added_s, adjusted }) => (
        <>
          {added_s === 0 ? null : t(added_s > 0 ? 'queue.older' : 'queue.younger', { span: words.span(Math.abs(added_s)) })}
          {adjusted ? <div className={css.caption}>{t('queue.adjusted')}</div> : null}
        </>
      ),
    },
  ];
}
