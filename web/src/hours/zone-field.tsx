// The time zone of business hours.
import type { ReactNode } from 'react';
import { useT } from '../i18n/t';
import { isolated } from '../ui/durations';
import { isZone, offsetText } from './clock';
import { ZoneSearch } from './zone-search';

interface Props {
  value: string;
  error: string | undefined;
  disabled: boolean;
  change: (zone: string) => void;
}

export function ZoneField({ value, error, disabled, change }: Props): ReactNode {
  const t = useT();
  const hint = isZone(value) ? t('hours.zone.hint', { offset: isolated(offsetText(Date.now(), value)) }) : t('hours.zone.unknown');
  return <ZoneSearch label={t('hours.zone')} hint={hint} none={t('hours.zone.none')} value={value} error={error} disabled={disabled} change={change} />;
}
