// The chosen step: its name, its kind, what it needs, and where each of its exits leads.
import { Field, Input, Select } from '@fluentui/react-components';
import type { ReactNode } from 'react';
import { errorsFor } from '../admin/field-errors';
import admin from '../admin/admin.module.css';
import type { FlowInput, FlowNode } from '../api/contract';
import { useT, type MessageId } from '../i18n/t';
import css from './flow.module.css';
import { exitsOf, KINDS, put, renamed, turnedInto, withExit, type NodeKind, type Problem } from './nodes';
import type { Found } from './outline';
import { StepFields, type Place } from './step-fields';
import { StepSelect } from './step-select';

interface Props {
  flow: FlowInput;
  index: number;
  found: readonly Found[];
  errors: readonly Problem[];
  disabled: boolean;
  change: (flow: FlowInput) => void;
}
/** What an exit that is left open means, by kind of step and exit. */
const OPEN_EXIT: Record<string, MessageId> = {
  'hours.holiday': 'flow.none.asClosed',
  'hours.emergency': 'flow.none.asClosed',
  'queue.closed': 'flow.none.asTimeout',
  'queue.failed': 'flow.none.silence',
};

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
      <Field data-field="id" label={t('flow.id')} required validationMessage={errorAt('id')}>
        <Input value={node.id} dir="ltr" disabled={disabled} onChange={(_, data) => change(renamed(flow, node.id, data.value, index))} />
      </Field>
      <StepFields place={place} />
      {exitsOf(node)
        .filter(({ path }) => !path.includes('.'))
        .map((exit) => (
          <Field key={exit.path} label={exit.values ? t(exit.label, exit.values) : t(exit.label)} validationMessage={errorAt(exit.path)}>
            <StepSelect
              data-exit={exit.path}
              nodes={flow.nodes}
              value={exit.to ?? ''}
              disabled={disabled}
              none={exit.isOptional ? t(OPEN_EXIT[`${node.kind}.${exit.path}`] ?? 'field.noneChosen') : undefined}
              change={(to) => putNode(withExit(node, exit, to))}
            />
          </Field>
        ))}
    </div>
  );
}
