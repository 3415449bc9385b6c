// A scope in words: everything, its parts by name, or that nothing is in it.
import type { ReactNode } from 'react';
import { useList } from '../admin/settings';
import type { Scope } from '../api/permissions';
import { td } from '../app/theme';
import { useT } from '../i18n/t';
import { Shape } from '../ui/shapes';
import css from './access.module.css';
import { isEmpty, namedParts, PARTS, type NamesOf, type PartKind } from './scope';

export type ItemsOf = Record<PartKind, readonly { id: number; name: string }[]>;

/** What a scope can name; none while it is not here yet. */
export function useParts(): ItemsOf | null {
  const queues = useList('queues').data?.items;
  const teams = useList('teams').data?.items;
  const sites = useList('sites').data?.items;
  return queues && teams && sites ? { queues, teams, sites } : null;
}

function namesOf(items: ItemsOf): NamesOf {
  const of = (kind: PartKind): ReadonlyMap<number, string> => new Map(items[kind].map(({ id, name }) => [id, name]));
  return { queues: of(PARTS[0]), teams: of(PARTS[1]), sites: of(PARTS[2]) };
}

export function ScopeWords({ scope, items }: { scope: Scope; items: ItemsOf | null }): ReactNode {
  const t = useT();
  if (scope === null) return t('scope.everything');
  if (isEmpty(scope)) {
    return (
      <span className={css.mark}>
        <Shape shape="triangle" color={td.tdLevelWatch} size={12} />
        {t('scope.nothing')}
      </span>
    );
  }
  if (items === null) return t('scope.some');
  return (
    <ul className={css.parts}>
      {namedParts(scope, namesOf(items)).map(({ kind, names }) => (
        <li key={kind}>
          <span className={css.under}>{t(`scope.${kind}`)}</span> <bdi>{names.map((name) => name ?? t('scope.gone')).join(', ')}</bdi>
        </li>
      ))}
    </ul>
  );
}
