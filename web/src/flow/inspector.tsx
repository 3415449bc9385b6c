// The chosen step: its name, its kind, what it needs, and where each of its exits leads.
import { Button, Field, Input, Select, SpinButton, Textarea } from '@fluentui/react-components';
import { AddRegular } from '@fluentui/react-icons/svg/add';
import { DeleteRegular } from '@fluentui/react-icons/svg/delete';
import { useState, type ReactNode } from 'react';
import { RefSelect } from '../admin/field';
import { errorsFor } from '../admin/forms';
import admin from '../admin/admin.module.css';
import type { FlowInput, FlowNode, Prompt, QueueStatusCase, SwitchCase } from '../api/contract';
import { useT, type MessageId } from '../i18n/t';
import css from './flow.module.css';
import {
  ending,
  exitsOf,
  KEYS,
  KINDS,
  LIMITS,
  put,
  QUEUE_CONDITIONS,
  renamed,
  RETRIES_USUAL,
  SWITCH_TESTS,
  testOf,
  turnedInto,
  withExit,
  withTest,
  type NodeKind,
  type Problem,
  type SwitchTest,
} from './nodes';
import type { Found } from './outline';
import { StepSelect } from './step-select';

interface Props {
  flow: FlowInput;
  index: number;
  found: readonly Found[];
  errors: readonly Problem[];
  disabled: boolean;
  change: (flow: FlowInput) => void;
}
/** What every field of a step needs to know. */
interface Place {
  node: FlowNode;
  nodes: readonly FlowNode[];
  disabled: boolean;
  errorAt: (path: string) => string | undefined;
  set: (path: string, value: unknown) => void;
}

const OPEN_EXIT: Record<string, MessageId> = { holiday: 'flow.none.asClosed', emergency: 'flow.none.asClosed', closed: 'flow.none.asTimeout', failed: 'flow.none.silence' };

export function Inspector({ flow, index, found, errors, disabled, change }: Props): ReactNode {
  const t = useT();
  const node = flow.nodes[index];
  if (!node) return null;
  const putNode = (next: FlowNode): void => change({ ...flow, nodes: flow.nodes.map((n, i) => (i === index ? next : n)) });
  const errorAt = (path: string): string | undefined => {
    const local = found.find((f) => f.index === index && f.path === path && f.id !== 'field.error.required');
    return local ? t(local.id, local.values) : errorsFor(errors, path);
  };
  const place: Place = { node, nodes: flow.nodes, disabled, errorAt, set: (path, value) => putNode(put(node, path, value)) };
  const unplaced = errors.filter(({ field }) => field === '' || field === 'kind');
  return (
    <div className={css.inspector}>
      <h3>{t('flow.step', { kind: t(`flow.kind.${node.kind}`), id: node.id })}</h3>
      {unplaced.map((e) => (
        <p key={e.detail} className={admin.error} role="alert">
          {e.detail}
        </p>
      ))}
      <Field label={t('flow.kind')} hint={t(`flow.about.${node.kind}`)}>
        <Select value={node.kind} disabled={disabled} onChange={(_, data) => putNode(turnedInto(node, data.value as NodeKind, flow.nodes))}>
          {KINDS.map((kind) => (
            <option key={kind} value={kind}>
              {t(`flow.kind.${kind}`)}
            </option>
          ))}
        </Select>
      </Field>
      <Field label={t('flow.id')} required validationMessage={errorAt('id')}>
        <Input value={node.id} dir="ltr" disabled={disabled} onChange={(_, data) => change(renamed(flow, node.id, data.value, index))} />
      </Field>
      <Own place={place} />
      {exitsOf(node)
        .filter(({ path }) => !path.includes('.'))
        .map((exit) => (
          <Field key={exit.path} label={exit.values ? t(exit.label, exit.values) : t(exit.label)} validationMessage={errorAt(exit.path)}>
            <StepSelect
              data-exit={exit.path}
              nodes={flow.nodes}
              value={exit.to ?? ''}
              disabled={disabled}
              none={exit.isOptional ? t(OPEN_EXIT[exit.path] ?? 'field.noneChosen') : undefined}
              change={(to) => putNode(withExit(node, exit, to))}
            />
          </Field>
        ))}
    </div>
  );
}

