// One of a few: radio buttons that look like what they are, in a row.
import { useId, type ReactNode } from 'react';
import css from './choices.module.css';

interface Props<V extends string | number> {
  label: string;
  choices: readonly V[];
  value: V;
  text: (choice: V) => string;
  choose: (choice: V) => void;
  /** Figures keep their order in a language from the right. */
  dir?: 'ltr';
}

export function Choices<V extends string | number>({ label, choices, value, text, choose, dir }: Props<V>): ReactNode {
  const name = useId();
  return (
    <fieldset className={css.choices}>
      <legend>{label}</legend>
      <div dir={dir}>
        {choices.map((choice) => (
          <label key={choice} className={css.choice}>
            <input type="radio" name={name} checked={choice === value} onChange={() => choose(choice)} />
            {text(choice)}
          </label>
        ))}
      </div>
    </fieldset>
  );
}
