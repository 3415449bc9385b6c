// What a queue asks, step by step, as somebody would tell it.
import type { ReactNode } from 'react';
import admin from '../admin/admin.module.css';
import { useT } from '../i18n/t';
import type { Asking } from './plan';
import { useAskWords } from './words';

export function Rule({ queue }: { queue: Asking }): ReactNode {
  const t = useT();
  const words = useAskWords();
  return (
    <div className={admin.preview} role="group" aria-label={t('ask.rule')}>
      <h3>{t('ask.rule')}</h3>
      <dl>
        {words.rule(queue).map(({ when, sentences }) => (
          <div key={when}>
            <dt>{when}</dt>
            <dd>{sentences.join(' ')}</dd>
          </div>
        ))}
      </dl>
      {queue.max_wait_s > 0 ? <p>{t('ask.rule.end', { after: words.span(queue.max_wait_s) })}</p> : null}
    </div>
  );
}
