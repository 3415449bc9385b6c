// What a queue asks, as fields of its form: strategy, condition, preferences and plan.
import { Button, Field, Select } from '@fluentui/react-components';
import { AddRegular } from '@fluentui/react-icons/svg/add';
import { useId, type ReactNode } from 'react';
import admin from '../admin/admin.module.css';
import { useT } from '../i18n/t';
import { ConditionEditor, useFirstSkill } from './condition-field';
import { LEVEL_MIN, type Condition } from './conditions';
import type { ErrorAt } from './places';
import { STRATEGIES, type Asking, type PlanStep, type Preference, type Strategy } from './plan';
import { PlanEditor } from './plan-field';
import { PreferenceList } from './preferences-field';
import css from './routing.module.css';

interface Props<V> {
  label: string;
  hint: string | undefined;
  value: V;
  error: string | undefined;
  errorAt: ErrorAt;
  disabled: boolean;
  change: (value: V) => void;
}

export function StrategyField({ label, value, error, disabled, change }: Omit<Props<Strategy>, 'hint' | 'errorAt'>): ReactNode {
  const t = useT();
  return (
    <>
      <Field label={label} hint={t(`ask.strategy.${value}`)} validationMessage={error}>
        <Select disabled={disabled} value={value} onChange={(_, data) => change(data.value as Strategy)}>
          {STRATEGIES.map((it) => (
            <option key={it} value={it}>
              {t(`strategy.${it}`)}
            </option>
          ))}
        </Select>
      </Field>
      <details className={css.all}>
        <summary>{t('ask.strategies')}</summary>
        <dl>
          {STRATEGIES.map((it) => (
            <div key={it}>
              <dt>{t(`strategy.${it}`)}</dt>
              <dd>{t(`ask.strategy.${it}`)}</dd>
            </div>
          ))}
        </dl>
      </details>
    </>
  );
}

function Headed({ label, hint, error, children }: { label: string; hint: string | undefined; error?: string | undefined; children: ReactNode }): ReactNode {
  const id = useId();
  return (
    <div className={css.headed} role="group" aria-labelledby={id}>
      <h3 id={id}>{label}</h3>
      {hint ? <p className={admin.hint}>{hint}</p> : null}
      {children}
      {error ? <p className={admin.error}>{error}</p> : null}
    </div>
  );
}

export function ConditionField({ label, hint, value, error, errorAt, disabled, change }: Props<Condition | null | undefined>): ReactNode {
  const t = useT();
  const first = useFirstSkill();
  const isSaid = errorAt('condition') !== undefined;
  return (
    <Headed label={label} hint={hint} error={value && isSaid ? undefined : error}>
      {value ? (
        <ConditionEditor place="condition" label={label} condition={value} errorAt={errorAt} disabled={disabled} change={change} />
      ) : disabled ? (
        <p className={css.nothing}>{t('ask.condition.none')}</p>
      ) : (
        <div>
          <Button icon={<AddRegular />} disabled={first === 0} onClick={() => change({ all: [{ has: { skill_id: first, min_level: LEVEL_MIN } }] })}>
            {t('ask.condition.add')}
          </Button>
        </div>
      )}
    </Headed>
  );
}

export function PreferencesField({ label, hint, value, error, errorAt, disabled, change }: Props<Preference[] | undefined>): ReactNode {
  const isSaid = errorAt('preferences') !== undefined;
  return (
    <Headed label={label} hint={hint} error={isSaid ? undefined : error}>
      <PreferenceList place="preferences" preferences={value ?? []} errorAt={errorAt} disabled={disabled} change={change} />
    </Headed>
  );
}

export function PlanField({ label, hint, error, errorAt, disabled, change, queue }: Omit<Props<PlanStep[]>, 'value'> & { queue: Asking }): ReactNode {
  return (
    <Headed label={label} hint={hint}>
      <PlanEditor queue={queue} isTried={error !== undefined} errorAt={errorAt} disabled={disabled} change={change} />
    </Headed>
  );
}
