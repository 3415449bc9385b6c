// How a queue calls its customers back: how often, when, and what becomes of those that are pending.
import { Field, Select, Switch } from '@fluentui/react-components';
import type { ReactNode } from 'react';
import type { CallbackRules } from '../api/contract';
import { useT, type MessageId } from '../i18n/t';
import type { ErrorAt } from '../routing/places';
import { NumberField } from '../ui/number-field';
import { CustomerFirstField } from './customer-first';
import { RefSelect } from './ref-select';
import { useSwitched } from './switched';
import { ZonesField } from './zones-field';

const DAY_S = 86_400;
const MONTH_S = 2_592_000;
/** What a new rule begins as (docs/callbacks.md). */
export const FRESH_CALLBACKS = {
  max_pending: 500,
  attempts: 3,
  attempts_per_day: 3,
  no_answer_s: 1800,
  busy_s: 300,
  declined_s: 3600,
  hours_id: null,
  zones: [],
  duplicate: 'keep',
  at_closing: 'carry',
  expires_after_s: DAY_S,
  promise_s: 3600,
} as const satisfies CallbackRules;

type NumberName = 'max_pending' | 'attempts' | 'attempts_per_day' | 'no_answer_s' | 'busy_s' | 'declined_s' | 'expires_after_s' | 'promise_s';
const NUMBERS: readonly { name: NumberName; label: MessageId; min: number; max: number; isSeconds?: true }[] = [
  { name: 'attempts', label: 'callbackRules.attempts', min: 1, max: 10 },
  { name: 'attempts_per_day', label: 'callbackRules.perDay', min: 1, max: 10 },
  { name: 'no_answer_s', label: 'callbackRules.noAnswer', min: 60, max: DAY_S, isSeconds: true },
  { name: 'busy_s', label: 'callbackRules.busy', min: 60, max: DAY_S, isSeconds: true },
  { name: 'declined_s', label: 'callbackRules.declined', min: 60, max: DAY_S, isSeconds: true },
  { name: 'promise_s', label: 'callbackRules.promise', min: 60, max: MONTH_S, isSeconds: true },
  { name: 'expires_after_s', label: 'callbackRules.expires', min: 60, max: MONTH_S, isSeconds: true },
  { name: 'max_pending', label: 'callbackRules.maxPending', min: 1, max: 5000 },
];

/** Where the server says what is wrong with each (crates/core/src/callback/rules.rs). */
const PLACES: Record<NumberName, string> = {
  max_pending: 'callbacks.max_pending',
  attempts: 'callbacks.attempts.max',
  attempts_per_day: 'callbacks.attempts.per_day',
  no_answer_s: 'callbacks.attempts.no_answer_s',
  busy_s: 'callbacks.attempts.busy_s',
  declined_s: 'callbacks.attempts.declined_s',
  expires_after_s: 'callbacks.expires_after_s',
  promise_s: 'callbacks.promise_s',
};

interface Props {
  label: string;
  hint: string | undefined;
  value: unknown;
  /** Whether it was tried to save what stands here. */
  isTried: boolean;
  errorAt: ErrorAt;
  disabled: boolean;
  change: (value: CallbackRules | null) => void;
}

export function CallbacksField({ label, hint, value, isTried, errorAt, disabled, change }: Props): ReactNode {
  const t = useT();
  const rules = (value ?? null) as CallbackRules | null;
  const turn = useSwitched<CallbackRules>(rules, () => FRESH_CALLBACKS, change);
  const toggle = (
    <Field hint={hint} validationMessage={errorAt('callbacks', rules ? 'here' : 'inside')}>
      <Switch label={label} disabled={disabled} checked={rules !== null} onChange={(_, data) => turn(data.checked)} />
    </Field>
  );
  if (!rules) return toggle;
  return (
    <>
      {toggle}
      {NUMBERS.map(({ name, label: labelId, min, max, isSeconds }) => (
        <NumberField
          key={name}
          label={t(labelId)}
          hint={t('field.range', { min, max, unit: isSeconds ? t('unit.seconds') : '' })}
          min={min}
          max={max}
          value={rules[name] ?? FRESH_CALLBACKS[name]}
          error={errorAt(PLACES[name])}
          disabled={disabled}
          change={(number) => change({ ...rules, [name]: number ?? min })}
        />
      ))}
      <Field label={t('callbackRules.hours')} hint={t('callbackRules.hours.hint')} validationMessage={errorAt('callbacks.hours_id')}>
        <RefSelect area="schedules" none={t('callbackRules.hours.none')} disabled={disabled} value={rules.hours_id ?? 0} change={(id) => change({ ...rules, hours_id: id === 0 ? null : id })} />
      </Field>
      <ZonesField zones={rules.zones ?? []} isTried={isTried} errorAt={errorAt} disabled={disabled} change={(zones) => change({ ...rules, zones })} />
      <Field label={t('callbackRules.duplicate')} validationMessage={errorAt('callbacks.duplicate')}>
        <Select disabled={disabled} value={rules.duplicate ?? 'keep'} onChange={(_, data) => change({ ...rules, duplicate: data.value as 'keep' })}>
          <option value="keep">{t('callbackRules.duplicate.keep')}</option>
          <option value="replace">{t('callbackRules.duplicate.replace')}</option>
          <option value="refuse">{t('callbackRules.duplicate.refuse')}</option>
        </Select>
      </Field>
      <Field label={t('callbackRules.closing')} validationMessage={errorAt('callbacks.at_closing')}>
        <Select disabled={disabled} value={rules.at_closing ?? 'carry'} onChange={(_, data) => change({ ...rules, at_closing: data.value as 'carry' })}>
          <option value="carry">{t('callbackRules.closing.carry')}</option>
          <option value="expire">{t('callbackRules.closing.expire')}</option>
        </Select>
      </Field>
      <CustomerFirstField value={rules.customer_first ?? null} errorAt={errorAt} disabled={disabled} change={(first) => change({ ...rules, customer_first: first })} />
    </>
  );
}
