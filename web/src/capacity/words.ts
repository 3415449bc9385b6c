// What an agent with a capacity profile may have at once, as somebody would tell it.
import { useIntl } from 'react-intl';
import type { CapacityProfileInput } from '../api/contract';
import { useT, type T } from '../i18n/t';
import { isolated } from '../ui/durations';
import { atOnce } from './profile';

/** "one call and up to 5 messages": what there may be, without when. */
export function whatText(t: T, profile: CapacityProfileInput): string {
  const { takesCalls, n_messages: n, callComes, messageComes } = atOnce(profile);
  if (!takesCalls) return n === 0 ? t('capacity.what.nothing') : t('capacity.what.messages', { n });
  if (n === 0) return t('capacity.what.call');
  return callComes === 'never' && messageComes === 'never' ? t('capacity.what.either', { n }) : t('capacity.what.both', { n });
}

export function capacitySentences(t: T, profile: CapacityProfileInput, list: (names: string[]) => string): string[] {
  const { takesCalls, n_messages, callComes, messageComes } = atOnce(profile);
  const isMixed = takesCalls && n_messages > 0;
  const isAsked = callComes === 'beside' || messageComes === 'beside';
  const limited = (profile.labels ?? []).filter(({ label }) => label.trim() !== '');
  const labels = limited.map(({ label, max }) => t('capacity.sum.label', { label: isolated(label.trim()), max }));
  return [
    t('capacity.sum', { what: whatText(t, profile) }),
    ...(isMixed ? [t(`capacity.sum.call.${callComes}`), t(messageComes === 'beside' ? 'capacity.sum.message.beside' : 'capacity.sum.message.never')] : []),
    ...(isAsked ? [t('capacity.sum.alone')] : []),
    ...(profile.units_total == null ? [] : [t('capacity.sum.units', { total: profile.units_total })]),
    ...(labels.length > 0 ? [t('capacity.sum.labels', { labels: list(labels) })] : []),
  ];
}

export function useCapacitySentences(): (profile: CapacityProfileInput) => string[] {
  const t = useT();
  const { formatList } = useIntl();
  return (profile) => capacitySentences(t, profile, (names) => formatList(names));
}
