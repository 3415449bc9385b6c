// Whether a queue calls customers before an agent is free, and what they hear then.
import { Field, Switch } from '@fluentui/react-components';
import type { ReactNode } from 'react';
import type { CustomerFirst } from '../api/contract';
import { useT } from '../i18n/t';
import { PromptChoice } from '../prompts/choice';
import { NumberField } from '../ui/number-field';
import { useSwitched } from './switched';

/** What a new rule begins as (docs/callbacks.md). */
const FRESH = { wait_s: 15, at_once_max: 3 } as const;
const PLACE = 'callbacks.customer_first';

interface Props {
  value: CustomerFirst | null;
  errorAt: (path: string) => string | undefined;
  disabled: boolean;
  change: (value: CustomerFirst | null) => void;
}

export function CustomerFirstField({ value, errorAt, disabled, change }: Props): ReactNode {
  const t = useT();
  const fresh = (): CustomerFirst => ({
    ...FRESH,
    greeting: { text: t('callbackRules.early.greeting.fresh') },
    nobody_free: { text: t('callbackRules.early.nobodyFree.fresh') },
  });
  const turn = useSwitched<CustomerFirst>(value, fresh, change);
  const toggle = (
    <Field hint={t('callbackRules.early.hint')} validationMessage={errorAt(PLACE)}>
      <Switch label={t('callbackRules.early')} disabled={disabled} checked={value !== null} onChange={(_, data) => turn(data.checked)} />
    </Field>
  );
  if (!value) return toggle;
  return (
    <>
      {toggle}
      <PromptChoice
        field={`${PLACE}.greeting`}
        label={t('callbackRules.early.greeting')}
        value={value.greeting}
        error={errorAt(`${PLACE}.greeting`)}
        required
        disabled={disabled}
        change={(greeting) => greeting && change({ ...value, greeting })}
      />
      <PromptChoice
        field={`${PLACE}.nobody_free`}
        label={t('callbackRules.early.nobodyFree')}
        value={value.nobody_free}
        error={errorAt(`${PLACE}.nobody_free`)}
        required
        disabled={disabled}
        change={(words) => words && change({ ...value, nobody_free: words })}
      />
      <NumberField
        label={t('callbackRules.early.wait')}
        hint={t('field.range', { min: 5, max: 60, unit: t('unit.seconds') })}
        min={5}
        max={60}
        value={value.wait_s ?? FRESH.wait_s}
        error={errorAt(`${PLACE}.wait_s`)}
        disabled={disabled}
        change={(number) => change({ ...value, wait_s: number ?? FRESH.wait_s })}
      />
      <NumberField
        label={t('callbackRules.early.atOnce')}
        hint={t('field.range', { min: 1, max: 20, unit: '' })}
        min={1}
        max={20}
        value={value.at_once_max ?? FRESH.at_once_max}
        error={errorAt(`${PLACE}.at_once_max`)}
        disabled={disabled}
        change={(number) => change({ ...value, at_once_max: number ?? FRESH.at_once_max })}
      />
    </>
  );
}
