// The callback that a customer has pending, beside the call in which the agent talks to that customer: it can be called off, as
// what it was for is being done, or given another time by whoever may.
import { Button } from '@fluentui/react-components';
import { CallOutboundRegular } from '@fluentui/react-icons/svg/call-outbound';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { lazy, Suspense, useId, useState, type ReactNode } from 'react';
import { ownCallbacks, pendingCallback, type Callback } from '../api/callbacks';
import { useSession } from '../app/session';
import talk from '../desk/talk.module.css';
import { useT } from '../i18n/t';
import { useServerNow } from '../live/hooks';
import { isolated } from '../ui/durations';
import { isOpen } from './book';
import { useWindow } from './words';

const CancelDialog = lazy(() => import('./cancel-dialog'));
const RescheduleDialog = lazy(() => import('./reschedule').then((m) => ({ default: m.RescheduleDialog })));

interface Props {
  id: number;
  /** As people call the customer. */
  who: string;
  /** The queue that calls back, where it is known. */
  queue: string | null;
  /** Whether the customer is there: before that nobody does what the callback was for, and it stays. */
  isThere: boolean;
}

/** What is known of it depends on who asks: agents are told of their own, whoever keeps the book of all. */
function usePending(id: number): Callback | null {
  const { center, may } = useSession();
  const isKeeper = may('keep_callbacks');
  const found = useQuery({
    queryKey: ['callbacks', center, 'pending', id],
    queryFn: async () => (isKeeper ? pendingCallback(center, id) : ((await ownCallbacks(center)).find((it) => it.id === id) ?? null)),
    retry: false,
  });
  return found.data ?? null;
}

export function PendingCallback({ id, who, queue, isThere }: Props): ReactNode {
  const t = useT();
  const heading = useId();
  const windowText = useWindow();
  const now = useServerNow();
  const client = useQueryClient();
  const { center } = useSession();
  const known = usePending(id);
  const [changing, change] = useState<'moving' | 'leaving' | null>(null);
  // The contact tells of it until something else happens in it.
  const [isGone, setGone] = useState(false);
  const closed = (isDone: boolean): void => {
    if (isDone && changing === 'leaving') setGone(true);
    change(null);
    if (!isDone) return;
    void client.invalidateQueries({ queryKey: ['callbacks', center] });
    // The strip goes with the callback; the call stays.
    setTimeout(() => document.querySelector<HTMLElement>('[data-stage] h1')?.focus({ preventScroll: true }), 50);
  };
  if (isGone) return null;
  const by = known?.queue.name ?? queue;
  const parts = [
    by === null ? null : t('callbacks.pending.by', { queue: isolated(by) }),
    known?.window ? windowText(known.window, now) : null,
    known?.owner ? t('callbacks.pending.owner', { agent: isolated(known.owner.agent.name) }) : null,
  ];
  const isUnderWay = known !== null && !isOpen(known);
  return (
    <div className={talk.strip} data-kind="callback" role="region" aria-labelledby={heading} data-callback={id}>
      <CallOutboundRegular fontSize={20} />
      <div className={talk.what}>
        <h2 className={talk.lead} id={heading}>
          {t('callbacks.pending', { who })}
        </h2>
        <p className={talk.sub}>{isUnderWay ? t(`callbacks.is.${known.state}`) : [...parts.filter((it) => it !== null), t('callbacks.pending.text')].join(' ')}</p>
      </div>
      <div className={talk.verbs}>
        {known && isOpen(known) ? <Button onClick={() => change('moving')}>{t('callbacks.reschedule')}</Button> : null}
        {isThere ? <Button onClick={() => change('leaving')}>{t('callbacks.cancel.do')}</Button> : null}
      </div>
      <Suspense>
        {changing === 'leaving' ? <CancelDialog id={id} who={who} close={closed} /> : null}
        {changing === 'moving' && known ? <RescheduleDialog callback={known} close={closed} /> : null}
      </Suspense>
    </div>
  );
}
