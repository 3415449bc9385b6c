// A whole number within its range. What is typed besides digits does not count; nothing typed is null.
import { Field, SpinButton } from '@fluentui/react-components';
import type { ReactNode } from 'react';

interface Props {
  /** The path of the field, for those who look for it. */
  field?: string;
  label: string;
  hint?: string | undefined;
  value: number | null;
  min: number;
  max: number;
  required?: boolean;
  error: string | undefined;
  disabled: boolean;
  change: (value: number | null) => void;
  blur?: () => void;
}

export function typedNumber(text: string | undefined): number | null {
  const digits = (text ?? '').replaceAll(/[^\d-]/g, '');
  const number = Number(digits);
  return digits === '' || !Number.isFinite(number) ? null : number;
}

export function NumberField({ field, label, hint, value, min, max, required = false, error, disabled, change, blur }: Props): ReactNode {
  return (
    <Field data-field={field} label={label} hint={hint} required={required} validationMessage={error}>
      <SpinButton
        min={min}
        max={max}
        disabled={disabled}
        value={value}
        displayValue={value === null ? '' : String(value)}
        onChange={(_, data) => change(data.value ?? typedNumber(data.displayValue))}
        onBlur={blur}
      />
    </Field>
  );
}
