// Above everything while somebody looks as another account does: as whom, why what is pressed is refused, and the way out.
import { EyeRegular } from '@fluentui/react-icons/svg/eye';
import { useCallback, useEffect, useRef, useState, type ReactNode } from 'react';
import { endView } from '../api/view';
import { useT } from '../i18n/t';
import { clockTime, isolated } from '../ui/durations';
import { useProblemText } from '../ui/states';
import { END_VIEW, tellTabs } from './look';
import { useSession } from './session';
import { PEOPLE } from './use-look';
import css from './view-banner.module.css';

export function ViewBanner(): ReactNode {
  const t = useT();
  const { look, zone } = useSession();
  const { end, isEnding, refusal } = useEnding();
  if (look.standing === 'none') return null;
  const isOver = look.standing === 'over';
  return (
    <section className={css.banner} aria-label={t('view.label', { who: look.who })} data-region tabIndex={-1}>
      <EyeRegular fontSize={20} />
      <p>
        <b>{t(isOver ? 'view.over.still' : 'view.on', { who: look.who })}</b>{' '}
        {isOver ? t('view.over.load') : t('view.only', { at: isolated(clockTime(look.until, zone)) })}
        {refusal === null ? null : (
          <span role="alert" className={css.refusal}>
            {refusal}
          </span>
        )}
      </p>
      <button type="button" aria-busy={isEnding} onClick={isOver ? () => location.assign(PEOPLE) : end}>
        {t(isOver ? 'view.load' : isEnding ? 'view.ending' : 'view.end')}
      </button>
    </section>
  );
}

/** Ends the view and leads back to where it was begun; the palette does the same. */
function useEnding(): { end: () => void; isEnding: boolean; refusal: string | null } {
  const say = useProblemText();
  const { center } = useSession();
  const [isEnding, setEnding] = useState(false);
  const [refusal, setRefusal] = useState<string | null>(null);
  const isAsked = useRef(false);
  const end = useCallback(() => {
    if (isAsked.current) return;
    isAsked.current = true;
    setEnding(true);
    setRefusal(null);
    endView(center).then(
      () => {
        tellTabs();
        location.assign(PEOPLE);
      },
      (error: unknown) => {
        isAsked.current = false;
        setEnding(false);
        setRefusal(say(error));
      },
    );
  }, [center, say]);
  useEffect(() => {
    addEventListener(END_VIEW, end);
    return () => removeEventListener(END_VIEW, end);
  }, [end]);
  return { end, isEnding, refusal };
}
