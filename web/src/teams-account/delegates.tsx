// Who signs in to Teams for Tandem where Microsoft wants a person (B-205, B-206): nobody has to, and nobody can yet.
import { useId, type ReactNode } from 'react';
import access from '../access/access.module.css';
import admin from '../admin/admin.module.css';
import { useT } from '../i18n/t';

export function Delegates(): ReactNode {
  const t = useT();
  const id = useId();
  return (
    <section className={access.part} aria-labelledby={id}>
      <h2 id={id} className={access.sub}>
        {t('rights.delegates')}
      </h2>
      <p className={admin.about}>{t('rights.delegates.about')}</p>
      <p className={admin.hint}>{t('rights.delegates.notNeeded')}</p>
    </section>
  );
}
