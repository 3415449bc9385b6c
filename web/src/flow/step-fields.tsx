// The fields that only some kinds of steps have: what is heard, asked, waited for, remembered, recorded.
import { Field, Input, Select, Switch } from '@fluentui/react-components';
import type { ReactNode } from 'react';
import { RefSelect } from '../admin/ref-select';
import type { FlowNode, Prompt } from '../api/contract';
import { numberIn } from '../desk/talk';
import { useT, type MessageId } from '../i18n/t';
import { PromptChoice } from '../prompts/choice';
import { NumberField } from '../ui/number-field';
import { CallbackFields, QueueKeyFields } from './callback-fields';
import { ConsentFields } from './consent-fields';
import { HttpFields } from './http-fields';
import { BETWEEN_USUAL_S, KEYS, LIMITS, MESSAGE_LEAST_S, MESSAGE_USUAL_S, RETRIES_USUAL, RING_LEAST_S, STOP_USUAL, TERMINATOR_USUAL } from './nodes';
import { Ways } from './ways';

/** What every field of a step needs to know. */
export interface Place {
  node: FlowNode;
  nodes: readonly FlowNode[];
  disabled: boolean;
  errorAt: (path: string) => string | undefined;
  set: (path: string, value: unknown) => void;
}

/** The fields that only this kind of step has. */
export function StepFields({ place }: { place: Place }): ReactNode {
  const { node, errorAt, set, disabled } = place;
  const t = useT();
  switch (node.kind) {
    case 'play':
    case 'message':
      return <PromptOf place={place} path="prompt" labelId={'flow.promptKind'} prompt={node.prompt} />;
    case 'collect':
      return (
        <>
          <PromptOf place={place} path="prompt" labelId={'flow.promptKind'} prompt={node.prompt} />
          <NumberOf place={place} path="max_digits" labelId={'flow.maxDigits'} value={node.max_digits} min={1} max={LIMITS.digits} />
          <Field data-field="attribute" label={t('flow.digitsName')} hint={t('flow.digitsName.hint')} validationMessage={errorAt('attribute')}>
            <Input dir="ltr" disabled={disabled} value={node.attribute ?? ''} onChange={(_, data) => set('attribute', data.value === '' ? null : data.value)} />
          </Field>
          <NumberOf place={place} path="timeout_s" labelId={'flow.timeout'} value={node.timeout_s} min={1} max={LIMITS.seconds} />
          {node.max_digits > 1 ? <Typing place={place} node={node} /> : null}
          <NumberOf place={place} path="retries" labelId={'flow.retries'} value={node.retries ?? 0} min={0} max={LIMITS.retries} />
          {(node.retries ?? 0) > 0 || node.retry_prompt ? (
            <PromptOf place={place} path="retry_prompt" labelId={'flow.retryPrompt'} noneId={'flow.retryPrompt.none'} prompt={node.retry_prompt ?? null} />
          ) : null}
          <SwitchOf place={place} path="masked" labelId={'flow.masked'} hintId={'flow.masked.hint'} isOn={node.masked === true} />
        </>
      );
    case 'menu':
      return (
        <>
          <PromptOf place={place} path="prompt" labelId={'flow.promptKind'} prompt={node.prompt} />
          <Ways place={place} />
          <NumberOf place={place} path="retries" labelId={'flow.retries'} value={node.retries ?? RETRIES_USUAL} min={0} max={LIMITS.retries} />
          <NumberOf place={place} path="timeout_s" labelId={'flow.timeout'} value={node.timeout_s} min={1} max={LIMITS.seconds} />
          <PromptOf place={place} path="retry_prompt" labelId={'flow.retryPrompt'} noneId={'flow.retryPrompt.none'} prompt={node.retry_prompt ?? null} />
        </>
      );
    case 'branch':
      return (
        <>
          <TextOf place={place} path="attribute" labelId={'flow.attribute'} value={node.attribute} />
          <Ways place={place} />
        </>
      );
    case 'switch':
      return <Ways place={place} />;
    case 'set':
      return (
        <>
          <TextOf place={place} path="attribute" labelId={'flow.set.attribute'} value={node.attribute} />
          <TextOf place={place} path="value" labelId={'flow.set.value'} value={node.value} />
        </>
      );
    case 'loop':
      return <NumberOf place={place} path="times" labelId={'flow.times'} value={node.times} min={1} max={LIMITS.times} />;
    case 'hours':
      return (
        <Field data-field="schedule_id" label={t('flow.hours')} required validationMessage={errorAt('schedule_id')}>
          <RefSelect area="schedules" none={t('field.choose')} value={node.schedule_id} disabled={disabled} change={(id) => set('schedule_id', id)} />
        </Field>
      );
    case 'queue':
      return (
        <>
          <QueueOf place={place} value={node.queue_id} />
          <SwitchOf place={place} path="keep_age" labelId={'flow.keepAge'} hintId={'flow.keepAge.hint'} isOn={node.keep_age === true} />
          <QueueKeyFields place={place} node={node} />
        </>
      );
    case 'callback':
      return <CallbackFields place={place} node={node} />;
    case 'queue_status':
      return (
        <>
          <QueueOf place={place} value={node.queue_id} />
          <Ways place={place} />
        </>
      );
    case 'http':
      return <HttpFields key={node.id} place={place} node={node} />;
    case 'voicemail':
      return (
        <>
          <PromptOf place={place} path="prompt" labelId={'flow.promptKind'} hintId={'flow.voicemail.prompt.hint'} prompt={node.prompt} />
          <QueueOf place={place} labelId={'flow.voicemail.queue'} value={node.queue_id} />
          <NumberOf place={place} path="max_s" labelId={'flow.voicemail.max'} value={node.max_s ?? MESSAGE_USUAL_S} min={MESSAGE_LEAST_S} max={LIMITS.message} />
          <KeyOf place={place} path="stop" labelId={'flow.voicemail.key'} value={node.stop ?? STOP_USUAL} />
        </>
      );
    case 'consent':
      return <ConsentFields place={place} node={node} />;
    case 'record':
      return (
        <Field data-field="action" label={t('flow.record.action')} hint={t('flow.record.hint')} validationMessage={errorAt('action')}>
          <Select value={node.action} disabled={disabled} onChange={(_, data) => set('action', data.value)}>
            <option value="start">{t('flow.record.start')}</option>
            <option value="stop">{t('flow.record.stop')}</option>
          </Select>
        </Field>
      );
    case 'transfer':
      return <TransferFields place={place} node={node} />;
    case 'sub_flow':
      return (
        <Field data-field="flow_id" label={t('flow.subFlow')} required validationMessage={errorAt('flow_id')}>
          <RefSelect area="flows" none={t('field.choose')} value={node.flow_id} disabled={disabled} change={(id) => set('flow_id', id)} />
        </Field>
      );
    case 'answer':
    case 'end':
      return null;
  }
}

