// The pink bar above every page of administration while the secret of the Teams account expires within 15 days, or has (B-069,
// B-209). The server judges; a shape and words say it, not the color alone.
import type { ReactNode } from 'react';
import { Link } from 'react-router';
import type { SystemHealth } from '../api/contract';
import { useSession } from '../app/session';
import { td } from '../app/theme';
import { useT } from '../i18n/t';
import { useTopic } from '../live/hooks';
import { Shape } from '../ui/shapes';
import css from './expiry-bar.module.css';

const CHECK = 'teams_secret';

export function ExpiryBar(): ReactNode {
  const { may } = useSession();
  return <SecretBar health={useTopic('health', may('see_health'))} />;
}

export function SecretBar({ health }: { health: SystemHealth | undefined }): ReactNode {
  const t = useT();
  const check = health?.checks.find((it) => it.id === CHECK && it.level !== 'ok');
  if (!check) return null;
  const isOver = check.level === 'act';
  const days = check.params['days'];
  const text = isOver ? t('renew.expired') : typeof days === 'number' ? t('renew.days', { n: days }) : t('renew.soon');
  return (
    <div className={css.bar} role="status" data-bar="secret" data-over={isOver}>
      <Shape shape={isOver ? 'octagon' : 'triangle'} color={td.tdSecretInk} size={18} />
      <p>
        {text} <Link to="/admin/integrations/teams">{t('renew.link')}</Link>
      </p>
    </div>
  );
}
