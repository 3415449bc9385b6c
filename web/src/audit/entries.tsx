// Entries of the audit as rows; each opens to what it changed. Where it is narrow each row is a card.
import { Button } from '@fluentui/react-components';
import { ChevronDownRegular } from '@fluentui/react-icons/svg/chevron-down';
import { ChevronRightRegular } from '@fluentui/react-icons/svg/chevron-right';
import { Fragment, useId, useState, type ReactNode } from 'react';
import { useIntl } from 'react-intl';
import type { AuditItem } from '../api/audit';
import { useSession } from '../app/session';
import { td } from '../app/theme';
import { useMaybeT, useT } from '../i18n/t';
import { isolated } from '../ui/durations';
import { Shape } from '../ui/shapes';
import css from './audit.module.css';
import { Entry } from './entry';
import type { Filters } from './trail';

interface Props {
  items: readonly AuditItem[];
  narrow: (part: Partial<Filters>) => void;
}

export function Entries({ items, narrow }: Props): ReactNode {
  const t = useT();
  const [opened, setOpened] = useState<ReadonlySet<number>>(new Set());
  const turn = (n: number): void =>
    setOpened((before) => {
      const next = new Set(before);
      if (!next.delete(n)) next.add(n);
      return next;
    });
  return (
    <table role="table" className={css.table} aria-label={t('admin.audit.title')}>
      <thead role="rowgroup">
        <tr role="row">
          {(['at', 'actor', 'action', 'outcome', 'detail'] as const).map((column) => (
            <th key={column} role="columnheader" scope="col">
              {t(`audit.${column}`)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody role="rowgroup">
        {items.map((item) => (
          <Row key={item.n} item={item} isOpen={opened.has(item.n)} turn={() => turn(item.n)} narrow={narrow} />
        ))}
      </tbody>
    </table>
  );
}

interface RowProps {
  item: AuditItem;
  isOpen: boolean;
  turn: () => void;
  narrow: Props['narrow'];
}

function Row({ item, isOpen, turn, narrow }: RowProps): ReactNode {
  const t = useT();
  const id = useId();
  const intl = useIntl();
  const { zone } = useSession();
  const what = useWhat(item);
  const at = intl.formatDate(item.at, { dateStyle: 'medium', timeStyle: 'medium', hourCycle: 'h23', timeZone: zone });
  const isDenied = item.outcome === 'denied';
  return (
    <Fragment>
      <tr role="row" data-open={isOpen}>
        <td role="cell" className={css.at}>
          <Button
            size="small"
            appearance="subtle"
            icon={isOpen ? <ChevronDownRegular /> : <ChevronRightRegular className={css.towards} />}
            aria-expanded={isOpen}
            aria-controls={isOpen ? id : undefined}
            aria-label={t('audit.open', { n: isolated(item.n), what, at: isolated(at) })}
            onClick={turn}
          />
          <time className="tabular" dateTime={item.at}>
            <bdi>{at}</bdi>
          </time>
        </td>
        <td role="cell">
          <bdi>{item.actor === null ? t('audit.unknown') : item.actor === 'system' ? t('audit.system') : item.actor}</bdi>
        </td>
        <td role="cell" className={css.what}>
          {what}
          {item.has_change ? <span className={css.tag}>{t('audit.changed')}</span> : null}
        </td>
        <td role="cell">
          <span className={css.outcome}>
            <Shape shape={isDenied ? 'octagon' : 'circle'} color={isDenied ? td.tdLevelAct : td.tdLevelOk} size={10} />
            {t(`audit.outcome.${item.outcome}`)}
          </span>
        </td>
        <td role="cell" className={css.detail}>
          {item.detail}
        </td>
      </tr>
      {isOpen ? (
        <tr role="row" className={css.whole} id={id}>
          <td role="cell" colSpan={5}>
            <Entry item={item} narrow={narrow} />
          </td>
        </tr>
      ) : null}
    </Fragment>
  );
}

/** What was done to what, in words. */
function useWhat({ action, kind, id }: AuditItem): string {
  const t = useT();
  const maybe = useMaybeT();
  const done = maybe(`audit.action.${action}`, action);
  if (kind === null) return done;
  const of = maybe(`audit.kind.${kind}`, kind);
  // Some acts say themselves what they are done to.
  if (id !== null && done.toLowerCase().startsWith(of.toLowerCase())) return t('audit.what.id', { done, id: isolated(id) });
  return id === null ? t('audit.what.kind', { done, kind: of }) : t('audit.what', { done, kind: of, id: isolated(id) });
}
