// A certificate instead of a secret: what is there now, and another one with its key, which goes there and is never seen again.
import { Field, Textarea } from '@fluentui/react-components';
import type { ReactNode } from 'react';
import { useMoment } from '../access/moment';
import admin from '../admin/admin.module.css';
import { useT } from '../i18n/t';
import { isStored } from './account';
import type { Editing } from './page';
import css from './teams-account.module.css';

export function Certificate({ editing }: { editing: Editing }): ReactNode {
  const t = useT();
  const { form, errorOf, isReadOnly } = editing;
  const { pem, key_pem } = form.input;
  return (
    <>
      <CertificateNow editing={editing} />
      <Field label={t('teamsAccount.certificate')} hint={t('teamsAccount.certificate.hint')} validationMessage={errorOf('certificate.pem')}>
        <Textarea dir="ltr" className={css.pem} disabled={isReadOnly} value={pem} onChange={(_, data) => form.change({ pem: data.value })} />
      </Field>
      <Field label={t('teamsAccount.key')} hint={t('teamsAccount.key.hint')} validationMessage={errorOf('certificate.key_pem')}>
        <Textarea dir="ltr" className={css.pem} disabled={isReadOnly} value={key_pem} onChange={(_, data) => form.change({ key_pem: data.value })} />
      </Field>
    </>
  );
}

function CertificateNow({ editing: { stored } }: { editing: Editing }): ReactNode {
  const t = useT();
  const moment = useMoment();
  if (!isStored(stored) || stored.credential?.kind !== 'certificate') return null;
  return (
    <p className={admin.hint}>
      {t('teamsAccount.certificate.there', { until: moment(stored.credential.not_after) })} <bdi className="ltr">{stored.credential.thumbprint}</bdi>
    </p>
  );
}
