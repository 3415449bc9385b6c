// A time that was agreed with a customer: by whose clock, not before, and not after.
import { Field, Input } from '@fluentui/react-components';
import type { ReactNode } from 'react';
import { ZoneSearch } from '../hours/zone-search';
import '../i18n/callbacks';
import { useT } from '../i18n/t';
import type { Chosen } from './book';

interface Props {
  zone: string;
  time: Chosen;
  errors: { zone?: string | undefined; from?: string | undefined; to?: string | undefined };
  changeZone: (zone: string) => void;
  change: (part: Partial<Chosen>) => void;
}

export function TimeFields({ zone, time, errors, changeZone, change }: Props): ReactNode {
  const t = useT();
  return (
    <>
      <ZoneSearch label={t('callbacks.zone')} hint={t('callbacks.zone.hint')} none={t('callbacks.zone.none')} value={zone} error={errors.zone} disabled={false} change={changeZone} />
      <Field label={t('callbacks.from')} required validationMessage={errors.from}>
        <Input type="datetime-local" value={time.from} onChange={(_, data) => change({ from: data.value })} />
      </Field>
      <Field label={t('callbacks.to')} required validationMessage={errors.to}>
        <Input type="datetime-local" value={time.to} onChange={(_, data) => change({ to: data.value })} />
      </Field>
    </>
  );
}
