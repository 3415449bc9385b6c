// Something that narrows a list when it is left, or with Enter: half a number finds nobody.
import { Field, Input } from '@fluentui/react-components';
import { useEffect, useState, type ReactNode } from 'react';

interface Props {
  label: string;
  hint?: string;
  /** Said of what cannot be asked for. */
  error: string;
  value: string;
  kind: 'text' | 'number' | 'tel';
  max: number;
  /** What is meant, or null while it cannot be asked for. */
  read: (typed: string) => string | null;
  change: (value: string) => void;
}

export function TypedField({ label, hint, error, value, kind, max, read, change }: Props): ReactNode {
  const [typed, setTyped] = useState(value);
  const [isTried, setTried] = useState(false);
  useEffect(() => {
    setTyped(value);
    setTried(false);
  }, [value]);
  const wanted = typed.trim() === '' ? '' : read(typed);
  const take = (): void => {
    setTried(true);
    if (wanted !== null && wanted !== value) change(wanted);
  };
  return (
    <Field label={label} hint={hint} validationMessage={isTried && wanted === null ? error : undefined}>
      <Input
        type={kind === 'tel' ? 'tel' : 'text'}
        inputMode={kind === 'number' ? 'numeric' : kind}
        dir="ltr"
        autoComplete="off"
        spellCheck={false}
        maxLength={max}
        value={typed}
        onChange={(_, data) => {
          setTyped(data.value);
          setTried(false);
        }}
        onBlur={take}
        onKeyDown={(event) => {
          if (event.key === 'Enter') take();
        }}
      />
    </Field>
  );
}
