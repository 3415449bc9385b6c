// Several objects of an area: checked where there are few, found by typing where there are many.
import { Checkbox } from '@fluentui/react-components';
import type { ReactNode } from 'react';
import type { Area } from '../api/contract';
import { useT } from '../i18n/t';
import { ManyField } from '../ui/many-field';
import css from './admin.module.css';
import type { Props } from './field';
import { Grouped } from './grouped';
import { titleOf, useList } from './settings';

/** More than so many are found by typing, not looked through. */
const CHECKS_MAX = 12;

export function RefsField({ spec, value, error, disabled, change, area }: Pick<Props, 'spec' | 'value' | 'error' | 'disabled' | 'change'> & { area: Area }): ReactNode {
  const t = useT();
  const items = useList(area).data?.items ?? [];
  const chosen = Array.isArray(value) ? (value as number[]) : [];
  if (items.length > CHECKS_MAX) {
    return (
      <ManyField
        label={t(spec.label)}
        {...(spec.hint ? { hint: t(spec.hint) } : {})}
        none={t('list.noMatch')}
        placeholder={t('list.filter')}
        items={items.map((item) => ({ id: item.id, name: titleOf(item) }))}
        chosen={chosen}
        gone={t('list.gone')}
        {...(error ? { error } : {})}
        disabled={disabled}
        change={change}
      />
    );
  }
  return (
    <Grouped spec={spec} error={error}>
      <div className={css.checks}>
        {items.map((item) => (
          <Checkbox
            key={item.id}
            label={titleOf(item)}
            disabled={disabled}
            checked={chosen.includes(item.id)}
            onChange={(_, data) => change(data.checked ? [...chosen, item.id] : chosen.filter((id) => id !== item.id))}
          />
        ))}
      </div>
    </Grouped>
  );
}
