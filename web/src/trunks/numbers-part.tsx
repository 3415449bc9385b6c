// The numbers that come by a trunk (B-027): how the other side writes them, which they are, which are bound to a call flow, and many pasted
// at once.
import { Button, Field, Input, Select } from '@fluentui/react-components';
import { DeleteRegular } from '@fluentui/react-icons/svg/delete';
import { EditRegular } from '@fluentui/react-icons/svg/edit';
import { useRef, useState, type ReactNode } from 'react';
import { Link } from 'react-router';
import admin from '../admin/admin.module.css';
import { useList } from '../admin/settings';
import { STYLES, type NumberRange, type NumberStyle } from '../api/trunks';
import { announce } from '../app/announcer';
import { useT } from '../i18n/t';
import { Ltr } from '../ui/time';
import { Adding } from './adding';
import { contains, countOf, lineOf, pasted, sizeOf, written } from './numbers';
import type { Editing } from './page';
import css from './trunks.module.css';

/** Rows that are drawn at once; a filter finds the others. */
const SHOWN_MAX = 100;
/** From so many rows on there is a filter. */
const FILTERED_FROM = 12;

export function Numbers({ editing }: { editing: Editing }): ReactNode {
  const t = useT();
  const { numbers } = editing.form.input;
  return (
    <section className={`${admin.card} ${admin.section}`}>
      <h2>{t('trunks.numbers')}</h2>
      <div className={admin.fields}>
        <Format editing={editing} />
        <div className={css.part}>
          <div>{t('trunks.numbers.own', { n: countOf(numbers) })}</div>
          <p className={admin.hint}>{t('trunks.numbers.hint')}</p>
        </div>
        <Rows editing={editing} />
      </div>
    </section>
  );
}

/** Of nobody: a number for fiction. */
const SAMPLE = '+498912345678';

function Format({ editing: { form, isReadOnly, refusals } }: { editing: Editing }): ReactNode {
  const t = useT();
  const { number_format: format, numbers } = form.input;
  const put = (part: Partial<typeof format>): void => form.change({ number_format: { ...format, ...part } });
  const sample = numbers[0]?.first ?? SAMPLE;
  const part = (name: 'country' | 'prefix' | 'international_prefix'): ReactNode => (
    <Field label={t(`trunks.format.${name}`)} required={name === 'country'} validationMessage={name === 'country' ? refusals.at('number_format.country') : undefined}>
      <Input dir="ltr" inputMode="numeric" maxLength={4} autoComplete="off" disabled={isReadOnly} value={format[name]} onChange={(_, data) => put({ [name]: data.value.replaceAll(/\D/g, '') })} />
    </Field>
  );
  return (
    <>
      <Field label={t('trunks.format')} hint={t('trunks.format.hint', { number: `\u2066${sample}\u2069`, written: `\u2066${written(format, sample)}\u2069` })} validationMessage={refusals.ofList('number_format')}>
        <Select disabled={isReadOnly} value={format.style} onChange={(_, data) => put({ style: data.value as NumberStyle })}>
          {STYLES.map((it) => (
            <option key={it} value={it}>
              {t(`trunks.format.${it}`)}
            </option>
          ))}
        </Select>
      </Field>
      {format.style === 'national' ? (
        <div className={css.pair}>
          {part('country')}
          {part('prefix')}
          {part('international_prefix')}
        </div>
      ) : null}
    </>
  );
}

