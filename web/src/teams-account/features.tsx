// What Tandem does with the account: only what is on asks for permissions.
import { Checkbox } from '@fluentui/react-components';
import type { ReactNode } from 'react';
import admin from '../admin/admin.module.css';
import { FEATURES } from '../api/teams-account';
import { useT } from '../i18n/t';
import type { Editing } from './page';
import css from './teams-account.module.css';

export function Features({ editing: { form, errorOf, isReadOnly } }: { editing: Editing }): ReactNode {
  const t = useT();
  const { features } = form.input;
  const error = errorOf('features');
  return (
    <section className={`${admin.card} ${admin.section}`}>
      <h2>{t('teamsAccount.features')}</h2>
      <fieldset className={`${admin.group} ${admin.fields}`}>
        <legend className={admin.hint}>{t('teamsAccount.features.hint')}</legend>
        {FEATURES.map((it) => (
          <div key={it}>
            <Checkbox
              disabled={isReadOnly}
              checked={features.includes(it)}
              label={t(`teamsAccount.feature.${it}`)}
              onChange={(_, data) => form.change({ features: FEATURES.filter((other) => (other === it ? data.checked === true : features.includes(other))) })}
            />
            <p className={`${admin.hint} ${css.under}`}>
              {t(`teamsAccount.feature.${it}.about`)}
            </p>
          </div>
        ))}
        {error ? <p className={admin.error}>{error}</p> : null}
      </fieldset>
    </section>
  );
}