/** The fields that only this kind of step has. */
function Own({ place }: { place: Place }): ReactNode {
  const { node, errorAt, set, disabled } = place;
  const t = useT();
  switch (node.kind) {
    case 'play':
    case 'message':
      return <PromptFields place={place} path="prompt" prompt={node.prompt} />;
    case 'collect':
      return (
        <>
          <PromptFields place={place} path="prompt" prompt={node.prompt} />
          <NumberOf place={place} path="max_digits" labelId={'flow.maxDigits'} value={node.max_digits} min={1} max={LIMITS.digits} />
          <Field label={t('flow.digitsName')} hint={t('flow.digitsName.hint')} validationMessage={errorAt('attribute')}>
            <Input dir="ltr" disabled={disabled} value={node.attribute ?? ''} onChange={(_, data) => set('attribute', data.value === '' ? null : data.value)} />
          </Field>
          <NumberOf place={place} path="timeout_s" labelId={'flow.timeout'} value={node.timeout_s} min={1} max={LIMITS.seconds} />
        </>
      );
    case 'menu':
      return (
        <>
          <PromptFields place={place} path="prompt" prompt={node.prompt} />
          <Ways place={place} />
          <NumberOf place={place} path="retries" labelId={'flow.retries'} value={node.retries ?? RETRIES_USUAL} min={0} max={LIMITS.retries} />
          <NumberOf place={place} path="timeout_s" labelId={'flow.timeout'} value={node.timeout_s} min={1} max={LIMITS.seconds} />
          <RetryPrompt place={place} prompt={node.retry_prompt ?? null} />
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
        <Field label={t('flow.hours')} required validationMessage={errorAt('schedule_id')}>
          <RefSelect area="schedules" none={t('field.choose')} value={node.schedule_id} disabled={disabled} change={(id) => set('schedule_id', id)} />
        </Field>
      );
    case 'queue':
      return <QueueOf place={place} value={node.queue_id} />;
    case 'queue_status':
      return (
        <>
          <QueueOf place={place} value={node.queue_id} />
          <Ways place={place} />
        </>
      );
    case 'http':
      return <HttpFields key={node.id} place={place} node={node} />;
    case 'end':
      return null;
  }
}

/** What is asked, and which values of the answer are remembered: a line each, the name and where it stands. Body and prompt are in the text. */
function HttpFields({ place, node }: { place: Place; node: Extract<FlowNode, { kind: 'http' }> }): ReactNode {
  const t = useT();
  const { errorAt, set, disabled } = place;
  const lines = Object.entries(node.save ?? {}).map(([name, pointer]) => `${name} = ${pointer}`);
  const [draft, setDraft] = useState(lines.join('\n'));
  const saved = (text: string): Record<string, string> =>
    Object.fromEntries(text.split('\n').filter((line) => line.trim() !== '').map((line) => [(line.split('=')[0] ?? '').trim(), line.split('=').slice(1).join('=').trim()]));
  return (
    <>
      <TextOf place={place} path="system" labelId={'flow.http.system'} value={node.system} />
      <Field label={t('flow.http.method')} validationMessage={errorAt('body')}>
        <Select value={node.method ?? 'get'} disabled={disabled} onChange={(_, data) => set('method', data.value)}>
          <option value="get">{t('flow.http.get')}</option>
          <option value="post">{t('flow.http.post')}</option>
        </Select>
      </Field>
      <TextOf place={place} path="path" labelId={'flow.http.path'} value={node.path} />
      <Field label={t('flow.http.save')} hint={t('flow.http.save.hint')} validationMessage={errorAt('save')}>
        <Textarea
          rows={3}
          dir="ltr"
          disabled={disabled}
          value={draft}
          onChange={(_, data) => {
            setDraft(data.value);
            set('save', saved(data.value));
          }}
        />
      </Field>
      <NumberOf place={place} path="timeout_s" labelId={'flow.http.timeout'} value={node.timeout_s} min={1} max={LIMITS.answer} />
    </>
  );
}

function QueueOf({ place, value }: { place: Place; value: number }): ReactNode {
  const t = useT();
  return (
    <Field label={t('flow.queue')} required validationMessage={place.errorAt('queue_id')}>
      <RefSelect area="queues" none={t('field.choose')} value={value} disabled={place.disabled} change={(id) => place.set('queue_id', id)} />
    </Field>
  );
}

function TextOf({ place, path, labelId, value }: { place: Place; path: string; labelId: MessageId; value: string }): ReactNode {
  const t = useT();
  return (
    <Field label={t(labelId)} required validationMessage={place.errorAt(path)}>
      <Input dir="ltr" disabled={place.disabled} value={value} onChange={(_, data) => place.set(path, data.value)} />
    </Field>
  );
}