export function QueueOf({ place, labelId = 'flow.queue', value }: { place: Place; labelId?: MessageId; value: number }): ReactNode {
  const t = useT();
  return (
    <Field data-field="queue_id" label={t(labelId)} required validationMessage={place.errorAt('queue_id')}>
      <RefSelect area="queues" none={t('field.choose')} value={value} disabled={place.disabled} change={(id) => place.set('queue_id', id)} />
    </Field>
  );
}

export function TextOf({ place, path, labelId, value }: { place: Place; path: string; labelId: MessageId; value: string }): ReactNode {
  const t = useT();
  return (
    <Field data-field={path} label={t(labelId)} required validationMessage={place.errorAt(path)}>
      <Input dir="ltr" disabled={place.disabled} value={value} onChange={(_, data) => place.set(path, data.value)} />
    </Field>
  );
}

export function NumberOf(props: { place: Place; path: string; labelId: MessageId; value: number; min: number; max: number }): ReactNode {
  const t = useT();
  const { place, path, labelId, value, min, max } = props;
  return (
    <NumberField
      field={path}
      label={t(labelId)}
      min={min}
      max={max}
      value={value}
      error={place.errorAt(path)}
      disabled={place.disabled}
      change={(next) => place.set(path, next ?? min)}
    />
  );
}

