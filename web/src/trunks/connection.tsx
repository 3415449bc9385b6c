// Where a trunk is reached and from where it calls, how it is encrypted and how each side proves who it is. What Teams demands cannot be
// chosen, and says so.
import { Field, Input, Select, Switch } from '@fluentui/react-components';
import type { ReactNode } from 'react';
import admin from '../admin/admin.module.css';
import { TRANSPORTS, type Transport } from '../api/trunks';
import { useT } from '../i18n/t';
import { NumberField } from '../ui/number-field';
import { LinesField } from './lines-field';
import type { Editing } from './page';
import { Secret } from './secret';
import { CALLS_MAX, isStored, linesOf } from './trunk';

export function Connection({ editing }: { editing: Editing }): ReactNode {
  const t = useT();
  const { form, isReadOnly, refusals } = editing;
  const { kind, hosts, sources, certificate_names, transport, own_name, is_probed, calls_max } = form.input;
  const isTeams = kind === 'teams';
  return (
    <section className={`${admin.card} ${admin.section}`}>
      <h2>{t('trunks.connection')}</h2>
      <div className={admin.fields}>
        {kind === 'phones' ? null : (
          <LinesField
            label={t('trunks.field.hosts')}
            hint={t(isTeams ? 'trunks.field.hosts.teams' : 'trunks.field.hosts.hint')}
            required
            value={hosts}
            error={refusals.ofLines('hosts', linesOf(hosts))}
            disabled={isReadOnly}
            change={(lines) => form.change({ hosts: lines })}
          />
        )}
        <Field label={t('trunks.field.transport')} hint={t(isTeams ? 'trunks.field.transport.teams' : 'trunks.field.transport.hint')} validationMessage={refusals.at('transport')}>
          <Select disabled={isReadOnly || isTeams} value={transport} onChange={(_, data) => form.change({ transport: data.value as Transport })}>
            {TRANSPORTS.map((it) => (
              <option key={it} value={it}>
                {t(`trunks.transport.${it}`)}
              </option>
            ))}
          </Select>
        </Field>
        <Field label={t('trunks.field.ownName')} hint={t(isTeams ? 'trunks.field.ownName.teams' : 'trunks.field.ownName.hint')} required={isTeams} validationMessage={refusals.at('own_name')}>
          <Input dir="ltr" autoComplete="off" spellCheck={false} disabled={isReadOnly} value={own_name} onChange={(_, data) => form.change({ own_name: data.value })} />
        </Field>
        <LinesField
          label={t('trunks.field.sources')}
          hint={t(`trunks.field.sources.${kind}`)}
          required
          value={sources}
          error={refusals.ofLines('sources', linesOf(sources))}
          disabled={isReadOnly}
          change={(lines) => form.change({ sources: lines })}
        />
        {transport === 'tls' ? (
          <LinesField
            label={t('trunks.field.certificateNames')}
            hint={t(isTeams ? 'trunks.field.certificateNames.teams' : 'trunks.field.certificateNames.hint')}
            rows={2}
            value={certificate_names}
            error={refusals.ofLines('certificate_names', linesOf(certificate_names))}
            disabled={isReadOnly}
            change={(lines) => form.change({ certificate_names: lines })}
          />
        ) : null}
        {kind === 'carrier' ? <Digest editing={editing} /> : null}
        {kind === 'phones' ? null : (
          <Field hint={t(isTeams ? 'trunks.field.isProbed.teams' : 'trunks.field.isProbed.hint')} validationMessage={refusals.at('is_probed')}>
            <Switch label={t('trunks.field.isProbed')} disabled={isReadOnly || isTeams} checked={is_probed} onChange={(_, data) => form.change({ is_probed: data.checked })} />
          </Field>
        )}
        <NumberField
          field="calls_max"
          label={t('trunks.field.callsMax')}
          hint={t('trunks.field.callsMax.hint', { least: CALLS_MAX.least, most: CALLS_MAX.most })}
          min={CALLS_MAX.least}
          max={CALLS_MAX.most}
          value={calls_max}
          error={refusals.at('calls_max')}
          disabled={isReadOnly}
          change={(calls) => form.change({ calls_max: calls })}
        />
      </div>
    </section>
  );
}

function Digest({ editing: { form, stored, isReadOnly, refusals } }: { editing: Editing }): ReactNode {
  const t = useT();
  const { digest_user } = form.input;
  const saved = isStored(stored) ? stored.digest_user : null;
  return (
    <>
      <Field label={t('trunks.field.digestUser')} hint={t('trunks.field.digestUser.hint')} validationMessage={refusals.at('digest_user')}>
        <Input dir="ltr" autoComplete="off" spellCheck={false} maxLength={64} disabled={isReadOnly} value={digest_user} onChange={(_, data) => form.change({ digest_user: data.value })} />
      </Field>
      {digest_user.trim() === '' ? null : isStored(stored) && saved === digest_user.trim() ? (
        <Secret trunk={stored} user={saved} isReadOnly={isReadOnly} />
      ) : (
        <p className={admin.hint}>{t('trunks.secret.afterSave')}</p>
      )}
    </>
  );
}