function NumberOf(props: { place: Place; path: string; labelId: MessageId; value: number; min: number; max: number }): ReactNode {
  const t = useT();
  const { place, path, labelId, value, min, max } = props;
  return (
    <Field label={t(labelId)} validationMessage={place.errorAt(path)}>
      <SpinButton min={min} max={max} value={value} disabled={place.disabled} onChange={(_, data) => place.set(path, data.value ?? (Number(data.displayValue) || min))} />
    </Field>
  );
}

function PromptFields({ place, path, prompt }: { place: Place; path: string; prompt: Prompt }): ReactNode {
  const t = useT();
  const { disabled, errorAt, set } = place;
  const isUrl = 'url' in prompt;
  return (
    <>
      <Field label={t('flow.promptKind')}>
        <Select value={isUrl ? 'url' : 'text'} disabled={disabled} onChange={(_, data) => set(path, data.value === 'url' ? { url: '' } : { text: '' })}>
          <option value="text">{t('flow.promptKind.text')}</option>
          <option value="url">{t('flow.promptKind.url')}</option>
        </Select>
      </Field>
      <Field label={isUrl ? t('flow.prompt.url') : t('flow.prompt.text')} required validationMessage={errorAt(path)}>
        <Textarea
          rows={3}
          resize="vertical"
          disabled={disabled}
          value={isUrl ? prompt.url : prompt.text}
          onChange={(_, data) => set(path, isUrl ? { url: data.value } : { text: data.value })}
        />
      </Field>
    </>
  );
}

function RetryPrompt({ place, prompt }: { place: Place; prompt: Prompt | null }): ReactNode {
  const t = useT();
  return (
    <Field label={t('flow.retryPrompt')} hint={t('flow.retryPrompt.hint')} validationMessage={place.errorAt('retry_prompt')}>
      <Textarea
        rows={2}
        resize="vertical"
        disabled={place.disabled}
        value={prompt === null ? '' : 'url' in prompt ? prompt.url : prompt.text}
        onChange={(_, data) => {
          const isUrl = prompt !== null && 'url' in prompt;
          place.set('retry_prompt', data.value === '' ? undefined : isUrl ? { url: data.value } : { text: data.value });
        }}
      />
    </Field>
  );
}

/** The choices of a menu, the cases of a branch: what must hold, and where it leads. */
function Ways({ place }: { place: Place }): ReactNode {
  const t = useT();
  const { node, nodes, disabled, errorAt, set } = place;
  if (node.kind !== 'menu' && node.kind !== 'branch' && node.kind !== 'switch' && node.kind !== 'queue_status') return null;
  const list = node.kind === 'menu' ? 'choices' : 'cases';
  const rows: readonly { next: string }[] = node.kind === 'menu' ? node.choices : node.cases;
  const fresh = (): object => {
    const next = ending(nodes);
    switch (node.kind) {
      case 'menu':
        return { key: KEYS.find((key) => !node.choices.some((c) => c.key === key)) ?? '1', label: '', next };
      case 'branch':
        return { equals: '', next };
      case 'switch':
        return { attribute: node.cases.at(-1)?.attribute ?? '', equals: '', next };
      case 'queue_status':
        return { when: 'waiting_at_least', value: 10, next };
    }
  };
  return (
    <fieldset className={css.list}>
      <legend>{t(node.kind === 'menu' ? 'flow.choices' : 'flow.cases')}</legend>
      {rows.map((row, i) => {
        const at = `${list}.${i}`;
        const wrong = errorAt(at) ?? ['key', 'label', 'attribute', 'equals', 'starts_with', 'is_set', 'value', 'next'].map((name) => errorAt(`${at}.${name}`)).find(Boolean);
        return (
          <div key={i} role="group" aria-label={t('flow.way', { number: i + 1 })} className={css.way} data-kind={node.kind}>
            <WayFields place={place} at={at} i={i} />
            <Button
              appearance="subtle"
              icon={<DeleteRegular />}
              aria-label={t('flow.way.remove', { number: i + 1 })}
              disabled={disabled}
              onClick={() => set(list, rows.filter((_, j) => j !== i))}
            />
            <span className={css.target}>
              <span className={css.then} aria-hidden="true">
                {t('flow.next')}
              </span>
              <StepSelect
                data-exit={`${at}.next`}
                label={t('flow.case.next')}
                nodes={nodes}
                value={row.next}
                disabled={disabled}
                change={(next) => set(`${at}.next`, next)}
              />
              {wrong ? <span className={`${admin.error} ${css.fault}`}>{wrong}</span> : null}
            </span>
          </div>
        );
      })}
      {errorAt(list) ? <span className={admin.error}>{errorAt(list)}</span> : null}
      {disabled || rows.length >= (node.kind === 'menu' ? KEYS.length : LIMITS.cases) ? null : (
        <div>
          <Button size="small" icon={<AddRegular />} onClick={() => set(list, [...rows, fresh()])}>
            {t(node.kind === 'menu' ? 'flow.choice.add' : 'flow.case.add')}
          </Button>
        </div>
      )}
    </fieldset>
  );
}

