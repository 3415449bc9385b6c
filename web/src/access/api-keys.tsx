// Keys with which other systems come in: what each may do, how long, and when it was used last. A new one is seen once.
import { Button } from '@fluentui/react-components';
import { AddRegular } from '@fluentui/react-icons/svg/add';
import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useState, type ReactNode } from 'react';
import admin from '../admin/admin.module.css';
import { AdminFrame } from '../admin/frame';
import { apiKeys, revokeApiKey, type ApiKey } from '../api/access';
import { useSession } from '../app/session';
import { useTitle } from '../app/title';
import { useMaybeT, useT } from '../i18n/t';
import { useServerNow } from '../live/hooks';
import { Shape } from '../ui/shapes';
import { Empty, Failed, Loading } from '../ui/states';
import { KEY_LOOK, keyState } from './access';
import css from './access.module.css';
import { useHeading } from './heading';
import { useMoment } from './moment';

// Dialogs come when they are needed.
const Confirm = lazy(() => import('./confirm').then((m) => ({ default: m.Confirm })));
const NewKey = lazy(() => import('./new-key').then((m) => ({ default: m.NewKey })));
const Once = lazy(() => import('./once').then((m) => ({ default: m.Once })));

export function Page(): ReactNode {
  return (
    <AdminFrame>
      <Keys />
    </AdminFrame>
  );
}

function Keys(): ReactNode {
  const t = useT();
  const title = t('admin.api-keys.title');
  useTitle(title);
  const { center } = useSession();
  const [heading, toHeading] = useHeading();
  const [isMaking, make] = useState(false);
  const [made, show] = useState<string | null>(null);
  const [leaving, leave] = useState<ApiKey | null>(null);
  const list = useQuery({ queryKey: ['api-keys', center], queryFn: () => apiKeys(center) });
  // What opened it is gone with the dialog before.
  const shown = (): void => {
    show(null);
    toHeading();
  };
  if (list.isPending) return <Loading rows={[32, 240]} />;
  if (!list.data) return <Failed error={list.error} retry={() => void list.refetch()} />;
  const add = (
    <Button appearance="primary" icon={<AddRegular />} onClick={() => make(true)}>
      {t('apiKeys.add')}
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
      <p className={admin.about}>{t('admin.api-keys.about')}</p>
      {list.data.length === 0 ? (
        <div className={admin.card}>
          <Empty title={t('apiKeys.none')} text={t('apiKeys.none.text')} action={add} />
        </div>
      ) : (
        <div className={`${admin.card} ${admin.list} ${css.list}`} tabIndex={0} role="region" aria-label={title}>
          <Table keys={list.data} revoke={leave} />
        </div>
      )}
      <Suspense>
        {isMaking ? (
          <NewKey
            close={(key) => {
              make(false);
              show(key);
              if (key !== null) void list.refetch();
            }}
          />
        ) : null}
        {made !== null ? (
          <Once title={t('apiKeys.made')} label={t('apiKeys.key')} hint={t('apiKeys.key.hint')} secret={made} close={shown} />
        ) : null}
        {leaving ? (
          <Confirm
            question={{
              title: t('apiKeys.revoke.title', { name: leaving.name }),
              text: t('apiKeys.revoke.text'),
              verb: t('apiKeys.revoke'),
              done: t('apiKeys.revoked', { name: leaving.name }),
              run: () => revokeApiKey(center, leaving.id),
            }}
            close={(isDone) => {
              leave(null);
              if (!isDone) return;
              void list.refetch();
              toHeading();
            }}
          />
        ) : null}
      </Suspense>
    </>
  );
}

function Table({ keys, revoke }: { keys: readonly ApiKey[]; revoke: (key: ApiKey) => void }): ReactNode {
  const t = useT();
  const maybe = useMaybeT();
  const moment = useMoment();
  const now = useServerNow();
  return (
    <table className={admin.table}>
      <thead>
        <tr>
          <th scope="col">{t('field.name')}</th>
          <th scope="col">{t('apiKeys.scopes')}</th>
          <th scope="col">{t('apiKeys.state')}</th>
          <th scope="col">{t('apiKeys.used')}</th>
          <th scope="col">
            <span className="visually-hidden">{t('action.actions')}</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {keys.map((key) => {
          const state = keyState(key, now);
          return (
            <tr key={key.id}>
              <td>
                <bdi className={css.who}>{key.name}</bdi>
                <div className={css.under}>{t('apiKeys.since', { at: moment(key.created_at) })}</div>
              </td>
              <td>
                <ul>
                  {key.scopes.map((scope) => (
                    <li key={scope}>{maybe(`apiKeys.scope.${scope}`, scope)}</li>
                  ))}
                </ul>
              </td>
              <td>
                <span className={admin.status}>
                  <Shape {...KEY_LOOK[state]} size={10} />
                  {t(`apiKeys.state.${state}`)}
                </span>
                <div className={css.under}>{key.expires_at === null ? t('apiKeys.ends.never') : t('apiKeys.ends', { at: moment(key.expires_at) })}</div>
              </td>
              <td>{key.last_used_at === null ? t('apiKeys.used.never') : <bdi>{moment(key.last_used_at)}</bdi>}</td>
              <td>
                <div className={css.verbs}>
                  <Button size="small" aria-label={t('apiKeys.revoke.label', { name: key.name })} onClick={() => revoke(key)}>
                    {t('apiKeys.revoke')}
                  </Button>
                </div>
              </td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
