// The frame of administration pages: the side list of areas and the page beside it.
import type { ReactNode } from 'react';
import { NavLink } from 'react-router';
import { useSession } from '../app/session';
import { useT, type MessageId } from '../i18n/t';
import css from './admin.module.css';
import { AREAS, isSeen } from './areas';
import { ExpiryBar } from './expiry-bar';

interface Props {
  children: ReactNode;
  foot?: ReactNode;
  /** As wide as is good to read, or all that there is. */
  width?: 'text' | 'whole';
}

export function AdminFrame({ children, foot, width = 'text' }: Props): ReactNode {
  const t = useT();
  const { may } = useSession();
  return (
    <div className={css.layout}>
      <nav className={css.side} aria-label={t('admin.label')}>
        <h2>{t('nav.admin')}</h2>
        <ul>
          {AREAS.filter((area) => isSeen(area, may)).map((area) => (
            <li key={area}>
              <NavLink to={`/admin/${area}`}>{t(`admin.${area}.title` as MessageId)}</NavLink>
            </li>
          ))}
        </ul>
      </nav>
      <div className={css.body}>
        <ExpiryBar />
        <div className={css.inner} data-width={width}>
          {children}
        </div>
        {foot}
      </div>
    </div>
  );
}
