// What a contact has been through, line by line, with names in place of ids.
import { useCallback, type ReactNode } from 'react';
import type { TimelineRow } from '../api/contract';
import { useSession } from '../app/session';
import '../i18n/past';
import { useMaybeT, type Values } from '../i18n/t';
import { At } from '../ui/time';
import css from './story-lines.module.css';
import { attributeName, named, type Names } from './talk';

/** What a line may leave out. */
const UNTOLD = { by: 'none', why: 'none', cause: 'none', told_s: 'none' };

/** A line in words; what this build does not know is said by its code. */
export function useLineText(names: Names, isOutbound: boolean): (what: string, detail: Readonly<Record<string, unknown>>) => string {
  const maybe = useMaybeT();
  return useCallback(
    (what, detail) => {
      const line = what === 'answered' && isOutbound ? 'answered.outbound' : what;
      return maybe(`timeline.${line}`, attributeName(what), { ...UNTOLD, ...named(detail, names) } as Values);
    },
    [maybe, names, isOutbound],
  );
}

export function StoryLines({ rows, names, isOutbound }: { rows: readonly TimelineRow[]; names: Names; isOutbound: boolean }): ReactNode {
  const { zone } = useSession();
  const text = useLineText(names, isOutbound);
  return (
    <ol className={css.timeline}>
      {rows.map((row, i) => (
        <li key={i}>
          <At at={row.at} zone={zone} seconds />
          <span>{text(row.what, row.detail)}</span>
        </li>
      ))}
    </ol>
  );
}
