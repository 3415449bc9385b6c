// One webhook: where it goes and what it tells, and every delivery with how it stands.
import { Button, MessageBar, MessageBarBody, Spinner } from '@fluentui/react-components';
import { DeleteRegular } from '@fluentui/react-icons/svg/delete';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState, type FormEvent, type ReactNode } from 'react';
import { Link, useNavigate, useParams } from 'react-router';
import admin from '../admin/admin.module.css';
import { errorsFor } from '../admin/forms';
import { AdminFrame } from '../admin/frame';
import { changeWebhook, deliveries, removeWebhook, resend, webhooks, type Delivery, type Webhook, type WebhookInput } from '../api/access';
import { ApiError } from '../api/client';
import { announce } from '../app/announcer';
import { useSession } from '../app/session';
import { useTitle } from '../app/title';
import { useMaybeT, useT } from '../i18n/t';
import { Shape } from '../ui/shapes';
import { Empty, Failed, Loading, NotFound, useProblemText } from '../ui/states';
import { Ltr } from '../ui/time';
import { DELIVERY_LOOK, webhookProblems } from './access';
import css from './access.module.css';
import { Confirm } from './confirm';
import { useMoment } from './moment';
import { WebhookFields } from './webhook-fields';

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
      ) : list.isError ? (
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
      <Form hook={hook} />
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

function Form({ hook }: { hook: Webhook }): ReactNode {
  const t = useT();
  const say = useProblemText();
  const client = useQueryClient();
  const { center } = useSession();
  const start: WebhookInput = { url: hook.url, events: hook.events };
  const [input, setInput] = useState(start);
  const [isTried, setTried] = useState(false);
  const saving = useMutation({
    mutationFn: () => changeWebhook(center, hook.id, { ...input, url: input.url.trim() }),
    onSuccess: async () => {
      announce(t('form.saved'));
      await client.invalidateQueries({ queryKey: ['webhooks', center] });
    },
  });
  const isDirty = input.url !== start.url || [...input.events].sort().join() !== [...start.events].sort().join();
  const wrong = webhookProblems(input);
  const refused = saving.error instanceof ApiError ? (saving.error.problem.errors ?? []) : [];
  const errorOf = (field: 'url' | 'events'): string | undefined => (isTried && wrong[field] ? t(wrong[field]) : errorsFor(refused, field));
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    setTried(true);
    if (!wrong.url && !wrong.events && isDirty && !saving.isPending) saving.mutate();
  };
  return (
    <form onSubmit={submit} noValidate>
      <section className={`${admin.card} ${admin.section}`}>
        <h2>{t('webhooks.what')}</h2>
        <div className={admin.fields}>
          <WebhookFields value={input} errorOf={errorOf} change={setInput} />
          {saving.error && refused.length === 0 ? (
            <MessageBar intent="error" layout="multiline" role="alert">
              <MessageBarBody>{say(saving.error)}</MessageBarBody>
            </MessageBar>
          ) : null}
          <div className={css.verbs}>
            <Button
              type="submit"
              appearance="primary"
              icon={saving.isPending ? <Spinner size="tiny" appearance="inverted" aria-hidden /> : undefined}
              aria-busy={saving.isPending}
              disabledFocusable={!isDirty || saving.isPending}
            >
              {t('action.save')}
            </Button>
            {isDirty ? <Button onClick={() => setInput(start)}>{t('action.discard')}</Button> : null}
          </div>
        </div>
      </section>
    </form>
  );
}

function Log({ hook }: { hook: Webhook }): ReactNode {
  const t = useT();
  const say = useProblemText();
  const { center } = useSession();
  const list = useQuery({ queryKey: ['deliveries', center, hook.id], queryFn: () => deliveries(center, hook.id), refetchInterval: LOOK_AGAIN_MS });
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
      ) : list.isError ? (
        <Failed error={list.error} retry={() => void list.refetch()} />
      ) : list.data.length === 0 ? (
        <div className={admin.card}>
          <Empty title={t('webhooks.log.none')} text={t('webhooks.log.none.text')} />
        </div>
      ) : (
        <div className={`${admin.card} ${admin.list} ${css.list}`} tabIndex={0} role="region" aria-label={t('webhooks.log')}>
          <Deliveries rows={list.data} send={(id) => sending.mutate(id)} sending={sending.isPending ? sending.variables : null} />
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
        {rows.map((row) => (
          <tr key={row.id}>
            <td>
              <bdi>{moment(row.at)}</bdi>
            </td>
            <td>
              {maybe(`webhooks.event.${row.event}`, row.event)}
              {row.contact_id === null ? null : <div className={css.under}>{t('webhooks.contact', { id: row.contact_id })}</div>}
            </td>
            <td>
              <span className={admin.status}>
                <Shape {...DELIVERY_LOOK[row.state]} size={10} />
                {row.state === 'retrying' && row.next_at !== null ? t('webhooks.state.retryingAt', { at: moment(row.next_at) }) : t(`webhooks.state.${row.state}`)}
              </span>
              {row.attempts > 1 ? <div className={css.under}>{t('webhooks.attempts', { count: row.attempts })}</div> : null}
            </td>
            <td>{row.status !== null ? row.status : row.state === 'waiting' ? '' : row.error ? maybe(`webhooks.error.${row.error}`, row.error) : t('webhooks.answer.none')}</td>
            <td>
              {row.state === 'waiting' ? null : (
                <div className={css.verbs}>
                  <Button
                    size="small"
                    aria-label={t('webhooks.resend.label', { at: moment(row.at) })}
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
        ))}
      </tbody>
    </table>
  );
}
