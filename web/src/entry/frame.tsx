// The frame of pages that need no session.
import type { ReactNode } from 'react';
import { Appearance } from '../app/menus';
import { Logo } from '../app/shell';
import { useInfo } from '../app/session';
import { useT } from '../i18n/t';
import css from './entry.module.css';

export function EntryFrame({ title, text, children }: { title: string; text?: string; children?: ReactNode }): ReactNode {
  const t = useT();
  const info = useInfo();
  return (
    <div className={css.page}>
      <header className={css.top}>
        <Appearance />
      </header>
      <main className={css.middle}>
        <div className={css.card}>
          <div className={css.brand}>
            <Logo />
            {t('product.name')}
          </div>
          <div className={css.head}>
            <h1>{title}</h1>
            {text ? <p className={css.text}>{text}</p> : null}
          </div>
          {children}
        </div>
      </main>
      <footer className={css.foot}>
        {info.data?.notice ? <p>{info.data.notice}</p> : null}
        <p>{t('entry.version', { version: info.data?.version ?? '' })}</p>
      </footer>
    </div>
  );
}
