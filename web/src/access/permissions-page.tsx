// The permission sets: what each role allows. A table where there is room, role by role where there is not.
import { Button } from '@fluentui/react-components';
import { CheckmarkFilled } from '@fluentui/react-icons/svg/checkmark';
import { QuestionCircleRegular } from '@fluentui/react-icons/svg/question-circle';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useNavigate } from 'react-router';
import admin from '../admin/admin.module.css';
import { AdminFrame } from '../admin/frame';
import { permissionSets, type PermissionSets } from '../api/permissions';
import { useSession } from '../app/session';
import { useTitle } from '../app/title';
import { useMaybeT, useT } from '../i18n/t';
import { Failed, Loading } from '../ui/states';
import css from './permissions.module.css';

export function Page(): ReactNode {
  return (
    <AdminFrame>
      <Permissions />
    </AdminFrame>
  );
}

function Permissions(): ReactNode {
  const t = useT();
  const title = t('admin.permissions.title');
  useTitle(title);
  const navigate = useNavigate();
  const { center } = useSession();
  const sets = useQuery({ queryKey: ['permissions', center], queryFn: () => permissionSets(center), staleTime: 60_000 });
  if (sets.isPending) return <Loading rows={[32, 640]} />;
  if (sets.isError) return <Failed error={sets.error} retry={() => void sets.refetch()} />;
  return (
    <>
      <div className={admin.head}>
        <h1>{title}</h1>
        <Button icon={<QuestionCircleRegular />} onClick={() => void navigate('/admin/permissions/why')}>
          {t('why.title')}
        </Button>
      </div>
      <p className={admin.about}>{t('admin.permissions.about')}</p>
      <Wide sets={sets.data} />
      <Narrow sets={sets.data} />
    </>
  );
}

function useWords() {
  const t = useT();
  const maybe = useMaybeT();
  return {
    t,
    role: (word: string) => maybe(`role.${word}`, word),
    permission: (word: string) => maybe(`permission.${word}`, word),
    about: (word: string) => maybe(`permission.${word}.about`, ''),
  };
}

function Wide({ sets }: { sets: PermissionSets }): ReactNode {
  const { t, role, permission, about } = useWords();
  return (
    <div className={`${admin.card} ${css.wide}`} tabIndex={0} role="region" aria-label={t('admin.permissions.title')}>
      <table className={css.table}>
        <thead>
          <tr>
            <th scope="col">{t('permission.column')}</th>
            {sets.roles.map((set) => (
              <th key={set.role} scope="col">
                {role(set.role)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {sets.permissions.map((word) => (
            <tr key={word}>
              <th scope="row">
                {permission(word)}
                <span>{about(word)}</span>
              </th>
              {sets.roles.map((set) => (
                <Cell key={set.role} isOn={set.permissions.includes(word)} yes={t('list.yes')} no={t('list.no')} />
              ))}
            </tr>
          ))}
          <tr>
            <th scope="row">
              {t('permission.limited')}
              <span>{t('permission.limited.about')}</span>
            </th>
            {sets.roles.map((set) => (
              <Cell key={set.role} isOn={set.is_limited_by_scope} yes={t('list.yes')} no={t('list.no')} />
            ))}
          </tr>
        </tbody>
      </table>
    </div>
  );
}

function Cell({ isOn, yes, no }: { isOn: boolean; yes: string; no: string }): ReactNode {
  return (
    <td data-on={isOn}>
      {isOn ? <CheckmarkFilled fontSize={20} aria-hidden /> : <span aria-hidden="true">{'\u2013'}</span>}
      <span className="visually-hidden">{isOn ? yes : no}</span>
    </td>
  );
}

function Narrow({ sets }: { sets: PermissionSets }): ReactNode {
  const { t, role, permission, about } = useWords();
  return (
    <div className={css.narrow}>
      {sets.roles.map((set) => (
        <details key={set.role} className={admin.card}>
          <summary>
            {role(set.role)}
            <span>{t('permission.count', { n: set.permissions.length, of: sets.permissions.length })}</span>
          </summary>
          <ul>
            {sets.permissions
              .filter((word) => set.permissions.includes(word))
              .map((word) => (
                <li key={word}>
                  {permission(word)}
                  <span>{about(word)}</span>
                </li>
              ))}
            <li>{t(set.is_limited_by_scope ? 'permission.limited' : 'permission.limited.not')}</li>
          </ul>
        </details>
      ))}
    </div>
  );
}