export function PromptOf(props: { place: Place; path: string; labelId: MessageId; hintId?: MessageId; noneId?: MessageId; prompt: Prompt | null }): ReactNode {
  const t = useT();
  const { place, path, labelId, hintId, noneId, prompt } = props;
  return (
    <PromptChoice
      field={path}
      label={t(labelId)}
      hint={hintId && t(hintId)}
      none={noneId && t(noneId)}
      value={prompt}
      required
      error={place.errorAt(path)}
      disabled={place.disabled}
      change={(next) => place.set(path, next ?? undefined)}
    />
  );
}

/** Off is how it is without the field: then it is not sent. */
function SwitchOf({ place, path, labelId, hintId, isOn }: { place: Place; path: string; labelId: MessageId; hintId: MessageId; isOn: boolean }): ReactNode {
  const t = useT();
  return (
    <Field data-field={path} hint={t(hintId)} validationMessage={place.errorAt(path)}>
      <Switch label={t(labelId)} disabled={place.disabled} checked={isOn} onChange={(_, data) => place.set(path, data.checked || undefined)} />
    </Field>
  );
}

export function KeyOf({ place, path, labelId, value }: { place: Place; path: string; labelId: MessageId; value: string }): ReactNode {
  const t = useT();
  return (
    <Field data-field={path} label={t(labelId)} validationMessage={place.errorAt(path)}>
      <Select value={value} disabled={place.disabled} onChange={(_, data) => place.set(path, data.value)}>
        {KEYS.map((key) => (
          <option key={key} value={key}>
            {key}
          </option>
        ))}
      </Select>
    </Field>
  );
}

/** How several digits come to an end. */
function Typing({ place, node }: { place: Place; node: Extract<FlowNode, { kind: 'collect' }> }): ReactNode {
  const t = useT();
  const ends = node.terminator ?? TERMINATOR_USUAL;
  return (
    <>
      <Field data-field="terminator" label={t('flow.terminator')} validationMessage={place.errorAt('terminator')}>
        <Select value={ends} disabled={place.disabled} onChange={(_, data) => place.set('terminator', data.value)}>
          <option value="#">{t('flow.terminator.hash')}</option>
          <option value="*">{t('flow.terminator.star')}</option>
          <option value="none">{t('flow.terminator.none')}</option>
        </Select>
      </Field>
      <NumberOf place={place} path="between_digits_s" labelId={'flow.betweenDigits'} value={node.between_digits_s ?? BETWEEN_USUAL_S} min={1} max={LIMITS.between} />
    </>
  );
}

function TransferFields({ place, node }: { place: Place; node: Extract<FlowNode, { kind: 'transfer' }> }): ReactNode {
  const t = useT();
  const { errorAt, set, disabled } = place;
  const { to } = node;
  const wrong = ['to', 'to.number'].map(errorAt).find(Boolean);
  return (
    <>
      <Field data-field="to" label={t('flow.transfer.number')} hint={t('flow.transfer.number.hint')} required validationMessage={wrong}>
        <Input type="tel" dir="ltr" disabled={disabled} value={to.number} onChange={(_, data) => set('to', { number: data.value })} onBlur={() => set('to', { number: numberIn(to.number) ?? to.number })} />
      </Field>
      <NumberField
        field="ring_s"
        label={t('flow.transfer.ring')}
        hint={t('flow.transfer.ring.hint')}
        min={RING_LEAST_S}
        max={LIMITS.ring}
        value={node.ring_s ?? null}
        error={errorAt('ring_s')}
        disabled={disabled}
        change={(next) => set('ring_s', next ?? undefined)}
      />
      <PromptOf place={place} path="prompt" labelId={'flow.transfer.prompt'} noneId={'flow.http.prompt.none'} prompt={node.prompt ?? null} />
    </>
  );
}
