// One webhook: what it tells, and every delivery with how it stands.
import { Button, MessageBar, MessageBarBody } from '@fluentui/react-components';
import { DeleteRegular } from '@fluentui/react-icons/svg/delete';
import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { Link, useNavigate, useParams } from 'react-router';
import admin from '../admin/admin.module.css';
import { AdminFrame } from '../admin/frame';
import { deliveries, removeWebhook, resend, webhooks, type Delivery, type Webhook } from '../api/access';
import { announce } from '../app/announcer';
import { useSession } from '../app/session';
import { useTitle } from '../app/title';
import { useMaybeT, useT } from '../i18n/t';
import { More } from '../ui/more';
import { Shape } from '../ui/shapes';
import { Empty, Failed, Loading, NotFound, useProblemText } from '../ui/states';
import { Ltr } from '../ui/time';
import { contactOf, DELIVERY_LOOK, deliveryState } from './access';
import css from './access.module.css';
import { Confirm } from './confirm';
import { useMoment } from './moment';

/** Deliveries come and go while one looks. */
const LOOK_AGAIN_MS = 5_000;

export function Page(): ReactNode {
  const { id } = useParams();
  const { center } = useSession();
  const list = useQuery({ queryKey: ['webhooks', center], queryFn: () => webhooks(center) });
  const hook = list.data?.find((it) => String(it.id) === id);
  return (
    <AdminFrame>
      {list.isPending ? (
        <Loading rows={[32, 200, 240]} />
      ) : !list.data ? (
        <Failed error={list.error} retry={() => void list.refetch()} />
      ) : hook ? (
        <Found key={hook.id} hook={hook} />
      ) : (
        <NotFound />
      )}
    </AdminFrame>
  );
}

function Found({ hook }: { hook: Webhook }): ReactNode {
  const t = useT();
  const navigate = useNavigate();
  const client = useQueryClient();
  const { center } = useSession();
  const [isLeaving, leave] = useState(false);
  useTitle(t('admin.webhooks.title'));
  return (
    <>
      <nav className={admin.crumb} aria-label={t('admin.crumb')}>
        <Link to="/admin/webhooks">{t('admin.webhooks.title')}</Link>
        <span aria-hidden="true">{'/'}</span>
        <span aria-current="page" className={css.long}>
          <Ltr>{hook.url}</Ltr>
        </span>
      </nav>
      <div className={admin.head}>
        <h1>
          <Ltr>{hook.url}</Ltr>
        </h1>
        <Button icon={<DeleteRegular />} onClick={() => leave(true)}>
          {t('action.delete')}
        </Button>
      </div>
      <Facts hook={hook} />
      <Log hook={hook} />
      {isLeaving ? (
        <Confirm
          question={{
            title: t('webhooks.remove.title'),
            text: t('webhooks.remove.text'),
            verb: t('action.delete'),
            done: t('webhooks.removed'),
            run: () => removeWebhook(center, hook.id),
          }}
          close={(isDone) => {
            leave(false);
            if (!isDone) return;
            void navigate('/admin/webhooks');
            void client.invalidateQueries({ queryKey: ['webhooks', center] });
          }}
        />
      ) : null}
    </>
  );
}

function Facts({ hook }: { hook: Webhook }): ReactNode {
  const t = useT();
  const maybe = useMaybeT();
  return (
    <section className={`${admin.card} ${admin.section}`}>
      <h2>{t('webhooks.what')}</h2>
      <div className={admin.fields}>
        <ul>
          {hook.events.map((event) => (
            <li key={event}>{maybe(`webhooks.event.${event}`, event)}</li>
          ))}
        </ul>
        <p className={admin.hint}>{t('webhooks.what.hint')}</p>
      </div>
    </section>
  );
}

function Log({ hook }: { hook: Webhook }): ReactNode {
  const t = useT();
  const say = useProblemText();
  const { center } = useSession();
  const list = useInfiniteQuery({
    queryKey: ['deliveries', center, hook.id],
    queryFn: ({ pageParam }) => deliveries(center, hook.id, pageParam),
    initialPageParam: null as number | null,
    getNextPageParam: (page) => page.next_before,
    refetchInterval: LOOK_AGAIN_MS,
  });
  const rows = list.data?.pages.flatMap(({ items }) => items) ?? [];
  const sending = useMutation({
    mutationFn: (id: Delivery['id']) => resend(center, hook.id, id),
    onSuccess: async () => {
      announce(t('webhooks.resent'));
      await list.refetch();
    },
  });
  return (
    <section className={css.part} aria-label={t('webhooks.log')}>
      <h2 className={css.sub}>{t('webhooks.log')}</h2>
      <p className={admin.about}>{t('webhooks.log.about')}</p>
      {sending.error ? (
        <MessageBar intent="error" layout="multiline" role="alert">
          <MessageBarBody>{say(sending.error)}</MessageBarBody>
        </MessageBar>
      ) : null}
      {list.isPending ? (
        <Loading rows={[200]} />
      ) : !list.data ? (
        <Failed error={list.error} retry={() => void list.refetch()} />
      ) : rows.length === 0 ? (
        <div className={admin.card}>
          <Empty title={t('webhooks.log.none')} text={t('webhooks.log.none.text')} />
        </div>
      ) : (
        <div className={`${admin.card} ${admin.list} ${css.list}`} tabIndex={0} role="region" aria-label={t('webhooks.log')}>
          <Deliveries rows={rows} send={(id) => sending.mutate(id)} sending={sending.isPending ? sending.variables : null} />
          <More list={list} text={t('webhooks.log.more')} className={css.more} />
        </div>
      )}
    </section>
  );
}

function Deliveries({ rows, send, sending }: { rows: readonly Delivery[]; send: (id: Delivery['id']) => void; sending: Delivery['id'] | null }): ReactNode {
  const t = useT();
  const maybe = useMaybeT();
  const moment = useMoment();
  return (
    <table className={admin.table}>
      <thead>
        <tr>
          <th scope="col">{t('audit.at')}</th>
          <th scope="col">{t('webhooks.event')}</th>
          <th scope="col">{t('webhooks.state')}</th>
          <th scope="col">{t('webhooks.answer')}</th>
          <th scope="col">
            <span className="visually-hidden">{t('action.actions')}</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => {
          const state = deliveryState(row);
          const contact = contactOf(row.body);
          return (
            <tr key={row.id}>
              <td>
                <bdi>{moment(row.created_at)}</bdi>
              </td>
              <td>
                {maybe(`webhooks.event.${row.event}`, row.event)}
                {contact === null ? null : <div className={css.under}>{t('webhooks.contact', { id: contact })}</div>}
              </td>
              <td>
                <span className={admin.status}>
                  <Shape {...DELIVERY_LOOK[state]} size={10} />
                  {state === 'retrying' && row.next_attempt_at !== null ? t('webhooks.state.retryingAt', { at: moment(row.next_attempt_at) }) : t(`webhooks.state.${state}`)}
                </span>
                {row.n_attempts > 1 ? <div className={css.under}>{t('webhooks.attempts', { count: row.n_attempts })}</div> : null}
              </td>
              <td>{row.answer === null ? '' : maybe(`webhooks.answer.${row.answer}`, row.answer)}</td>
              <td>
                {state === 'waiting' ? null : (
                  <div className={css.verbs}>
                    <Button
                      size="small"
                      aria-label={t('webhooks.resend.label', { at: moment(row.created_at) })}
                      aria-busy={sending === row.id}
                      disabledFocusable={sending === row.id}
                      onClick={() => send(row.id)}
                    >
                      {t('webhooks.resend')}
                    </Button>
                  </div>
                )}
              </td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
