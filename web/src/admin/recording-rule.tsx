// How the calls of a queue are recorded: each choice with what it means for callers, agents and those who listen later.
import { Field, MessageBar, MessageBarBody, Select, Switch } from '@fluentui/react-components';
import type { ReactNode } from 'react';
import { useT, type MessageId } from '../i18n/t';
import { NumberField } from '../ui/number-field';
import { CHANNELS, CONSENTS, FAILURES, FRESH_PAUSE_S, FRESH_RECORDING, KEEP_DAYS, PAUSE_S, recordingProblems, TRANSFERS, type RecordingRule } from './recording-rules';
import { useSwitched } from './switched';

interface Props {
  label: string;
  hint: string | undefined;
  value: unknown;
  errorAt: (path: string) => string | undefined;
  disabled: boolean;
  change: (value: RecordingRule | null) => void;
}

export function RecordingField({ label, hint, value, errorAt, disabled, change }: Props): ReactNode {
  const rule = (value ?? null) as RecordingRule | null;
  const turn = useSwitched(rule, () => FRESH_RECORDING, change);
  return (
    <>
      <Field hint={hint} validationMessage={rule ? undefined : errorAt('recording')}>
        <Switch label={label} disabled={disabled} checked={rule !== null} onChange={(_, data) => turn(data.checked)} />
      </Field>
      {rule ? <Rule rule={rule} errorAt={errorAt} disabled={disabled} change={change} /> : null}
    </>
  );
}

function Rule({ rule, errorAt, disabled, change }: { rule: RecordingRule } & Pick<Props, 'errorAt' | 'disabled' | 'change'>): ReactNode {
  const t = useT();
  const found = recordingProblems(rule);
  const wrong = (path: 'pause_max_s' | 'keep_days'): string | undefined => (found[path] ? t(found[path]) : errorAt(`recording.${path}`));
  const choice = <K extends 'channels' | 'consent' | 'on_failure' | 'after_transfer'>(path: K, options: readonly RecordingRule[K][]): ReactNode => (
    <Field
      label={t(`recordingRule.${path}`)}
      hint={t(`recordingRule.${path}.${rule[path]}.means` as MessageId)}
      validationMessage={errorAt(`recording.${path}`)}
    >
      <Select disabled={disabled} value={rule[path]} onChange={(_, data) => change({ ...rule, [path]: data.value })}>
        {options.map((option) => (
          <option key={option} value={option}>
            {t(`recordingRule.${path}.${option}` as MessageId)}
          </option>
        ))}
      </Select>
    </Field>
  );
  return (
    <>
      {choice('consent', CONSENTS)}
      {rule.consent === 'not_needed' ? null : (
        <MessageBar layout="multiline">
          <MessageBarBody>
            {t(rule.consent === 'asked' ? 'recordingRule.flow.asked' : 'recordingRule.flow.announced')}
          </MessageBarBody>
        </MessageBar>
      )}
      {choice('channels', CHANNELS)}
      {choice('on_failure', FAILURES)}
      <NumberField
        label={t('recordingRule.pause')}
        hint={`${t('recordingRule.pause.hint')} ${t('field.range', { min: PAUSE_S[0], max: PAUSE_S[1], unit: t('unit.seconds') })}`}
        min={PAUSE_S[0]}
        max={PAUSE_S[1]}
        value={rule.pause_max_s ?? FRESH_PAUSE_S}
        error={wrong('pause_max_s')}
        disabled={disabled}
        change={(pause_max_s) => change({ ...rule, pause_max_s: pause_max_s ?? PAUSE_S[0] })}
      />
      {choice('after_transfer', TRANSFERS)}
      <NumberField
        label={t('recordingRule.keep')}
        hint={`${t('recordingRule.keep.hint')} ${t('field.range', { min: KEEP_DAYS[0], max: KEEP_DAYS[1], unit: t('unit.days') })}`}
        min={KEEP_DAYS[0]}
        max={KEEP_DAYS[1]}
        value={rule.keep_days}
        error={wrong('keep_days')}
        disabled={disabled}
        change={(keep_days) => change({ ...rule, keep_days })}
      />
    </>
  );
}
