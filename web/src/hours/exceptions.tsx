// Days that are not like the week: holidays and dated changes, closed or with hours of their own.
import { Button, Checkbox, Field, Input } from '@fluentui/react-components';
import { AddRegular } from '@fluentui/react-icons/svg/add';
import { CalendarAddRegular } from '@fluentui/react-icons/svg/calendar-add';
import { DeleteRegular } from '@fluentui/react-icons/svg/delete';
import { lazy, Suspense, useId, useRef, useState, type ReactNode } from 'react';
import admin from '../admin/admin.module.css';
import type { Exception } from '../api/schedules';
import { useT } from '../i18n/t';
import css from './hours.module.css';
import { freshException } from './schedule';
import { AddBlock, TimeBlocks, type ErrorAt } from './time-blocks';

const ImportDialog = lazy(() => import('./import-dialog').then((m) => ({ default: m.ImportDialog })));

interface Props {
  exceptions: readonly Exception[];
  today: string;
  zone: string;
  errorAt: ErrorAt;
  disabled: boolean;
  change: (exceptions: Exception[]) => void;
  blur: (path: string) => void;
}

export function Exceptions({ exceptions, today, zone, errorAt, disabled, change, blur }: Props): ReactNode {
  const t = useT();
  const id = useId();
  const list = useRef<HTMLDivElement>(null);
  const [isImporting, setIsImporting] = useState(false);
  const add = (): void => {
    change([...exceptions, freshException(today)]);
    // All of its fields are to be seen, not only the first.
    requestAnimationFrame(() => {
      const added = list.current?.querySelector<HTMLElement>('fieldset:last-of-type');
      added?.scrollIntoView({ block: 'nearest' });
      added?.querySelector<HTMLElement>('input')?.focus({ preventScroll: true });
    });
  };
  return (
    <section className={`${admin.card} ${css.card}`} aria-labelledby={id}>
      <h2 id={id}>{t('hours.exceptions')}</h2>
      <p className={css.about}>{t('hours.exceptions.about')}</p>
      <div ref={list} className={css.exceptions}>
        {exceptions.map((exception, i) => (
          <One
            key={i}
            exception={exception}
            path={`exceptions.${i}`}
            errorAt={errorAt}
            disabled={disabled}
            blur={blur}
            change={(part) => change(exceptions.map((e, j) => (i === j ? { ...e, ...part } : e)))}
            remove={() => change(exceptions.filter((_, j) => j !== i))}
          />
        ))}
        {exceptions.length === 0 ? <p className={css.quiet}>{t('hours.exceptions.none')}</p> : null}
      </div>
      {disabled ? null : (
        <div className={css.adders}>
          <Button icon={<AddRegular />} onClick={add}>
            {t('hours.exceptions.add')}
          </Button>
          <Button icon={<CalendarAddRegular />} onClick={() => setIsImporting(true)}>
            {t('hours.import')}
          </Button>
        </div>
      )}
      {isImporting ? (
        <Suspense>
          <ImportDialog exceptions={exceptions} today={today} zone={zone} add={(days) => change([...exceptions, ...days])} close={() => setIsImporting(false)} />
        </Suspense>
      ) : null}
    </section>
  );
}

function One(props: {
  exception: Exception;
  path: string;
  errorAt: ErrorAt;
  disabled: boolean;
  change: (part: Partial<Exception>) => void;
  blur: (path: string) => void;
  remove: () => void;
}): ReactNode {
  const t = useT();
  const { exception, path, errorAt, disabled, change, blur, remove } = props;
  const whose = exception.name.trim() === '' ? t('hours.exception.unnamed') : exception.name;
  const date = (field: 'first' | 'last'): ReactNode => (
    <Field label={t(`hours.exception.${field}`)} required validationMessage={errorAt(`${path}.${field}`)}>
      <Input
        type="date"
        disabled={disabled}
        value={exception[field]}
        onChange={(_, data) => {
          // The last day follows the first, so that one day is entered once.
          const follows = field === 'first' && (exception.last === exception.first || exception.last < data.value);
          change({ [field]: data.value, ...(follows ? { last: data.value } : {}) });
        }}
        onBlur={() => blur(`${path}.${field}`)}
      />
    </Field>
  );
  return (
    <fieldset className={css.exception} aria-label={whose}>
      <div className={css.exceptionFields}>
        <Field label={t('field.name')} required validationMessage={errorAt(`${path}.name`)}>
          <Input maxLength={80} disabled={disabled} value={exception.name} onChange={(_, data) => change({ name: data.value })} onBlur={() => blur(`${path}.name`)} />
        </Field>
        {date('first')}
        {date('last')}
      </div>
      <div className={css.exceptionFoot}>
        <TimeBlocks
          whose={whose}
          blocks={exception.open}
          path={`${path}.open`}
          errorAt={errorAt}
          disabled={disabled}
          closed={t('hours.closedAllDay')}
          change={(open) => change({ open })}
          blur={blur}
        />
        {disabled ? null : (
          <AddBlock whose={whose} blocks={exception.open} change={(open) => change({ open })}>
            {t('hours.block.add')}
          </AddBlock>
        )}
      </div>
      <div className={css.exceptionFoot}>
        <Checkbox label={t('hours.exception.yearly')} disabled={disabled} checked={exception.yearly} onChange={(_, data) => change({ yearly: data.checked === true })} />
        {disabled ? null : (
          <Button appearance="subtle" icon={<DeleteRegular />} aria-label={t('hours.exception.remove', { whose })} onClick={remove}>
            {t('action.delete')}
          </Button>
        )}
      </div>
    </fieldset>
  );
}
