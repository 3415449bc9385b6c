// A time zone, found by typing any part of its name, in the words of whoever asks for it.
import type { ReactNode } from 'react';
import { SearchField } from '../ui/search-field';
import { offsetText } from './clock';
import { foundZones } from './zones';

interface Props {
  label: string;
  hint?: string;
  /** Said when nothing matches. */
  none: string;
  placeholder?: string;
  value: string;
  error: string | undefined;
  disabled: boolean;
  change: (zone: string) => void;
}

export function ZoneSearch({ label, hint, none, placeholder, value, error, disabled, change }: Props): ReactNode {
  const now = Date.now();
  return (
    <SearchField
      label={label}
      {...(hint === undefined ? {} : { hint })}
      none={none}
      {...(placeholder === undefined ? {} : { placeholder })}
      value={value}
      required
      {...(error === undefined ? {} : { error })}
      disabled={disabled}
      dir="ltr"
      found={(typed) => foundZones(typed).map((zone) => ({ key: zone, text: zone, note: offsetText(now, zone) }))}
      choose={change}
    />
  );
}
