// One of the objects of an area, or none, in a list.
import { Select } from '@fluentui/react-components';
import type { ReactNode } from 'react';
import type { Area } from '../api/contract';
import { titleOf, useList } from './settings';

export function RefSelect(props: {
  area: Area;
  none: string;
  value: number;
  disabled?: boolean;
  change: (id: number) => void;
  id?: string;
  'aria-label'?: string;
  'aria-invalid'?: boolean;
  'aria-describedby'?: string;
}): ReactNode {
  const { area, none, value, disabled = false, change, ...rest } = props;
  const list = useList(area);
  return (
    <Select {...rest} disabled={disabled} value={String(value)} onChange={(_, data) => change(Number(data.value))}>
      <option value="0">{none}</option>
      {(list.data?.items ?? []).map((item) => (
        <option key={item.id} value={item.id}>
          {titleOf(item)}
        </option>
      ))}
    </Select>
  );
}
