// The audit list: who did what, and what was denied.
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { api, ask } from '../api/client';
import { useSession } from '../app/session';
import { td } from '../app/theme';
import { useTitle } from '../app/title';
import { useMaybeT, useT } from '../i18n/t';
import { Shape } from '../ui/shapes';
import { Empty, Failed, Loading } from '../ui/states';
import { At } from '../ui/time';
import css from './admin.module.css';
import { AdminFrame } from './frame';

export function Page(): ReactNode {
  return (
    <AdminFrame>
      <Audit />
    </AdminFrame>
  );
}

function Audit(): ReactNode {
  const t = useT();
  const maybe = useMaybeT();
  const title = t('admin.audit.title');
  useTitle(title);
  const { center, zone } = useSession();
  const audit = useQuery({
    queryKey: ['audit', center],
    queryFn: () => ask(api.GET('/{center}/audit', { params: { path: { center }, query: { limit: 100 } } })),
  });
  if (audit.isPending) return <Loading rows={[32, 400]} />;
  if (audit.isError) return <Failed error={audit.error} retry={() => void audit.refetch()} />;
  const rows = audit.data.items;
  return (
    <>
      <div className={css.head}>
        <h1>{title}</h1>
      </div>
      <p className={css.about}>{t('admin.audit.about')}</p>
      {rows.length === 0 ? (
        <Empty title={t('admin.audit.none')} />
      ) : (
        <div className={`${css.card} ${css.list}`} tabIndex={0} role="region" aria-label={title}>
          <table className={css.table}>
            <thead>
              <tr>
                <th scope="col">{t('audit.at')}</th>
                <th scope="col">{t('audit.actor')}</th>
                <th scope="col">{t('audit.action')}</th>
                <th scope="col">{t('audit.outcome')}</th>
                <th scope="col">{t('audit.detail')}</th>
              </tr>
            </thead>
            <tbody>
              {rows.map((row) => (
                <tr key={row.n}>
                  <td>
                    <At at={row.at} zone={zone} seconds />
                  </td>
                  <td>{row.actor ?? t('audit.unknown')}</td>
                  <td>{maybe(`audit.action.${row.action}`, row.action)}</td>
                  <td>
                    <span className={css.status}>
                      <Shape
                        shape={row.outcome === 'denied' ? 'octagon' : 'circle'}
                        color={row.outcome === 'denied' ? td.tdLevelAct : td.tdLevelOk}
                        size={10}
                      />
                      {t(`audit.outcome.${row.outcome}`)}
                    </span>
                  </td>
                  <td>{row.detail}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </>
  );
}
