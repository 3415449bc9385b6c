// A call flow as an outline: every step a card with its fields and exits, or the whole flow as JSON. Server errors stand
// at the step that they name.
import { Button, Field, Input, Select, SpinButton, Textarea } from '@fluentui/react-components';
import { AddRegular } from '@fluentui/react-icons/svg/add';
import { ArrowDownRegular } from '@fluentui/react-icons/svg/arrow-down';
import { ArrowUpRegular } from '@fluentui/react-icons/svg/arrow-up';
import { DeleteRegular } from '@fluentui/react-icons/svg/delete';
import { useState, type ReactNode } from 'react';
import type { FlowInput, FlowNode } from '../api/contract';
import { useT, type MessageId } from '../i18n/t';
import css from './admin.module.css';
import { RefSelect } from './field';
import { errorsFor } from './forms';

interface Problem {
  field: string;
  detail: string;
}
interface Props {
  flow: FlowInput;
  errors: readonly Problem[];
  disabled: boolean;
  change: (flow: FlowInput) => void;
}
const KINDS: readonly FlowNode['kind'][] = ['play', 'collect', 'branch', 'queue', 'end'];

function emptyNode(id: string, kind: FlowNode['kind'], to: string): FlowNode {
  switch (kind) {
    case 'play':
      return { id, kind, prompt: { text: '' }, next: to, failed: to };
    case 'collect':
      return { id, kind, prompt: { text: '' }, max_digits: 1, timeout_s: 5, next: to, failed: to, no_input: to };
    case 'branch':
      return { id, kind, attribute: 'digits', cases: [], otherwise: to };
    case 'queue':
      return { id, kind, queue_id: 0, timeout: to, full: to, failed: to };
    case 'end':
      return { id, kind };
  }
}

/** Where new exits lead until somebody says otherwise: to the end of the call. */
function ending(nodes: readonly FlowNode[]): string {
  return (nodes.find((node) => node.kind === 'end') ?? nodes.at(-1))?.id ?? '';
}

