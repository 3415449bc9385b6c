// Those who wait in a queue, in the order in which they are served, with what is asked for each of them by now.
import { MessageBar, MessageBarBody } from '@fluentui/react-components';
import { ArrowSortRegular } from '@fluentui/react-icons/svg/arrow-sort';
import { ArrowRightRegular } from '@fluentui/react-icons/svg/arrow-right';
import { DismissRegular } from '@fluentui/react-icons/svg/dismiss';
import { CallInboundRegular } from '@fluentui/react-icons/svg/call-inbound';
import { MoreHorizontalRegular } from '@fluentui/react-icons/svg/more-horizontal';
import { PersonRegular } from '@fluentui/react-icons/svg/person';
import { useMutation, useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useEffect, useState, type ReactNode } from 'react';
import type { BoardQueue, Queue } from '../api/contract';
import { announce } from '../app/announcer';
import { useSession } from '../app/session';
import { Who } from '../contacts/words';
import { useCustomerLabel } from '../desk/agent';
import { useT } from '../i18n/t';
import { PopMenu, type PopItem } from '../ui/pop-menu';
import { RowGrid, type GridColumn } from '../ui/row-grid';
import { Empty, Failed, Loading, useProblemText } from '../ui/states';
import { Elapsed } from '../ui/time';
import { askAt } from './plan';
import css from './queue.module.css';
import { offerCallback, WAYS, type Way } from './steering';
import { lineOf, type Waiting } from './waiting';
import { useAskWords } from './words';

const PlaceDialog = lazy(() => import('./place-dialog'));
const SteerDialog = lazy(() => import('./steer-dialog'));

const ICONS = { move: <ArrowRightRegular />, assign: <PersonRegular />, remove: <DismissRegular /> } as const;

/** Steps of a plan and changes of others are no news of the board. */
const AGAIN_MS = 5_000;

export function WaitingList({ queue, now }: { queue: Queue; now: BoardQueue | undefined }): ReactNode {
  const t = useT();
  const { center, may, look } = useSession();
  const [changing, setChanging] = useState<{ waiting: Waiting; way: Way | 'place' } | null>(null);
  const label = useCustomerLabel();
  const maySee = may('see_contacts');
  const line = useQuery({ queryKey: ['line', center, queue.id, queue.version], queryFn: () => lineOf(center, queue.id), refetchInterval: AGAIN_MS, enabled: maySee });
  const { refetch } = line;
  const news = now ? `${now.waiting} ${now.longest_since} ${now.offered} ${now.answered}` : '';
  useEffect(() => {
    if (maySee && news !== '') void refetch({ cancelRefetch: false });
  }, [maySee, news, refetch]);
  const say = useProblemText();
  const offering = useMutation({
    mutationFn: (it: Waiting) => offerCallback(center, it.id),
    onSuccess: (_, it) => announce(t('queue.offer.done', { who: label(it.customer) })),
  });
  const columns = useColumns(queue);
  const maySteer = may('steer_waiting') && look.standing === 'none';
  if (!maySee) return <p className={css.caption}>{t('queue.line.forbidden')}</p>;
  if (line.isPending) return <Loading rows={[120]} />;
  if (line.isError) return <Failed error={line.error} retry={() => void line.refetch()} />;
  const { waiting, total } = line.data;
  if (waiting.length === 0) return <Empty title={t('queue.line.none')} text={t('queue.line.none.text')} />;
  const change = (it: Waiting): ReactNode => {
    const isOffered = it.state !== 'queued';
    const items: PopItem[] = WAYS.map((way) => ({
      key: way,
      label: t(`queue.steer.open.${way}`),
      icon: ICONS[way],
      disabled: isOffered,
      why: isOffered ? t('problem.being_offered') : undefined,
      run: () => setChanging({ waiting: it, way }),
    }));
    const offer: PopItem = {
      key: 'offer',
      label: t('queue.offer.open'),
      icon: <CallInboundRegular />,
      disabled: isOffered || !queue.callbacks || it.channel === 'voicemail',
      why: !queue.callbacks ? t('queue.offer.no_callbacks') : it.channel === 'voicemail' ? t('queue.offer.message') : isOffered ? t('problem.being_offered') : undefined,
      run: () => offering.mutate(it),
    };
    const place: PopItem = { key: 'place', label: t('queue.place.open'), icon: <ArrowSortRegular />, run: () => setChanging({ waiting: it, way: 'place' }) };
    return (
      <PopMenu
        label={t('queue.steer.menu', { who: label(it.customer) })}
        appearance="subtle"
        size="small"
        icon={<MoreHorizontalRegular />}
        groups={[
          { key: 'place', items: [place] },
          { key: 'ways', items: [...items, offer] },
        ]}
      />
    );
  };
  const open = changing ? { ...changing, waiting: waiting.find(({ id }) => id === changing.waiting.id) ?? changing.waiting } : null;
  const dialog = open ? { waiting: open.waiting, who: label(open.waiting.customer), close: () => setChanging(null) } : null;
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
      {offering.error && offering.variables ? (
        <MessageBar intent="error" layout="multiline" role="alert">
          <MessageBarBody>{t('queue.offer.failed', { who: label(offering.variables.customer), why: say(offering.error) })}</MessageBarBody>
        </MessageBar>
      ) : null}
      {offering.isSuccess && waiting.some(({ id }) => id === offering.variables.id) ? (
        <MessageBar intent="success" layout="multiline">
          <MessageBarBody>{t('queue.offer.done', { who: label(offering.variables.customer) })}</MessageBarBody>
        </MessageBar>
      ) : null}
      {total > waiting.length ? <p className={css.caption}>{t('queue.line.cut', { shown: waiting.length, total })}</p> : null}
      <Suspense>
        {dialog && open?.way === 'place' ? <PlaceDialog {...dialog} /> : null}
        {dialog && open && open.way !== 'place' ? <SteerDialog {...dialog} queue={queue.id} way={open.way} /> : null}
      </Suspense>
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
