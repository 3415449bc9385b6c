// A loop of two mappings, drawn as what follows what, and named.
import { ArrowRightRegular } from '@fluentui/react-icons/svg/arrow-right';
import { ArrowRepeatAllRegular } from '@fluentui/react-icons/svg/arrow-repeat-all';
import type { ReactNode } from 'react';
import type { Shown } from '../api/presence-rules';
import { useT } from '../i18n/t';
import css from './presence.module.css';
import { ShownShape, type Words } from './words';

export function Cycle({ cycle, words }: { cycle: readonly Shown[]; words: Words }): ReactNode {
  const t = useT();
  return (
    <div className={css.cycle}>
      <ol aria-label={t('presence.loop.drawn')}>
        {cycle.map((shown, i) => (
          <li key={i}>
            {i > 0 ? <ArrowRightRegular className={css.arrow} fontSize={16} /> : null}
            <span className={css.stop}>
              <ShownShape of={shown} />
              <span>
                <small>{t(`presence.side.${shown.side}`)}</small> {words.shown(shown)}
              </span>
            </span>
          </li>
        ))}
      </ol>
      <p className={css.again}>
        <ArrowRepeatAllRegular fontSize={16} />
        {t('presence.loop.again')}
      </p>
    </div>
  );
}
