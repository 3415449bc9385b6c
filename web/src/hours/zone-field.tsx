// A time zone, found by typing any part of its name.
import { Field, Input } from '@fluentui/react-components';
import { useId, useRef, useState, type KeyboardEvent, type ReactNode } from 'react';
import { useT } from '../i18n/t';
import { isZone, offsetText } from './clock';
import css from './hours.module.css';
import { foundZones } from './zones';

/** More than anybody reads; typing narrows it down. */
const SHOWN_MAX = 60;

interface Props {
  value: string;
  error: string | undefined;
  disabled: boolean;
  change: (zone: string) => void;
}

export function ZoneField({ value, error, disabled, change }: Props): ReactNode {
  const t = useT();
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  const [typed, setTyped] = useState<string | null>(null);
  const [at, setAt] = useState(0);
  const now = Date.now();
  const found = typed === null ? [] : foundZones(typed).slice(0, SHOWN_MAX);
  const isOpen = typed !== null;

  const choose = (zone: string | undefined): void => {
    if (zone !== undefined) change(zone);
    setTyped(null);
  };
  const open = (text: string): void => {
    setTyped(text);
    setAt(0);
  };
  const pressed = (event: KeyboardEvent): void => {
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      if (!isOpen) return open('');
      const next = (at + (event.key === 'ArrowDown' ? 1 : -1) + found.length) % Math.max(1, found.length);
      setAt(next);
      document.getElementById(`${id}-${next}`)?.scrollIntoView({ block: 'nearest' });
    } else if (event.key === 'Enter' && isOpen) {
      event.preventDefault();
      choose(found[at]);
    } else if (event.key === 'Escape' && isOpen) {
      event.stopPropagation();
      setTyped(null);
    }
  };
  const zoneHint = isZone(value) ? t('hours.zone.hint', { offset: `\u2066${offsetText(now, value)}\u2069` }) : t('hours.zone.unknown');
  return (
    <Field label={t('hours.zone')} required hint={zoneHint} validationMessage={error}>
      {(field) => (
        <div className={css.zone} onBlur={(event) => !event.currentTarget.contains(event.relatedTarget) && setTyped(null)}>
          <Input
            {...field}
            ref={input}
            dir="ltr"
            role="combobox"
            aria-expanded={isOpen}
            aria-controls={`${id}-list`}
            aria-autocomplete="list"
            aria-activedescendant={isOpen && found.length > 0 ? `${id}-${at}` : undefined}
            autoComplete="off"
            spellCheck={false}
            disabled={disabled}
            value={typed ?? value}
            onChange={(_, data) => open(data.value)}
            onClick={() => {
              if (isOpen) return;
              open('');
            }}
            placeholder={isOpen ? value : undefined}
            onKeyDown={pressed}
          />
          <div id={`${id}-list`} role="listbox" aria-label={t('hours.zone')} className={css.list} tabIndex={-1} hidden={!isOpen}>
            {found.map((zone, i) => (
              <div
                key={zone}
                id={`${id}-${i}`}
                role="option"
                className={css.option}
                dir="ltr"
                aria-selected={i === at}
                onPointerDown={(event) => event.preventDefault()}
                onPointerMove={() => setAt(i)}
                onClick={() => choose(zone)}
              >
                {zone}
                <span>{offsetText(now, zone)}</span>
              </div>
            ))}
            {isOpen && found.length === 0 ? (
              <div role="option" aria-selected="false" aria-disabled="true" className={css.none}>
                {t('hours.zone.none')}
              </div>
            ) : null}
          </div>
        </div>
      )}
    </Field>
  );
}
