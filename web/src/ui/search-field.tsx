// One of many, found by typing any part of it: a combobox whose list the caller narrows down.
import { Field, Input } from '@fluentui/react-components';
import { useId, useState, type KeyboardEvent, type ReactNode } from 'react';
import css from './search-field.module.css';

/** More than anybody reads; typing narrows it down. */
const SHOWN_MAX = 60;

export interface Option {
  key: string;
  text: string;
  /** Stands at the end of its line. */
  note: string;
}
interface Props {
  label: string;
  hint?: string;
  /** Said when nothing matches. */
  none: string;
  value: string;
  required?: boolean;
  error?: string;
  disabled: boolean;
  /** Names that are written left to right whatever the language is. */
  dir?: 'ltr';
  placeholder?: string;
  found: (typed: string) => readonly Option[];
  /** Told of what is typed, where what is found comes from elsewhere. */
  typing?: (typed: string) => void;
  choose: (key: string) => void;
}

export function SearchField({ label, hint, none, value, required = false, error, disabled, dir, placeholder, found, typing, choose }: Props): ReactNode {
  const id = useId();
  const [typed, setTyped] = useState<string | null>(null);
  const [at, setAt] = useState(0);
  const isOpen = typed !== null;
  const options = typed === null ? [] : found(typed).slice(0, SHOWN_MAX);

  const take = (option: Option | undefined): void => {
    if (option !== undefined) choose(option.key);
    setTyped(null);
  };
  const open = (text: string): void => {
    setTyped(text);
    typing?.(text);
    setAt(0);
  };
  const pressed = (event: KeyboardEvent): void => {
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      if (!isOpen) return open('');
      const next = (at + (event.key === 'ArrowDown' ? 1 : -1) + options.length) % Math.max(1, options.length);
      setAt(next);
      document.getElementById(`${id}-${next}`)?.scrollIntoView({ block: 'nearest' });
    } else if (event.key === 'Enter' && isOpen) {
      event.preventDefault();
      take(options[at]);
    } else if (event.key === 'Escape' && isOpen) {
      event.stopPropagation();
      setTyped(null);
    }
  };
  return (
    <Field label={label} required={required} hint={hint} validationMessage={error}>
      {(field) => (
        <div className={css.field} onBlur={(event) => !event.currentTarget.contains(event.relatedTarget) && setTyped(null)}>
          <Input
            {...field}
            dir={dir}
            role="combobox"
            aria-expanded={isOpen}
            aria-controls={`${id}-list`}
            aria-autocomplete="list"
            aria-activedescendant={isOpen && options.length > 0 ? `${id}-${at}` : undefined}
            autoComplete="off"
            spellCheck={false}
            disabled={disabled}
            value={typed ?? value}
            onChange={(_, data) => open(data.value)}
            onClick={() => {
              if (!isOpen) open('');
            }}
            placeholder={isOpen && value !== '' ? value : placeholder}
            onKeyDown={pressed}
          />
          <div id={`${id}-list`} role="listbox" aria-label={label} className={css.list} tabIndex={-1} hidden={!isOpen}>
            {options.map((option, i) => (
              <div
                key={option.key}
                id={`${id}-${i}`}
                role="option"
                className={css.option}
                dir={dir}
                aria-selected={i === at}
                onPointerDown={(event) => event.preventDefault()}
                onPointerMove={() => setAt(i)}
                onClick={() => take(option)}
              >
                {option.text}
                <span dir="ltr">{option.note}</span>
              </div>
            ))}
            {isOpen && options.length === 0 ? (
              <div role="option" aria-selected="false" aria-disabled="true" className={css.none}>
                {none}
              </div>
            ) : null}
          </div>
        </div>
      )}
    </Field>
  );
}
