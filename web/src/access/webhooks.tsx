// Which other systems are told of what happens here.
import { Button } from '@fluentui/react-components';
import { AddRegular } from '@fluentui/react-icons/svg/add';
import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useState, type ReactNode } from 'react';
import { Link } from 'react-router';
import admin from '../admin/admin.module.css';
import { AdminFrame } from '../admin/frame';
import { webhooks } from '../api/access';
import { useSession } from '../app/session';
import { useTitle } from '../app/title';
import { useMaybeT, useT } from '../i18n/t';
import { Empty, Failed, Loading } from '../ui/states';
import { Ltr } from '../ui/time';
import css from './access.module.css';
import { useHeading } from './heading';

// Dialogs come when they are needed.
const NewWebhook = lazy(() => import('./new-webhook').then((m) => ({ default: m.NewWebhook })));
const Once = lazy(() => import('./once').then((m) => ({ default: m.Once })));

export function Page(): ReactNode {
  return (
    <AdminFrame>
      <Webhooks />
    </AdminFrame>
  );
}

function Webhooks(): ReactNode {
  const t = useT();
  const maybe = useMaybeT();
  const title = t('admin.webhooks.title');
  useTitle(title);
  const { center } = useSession();
  const [heading, toHeading] = useHeading();
  const [isMaking, make] = useState(false);
  const [made, show] = useState<string | null>(null);
  const list = useQuery({ queryKey: ['webhooks', center], queryFn: () => webhooks(center) });
  // What opened it is gone with the dialog before.
  const shown = (): void => {
    show(null);
    toHeading();
  };
  if (list.isPending) return <Loading rows={[32, 160]} />;
  if (!list.data) return <Failed error={list.error} retry={() => void list.refetch()} />;
  const add = (
    <Button appearance="primary" icon={<AddRegular />} onClick={() => make(true)}>
      {t('webhooks.add')}
    </Button>
  );
  return (
    <>
      <div className={admin.head}>
        <h1 ref={heading} tabIndex={-1} className={css.heading}>
          {title}
        </h1>
        {list.data.length > 0 ? add : null}
      </div>
      <p className={admin.about}>{t('admin.webhooks.about')}</p>
      {list.data.length === 0 ? (
        <div className={admin.card}>
          <Empty title={t('webhooks.none')} text={t('webhooks.none.text')} action={add} />
        </div>
      ) : (
        <div className={`${admin.card} ${admin.list} ${css.list}`} tabIndex={0} role="region" aria-label={title}>
          <table className={admin.table}>
            <thead>
              <tr>
                <th scope="col">{t('webhooks.url')}</th>
                <th scope="col">{t('webhooks.events')}</th>
              </tr>
            </thead>
            <tbody>
              {list.data.map((hook) => (
                <tr key={hook.id}>
                  <td>
                    <Link to={`/admin/webhooks/${hook.id}`}>
                      <Ltr>{hook.url}</Ltr>
                    </Link>
                  </td>
                  <td>{hook.events.map((event) => maybe(`webhooks.event.${event}`, event)).join(', ')}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      <Suspense>
        {isMaking ? (
          <NewWebhook
            close={(secret) => {
              make(false);
              show(secret);
              if (secret !== null) void list.refetch();
            }}
          />
        ) : null}
        {made !== null ? (
          <Once title={t('webhooks.made')} label={t('webhooks.secret')} hint={t('webhooks.secret.hint')} secret={made} close={shown} />
        ) : null}
      </Suspense>
    </>
  );
}
