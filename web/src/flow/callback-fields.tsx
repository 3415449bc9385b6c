// How a caller is called back, and the key by which who waits asks for it.
import { Field, Select, Switch } from '@fluentui/react-components';
import { useState, type ReactNode } from 'react';
import type { FlowNode } from '../api/contract';
import { useT } from '../i18n/t';
import { NumberField } from '../ui/number-field';
import { CALLBACK_WHENS, ending, KEY_EVERY_LEAST_S, KEY_EVERY_S, KEY_FIRST_S, LIMITS, WITHIN_LEAST_S, WITHIN_USUAL_S } from './nodes';
import { KeyOf, NumberOf, PromptOf, QueueOf, type Place } from './step-fields';
import { StepSelect } from './step-select';

export function CallbackFields({ place, node }: { place: Place; node: Extract<FlowNode, { kind: 'callback' }> }): ReactNode {
  const t = useT();
  const { disabled, set, errorAt } = place;
  const when = node.when ?? 'virtual_hold';
  const choose = (value: string): void => {
    set('when', value);
    // A window is of a scheduled one alone.
    set('after_s', value === 'scheduled' ? (node.after_s ?? WITHIN_USUAL_S) : undefined);
    if (value !== 'scheduled') set('within_s', undefined);
  };
  return (
    <>
      <QueueOf place={place} labelId={'flow.callback.queue'} value={node.queue_id} />
      <Field data-field="when" label={t('flow.callback.when')} hint={t(`flow.callback.${when}.hint`)} validationMessage={errorAt('when')}>
        <Select disabled={disabled} value={when} onChange={(_, data) => choose(data.value)}>
          {CALLBACK_WHENS.map((it) => (
            <option key={it} value={it}>
              {t(`flow.callback.${it}`)}
            </option>
          ))}
        </Select>
      </Field>
      {when === 'scheduled' ? (
        <>
          <NumberOf place={place} path="after_s" labelId={'flow.callback.after'} value={node.after_s ?? 0} min={0} max={LIMITS.ahead} />
          <NumberField
            field="within_s"
            label={t('flow.callback.within')}
            min={WITHIN_LEAST_S}
            max={LIMITS.wait}
            value={node.within_s ?? WITHIN_USUAL_S}
            error={errorAt('within_s')}
            disabled={disabled}
            change={(value) => set('within_s', value ?? WITHIN_LEAST_S)}
          />
        </>
      ) : null}
    </>
  );
}

export function QueueKeyFields({ place, node }: { place: Place; node: Extract<FlowNode, { kind: 'queue' }> }): ReactNode {
  const t = useT();
  const { disabled, set, errorAt, nodes } = place;
  const key = node.key ?? null;
  // Off and on again, it is as it was.
  const [kept, setKept] = useState(key);
  const turn = (isOn: boolean): void => {
    if (key) setKept(key);
    const fresh = { key: '1', prompt: { text: '' }, first_s: KEY_FIRST_S, every_s: KEY_EVERY_S, next: ending(nodes) };
    set('key', isOn ? (kept ?? fresh) : undefined);
  };
  return (
    <>
      <Field data-field="key" hint={t('flow.queueKey.hint')} validationMessage={errorAt('key')}>
        <Switch label={t('flow.queueKey')} disabled={disabled} checked={key !== null} onChange={(_, data) => turn(data.checked)} />
      </Field>
      {key ? (
        <>
          <KeyOf place={place} path="key.key" labelId={'flow.queueKey.key'} value={key.key} />
          <PromptOf place={place} path="key.prompt" labelId={'flow.promptKind'} prompt={key.prompt} />
          <NumberOf place={place} path="key.first_s" labelId={'flow.queueKey.first'} value={key.first_s} min={1} max={LIMITS.keyEvery} />
          <NumberOf place={place} path="key.every_s" labelId={'flow.queueKey.every'} value={key.every_s} min={KEY_EVERY_LEAST_S} max={LIMITS.keyEvery} />
          <Field label={t('flow.case.next')}>
            <StepSelect data-exit="key.next" label={t('flow.case.next')} nodes={nodes} value={key.next} disabled={disabled} change={(next) => set('key.next', next)} />
          </Field>
        </>
      ) : null}
    </>
  );
}
