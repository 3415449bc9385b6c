// The place of one who waits, as a supervisor changes it: another priority, more or less age, or neither any more.
import { Field, Select } from '@fluentui/react-components';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { announce } from '../app/announcer';
import { useSession } from '../app/session';
import { useT } from '../i18n/t';
import { Asking } from '../ui/asking';
import { NumberField } from '../ui/number-field';
import { ADDED_MAX_S, BANDS } from './plan';
import { changePlace, type Waiting } from './waiting';

export default function PlaceDialog({ waiting, who, close }: { waiting: Waiting; who: string; close: () => void }): ReactNode {
  const t = useT();
  const { center } = useSession();
  const client = useQueryClient();
  const [band, setBand] = useState<number | null>(waiting.adjusted?.band ?? null);
  const [age, setAge] = useState<number | null>(waiting.adjusted?.age_s ?? 0);
  const isWhole = age === null || Math.abs(age) <= ADDED_MAX_S;
  const changing = useMutation({
    mutationFn: () => changePlace(center, waiting.id, { band, age_s: age ?? 0 }),
    onSuccess: async () => {
      announce(t('queue.place.done', { who }));
      await client.invalidateQueries({ queryKey: ['line', center] });
      close();
    },
  });
  return (
    <Asking
      title={t('queue.place.title', { who })}
      verb={t('queue.place.do')}
      isBusy={changing.isPending}
      error={changing.error}
      isWhole={isWhole}
      tried={() => undefined}
      send={() => changing.mutate()}
      close={close}
    >
      <p>{t('queue.place.text', { place: waiting.place })}</p>
      <Field label={t('queue.place.priority')} hint={t('queue.place.priority.hint')}>
        <Select value={band === null ? '' : String(band)} onChange={(_, data) => setBand(data.value === '' ? null : Number(data.value))}>
          <option value="">{t('queue.place.priority.keep')}</option>
          {BANDS.map((it) => (
            <option key={it} value={it}>
              {it}
            </option>
          ))}
        </Select>
      </Field>
      <NumberField
        label={t('queue.place.age')}
        hint={t('queue.place.age.hint', { most: ADDED_MAX_S })}
        min={-ADDED_MAX_S}
        max={ADDED_MAX_S}
        value={age}
        error={isWhole ? undefined : t('queue.place.age.error', { most: ADDED_MAX_S })}
        disabled={false}
        change={setAge}
      />
    </Asking>
  );
}