function WayFields({ place, at, i }: { place: Place; at: string; i: number }): ReactNode {
  const t = useT();
  const { node, disabled, set } = place;
  const text = (name: string, label: MessageId, value: string): ReactNode => (
    <Input aria-label={t(label)} placeholder={t(label)} value={value} disabled={disabled} onChange={(_, data) => set(`${at}.${name}`, data.value)} />
  );
  switch (node.kind) {
    case 'menu':
      return (
        <>
          <Select aria-label={t('flow.choice.key')} value={node.choices[i]?.key} disabled={disabled} onChange={(_, data) => set(`${at}.key`, data.value)}>
            {KEYS.map((key) => (
              <option key={key} value={key}>
                {key}
              </option>
            ))}
          </Select>
          {text('label', 'flow.choice.label', node.choices[i]?.label ?? '')}
        </>
      );
    case 'switch':
      return <SwitchFields place={place} at={at} value={node.cases[i]} />;
    case 'branch':
      return <span className={css.target}>{text('equals', 'flow.case.equals', node.cases[i]?.equals ?? '')}</span>;
    case 'queue_status':
      return <QueueCase place={place} at={at} value={node.cases[i]} />;
    default:
      return null;
  }
}

/** What is looked at, and one thing that must be so of it. */
function SwitchFields({ place, at, value }: { place: Place; at: string; value: SwitchCase | undefined }): ReactNode {
  const t = useT();
  if (!value) return null;
  const { disabled, set } = place;
  const test = testOf(value);
  return (
    <>
      <Input
        dir="ltr"
        aria-label={t('flow.attribute')}
        placeholder={t('flow.attribute')}
        value={value.attribute}
        disabled={disabled}
        onChange={(_, data) => set(`${at}.attribute`, data.value)}
      />
      <Select aria-label={t('flow.case.when')} value={test} disabled={disabled} onChange={(_, data) => set(at, withTest(value, data.value as SwitchTest))}>
        {SWITCH_TESTS.map((each) => (
          <option key={each} value={each}>
            {t(`flow.test.${each}`)}
          </option>
        ))}
      </Select>
      {test === 'is_set' ? null : (
        <span className={css.target}>
          <Input
            aria-label={t('flow.case.text')}
            placeholder={t('flow.case.text')}
            value={value[test] ?? ''}
            disabled={disabled}
            onChange={(_, data) => set(`${at}.${test}`, data.value)}
          />
        </span>
      )}
    </>
  );
}

function QueueCase({ place, at, value }: { place: Place; at: string; value: QueueStatusCase | undefined }): ReactNode {
  const t = useT();
  if (!value) return null;
  const { disabled, set } = place;
  const isCounted = value.when !== 'no_agent_ready';
  return (
    <>
      <Select
        className={isCounted ? undefined : css.target}
        aria-label={t('flow.case.when')}
        value={value.when}
        disabled={disabled}
        onChange={(_, data) => set(at, { when: data.value, next: value.next, ...(data.value === 'no_agent_ready' ? {} : { value: value.value ?? 10 }) })}
      >
        {QUEUE_CONDITIONS.map((when) => (
          <option key={when} value={when}>
            {t(`flow.condition.${when}`)}
          </option>
        ))}
      </Select>
      {isCounted ? (
        <SpinButton
          aria-label={t('flow.case.value')}
          min={1}
          max={value.when === 'waiting_at_least' ? LIMITS.waiting : LIMITS.wait}
          value={value.value ?? 0}
          disabled={disabled}
          onChange={(_, data) => set(`${at}.value`, data.value ?? (Number(data.displayValue) || 1))}
        />
      ) : null}
    </>
  );
}
