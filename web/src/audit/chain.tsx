// The last entry of the audit and its link, which is to be kept where nobody who administers this machine can write.
import { Button } from '@fluentui/react-components';
import { CopyRegular } from '@fluentui/react-icons/svg/copy';
import type { ReactNode } from 'react';
import admin from '../admin/admin.module.css';
import type { Head } from '../api/audit';
import { useT } from '../i18n/t';
import { useCopy } from '../ui/copy';
import css from './audit.module.css';

export function Chain({ head }: { head: Head }): ReactNode {
  const t = useT();
  const [isCopied, copy] = useCopy();
  return (
    <section className={`${admin.card} ${css.chain}`} aria-label={t('audit.chain')}>
      <div>
        <h2>{t('audit.chain')}</h2>
        <p>{t('audit.chain.about')}</p>
        <p>
          {t('audit.chain.entry', { n: head.n })}{' '}
          <code dir="ltr">{head.link}</code>
        </p>
      </div>
      <Button icon={<CopyRegular />} onClick={() => copy(`${head.n} ${head.link}`)}>
        {t(isCopied ? 'action.copied' : 'audit.chain.copy')}
      </Button>
    </section>
  );
}
