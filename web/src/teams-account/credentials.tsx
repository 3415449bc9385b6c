// Who Tandem is in the tenant: ids, and a secret or a certificate that goes there and is never seen again. The test is of what was applied.
import { Button, Checkbox, Field, Input } from '@fluentui/react-components';
import { CopyRegular } from '@fluentui/react-icons/svg/copy';
import { lazy, Suspense, type ReactNode } from 'react';
import { Link } from 'react-router';
import access from '../access/access.module.css';
import admin from '../admin/admin.module.css';
import { useMoment } from '../access/moment';
import { useT } from '../i18n/t';
import { Choices } from '../ui/choices';
import { useCopy } from '../ui/copy';
import { Loading } from '../ui/states';
import { FEATURES_USUAL, idTyped, isStored, looksLikeId, type IdField } from './account';
import { ConnectionTestPart } from './connection-test';
import type { Editing, Face } from './page';
import css from './teams-account.module.css';
import { useExpiryText } from './words';

const Certificate = lazy(() => import('./certificate').then((m) => ({ default: m.Certificate })));

/** What Microsoft calls them, in the order in which each screen has them. */
const FIELDS: Record<Face, readonly IdField[]> = { account: ['object_id', 'tenant_id', 'client_id'], office: ['client_id', 'tenant_id'] };

export function Credentials({ editing, face }: { editing: Editing; face: Face }): ReactNode {
  const t = useT();
  return (
    <section className={`${admin.card} ${admin.section}`}>
      <h2>{t('teamsAccount.credentials')}</h2>
      <div className={admin.fields}>
        {face === 'account' ? <Name editing={editing} /> : <Secret editing={editing} />}
        {FIELDS[face].map((id) => (
          <Id key={id} id={id} editing={editing} />
        ))}
        {face === 'account' ? (
          <Proof editing={editing} />
        ) : (
          <>
            <Boxes editing={editing} />
            <Name editing={editing} />
          </>
        )}
        <Expiry editing={editing} />
        <ConnectionTestPart editing={editing} />
        {face === 'office' ? (
          <p className={admin.hint}>
            {t('teamsAccount.office.rest')} <Link to="/admin/integrations/teams" className={access.link}>{t('teamsAccount.office.all')}</Link>
          </p>
        ) : null}
      </div>
    </section>
  );
}

function Name({ editing: { form, errorOf, isReadOnly } }: { editing: Editing }): ReactNode {
  const t = useT();
  return (
    <Field label={t('teamsAccount.name')} hint={t('teamsAccount.name.hint')} required validationMessage={errorOf('name')}>
      <Input value={form.input.name} maxLength={120} disabled={isReadOnly} onChange={(_, data) => form.change({ name: data.value })} />
    </Field>
  );
}

function Id({ id, editing }: { id: IdField; editing: Editing }): ReactNode {
  const t = useT();
  const { form, errorOf, isReadOnly } = editing;
  const [, copy] = useCopy();
  const value = form.input[id];
  const label = t(`teamsAccount.${id}`);
  return (
    <Field label={label} hint={t(`teamsAccount.${id}.where`)} validationMessage={errorOf(id)}>
      <Input
        dir="ltr"
        autoComplete="off"
        spellCheck={false}
        disabled={isReadOnly}
        value={value}
        onChange={(_, data) => form.change({ [id]: idTyped(data.value) })}
        contentAfter={value === '' ? undefined : <Button size="small" appearance="transparent" icon={<CopyRegular />} aria-label={t('teamsAccount.copy', { what: label })} onClick={() => copy(value)} />}
      />
    </Field>
  );
}

const PROOFS = ['secret', 'certificate'] as const;

function Proof({ editing }: { editing: Editing }): ReactNode {
  const t = useT();
  const { form, isReadOnly } = editing;
  const { proof } = form.input;
  return (
    <>
      {isReadOnly ? null : <Choices label={t('teamsAccount.proof')} choices={PROOFS} value={proof} text={(it) => t(`teamsAccount.proof.${it}`)} choose={(it) => form.change({ proof: it })} />}
      {proof === 'secret' ? (
        <Secret editing={editing} />
      ) : (
        <Suspense fallback={<Loading rows={[96, 96]} />}>
          <Certificate editing={editing} />
        </Suspense>
      )}
    </>
  );
}

/** Write-only: what is there shows by its first characters and the day on which it came (B-067). */
function Secret({ editing }: { editing: Editing }): ReactNode {
  const t = useT();
  const moment = useMoment();
  const { form, stored, errorOf, isReadOnly } = editing;
  const { secret } = form.input;
  const now = isStored(stored) && stored.credential?.kind === 'secret' ? stored.credential : null;
  const there = now ? t('teamsAccount.secret.there', { hint: now.hint ?? '', known: now.hint === null ? 'no' : 'yes', at: now.set_at === null ? '' : moment(now.set_at), dated: now.set_at === null ? 'no' : 'yes' }) : t('teamsAccount.secret.none');
  const isId = looksLikeId(secret);
  return (
    <Field
      label={t('teamsAccount.secret')}
      hint={`${there} ${t('teamsAccount.secret.where')}`}
      validationMessage={errorOf('secret') ?? (isId ? t('teamsAccount.secret.looksLikeId') : undefined)}
      validationState={errorOf('secret') ? 'error' : isId ? 'warning' : 'none'}
    >
      <Input
        type="password"
        dir="ltr"
        autoComplete="new-password"
        disabled={isReadOnly}
        value={secret}
        placeholder={now ? t('teamsAccount.secret.keep') : undefined}
        onChange={(_, data) => form.change({ secret: data.value, proof: 'secret' })}
      />
    </Field>
  );
}

function Expiry({ editing }: { editing: Editing }): ReactNode {
  const t = useT();
  const expiry = useExpiryText();
  const { form, stored, errorOf, isReadOnly } = editing;
  const isRead = isStored(stored) && stored.expires_at_source === 'directory';
  const now = isStored(stored) ? expiry(stored) : '';
  if (isRead) {
    return (
      <div>
        <div className={css.label}>{t('teamsAccount.expires')}</div>
        <p>{now}</p>
      </div>
    );
  }
  return (
    <Field label={t('teamsAccount.expires')} hint={`${now} ${t('teamsAccount.expires.hint')}`.trim()} validationMessage={errorOf('expires_at')}>
      <Input type="date" disabled={isReadOnly} value={form.input.expires_on} onChange={(_, data) => form.change({ expires_on: data.value })} />
    </Field>
  );
}

/** B-211, B-213: what one registration serves. */
function Boxes({ editing }: { editing: Editing }): ReactNode {
  const t = useT();
  const { form, isReadOnly } = editing;
  const isOn = form.input.features.length > 0;
  return (
    <fieldset className={admin.group}>
      <legend>{t('teamsAccount.boxes')}</legend>
      <Checkbox disabled checked={false} label={t('teamsAccount.boxes.smtp')} />
      <p className={admin.hint}>{t('teamsAccount.boxes.smtp.not')}</p>
      <Checkbox disabled={isReadOnly} checked={isOn} label={t('teamsAccount.boxes.teams')} onChange={() => form.change({ features: isOn ? [] : [...FEATURES_USUAL] })} />
    </fieldset>
  );
}