/** The index of the step that an error speaks of, by number, by id, or by naming it. */
export function stepOf(problem: Problem, nodes: readonly FlowNode[]): number {
  const place = /^\/?nodes[./[]+([^\].[/]+)/.exec(problem.field)?.[1];
  if (place === undefined) return -1;
  const byId = nodes.findIndex((node) => node.id === place);
  return byId >= 0 ? byId : /^\d+$/.test(place) && Number(place) < nodes.length ? Number(place) : -1;
}

export function FlowEditor({ flow, errors, disabled, change }: Props): ReactNode {
  const t = useT();
  const [tab, setTab] = useState<'outline' | 'json'>('outline');
  const loose = errors.filter((e) => stepOf(e, flow.nodes) < 0 && e.field !== 'name' && e.field !== 'start');
  return (
    <>
      <section className={`${css.card} ${css.section}`}>
        <h2>{t('section.identity')}</h2>
        <div className={css.fields}>
          <Field label={t('field.name')} required validationMessage={errorsFor(errors, 'name')}>
            <Input value={flow.name} disabled={disabled} onChange={(_, data) => change({ ...flow, name: data.value })} />
          </Field>
          <Field label={t('flow.start')} hint={t('flow.start.hint')} validationMessage={errorsFor(errors, 'start')}>
            <StepSelect nodes={flow.nodes} value={flow.start} disabled={disabled} change={(start) => change({ ...flow, start })} />
          </Field>
        </div>
      </section>
      <section className={css.card}>
        <div className={css.switch} role="group" aria-label={t('flow.view')}>
          <Button appearance={tab === 'outline' ? 'primary' : 'secondary'} aria-pressed={tab === 'outline'} onClick={() => setTab('outline')}>
            {t('flow.outline')}
          </Button>
          <Button appearance={tab === 'json' ? 'primary' : 'secondary'} aria-pressed={tab === 'json'} onClick={() => setTab('json')}>
            {t('flow.json')}
          </Button>
        </div>
        {loose.map((e) => (
          <p key={`${e.field}${e.detail}`} className={css.error}>
            {e.detail}
          </p>
        ))}
        {tab === 'outline' ? (
          <Outline flow={flow} errors={errors} disabled={disabled} change={change} />
        ) : (
          <Json flow={flow} disabled={disabled} change={change} />
        )}
      </section>
    </>
  );
}

function Outline({ flow, errors, disabled, change }: Props): ReactNode {
  const t = useT();
  const { nodes } = flow;
  const put = (i: number, node: FlowNode): void => change({ ...flow, nodes: nodes.map((n, j) => (i === j ? node : n)) });
  const swap = (i: number, j: number): void => {
    const next = [...nodes];
    const [a, b] = [next[i], next[j]];
    if (!a || !b) return;
    next[i] = b;
    next[j] = a;
    change({ ...flow, nodes: next });
  };
  const add = (): void => {
    let n = nodes.length + 1;
    while (nodes.some((node) => node.id === `step-${n}`)) n += 1;
    change({ ...flow, nodes: [...nodes, emptyNode(`step-${n}`, 'play', ending(nodes))] });
  };
  return (
    <ol className={css.nodes} style={{ marginBlockStart: 16 }}>
      {nodes.map((node, i) => {
        const mine = errors.filter((e) => stepOf(e, nodes) === i);
        return (
          <li key={i} className={css.node} data-problem={mine.length > 0}>
            <div className={css.nodeHead}>
              <h3>{t('flow.step', { number: i + 1, kind: KINDS.includes(node.kind) ? t(`flow.kind.${node.kind}` as MessageId) : node.kind })}</h3>
              <Button size="small" appearance="subtle" icon={<ArrowUpRegular />} aria-label={t('flow.up', { id: node.id })} disabled={disabled || i === 0} onClick={() => swap(i, i - 1)} />
              <Button size="small" appearance="subtle" icon={<ArrowDownRegular />} aria-label={t('flow.down', { id: node.id })} disabled={disabled || i === nodes.length - 1} onClick={() => swap(i, i + 1)} />
              <Button
                size="small"
                appearance="subtle"
                icon={<DeleteRegular />}
                aria-label={t('flow.remove', { id: node.id })}
                disabled={disabled || nodes.length === 1}
                onClick={() => change({ ...flow, nodes: nodes.filter((_, j) => j !== i) })}
              />
            </div>
            {mine.map((e) => (
              <p key={`${e.field}${e.detail}`} className={css.error} role="alert">
                {e.detail}
              </p>
            ))}
            <NodeFields node={node} nodes={nodes} disabled={disabled} put={(next) => put(i, next)} rename={(id) => change(renamed(flow, node.id, id, i))} />
          </li>
        );
      })}
      {disabled ? null : (
        <li>
          <Button icon={<AddRegular />} onClick={add}>
            {t('flow.add')}
          </Button>
        </li>
      )}
    </ol>
  );
}

/** Renames a step and every exit that leads to it. */
export function renamed(flow: FlowInput, from: string, to: string, index: number): FlowInput {
  const exit = <Name extends string | null | undefined>(name: Name): Name | string =>
    name === from && from !== '' ? to : name;
  const nodes = flow.nodes.map((node, i): FlowNode => {
    const id = i === index ? to : node.id;
    switch (node.kind) {
      case 'play':
        return { ...node, id, next: exit(node.next), failed: exit(node.failed) };
      case 'collect':
        return { ...node, id, next: exit(node.next), failed: exit(node.failed), no_input: exit(node.no_input) };
      case 'branch':
        return { ...node, id, cases: node.cases.map((c) => ({ ...c, next: exit(c.next) })), otherwise: exit(node.otherwise) };
      case 'queue':
        return { ...node, id, timeout: exit(node.timeout), full: exit(node.full), failed: exit(node.failed) };
      case 'end':
        return { ...node, id };
      default:
        return { ...renamedInside<FlowNode>(node, exit), id };
    }
  });
  return { ...flow, start: exit(flow.start), nodes };
}

/** Fields of every kind of step that name another step, also of kinds that have no fields here yet. */
const EXITS: readonly string[] = ['next', 'failed', 'no_input', 'invalid', 'otherwise', 'again', 'done', 'timeout', 'full'];

function renamedInside<Part>(part: Part, exit: (name: string) => string): Part {
  if (Array.isArray(part)) return part.map((inner: unknown) => renamedInside(inner, exit)) as Part;
  if (typeof part !== 'object' || part === null) return part;
  const entries = Object.entries(part as Record<string, unknown>);
  const changed = entries.map(([field, value]) => [
    field,
    EXITS.includes(field) && typeof value === 'string' ? exit(value) : renamedInside(value, exit),
  ]);
  return Object.fromEntries(changed) as Part;
}

function StepSelect(props: { nodes: readonly FlowNode[]; value: string; disabled: boolean; change: (id: string) => void; label?: string }): ReactNode {
  const t = useT();
  const { nodes, value, disabled, change, label } = props;
  const known = nodes.some((node) => node.id === value);
  return (
    <Select aria-label={label} value={value} disabled={disabled} onChange={(_, data) => change(data.value)}>
      {known ? null : <option value={value}>{value === '' ? t('field.choose') : t('flow.missing', { id: value })}</option>}
      {nodes.map((node, i) => (
        <option key={i} value={node.id}>
          {node.id}
        </option>
      ))}
    </Select>
  );
}

function NodeFields(props: {
  node: FlowNode;
  nodes: readonly FlowNode[];
  disabled: boolean;
  put: (node: FlowNode) => void;
  rename: (id: string) => void;
}): ReactNode {
  const t = useT();
  const { node, nodes, disabled, put, rename } = props;
  const exit = (label: MessageId, value: string | null | undefined, set: (id: string) => FlowNode): ReactNode => (
    <Field label={t(label)}>
      <StepSelect nodes={nodes} value={value ?? ''} disabled={disabled} change={(id) => put(set(id))} />
    </Field>
  );
  const number = (label: MessageId, value: number, min: number, max: number, set: (n: number) => FlowNode): ReactNode => (
    <Field label={t(label)}>
      <SpinButton min={min} max={max} value={value} disabled={disabled} onChange={(_, data) => put(set(data.value ?? (Number(data.displayValue) || min)))} />
    </Field>
  );
  return (
    <div className={css.nodeFields}>
      <Field label={t('flow.id')} required>
        <Input value={node.id} dir="ltr" disabled={disabled} onChange={(_, data) => rename(data.value)} />
      </Field>
      {KINDS.includes(node.kind) ? null : <p>{t('flow.otherKind')}</p>}
      <Field label={t('flow.kind')}>
        <Select value={node.kind} disabled={disabled} onChange={(_, data) => put(emptyNode(node.id, data.value as FlowNode['kind'], ending(nodes)))}>
          {KINDS.includes(node.kind) ? null : <option value={node.kind}>{node.kind}</option>}
          {KINDS.map((kind) => (
            <option key={kind} value={kind}>
              {t(`flow.kind.${kind}` as MessageId)}
            </option>
          ))}
        </Select>
      </Field>
      {node.kind === 'play' || node.kind === 'collect' ? (
        <>
          <Field label={t('flow.promptKind')}>
            <Select
              value={'url' in node.prompt ? 'url' : 'text'}
              disabled={disabled}
              onChange={(_, data) => put({ ...node, prompt: data.value === 'url' ? { url: '' } : { text: '' } })}
            >
              <option value="text">{t('flow.promptKind.text')}</option>
              <option value="url">{t('flow.promptKind.url')}</option>
            </Select>
          </Field>
          <Field className={css.wide} label={'url' in node.prompt ? t('flow.prompt.url') : t('flow.prompt.text')} required>
            <Textarea
              rows={2}
              disabled={disabled}
              value={'url' in node.prompt ? node.prompt.url : node.prompt.text}
              onChange={(_, data) => put({ ...node, prompt: 'url' in node.prompt ? { url: data.value } : { text: data.value } })}
            />
          </Field>
        </>
      ) : null}
      {node.kind === 'collect' ? (
        <>
          {number('flow.maxDigits', node.max_digits, 1, 32, (max_digits) => ({ ...node, max_digits }))}
          <Field label={t('flow.digitsName')} hint={t('flow.digitsName.hint')}>
            <Input
              dir="ltr"
              disabled={disabled}
              value={node.attribute ?? ''}
              onChange={(_, data) => put({ ...node, attribute: data.value === '' ? null : data.value })}
            />
          </Field>
          {number('flow.timeout', node.timeout_s, 1, 60, (timeout_s) => ({ ...node, timeout_s }))}
        </>
      ) : null}
      {node.kind === 'play' || node.kind === 'collect' ? (
        <>
          {exit('flow.next', node.next, (next) => ({ ...node, next }))}
          {exit('flow.failed', node.failed, (failed) => ({ ...node, failed }))}
        </>
      ) : null}
      {node.kind === 'collect' ? exit('flow.noInput', node.no_input, (no_input) => ({ ...node, no_input })) : null}
      {node.kind === 'queue' ? (
        <>
          <Field label={t('flow.queue')} required>
            <RefSelect area="queues" none={t('field.choose')} value={node.queue_id} disabled={disabled} change={(queue_id) => put({ ...node, queue_id })} />
          </Field>
          {exit('flow.queueTimeout', node.timeout, (timeout) => ({ ...node, timeout }))}
          {exit('flow.queueFull', node.full, (full) => ({ ...node, full }))}
          {exit('flow.failed', node.failed, (failed) => ({ ...node, failed }))}
        </>
      ) : null}
      {node.kind === 'branch' ? <Branch node={node} nodes={nodes} disabled={disabled} put={put} /> : null}
    </div>
  );
}

function Branch(props: {
  node: Extract<FlowNode, { kind: 'branch' }>;
  nodes: readonly FlowNode[];
  disabled: boolean;
  put: (node: FlowNode) => void;
}): ReactNode {
  const t = useT();
  const { node, nodes, disabled, put } = props;
  return (
    <>
      <Field label={t('flow.attribute')} required>
        <Input value={node.attribute} dir="ltr" disabled={disabled} onChange={(_, data) => put({ ...node, attribute: data.value })} />
      </Field>
      <Field label={t('flow.otherwise')}>
        <StepSelect nodes={nodes} value={node.otherwise} disabled={disabled} change={(otherwise) => put({ ...node, otherwise })} />
      </Field>
      <div className={`${css.wide} ${css.pairs}`}>
        {node.cases.map((item, i) => (
          <div key={i} className={css.pair} style={{ gridTemplateColumns: 'minmax(0, 1fr) minmax(0, 1fr) auto' }}>
            <Input
              aria-label={t('flow.case.equals')}
              placeholder={t('flow.case.equals')}
              value={item.equals}
              disabled={disabled}
              onChange={(_, data) => put({ ...node, cases: node.cases.map((c, j) => (i === j ? { ...c, equals: data.value } : c)) })}
            />
            <StepSelect
              label={t('flow.case.next')}
              nodes={nodes}
              value={item.next}
              disabled={disabled}
              change={(next) => put({ ...node, cases: node.cases.map((c, j) => (i === j ? { ...c, next } : c)) })}
            />
            <Button
              appearance="subtle"
              icon={<DeleteRegular />}
              aria-label={t('flow.case.remove')}
              disabled={disabled}
              onClick={() => put({ ...node, cases: node.cases.filter((_, j) => j !== i) })}
            />
          </div>
        ))}
        {disabled ? null : (
          <div>
            <Button size="small" icon={<AddRegular />} onClick={() => put({ ...node, cases: [...node.cases, { equals: '', next: node.otherwise }] })}>
              {t('flow.case.add')}
            </Button>
          </div>
        )}
      </div>
    </>
  );
}

function Json({ flow, disabled, change }: Omit<Props, 'errors'>): ReactNode {
  const t = useT();
  const [text, setText] = useState(() => JSON.stringify(flow, null, 2));
  const [broken, setBroken] = useState<string | undefined>();
  return (
    <Field style={{ marginBlockStart: 16 }} label={t('flow.json.label')} validationMessage={broken}>
      <Textarea
        textarea={{ className: css.json, dir: 'ltr', spellCheck: false }}
        rows={24}
        resize="vertical"
        disabled={disabled}
        value={text}
        onChange={(_, data) => {
          setText(data.value);
          try {
            const parsed: unknown = JSON.parse(data.value);
            if (!isFlow(parsed)) {
              setBroken(t('flow.json.shape'));
              return;
            }
            setBroken(undefined);
            change(parsed);
          } catch (error) {
            setBroken(t('flow.json.broken', { detail: error instanceof Error ? error.message : '' }));
          }
        }}
      />
    </Field>
  );
}

function isFlow(value: unknown): value is FlowInput {
  const flow = value as Partial<FlowInput> | null;
  return (
    typeof flow === 'object' &&
    flow !== null &&
    typeof flow.name === 'string' &&
    typeof flow.start === 'string' &&
    Array.isArray(flow.nodes) &&
    flow.nodes.every((node) => typeof node?.id === 'string' && typeof node.kind === 'string')
  );
}
