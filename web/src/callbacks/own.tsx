// The agent's own callbacks on the desk: whom the agent said to call, which of them it is time for, and until when nobody else
// calls them.
import { Button, MessageBar, MessageBarBody, Spinner } from '@fluentui/react-components';
import { CallRegular } from '@fluentui/react-icons/svg/call';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { lazy, Suspense, useEffect, useRef, useState, type ReactNode } from 'react';
import { ownCallbacks, takeCallback, type Callback } from '../api/callbacks';
import { announce } from '../app/announcer';
import { useSession } from '../app/session';
import { td } from '../app/theme';
import { useT } from '../i18n/t';
import { useServerNow } from '../live/hooks';
import { isolated } from '../ui/durations';
import { Shape } from '../ui/shapes';
import { useProblemText } from '../ui/states';
import { byTime, isOpen } from './book';
import css from './callbacks.module.css';
import { Customer, useMoment, useWho, useWindow } from './words';

const CancelDialog = lazy(() => import('./cancel-dialog'));
const RescheduleDialog = lazy(() => import('./reschedule').then((m) => ({ default: m.RescheduleDialog })));

const FRESH_MS = 15_000;
export const ownKey = (center: string): string[] => ['callbacks', center, 'own'];

/** Whether the agent can be calling: here, and with nothing else in hand. */
export type Hands = 'free' | 'busy' | 'away';
type Changing = { what: 'moving' | 'leaving'; callback: Callback } | null;

/** Nothing where there are none. */
export function OwnCallbacks({ hands }: { hands: Hands }): ReactNode {
  const t = useT();
  const whoOf = useWho();
  const now = useServerNow();
  const client = useQueryClient();
  const { center } = useSession();
  const [changing, change] = useState<Changing>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  const own = useQuery({ queryKey: ownKey(center), queryFn: () => ownCallbacks(center), refetchInterval: FRESH_MS, retry: false });
  const again = (): void => void client.invalidateQueries({ queryKey: ['callbacks', center] });
  const { due, later } = byTime(own.data ?? [], now);
  useDueNews(own.data === undefined ? undefined : due, whoOf, 'was there');
  const closed = (isDone: boolean): void => {
    change(null);
    if (!isDone) return;
    again();
    // Its button may be gone with it.
    setTimeout(() => heading.current?.focus(), 50);
  };
  if (!own.data || own.data.length === 0) return null;
  const lines = (list: readonly Callback[], isDue: boolean): ReactNode => list.map((callback) => <Own key={callback.id} callback={callback} mark={isDue ? 'due' : 'later'} hands={hands} change={change} again={again} />);
  return (
    <section aria-labelledby="own-callbacks" className={css.ownPart}>
      <h2 id="own-callbacks" ref={heading} tabIndex={-1}>
        {t('callbacks.own')}
      </h2>
      {due.length > 0 && hands !== 'free' ? <p className={css.why}>{t(`callbacks.own.${hands}`)}</p> : null}
      <ul className={css.own}>
        {lines(due, true)}
        {lines(later, false)}
      </ul>
      <Suspense>
        {changing?.what === 'moving' ? <RescheduleDialog callback={changing.callback} close={closed} /> : null}
        {changing?.what === 'leaving' ? <CancelDialog id={changing.callback.id} who={whoOf(changing.callback)} close={closed} /> : null}
      </Suspense>
    </section>
  );
}

/** Those whose time came while the agent has something else in hand: said, and shown until the agent is free to call. */
export function OwnDue(): ReactNode {
  const t = useT();
  const whoOf = useWho();
  const now = useServerNow();
  const { center } = useSession();
  const own = useQuery({ queryKey: ownKey(center), queryFn: () => ownCallbacks(center), refetchInterval: FRESH_MS, retry: false });
  const { due } = byTime(own.data ?? [], now);
  useDueNews(own.data === undefined ? undefined : due, whoOf, 'came');
  if (due.length === 0) return null;
  return (
    <MessageBar intent="info" layout="multiline" data-due>
      <MessageBarBody>
        {due.map((it) => (
          <div key={it.id}>{t('callbacks.own.isDue', { who: whoOf(it) })}</div>
        ))}
        {t('callbacks.own.busy')}
      </MessageBarBody>
    </MessageBar>
  );
}

/**
 * Said once when its time comes, wherever on the desk it is shown then. Of what is due when somebody looks for the first time,
 * it is either there to be read, or came while it was not shown.
 */
function useDueNews(due: readonly Callback[] | undefined, whoOf: (callback: Callback) => string, first: 'was there' | 'came'): void {
  const t = useT();
  const client = useQueryClient();
  const { center } = useSession();
  useEffect(() => {
    if (due === undefined) return;
    const key = ['callbacks said', center];
    const before = client.getQueryData<readonly number[]>(key) ?? (first === 'came' ? [] : due.map(({ id }) => id));
    client.setQueryData(key, due.map(({ id }) => id));
    for (const it of due) if (!before.includes(it.id)) announce(t('callbacks.own.isDue', { who: whoOf(it) }));
  }, [due?.map(({ id }) => id).join()]); // eslint-disable-line
}

function Own({ callback, mark, hands, change, again }: { callback: Callback; mark: 'due' | 'later'; hands: Hands; change: (to: Changing) => void; again: () => void }): ReactNode {
  const t = useT();
  const say = useProblemText();
  const moment = useMoment();
  const windowText = useWindow();
  const now = useServerNow();
  const { center, zone } = useSession();
  const taking = useMutation({ mutationFn: () => takeCallback(center, callback.id), onSettled: again });
  const who = useWho()(callback);
  return (
    <li data-due={mark === 'due'}>
      <span>
        <span className={css.ownWho}>
          {mark === 'due' ? <Shape shape="bell" color={td.tdStateOffering} size={14} /> : null}
          <Customer callback={callback} />
        </span>
        <span className={css.why}>
          {mark === 'due' ? t('callbacks.own.due') : null} {callback.window ? windowText(callback.window, now) : null}{' '}
          {callback.owner ? t('callbacks.own.until', { at: isolated(moment(callback.owner.until, zone, now)) }) : null}
        </span>
        {taking.error ? (
          <span role="alert" className={css.wrong}>
            {say(taking.error)}
          </span>
        ) : null}
      </span>
      {isOpen(callback) ? (
        <span className={css.verbs}>
          <Button
            size="small"
            appearance={mark === 'due' ? 'primary' : 'secondary'}
            icon={taking.isPending ? <Spinner size="tiny" /> : <CallRegular />}
            aria-label={t('callbacks.take.label', { who })}
            disabledFocusable={hands !== 'free' || taking.isPending}
            aria-busy={taking.isPending}
            onClick={() => taking.mutate()}
          >
            {t('callbacks.take')}
          </Button>
          <Button size="small" aria-label={t('callbacks.reschedule.label', { who })} onClick={() => change({ what: 'moving', callback })}>
            {t('callbacks.reschedule')}
          </Button>
          <Button size="small" aria-label={t('callbacks.cancel.label', { who })} onClick={() => change({ what: 'leaving', callback })}>
            {t('callbacks.cancel')}
          </Button>
        </span>
      ) : null}
    </li>
  );
}
