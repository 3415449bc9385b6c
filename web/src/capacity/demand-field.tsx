// What the contacts of a queue take of an agent: it counts where the agent's capacity profile says so.
import { Field, Input, Select } from '@fluentui/react-components';
import type { ReactNode } from 'react';
import type { Demand } from '../api/contract';
import { useT } from '../i18n/t';
import { NumberField } from '../ui/number-field';
import { LABEL_CHARS_MAX, UNITS_MAX } from './profile';

const EXCLUSIVE = ['calls', 'everything', 'nothing'] as const;
const AT_WRAP_UP = ['blocks', 'frees'] as const;

interface Props {
  value: Demand | undefined;
  errorAt: (path: string) => string | undefined;
  disabled: boolean;
  change: (value: Demand) => void;
}

export function DemandField({ value = {}, errorAt, disabled, change }: Props): ReactNode {
  const t = useT();
  const exclusive = value.exclusive ?? 'calls';
  const set = (part: Partial<Demand>): void => change({ ...value, ...part });
  return (
    <>
      <Field label={t('demand.exclusive')} hint={t(`demand.exclusive.${exclusive}.about`)} validationMessage={errorAt('demand.exclusive')}>
        <Select disabled={disabled} value={exclusive} onChange={(_, data) => set({ exclusive: data.value as Demand['exclusive'] & string })}>
          {EXCLUSIVE.map((it) => (
            <option key={it} value={it}>
              {t(`demand.exclusive.${it}`)}
            </option>
          ))}
        </Select>
      </Field>
      <NumberField
        label={t('demand.units')}
        hint={t('demand.units.hint', { max: UNITS_MAX })}
        min={0}
        max={UNITS_MAX}
        value={value.units ?? 1}
        error={errorAt('demand.units')}
        disabled={disabled}
        change={(units) => set({ units: units ?? 0 })}
      />
      <Field label={t('demand.label')} hint={t('demand.label.hint')} validationMessage={errorAt('demand.label')}>
        <Input autoComplete="off" maxLength={LABEL_CHARS_MAX} disabled={disabled} value={value.label ?? ''} onChange={(_, data) => set({ label: data.value === '' ? null : data.value })} />
      </Field>
      <Field label={t('demand.wrapUp')} hint={t('demand.wrapUp.hint')} validationMessage={errorAt('demand.message_wrap_up')}>
        <Select disabled={disabled} value={value.message_wrap_up ?? 'blocks'} onChange={(_, data) => set({ message_wrap_up: data.value as Demand['message_wrap_up'] & string })}>
          {AT_WRAP_UP.map((it) => (
            <option key={it} value={it}>
              {t(`demand.wrapUp.${it}`)}
            </option>
          ))}
        </Select>
      </Field>
    </>
  );
}
