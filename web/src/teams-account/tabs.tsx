// Where the Teams account and its presence rules are found: the path as people know it, and the pages beside each other.
import type { ReactNode } from 'react';
import { Link, NavLink, useLocation } from 'react-router';
import '../i18n/directory';
import '../i18n/integration';
import { useT, type MessageId } from '../i18n/t';
import css from './teams-account.module.css';

/** B-062 and B-212: both lead to the same record. */
export const PATHS = {
  configuration: ['teamsAccount.path.configuration', 'teamsAccount.path.center', 'teamsAccount.path.accounts'],
  settings: ['teamsAccount.path.settings', 'teamsAccount.path.integrations', 'teamsAccount.path.office'],
} as const satisfies Record<string, readonly MessageId[]>;

export function Path({ of, here }: { of: keyof typeof PATHS; here?: string }): ReactNode {
  const t = useT();
  const parts = PATHS[of];
  return (
    <nav className={css.path} aria-label={t('teamsAccount.path')}>
      <ol>
        {parts.map((id, i) => (
          <li key={id}>{i === 0 ? <Link to="/admin">{t(id)}</Link> : <Link to="/admin/integrations">{t(id)}</Link>}</li>
        ))}
        {here === undefined ? null : <li aria-current="page">{here}</li>}
      </ol>
    </nav>
  );
}

const ACCOUNT = '/admin/integrations/teams';
/** The same record by its other path. */
const OFFICE = '/admin/integrations/office-365';
const TABS: readonly [string, MessageId][] = [
  [ACCOUNT, 'teamsAccount.tab.account'],
  ['/admin/integrations/teams/presence/to-teams', 'presence.toTeams'],
  ['/admin/integrations/teams/presence/from-teams', 'presence.fromTeams'],
];

export function Tabs(): ReactNode {
  const t = useT();
  const { pathname } = useLocation();
  return (
    <nav className={css.tabs} aria-label={t('teamsAccount.tabs')}>
      {TABS.map(([to, label]) => (
        <NavLink key={to} to={to === ACCOUNT && pathname === OFFICE ? OFFICE : to} end>
          {t(label)}
        </NavLink>
      ))}
    </nav>
  );
}
