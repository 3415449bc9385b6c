// A line with a weight: what it is about, how much that counts, and a way out. What is wrong with it stands below, and is told of what it
// is about where that is a field, else of the weight.
import { Button, SpinButton } from '@fluentui/react-components';
import { DeleteRegular } from '@fluentui/react-icons/svg/delete';
import { useId, type ReactNode } from 'react';
import admin from '../admin/admin.module.css';
import { typedNumber } from '../ui/number-field';
import css from './routing.module.css';

/** What marks a field as wrong. */
export interface Mark {
  'aria-invalid'?: true;
  'aria-describedby'?: string;
}

interface Props {
  weight: number;
  range: readonly [number, number];
  weightLabel: string;
  removeLabel: string;
  wrong: string | undefined;
  disabled: boolean;
  put: (weight: number) => void;
  remove: () => void;
  children: ReactNode | ((mark: Mark) => ReactNode);
}

export function WeightedLine({ weight, range, weightLabel, removeLabel, wrong, disabled, put, remove, children }: Props): ReactNode {
  const id = useId();
  const mark: Mark = wrong ? { 'aria-invalid': true, 'aria-describedby': id } : {};
  const [min, max] = range;
  const isField = typeof children === 'function';
  return (
    <>
      <div className={css.preference}>
        {isField ? children(mark) : children}
        <SpinButton
          {...(isField ? {} : mark)}
          aria-label={weightLabel}
          min={min}
          max={max}
          disabled={disabled}
          value={weight}
          displayValue={String(weight)}
          onChange={(_, data) => put(data.value ?? typedNumber(data.displayValue) ?? min)}
        />
        {disabled ? null : <Button appearance="subtle" icon={<DeleteRegular />} aria-label={removeLabel} title={removeLabel} onClick={remove} />}
      </div>
      {wrong ? (
        <p id={id} className={admin.error}>
          {wrong}
        </p>
      ) : null}
    </>
  );
}
