// What came of an erasure: what is gone, and what was kept back and why.
import { MessageBar, MessageBarBody, MessageBarTitle } from '@fluentui/react-components';
import { useEffect, useRef, type ReactNode } from 'react';
import { Link } from 'react-router';
import admin from '../admin/admin.module.css';
import type { Erasure } from '../api/persons';
import { useMaybeT, useT } from '../i18n/t';
import { isolated } from '../ui/durations';
import { Ltr } from '../ui/time';
import { byWhy } from './erasing';
import css from './persons.module.css';

/** A dialog that closes looks for what opened it first. */
const CLOSED_MS = 50;

export function Erased({ number, erasure }: { number: string; erasure: Erasure }): ReactNode {
  const t = useT();
  const maybe = useMaybeT();
  const heading = useRef<HTMLHeadingElement>(null);
  // The button that asked for it is gone with what it was about.
  useEffect(() => {
    const timer = setTimeout(() => heading.current?.focus(), CLOSED_MS);
    return () => clearTimeout(timer);
  }, []);
  const { contacts, recordings, kept, n_more_kept } = erasure;
  return (
    <section className={`${admin.card} ${css.found}`}>
      <h2 ref={heading} tabIndex={-1} className={css.heading}>
        {t('persons.erased.title')} <Ltr>{number}</Ltr>
      </h2>
      <p>{t('persons.erased.text', { contacts, recordings })}</p>
      {kept.length > 0 ? (
        <MessageBar intent="warning" layout="multiline">
          <MessageBarBody>
            <MessageBarTitle>{t('persons.kept.back')}</MessageBarTitle>
            <ul className={css.list}>
              {byWhy(kept).map(({ why, kind, ids }) => (
                <li key={`${why} ${kind}`}>
                  {maybe(`persons.why.${why}`, why)} {maybe(`audit.kind.${kind}`, kind)}{' '}
                  {ids.map((id, i) => (
                    <span key={id}>
                      {i > 0 ? ', ' : null}
                      {kind === 'contact' ? (
                        <Link to={`/contacts/${id}`} className={css.link}>
                          {isolated(id)}
                        </Link>
                      ) : (
                        isolated(id)
                      )}
                    </span>
                  ))}
                </li>
              ))}
              {n_more_kept > 0 ? <li>{t('persons.kept.more', { n: n_more_kept })}</li> : null}
            </ul>
          </MessageBarBody>
        </MessageBar>
      ) : null}
    </section>
  );
}
