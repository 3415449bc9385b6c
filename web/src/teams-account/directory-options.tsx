// Which kinds of numbers agents see and call, in which order, with a look at what that makes of a person (B-079 to B-081, B-200).
import { Checkbox } from '@fluentui/react-components';
import type { ReactNode } from 'react';
import admin from '../admin/admin.module.css';
import { Ordered } from '../admin/ordered';
import type { NumberType, ShownType } from '../api/teams-account';
import { useT } from '../i18n/t';
import { NumberField } from '../ui/number-field';
import { Ltr } from '../ui/time';
import { DRAWER_LIMIT } from './account';
import type { Editing } from './page';
import css from './teams-account.module.css';

/** Of nobody: numbers for fiction. */
const SAMPLE: Record<NumberType, string> = { business: '+1 425 555 0142', mobile: '+1 425 555 0168', fax: '+1 425 555 0199', teams: '+1 425 555 0120' };

export function DirectoryOptions({ editing: { form, errorOf, isReadOnly } }: { editing: Editing }): ReactNode {
  const t = useT();
  const { number_types: types, drawer_limit: limit } = form.input;
  const isShown = (type: NumberType): boolean => types.some((it) => it.type === type && it.is_shown);
  const inOrder = (order: NumberType[]): ShownType[] => order.map((type) => ({ type, is_shown: isShown(type) }));
  const error = errorOf('number_types');
  return (
    <section className={`${admin.card} ${admin.section}`}>
      <h2>{t('teamsAccount.directory')}</h2>
      <div className={admin.fields}>
        <div>
          <div className={css.label}>{t('teamsAccount.numbers')}</div>
          <p className={admin.hint}>{t('teamsAccount.numbers.hint')}</p>
        </div>
        <Ordered
          label={t('teamsAccount.numbers')}
          items={types.map(({ type }) => type)}
          name={(type) => t(`directory.number.${type}`)}
          disabled={isReadOnly}
          change={(order) => form.change({ number_types: inOrder(order) })}
          line={(type) => (
            <Checkbox
              disabled={isReadOnly}
              checked={isShown(type)}
              label={t(`directory.number.${type}`)}
              onChange={(_, data) => form.change({ number_types: types.map((it) => (it.type === type ? { type, is_shown: data.checked === true } : it)) })}
            />
          )}
        />
        {error ? <p className={admin.error}>{error}</p> : null}
        <Preview types={types} />
        <NumberField
          field="drawer_limit"
          label={t('teamsAccount.limit')}
          hint={t('teamsAccount.limit.hint', { usual: DRAWER_LIMIT.usual })}
          min={DRAWER_LIMIT.min}
          max={DRAWER_LIMIT.max}
          value={limit}
          error={errorOf('drawer_limit')}
          disabled={isReadOnly}
          change={(drawer_limit) => form.change({ drawer_limit })}
        />
      </div>
    </section>
  );
}

function Preview({ types }: { types: readonly ShownType[] }): ReactNode {
  const t = useT();
  const shown = types.filter(({ is_shown }) => is_shown);
  return (
    <div className={admin.preview} role="group" aria-label={t('teamsAccount.preview')}>
      <h3>{t('teamsAccount.preview')}</h3>
      <div className={css.pair}>
        {(['menu', 'transfer'] as const).map((where) => (
          <div key={where}>
            <p className={admin.hint}>{t(`teamsAccount.preview.${where}`)}</p>
            {shown.length === 0 ? <p>{t('teamsAccount.preview.none')}</p> : null}
            <ol className={css.numbers}>
              {shown.map(({ type }, i) => (
                <li key={type}>
                  {t(`directory.number.${type}`)} <Ltr>{SAMPLE[type]}</Ltr> {i === 0 ? <span className={css.tag}>{t('teamsAccount.preview.first')}</span> : null}
                </li>
              ))}
            </ol>
          </div>
        ))}
      </div>
    </div>
  );
}
