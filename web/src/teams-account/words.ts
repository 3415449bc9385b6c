// How the Teams account reads: until when its secret is good, and how far a step has come.
import type { TeamsAccount } from '../api/teams-account';
import { useIntl } from 'react-intl';
import { useSession } from '../app/session';
import { td } from '../app/theme';
import { useT } from '../i18n/t';
import { figuresOf } from '../ui/figures';
import type { ShapeName } from '../ui/shapes';
import type { Progress } from './account';

export function useDay(): (at: string) => string {
  const intl = useIntl();
  const { zone } = useSession();
  return (at) => figuresOf(intl, zone).day(at);
}

/** A secret that lasts longer is counted in days by nobody. */
const DAYS_TOLD = 365;

/** B-068: unknown is said, never guessed. */
export function useExpiryText(): (account: Pick<TeamsAccount, 'expires_at' | 'expires_at_source' | 'expiry_uncertain' | 'days_left'>) => string {
  const t = useT();
  const day = useDay();
  return ({ expires_at, expires_at_source, expiry_uncertain, days_left }) => {
    if (expires_at === null) return t('teamsAccount.expires.unknown');
    const when = days_left !== null && days_left < 0 ? t('teamsAccount.expires.over', { day: day(expires_at) }) : t('teamsAccount.expires.on', { day: day(expires_at), n: days_left ?? 0, known: days_left === null || days_left > DAYS_TOLD ? 'no' : 'yes' });
    const source = expires_at_source === 'unknown' ? '' : t(`teamsAccount.expires.${expires_at_source}`);
    return [when, source, expiry_uncertain ? t('teamsAccount.expires.uncertain') : ''].filter((it) => it !== '').join(' ');
  };
}

/** A state is a shape and a word, never a color alone. */
export const PROGRESS_SHAPE: Record<Progress, { shape: ShapeName; color: string }> = {
  done: { shape: 'circle', color: td.tdLevelOk },
  open: { shape: 'ring', color: td.tdStateOffline },
  failed: { shape: 'octagon', color: td.tdLevelAct },
  unknown: { shape: 'triangle', color: td.tdLevelWatch },
};
