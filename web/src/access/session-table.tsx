// Open sessions of somebody: since when, how they were opened, and until when they last.
import { Button } from '@fluentui/react-components';
import type { ReactNode } from 'react';
import admin from '../admin/admin.module.css';
import type { OpenSession } from '../api/access';
import { useT } from '../i18n/t';
import { inOrder } from './access';
import css from './access.module.css';
import { useMoment } from './moment';

interface Props {
  label: string;
  sessions: readonly OpenSession[];
  /** Ends one; left out where all are ended together. */
  end?: (session: OpenSession) => void;
}

export function SessionTable({ label, sessions, end }: Props): ReactNode {
  const t = useT();
  const moment = useMoment();
  return (
    <div className={`${admin.card} ${admin.list} ${css.list}`} tabIndex={0} role="region" aria-label={label}>
      <table className={admin.table}>
        <thead>
          <tr>
            <th scope="col">{t('sessions.opened')}</th>
            <th scope="col">{t('sessions.by')}</th>
            <th scope="col">{t('sessions.used')}</th>
            <th scope="col">{t('sessions.until')}</th>
            {end ? (
              <th scope="col">
                <span className="visually-hidden">{t('action.actions')}</span>
              </th>
            ) : null}
          </tr>
        </thead>
        <tbody>
          {inOrder(sessions).map((session) => (
            <tr key={session.id}>
              <td>
                <bdi>{moment(session.created_at)}</bdi>
                {session.is_current ? <span className={css.tag}>{t('sessions.this')}</span> : null}
              </td>
              <td>{t(session.confirmed_until === null ? 'sessions.by.local' : 'sessions.by.microsoft')}</td>
              <td>
                <bdi>{moment(session.last_seen_at)}</bdi>
              </td>
              <td>
                <bdi>{moment(session.expires_at)}</bdi>
              </td>
              {end ? (
                <td className={css.verbs}>
                  <Button
                    size="small"
                    aria-label={session.is_current ? t('shell.signOut') : t('sessions.end.label', { at: moment(session.created_at) })}
                    onClick={() => end(session)}
                  >
                    {session.is_current ? t('shell.signOut') : t('sessions.end')}
                  </Button>
                </td>
              ) : null}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
