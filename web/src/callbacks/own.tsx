// The agent's own callbacks on the desk: whom the agent said to call, and until when nobody else does.
import { Button, Spinner } from '@fluentui/react-components';
import { CallRegular } from '@fluentui/react-icons/svg/call';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { lazy, Suspense, useState, type ReactNode } from 'react';
import { ownCallbacks, takeCallback, type Callback } from '../api/callbacks';
import { useSession } from '../app/session';
import { useT } from '../i18n/t';
import { isolated } from '../ui/durations';
import { useProblemText } from '../ui/states';
import { isOpen } from './book';
import css from './callbacks.module.css';
import { Customer, useMoment } from './words';

const RescheduleDialog = lazy(() => import('./reschedule').then((m) => ({ default: m.RescheduleDialog })));

const FRESH_MS = 15_000;

/** Nothing where there are none. */
export function OwnCallbacks({ isFree }: { isFree: boolean }): ReactNode {
  const t = useT();
  const { center } = useSession();
  const client = useQueryClient();
  const [moving, move] = useState<Callback | null>(null);
  const own = useQuery({ queryKey: ['callbacks', center, 'own'], queryFn: () => ownCallbacks(center), refetchInterval: FRESH_MS, retry: false });
  const again = (): void => void client.invalidateQueries({ queryKey: ['callbacks', center] });
  if (!own.data || own.data.length === 0) return null;
  return (
    <section aria-label={t('callbacks.own')}>
      <h2>{t('callbacks.own')}</h2>
      <ul className={css.own}>
        {own.data.map((callback) => (
          <Own key={callback.id} callback={callback} isFree={isFree} move={move} again={again} />
        ))}
      </ul>
      {moving ? (
        <Suspense>
          <RescheduleDialog
            callback={moving}
            close={(isDone) => {
              move(null);
              if (isDone) again();
            }}
          />
        </Suspense>
      ) : null}
    </section>
  );
}

function Own({ callback, isFree, move, again }: { callback: Callback; isFree: boolean; move: (it: Callback) => void; again: () => void }): ReactNode {
  const t = useT();
  const say = useProblemText();
  const moment = useMoment();
  const { center } = useSession();
  const taking = useMutation({ mutationFn: () => takeCallback(center, callback.id), onSettled: again });
  const who = isolated(callback.customer.name ?? callback.customer.number ?? callback.id);
  return (
    <li>
      <span>
        <Customer callback={callback} />
        <div className={css.why}>
          {callback.window ? t('callbacks.own.window', { from: moment(callback.window.from), to: moment(callback.window.to) }) : null}{' '}
          {callback.owner ? t('callbacks.own.until', { at: moment(callback.owner.until) }) : null}
        </div>
        {taking.error ? <div role="alert">{say(taking.error)}</div> : null}
      </span>
      {isOpen(callback) ? (
        <span className={css.verbs}>
          <Button
            size="small"
            appearance="primary"
            icon={taking.isPending ? <Spinner size="tiny" appearance="inverted" /> : <CallRegular />}
            aria-label={t('callbacks.take.label', { who })}
            disabledFocusable={!isFree || taking.isPending}
            aria-busy={taking.isPending}
            onClick={() => taking.mutate()}
          >
            {t('callbacks.take')}
          </Button>
          <Button size="small" aria-label={t('callbacks.reschedule.label', { who })} onClick={() => move(callback)}>
            {t('callbacks.reschedule')}
          </Button>
        </span>
      ) : null}
    </li>
  );
}
