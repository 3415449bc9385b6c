// What is added to a long list by pasting: what was understood is taken over, what was not stays with its line and the reason.
import { Button, Field, Textarea } from '@fluentui/react-components';
import { AddRegular } from '@fluentui/react-icons/svg/add';
import type { ReactNode } from 'react';
import css from './trunks.module.css';

interface Props {
  label: string;
  hint: string;
  verb: string;
  typed: string;
  /** What would be added, in words; empty where nothing would. */
  preview: string;
  /** Of each line that is not understood. */
  faults: readonly string[];
  error: string | undefined;
  type: (text: string) => void;
  add: () => void;
}

/** Faults that are read out; with more of them something else was pasted. */
const FAULTS_SHOWN = 8;

export function Adding({ label, hint, verb, typed, preview, faults, error, type, add }: Props): ReactNode {
  const said = [...(error ? [error] : []), ...faults.slice(0, FAULTS_SHOWN)];
  return (
    <div className={css.add}>
      <Field
        label={label}
        hint={preview === '' ? hint : `${hint} ${preview}`}
        validationState={said.length > 0 ? 'error' : 'none'}
        validationMessage={
          said.length > 0
            ? {
                children: (
                  <span className={css.faults}>
                    {said.map((it) => (
                      <span key={it}>{it}</span>
                    ))}
                  </span>
                ),
              }
            : undefined
        }
      >
        <Textarea className={css.lines} dir="ltr" resize="vertical" rows={3} spellCheck={false} autoComplete="off" value={typed} onChange={(_, data) => type(data.value)} />
      </Field>
      <Button icon={<AddRegular />} disabledFocusable={typed.trim() === ''} onClick={() => typed.trim() !== '' && add()}>
        {verb}
      </Button>
    </div>
  );
}
