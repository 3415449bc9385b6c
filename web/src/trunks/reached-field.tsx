// By what an endpoint is reached: the number of a trunk, or a Teams resource account. One of the two, for as long as it is there.
import { Field, Input } from '@fluentui/react-components';
import type { ReactNode } from 'react';
import { Link } from 'react-router';
import admin from '../admin/admin.module.css';
import { useList } from '../admin/settings';
import { useT } from '../i18n/t';
import { Choices } from '../ui/choices';
import { SearchField } from '../ui/search-field';
import { freeNumbers, isAmong } from './numbers';
import css from './trunks.module.css';
import { useTrunks } from './use-trunks';

const BY = ['account', 'number'] as const;
const FOUND_MAX = 50;

interface Props {
  account: string | null;
  number: string | null;
  /** What there is may not become the other: calls may be on it. */
  isNew: boolean;
  errorOf: (path: 'number' | 'resource_account_id') => string | undefined;
  disabled: boolean;
  change: (part: { resource_account_id: string | null; number: string | null }) => void;
  blur: () => void;
}

export function ReachedField({ account, number, isNew, errorOf, disabled, change, blur }: Props): ReactNode {
  const t = useT();
  const by = number === null ? 'account' : 'number';
  return (
    <div className={css.stack}>
      {isNew && !disabled ? (
        <Choices label={t('trunks.reachedBy')} choices={BY} value={by} text={(it) => t(`trunks.reachedBy.${it}`)} choose={(it) => change(it === 'account' ? { resource_account_id: '', number: null } : { resource_account_id: null, number: '' })} />
      ) : null}
      {by === 'account' ? (
        <Field label={t('field.resourceAccount')} hint={t('field.resourceAccount.hint')} required validationMessage={errorOf('resource_account_id')}>
          <Input dir="ltr" autoComplete="off" spellCheck={false} disabled={disabled} value={account ?? ''} onChange={(_, data) => change({ resource_account_id: data.value.trim().replaceAll(/[{}]/g, ''), number: null })} onBlur={blur} />
        </Field>
      ) : (
        <NumberOf number={number ?? ''} error={errorOf('number')} disabled={disabled} choose={(it) => change({ resource_account_id: null, number: it })} />
      )}
      {isNew ? null : <p className={admin.hint}>{t('trunks.reachedBy.stays')}</p>}
    </div>
  );
}

function NumberOf({ number, error, disabled, choose }: { number: string; error: string | undefined; disabled: boolean; choose: (number: string) => void }): ReactNode {
  const t = useT();
  const trunks = useTrunks();
  const endpoints = useList('endpoints').data?.items ?? [];
  const all = (trunks.data ?? []).filter((it) => it.numbers.length > 0);
  const taken = new Set(endpoints.flatMap((it) => (it.number == null || it.number === number ? [] : [it.number])));
  const by = all.find((it) => isAmong(it.numbers, number));
  const hint = by ? t(by.enabled ? 'trunks.number.by' : 'trunks.number.byOff', { name: by.name }) : t('trunks.number.hint');
  return (
    <>
      <SearchField
        label={t('trunks.number')}
        hint={hint}
        none={t(all.length === 0 ? 'trunks.number.noTrunk' : 'trunks.number.none')}
        value={number}
        required
        error={error}
        disabled={disabled}
        dir="ltr"
        placeholder={t('trunks.number.placeholder')}
        found={(typed) => freeNumbers(all, taken, typed, FOUND_MAX).map((it) => ({ key: it.number, text: it.number, note: it.trunk }))}
        choose={choose}
      />
      {trunks.data && all.length === 0 ? (
        <p className={admin.hint}>
          {t('trunks.number.noTrunk')}{' '}
          <Link to="/admin/trunks" className={css.link}>
            {t('trunks.number.toTrunks')}
          </Link>
        </p>
      ) : null}
    </>
  );
}
