// What the list of prompts shows of each: its languages as tags, and where it is heard.
import type { ReactNode } from 'react';
import { Link } from 'react-router';
import { useIntl } from 'react-intl';
import type { PromptInput } from '../api/prompts';
import { useList } from '../admin/settings';
import { useT } from '../i18n/t';
import { languageName } from './languages';
import { inOrder, usesOf, type Use } from './prompt';
import css from './prompts.module.css';

export function Tags({ prompt }: { prompt: PromptInput }): ReactNode {
  const t = useT();
  const { locale } = useIntl();
  return (
    <ul className={css.tags}>
      {inOrder(prompt).map(([tag]) => (
        <li key={tag} title={languageName(tag, locale)}>
          <bdi dir="ltr">{tag}</bdi>
          {tag === prompt.default_language ? <span> {t('prompts.default.mark')}</span> : null}
        </li>
      ))}
    </ul>
  );
}

/** Undefined while the lists are not there yet. */
export function useUses(id: number): Use[] | undefined {
  const flows = useList('flows');
  const queues = useList('queues');
  return flows.data && queues.data ? usesOf(id, flows.data.items, queues.data.items) : undefined;
}

export function UsedBy({ id }: { id: number }): ReactNode {
  const t = useT();
  const uses = useUses(id);
  if (uses === undefined) return null;
  if (uses.length === 0) return <span className={css.quiet}>{t('prompts.unused')}</span>;
  return (
    <ul className={css.uses}>
      {uses.map(({ area, id: at, name }) => (
        <li key={`${area}${at}`}>
          {t(area === 'flows' ? 'prompts.in.flows' : 'prompts.in.queues')} <Link to={`/admin/${area}/${at}`}>{name}</Link>
        </li>
      ))}
    </ul>
  );
}
