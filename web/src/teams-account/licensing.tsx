// The licensing mode of messages in Teams, with the note that Microsoft no longer meters them (B-073 to B-078).
import { Checkbox, Field, Link, Select } from '@fluentui/react-components';
import type { ReactNode } from 'react';
import admin from '../admin/admin.module.css';
import { LICENSING_MODES, type LicensingMode } from '../api/teams-account';
import { useMoment } from '../access/moment';
import { useT } from '../i18n/t';
import { isStored } from './account';
import type { Editing } from './page';

export function Licensing({ editing: { form, stored, errorOf, isReadOnly } }: { editing: Editing }): ReactNode {
  const t = useT();
  const moment = useMoment();
  const { licensing_mode: mode, licensing_acknowledged: isRead } = form.input;
  const before = isStored(stored) ? stored : null;
  const read = before?.licensing_mode === mode ? before.licensing_acknowledged_at : null;
  return (
    <section className={`${admin.card} ${admin.section}`}>
      <h2>{t('teamsAccount.licensing.title')}</h2>
      <div className={admin.fields}>
        <Field label={t('teamsAccount.licensing')} hint={t(`teamsAccount.licensing.${mode}.means`)} validationMessage={errorOf('licensing_mode')}>
          {/* Another mode is another text to read. */}
          <Select
            disabled={isReadOnly}
            value={mode}
            onChange={(_, data) => form.change({ licensing_mode: data.value as LicensingMode, licensing_acknowledged: before !== null && before.licensing_mode === data.value && before.licensing_acknowledged_at !== null })}
          >
            {LICENSING_MODES.map((it) => (
              <option key={it} value={it}>
                {t(`teamsAccount.licensing.${it}`)}
              </option>
            ))}
          </Select>
        </Field>
        <p className={admin.hint}>
          {t('teamsAccount.licensing.note')}{' '}
          <Link href="https://learn.microsoft.com/graph/teams-licenses" target="_blank" rel="noreferrer" inline>
            {t('teamsAccount.licensing.link')}
          </Link>
        </p>
        <Field validationMessage={errorOf('licensing_acknowledged')} hint={read === null ? undefined : t('teamsAccount.licensing.read', { at: moment(read) })}>
          <Checkbox disabled={isReadOnly || read !== null} checked={isRead} label={t('teamsAccount.licensing.haveRead')} onChange={(_, data) => form.change({ licensing_acknowledged: data.checked === true })} />
        </Field>
      </div>
    </section>
  );
}
