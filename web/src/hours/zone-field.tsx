// A time zone, found by typing any part of its name.
import type { ReactNode } from 'react';
import { useT } from '../i18n/t';
import { isolated } from '../ui/durations';
import { SearchField } from '../ui/search-field';
import { isZone, offsetText } from './clock';
import { foundZones } from './zones';

interface Props {
  value: string;
  error: string | undefined;
  disabled: boolean;
  change: (zone: string) => void;
}

export function ZoneField({ value, error, disabled, change }: Props): ReactNode {
  const t = useT();
  const now = Date.now();
  const hint = isZone(value) ? t('hours.zone.hint', { offset: isolated(offsetText(now, value)) }) : t('hours.zone.unknown');
  return (
    <SearchField
      label={t('hours.zone')}
      hint={hint}
      none={t('hours.zone.none')}
      value={value}
      required
      error={error}
      disabled={disabled}
      dir="ltr"
      found={(typed) => foundZones(typed).map((zone) => ({ key: zone, text: zone, note: offsetText(now, zone) }))}
      choose={change}
    />
  );
}
