// Whom the calls of a queue would rather have: the agent of last time, or the one whom the flow names, and for how long
// that is worth waiting.
import { Field, Switch } from '@fluentui/react-components';
import { useId, type ReactNode } from 'react';
import admin from '../admin/admin.module.css';
import { useSwitched } from '../admin/switched';
import type { PreferredRule } from '../api/contract';
import { useT, type MessageId, type T } from '../i18n/t';
import { NumberField } from '../ui/number-field';
import { spanText } from './words';

/** The limits of the server (crates/core/src/limits.rs), and what a new rule begins as (docs/routing.md). */
const DAYS_MAX = 90;
const SECONDS_MAX = 3600;
export const FRESH_PREFERRED: PreferredRule = { last_agent_days: 30, for_s: 45, max_not_ready_s: 300, max_wait_if_busy_s: 120 };

type SecondsName = 'for_s' | 'max_not_ready_s' | 'max_wait_if_busy_s';
const SECONDS: readonly { name: SecondsName; min: number; label: MessageId; hint: MessageId }[] = [
  { name: 'for_s', min: 1, label: 'preferred.for', hint: 'preferred.for.hint' },
  { name: 'max_not_ready_s', min: 0, label: 'preferred.notReady', hint: 'preferred.notReady.hint' },
  { name: 'max_wait_if_busy_s', min: 0, label: 'preferred.busy', hint: 'preferred.busy.hint' },
];

interface Props {
  label: string;
  hint: string | undefined;
  value: PreferredRule | null | undefined;
  errorAt: (path: string) => string | undefined;
  disabled: boolean;
  change: (value: PreferredRule | null) => void;
}

export function preferredSentences(t: T, rule: PreferredRule): string[] {
  const days = rule.last_agent_days ?? null;
  const whom = days === null ? t('preferred.sum.named') : t('preferred.sum.last', { days });
  const notReady = rule.max_not_ready_s ?? 0;
  const busy = rule.max_wait_if_busy_s ?? 0;
  return [
    t('preferred.sum', { span: spanText(t, rule.for_s), whom }),
    notReady === 0 ? t('preferred.sum.notReady.never') : t('preferred.sum.notReady', { span: spanText(t, notReady) }),
    busy === 0 ? t('preferred.sum.busy.never') : t('preferred.sum.busy', { span: spanText(t, busy) }),
    t('preferred.sum.then'),
  ];
}

export function PreferredField({ label, hint, value, errorAt, disabled, change }: Props): ReactNode {
  const t = useT();
  const id = useId();
  const rule = value ?? null;
  const turn = useSwitched<PreferredRule>(rule, () => FRESH_PREFERRED, change);
  const days = rule?.last_agent_days ?? null;
  const last = days === null ? null : { days };
  const turnLast = useSwitched(last, () => ({ days: FRESH_PREFERRED.last_agent_days ?? DAYS_MAX }), (it) => rule && change({ ...rule, last_agent_days: it?.days ?? null }));
  return (
    <>
      <Field hint={hint} validationMessage={rule ? undefined : errorAt('preferred')}>
        <Switch label={label} disabled={disabled} checked={rule !== null} onChange={(_, data) => turn(data.checked)} />
      </Field>
      {rule ? (
        <>
          <Field hint={t('preferred.last.hint')}>
            <Switch label={t('preferred.last')} disabled={disabled} checked={days !== null} onChange={(_, data) => turnLast(data.checked)} />
          </Field>
          {days === null ? null : (
            <NumberField
              label={t('preferred.days')}
              hint={t('field.range', { min: 1, max: DAYS_MAX, unit: t('unit.days') })}
              min={1}
              max={DAYS_MAX}
              value={days}
              error={errorAt('preferred.last_agent_days')}
              disabled={disabled}
              change={(it) => change({ ...rule, last_agent_days: it ?? 1 })}
            />
          )}
          {SECONDS.map(({ name, min, label: labelId, hint: hintId }) => (
            <NumberField
              key={name}
              label={t(labelId)}
              hint={`${t(hintId)} ${t('field.range', { min, max: SECONDS_MAX, unit: t('unit.seconds') })}`}
              min={min}
              max={SECONDS_MAX}
              value={rule[name] ?? 0}
              error={errorAt(`preferred.${name}`)}
              disabled={disabled}
              change={(it) => change({ ...rule, [name]: it ?? min })}
            />
          ))}
          <div className={admin.preview} role="group" aria-labelledby={id}>
            <h3 id={id}>{t('preferred.summary')}</h3>
            <p>{preferredSentences(t, rule).join(' ')}</p>
          </div>
        </>
      ) : null}
    </>
  );
}
