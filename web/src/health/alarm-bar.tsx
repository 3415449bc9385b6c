// The bar above every page while something must be done now: names the first such check and leads to what to do.
import { useRef, type ReactNode } from 'react';
import { Link } from 'react-router';
import type { HealthCheck, SystemHealth } from '../api/contract';
import { td } from '../app/theme';
import '../i18n/health';
import { useT } from '../i18n/t';
import { LEVEL_SHAPE, Shape } from '../ui/shapes';
import css from './alarm.module.css';
import { nextAlarm } from './checks';
import { useHealthWords } from './words';

const HEALTH_PAGE = '/admin/health';

/** A screen reader speaks when the text of an alert changes, so it changes only when another finding is to be named. */
export function AlarmBar({ health }: { health: SystemHealth | undefined }): ReactNode {
  const t = useT();
  const words = useHealthWords();
  const named = useRef<HealthCheck | null>(null);
  named.current = nextAlarm(named.current, health);
  const check = named.current;
  if (check === null) return null;
  return (
    <div className={css.alarm}>
      <Shape shape={LEVEL_SHAPE.act.shape} color={td.tdLevelActMark} size={18} />
      <p>
        <span role="alert">{t('health.bar.text', { level: t('health.level.act'), check: words.name(check), what: words.alarm(check) })}</span>{' '}
        <Link to={HEALTH_PAGE}>{t('health.bar.link')}</Link>
      </p>
    </div>
  );
}
