// One entry of the audit whole: what was changed, place by place, the documents before and after, and its link.
import { Button } from '@fluentui/react-components';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { auditEntry, type AuditEntry, type AuditItem, type Change } from '../api/audit';
import { useSession } from '../app/session';
import { useT } from '../i18n/t';
import { Failed, Loading } from '../ui/states';
import css from './audit.module.css';
import { stepsOf, valueText, type Filters } from './trail';

export function Entry({ item, narrow }: { item: AuditItem; narrow: (part: Partial<Filters>) => void }): ReactNode {
  const t = useT();
  const { center } = useSession();
  const { actor, kind, id } = item;
  const found = useQuery({ queryKey: ['audit-entry', center, item.n], queryFn: () => auditEntry(center, item.n), staleTime: Number.POSITIVE_INFINITY });
  if (found.isPending) return <Loading rows={[80]} />;
  if (found.isError) return <Failed error={found.error} retry={() => void found.refetch()} />;
  const entry = found.data;
  return (
    <div className={css.entry}>
      {entry.has_change ? <Changes entry={entry} /> : null}
      <dl className={css.facts}>
        {entry.version === null ? null : (
          <div>
            <dt>{t('audit.version')}</dt>
            <dd>{entry.version}</dd>
          </div>
        )}
        <div>
          <dt>{t('audit.link', { n: entry.n })}</dt>
          <dd>
            <code dir="ltr">{entry.link}</code>
          </dd>
        </div>
      </dl>
      <div className={css.verbs}>
        {actor === null ? null : (
          <Button size="small" onClick={() => narrow({ actor })}>
            {t('audit.onlyActor', { actor: actor === 'system' ? t('audit.system') : actor })}
          </Button>
        )}
        {kind === null || id === null ? null : (
          <Button size="small" onClick={() => narrow({ kind, id: String(id), action: '' })}>
            {t('audit.onlyObject')}
          </Button>
        )}
      </div>
    </div>
  );
}

function Changes({ entry }: { entry: AuditEntry }): ReactNode {
  const t = useT();
  const { before, after, changes, n_more_changes: nMore = 0 } = entry;
  if (before === null && after === null) return <p>{t('audit.change.unknown')}</p>;
  // Of what was made or deleted every place is another: the document says it once.
  if (before === null || after === null) {
    return (
      <div>
        <h3>{t(before === null ? 'audit.change.made' : 'audit.change.removed')}</h3>
        <Document value={before ?? after} title={t('audit.change.document')} />
      </div>
    );
  }
  return (
    <div>
      <h3>{t('audit.change.places', { n: changes.length + nMore })}</h3>
      <table role="table" className={css.changes} aria-label={t('audit.change.places', { n: changes.length + nMore })}>
        <thead role="rowgroup">
          <tr role="row">
            <th role="columnheader" scope="col">
              {t('audit.change.place')}
            </th>
            <th role="columnheader" scope="col">
              {t('audit.change.before')}
            </th>
            <th role="columnheader" scope="col">
              {t('audit.change.after')}
            </th>
          </tr>
        </thead>
        <tbody role="rowgroup">
          {changes.map((change) => (
            <ChangeRow key={change.path} change={change} />
          ))}
        </tbody>
      </table>
      {nMore > 0 ? <p>{t('audit.change.more', { n: nMore })}</p> : null}
      <details className={css.folded}>
        <summary>{t('audit.change.whole')}</summary>
        <div className={css.sides}>
          <Document value={before} title={t('audit.change.before')} />
          <Document value={after} title={t('audit.change.after')} />
        </div>
      </details>
    </div>
  );
}

function ChangeRow({ change }: { change: Change }): ReactNode {
  const t = useT();
  return (
    <tr role="row">
      <th role="rowheader" scope="row">
        <bdi>{stepsOf(change.path).join(' \u203a ') || t('audit.change.document')}</bdi>
      </th>
      <td role="cell">
        <span className={css.inline} aria-hidden="true">
          {t('audit.change.before')}
        </span>
        <Value value={change.before} />
      </td>
      <td role="cell">
        <span className={css.inline} aria-hidden="true">
          {t('audit.change.after')}
        </span>
        <Value value={change.after} />
      </td>
    </tr>
  );
}

function Value({ value }: { value: unknown }): ReactNode {
  const t = useT();
  const told = valueText(value);
  if (told === null) return <span className={css.quiet}>{t('audit.change.nothing')}</span>;
  if (!told.isLong) return <code dir="auto">{told.text}</code>;
  return (
    <details className={css.folded}>
      <summary>{t('audit.change.long', { n: told.text.length })}</summary>
      <pre tabIndex={0} dir="auto">
        {told.text}
      </pre>
    </details>
  );
}

function Document({ value, title }: { value: unknown; title: string }): ReactNode {
  return (
    <figure className={css.document}>
      <figcaption>{title}</figcaption>
      <pre tabIndex={0} dir="ltr" aria-label={title}>
        {JSON.stringify(value, null, 2)}
      </pre>
    </figure>
  );
}
