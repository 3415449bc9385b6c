// Where an exit leads: one of the steps, or what it is when it is left open.
import { Select } from '@fluentui/react-components';
import type { ReactNode } from 'react';
import type { FlowNode } from '../api/contract';
import { useT } from '../i18n/t';

interface Props {
  nodes: readonly FlowNode[];
  value: string;
  disabled: boolean;
  change: (id: string) => void;
  label?: string;
  /** What it means to choose none, where that is allowed. */
  none?: string;
  'data-exit'?: string;
}

export function StepSelect({ nodes, value, disabled, change, label, none, ...rest }: Props): ReactNode {
  const t = useT();
  const isKnown = nodes.some((node) => node.id === value);
  const isOpen = value === '' && none !== undefined;
  return (
    <Select {...rest} aria-label={label} value={value} disabled={disabled} onChange={(_, data) => change(data.value)}>
      {none === undefined ? null : <option value="">{none}</option>}
      {isKnown || isOpen ? null : <option value={value}>{value === '' ? t('field.choose') : t('flow.missing', { id: value })}</option>}
      {nodes.map((node, i) => (
        <option key={i} value={node.id}>
          {node.id}
        </option>
      ))}
    </Select>
  );
}
