// Several of many: found by typing any part of a name, and taken out again one by one.
import { Button } from '@fluentui/react-components';
import { DismissRegular } from '@fluentui/react-icons/svg/dismiss';
import { useRef, type ReactNode } from 'react';
import { announce } from '../app/announcer';
import { useT } from '../i18n/t';
import { isFound } from './finding';
import css from './many-field.module.css';
import { SearchField } from './search-field';

interface Props {
  label: string;
  hint?: string;
  /** Said when nothing matches. */
  none: string;
  placeholder: string;
  items: readonly { id: number; name: string }[];
  chosen: readonly number[];
  /** What one is called that is no longer there. */
  gone: string;
  error?: string;
  disabled?: boolean;
  change: (chosen: number[]) => void;
}

export function ManyField({ label, hint, none, placeholder, items, chosen, gone, error, disabled = false, change }: Props): ReactNode {
  const t = useT();
  const field = useRef<HTMLDivElement>(null);
  const nameOf = (id: number): string => items.find((item) => item.id === id)?.name ?? gone;
  const remove = (id: number): void => {
    change(chosen.filter((it) => it !== id));
    announce(t('many.removed', { name: nameOf(id) }));
    // The button is gone with its line.
    field.current?.querySelector('input')?.focus();
  };
  return (
    <div ref={field} className={css.many}>
      <SearchField
        label={label}
        hint={hint}
        none={none}
        value=""
        placeholder={placeholder}
        error={error}
        disabled={disabled}
        found={(typed) => items.filter((item) => !chosen.includes(item.id) && isFound(typed, item.name)).map((item) => ({ key: String(item.id), text: item.name, note: '' }))}
        choose={(key) => {
          change([...chosen, Number(key)]);
          announce(t('many.added', { name: nameOf(Number(key)) }));
        }}
      />
      {chosen.length > 0 ? (
        <ul className={css.chosen} aria-label={t('many.chosen', { label })}>
          {chosen.map((id) => (
            <li key={id}>
              <bdi>{nameOf(id)}</bdi>
              {disabled ? null : <Button size="small" appearance="subtle" icon={<DismissRegular />} aria-label={t('many.remove', { name: nameOf(id) })} onClick={() => remove(id)} />}
            </li>
          ))}
        </ul>
      ) : null}
    </div>
  );
}
