// A line with a weight: what it is about, how much that counts, and a way out. What is wrong with it stands below, and is told of what it
// is about where that is a field, else of the weight.
import { Button, SpinButton } from '@fluentui/react-components';
import { DeleteRegular } from '@fluentui/react-icons/svg/delete';
import type { ReactNode } from 'react';
import { typedNumber } from '../ui/number-field';
import { MarkedLine, type Mark } from './marked-line';
import css from './routing.module.css';

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
  const [min, max] = range;
  const isField = typeof children === 'function';
  return (
    <MarkedLine className={css.preference} wrong={wrong}>
      {(mark) => (
        <>
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
        </>
      )}
    </MarkedLine>
  );
}
