// Integration accounts: a list that has one line at most, and the same record by the way that other people know.
import { Button } from '@fluentui/react-components';
import { AddRegular } from '@fluentui/react-icons/svg/add';
import { useQuery } from '@tanstack/react-query';
import { useId, type ReactNode } from 'react';
import { Link, useNavigate } from 'react-router';
import access from '../access/access.module.css';
import admin from '../admin/admin.module.css';
import { AdminFrame } from '../admin/frame';
import { teamsAccountOf, type TeamsAccount } from '../api/teams-account';
import { useSession } from '../app/session';
import { useTitle } from '../app/title';
import { useT } from '../i18n/t';
import { Empty, Failed, Loading } from '../ui/states';
import { Path } from './tabs';
import css from './teams-account.module.css';
import { useExpiryText } from './words';

const RECORD = '/admin/integrations/teams';

export function useTeamsAccount() {
  const { center } = useSession();
  return useQuery({ queryKey: ['teams-account', center], queryFn: () => teamsAccountOf(center), refetchOnWindowFocus: false });
}

export function Page(): ReactNode {
  const t = useT();
  const title = t('admin.integrations.title');
  useTitle(title);
  const account = useTeamsAccount();
  return (
    <AdminFrame>
      <Path of="configuration" />
      {account.isPending ? (
        <Loading rows={[32, 120, 120]} />
      ) : account.isError ? (
        <Failed error={account.error} retry={() => void account.refetch()} />
      ) : (
        <Integrations title={title} account={account.data} />
      )}
    </AdminFrame>
  );
}

function Integrations({ title, account }: { title: string; account: TeamsAccount | null }): ReactNode {
  const t = useT();
  const id = useId();
  const navigate = useNavigate();
  const { may } = useSession();
  const mayAdd = may('edit_settings');
  const why = account !== null ? t('teamsAccount.onlyOne') : mayAdd ? '' : t('form.readOnly');
  return (
    <>
      <div className={admin.head}>
        <h1>{title}</h1>
        <Button
          appearance="primary"
          icon={<AddRegular />}
          disabledFocusable={why !== ''}
          aria-describedby={why === '' ? undefined : `${id}-why`}
          onClick={() => void navigate(RECORD)}
        >
          {t('teamsAccount.add')}
        </Button>
      </div>
      <p className={admin.about}>{t('admin.integrations.about')}</p>
      {why === '' ? null : (
        <p id={`${id}-why`} className={css.why}>
          {why}
        </p>
      )}
      {account === null ? (
        <Empty title={t('teamsAccount.none')} text={t('teamsAccount.none.text')} action={mayAdd ? <Link to={RECORD}>{t('teamsAccount.add.teams')}</Link> : undefined} />
      ) : (
        <Line account={account} />
      )}
      <section aria-labelledby={`${id}-office`} className={access.part}>
        <Path of="settings" />
        <div className={`${admin.card} ${css.office}`}>
          <div>
            <h2 id={`${id}-office`}>{t('teamsAccount.path.office')}</h2>
            <p className={admin.about}>{t('teamsAccount.office.about')}</p>
          </div>
          <Button onClick={() => void navigate('/admin/integrations/office-365')}>{t('teamsAccount.configure')}</Button>
        </div>
      </section>
    </>
  );
}

function Line({ account }: { account: TeamsAccount }): ReactNode {
  const t = useT();
  const expiry = useExpiryText();
  return (
    <div className={`${admin.card} ${admin.list} ${access.list}`} tabIndex={0} role="region" aria-label={t('admin.integrations.title')}>
      <table className={admin.table}>
        <thead>
          <tr>
            <th scope="col">{t('teamsAccount.name')}</th>
            <th scope="col">{t('teamsAccount.kind')}</th>
            <th scope="col">{t('teamsAccount.expires')}</th>
            <th scope="col">{t('teamsAccount.users')}</th>
          </tr>
        </thead>
        <tbody>
          <tr>
            <td>
              <Link to={RECORD}>{account.name}</Link>
            </td>
            <td>{t('teamsAccount.kind.teams')}</td>
            <td>{expiry(account)}</td>
            <td>{t('teamsAccount.users.value', { n: account.n_enabled, of: account.n_agents })}</td>
          </tr>
        </tbody>
      </table>
    </div>
  );
}
