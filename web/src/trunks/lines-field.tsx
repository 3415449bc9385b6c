// Several entries, one on each line: they are pasted as they come, and their order is that of the lines.
import { Field, Textarea } from '@fluentui/react-components';
import type { ReactNode } from 'react';
import css from './trunks.module.css';

interface Props {
  label: string;
  hint: string;
  value: readonly string[];
  rows?: number;
  required?: boolean;
  error: string | undefined;
  disabled: boolean;
  change: (lines: string[]) => void;
}

export function LinesField({ label, hint, value, rows = 3, required = false, error, disabled, change }: Props): ReactNode {
  return (
    <Field label={label} hint={hint} required={required} validationMessage={error}>
      <Textarea
        className={css.lines}
        dir="ltr"
        resize="vertical"
        rows={rows}
        spellCheck={false}
        autoComplete="off"
        disabled={disabled}
        value={value.join('\n')}
        onChange={(_, data) => change(data.value === '' ? [] : data.value.split('\n'))}
      />
    </Field>
  );
}