function Rows({ editing: { form, stored, isReadOnly, refusals } }: { editing: Editing }): ReactNode {
  const t = useT();
  const box = useRef<HTMLDivElement>(null);
  const [filter, setFilter] = useState('');
  const { numbers, pending } = form.input;
  const endpoints = useList('endpoints').data?.items ?? [];
  const found = pasted(pending, numbers);
  const needle = filter.replaceAll(/[^\d\p{L}]/gu, '').toLowerCase();
  const rows = numbers.map((range, n) => ({ range, n })).filter(({ range }) => needle === '' || lineOf(range).replaceAll(/[^\d\p{L}]/gu, '').toLowerCase().includes(needle));
  const remove = (n: number, more: { pending?: string } = {}): void => {
    form.change({ numbers: numbers.filter((_, i) => i !== n), ...more });
    // The button is gone with its row.
    requestAnimationFrame(() => box.current?.querySelector<HTMLElement>('textarea')?.focus());
  };
  const add = (): void => {
    const left = found.faults.map(({ text }) => text).join('\n');
    form.change({ numbers: [...numbers, ...found.ranges], pending: left });
    announce(t('trunks.numbers.added', { n: countOf(found.ranges), left: found.faults.length }));
  };
  return (
    <div ref={box} className={css.stack}>
      {refusals.ofList('numbers') ? <p className={admin.error}>{refusals.ofList('numbers')}</p> : null}
      {numbers.length >= FILTERED_FROM ? (
        <Input className={css.filter} type="search" dir="ltr" placeholder={t('trunks.numbers.filter')} aria-label={t('trunks.numbers.filter')} value={filter} onChange={(_, data) => setFilter(data.value)} />
      ) : null}
      {rows.length === 0 ? null : (
        <ul className={css.rows} aria-label={t('trunks.numbers')} tabIndex={0}>
          {rows.slice(0, SHOWN_MAX).map(({ range, n }) => (
            <li key={range.first} className={css.row} data-wrong={refusals.ofRow('numbers', n) !== undefined}>
              <Range range={range} error={refusals.ofRow('numbers', n)} bound={endpoints.filter(({ number }) => number != null && contains(range, number))} isSaved={stored.version > 0} />
              {isReadOnly ? null : (
                <div className={css.verbs}>
                  <Button size="small" appearance="subtle" icon={<EditRegular />} aria-label={t('trunks.numbers.change', { number: range.first })} onClick={() => remove(n, { pending: [pending.trim(), lineOf(range)].filter((it) => it !== '').join('\n') })} />
                  <Button size="small" appearance="subtle" icon={<DeleteRegular />} aria-label={t('trunks.numbers.remove', { number: range.first })} onClick={() => remove(n)} />
                </div>
              )}
            </li>
          ))}
        </ul>
      )}
      {rows.length > SHOWN_MAX ? <p className={admin.hint}>{t('trunks.rows.more', { shown: SHOWN_MAX, of: rows.length })}</p> : null}
      {isReadOnly ? null : (
        <Adding
          label={t('trunks.numbers.add')}
          hint={t('trunks.numbers.add.hint')}
          verb={t('trunks.numbers.add.do')}
          typed={pending}
          preview={found.ranges.length > 0 ? t('trunks.numbers.preview', { n: countOf(found.ranges), rows: found.ranges.length }) : ''}
          faults={found.faults.map(({ line, text, fault }) => t('trunks.line', { line, text: `\u2066${text}\u2069`, detail: t(`trunks.fault.${fault}`) }))}
          error={refusals.at('pending')}
          type={(text) => form.change({ pending: text })}
          add={add}
        />
      )}
    </div>
  );
}

function Range({ range, error, bound, isSaved }: { range: NumberRange; error: string | undefined; bound: readonly { id: number; name: string }[]; isSaved: boolean }): ReactNode {
  const t = useT();
  const { first, last, note } = range;
  return (
    <div>
      <Ltr>{last === null ? first : `${first} \u2013 ${last}`}</Ltr> {last === null ? null : <span className={css.quiet}>{t('trunks.numbers.size', { n: sizeOf(range) })}</span>}
      {note === '' ? null : <p>{note}</p>}
      <p className={css.quiet}>
        {bound.length > 0 ? t('trunks.numbers.bound', { n: bound.length }) : t('trunks.numbers.unbound')}{' '}
        {bound.length === 0 && isSaved ? (
          <Link to={`/admin/endpoints/new?number=${encodeURIComponent(first)}`} className={css.link}>
            {t('trunks.numbers.bind')}
          </Link>
        ) : (
          bound.slice(0, 3).map(({ id, name }, i) => (
            <span key={id}>
              {i === 0 ? '' : ', '}
              <Link to={`/admin/endpoints/${id}`} className={css.link}>
                {name}
              </Link>
            </span>
          ))
        )}
      </p>
      {error === undefined ? null : <p className={admin.error}>{error}</p>}
    </div>
  );
}
