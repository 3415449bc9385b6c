// By what an agent is rung: calls of resource accounts ring in Teams, calls by trunks ring a phone; which of the two is not possible now, and
// why (B-024).
import { Field, Input, Select } from '@fluentui/react-components';
import type { ReactNode } from 'react';
import { Link } from 'react-router';
import type { Phone, Trunk } from '../api/trunks';
import { useSession } from '../app/session';
import { td } from '../app/theme';
import { useT, type MessageId } from '../i18n/t';
import { Shape } from '../ui/shapes';
import { SearchField } from '../ui/search-field';
import { isFound } from '../ui/finding';
import { tidied } from './numbers';
import { AGENT_WARNINGS, phoneFault, type PhoneFault } from './standing';
import css from './trunks.module.css';
import { useTrunkHealth, useTrunks } from './use-trunks';

interface Props {
  label: string;
  hint: string | undefined;
  value: Phone | null;
  warnings: readonly string[];
  errorAt: (path: string) => string | undefined;
  disabled: boolean;
  change: (phone: Phone | null) => void;
}

export function PhoneField({ label, hint, value, warnings, errorAt, disabled, change }: Props): ReactNode {
  const t = useT();
  const { may } = useSession();
  const trunks = useTrunks();
  const health = useTrunkHealth();
  const all = trunks.data ?? [];
  const trunk = all.find((it) => it.id === value?.trunk_id);
  const fault = trunks.data ? phoneFault(value, all, health.data ?? []) : null;
  return (
    <div className={css.stack}>
      <Field label={label} hint={hint} validationMessage={errorAt('phone.trunk_id')}>
        <Select disabled={disabled} value={String(value?.trunk_id ?? 0)} onChange={(_, data) => change(data.value === '0' ? null : { trunk_id: Number(data.value), user: '' })}>
          <option value="0">{t('trunks.phone.none')}</option>
          {all.map((it) => (
            <option key={it.id} value={it.id}>
              {t('trunks.phone.by', { name: it.name, kind: t(`trunks.kind.${it.kind}`) })}
            </option>
          ))}
        </Select>
      </Field>
      {value === null || trunk === undefined ? null : <User trunk={trunk} user={value.user} registered={health.data?.find((it) => it.trunk_id === trunk.id)?.registered ?? []} error={errorAt('phone.user')} disabled={disabled} choose={(user) => change({ trunk_id: trunk.id, user })} />}
      <ul className={css.models} aria-label={t('trunks.models')}>
        <Model what="account" fault={warnings.length === 0 ? null : `trunks.lacks.${AGENT_WARNINGS.find((it) => warnings.includes(it)) ?? 'no_teams'}`} />
        {trunks.data ? <Model what="trunk" fault={fault === null ? null : faultId(fault, all.length === 0)} phone={value?.user} /> : null}
      </ul>
      {trunks.data && all.length === 0 && may('read_settings') ? (
        <Link to="/admin/trunks" className={css.link}>
          {t('trunks.number.toTrunks')}
        </Link>
      ) : null}
    </div>
  );
}

function faultId(fault: PhoneFault, isNoTrunk: boolean): MessageId {
  return fault === 'none' && isNoTrunk ? 'trunks.phone.fault.noTrunk' : `trunks.phone.fault.${fault}`;
}

function Model({ what, fault, phone }: { what: 'account' | 'trunk'; fault: MessageId | null; phone?: string }): ReactNode {
  const t = useT();
  return (
    <li data-model={what} data-available={fault === null}>
      <Shape shape={fault === null ? 'circle' : 'ring'} color={fault === null ? td.tdLevelOk : td.tdStateOffline} size={12} />
      <div>
        <b>{t(`trunks.model.${what}`)}</b>
        <p>{fault === null ? t(`trunks.model.${what}.rings`, { phone: `\u2066${phone ?? ''}\u2069` }) : t('trunks.model.not', { why: t(fault) })}</p>
      </div>
    </li>
  );
}

function User({ trunk, user, registered, error, disabled, choose }: { trunk: Trunk; user: string; registered: readonly string[]; error: string | undefined; disabled: boolean; choose: (user: string) => void }): ReactNode {
  const t = useT();
  if (trunk.kind === 'phones') {
    return (
      <SearchField
        label={t('trunks.phone.user')}
        hint={t('trunks.phone.user.hint')}
        none={t(trunk.phones.length === 0 ? 'trunks.phone.user.empty' : 'trunks.number.none')}
        value={user}
        required
        error={error}
        disabled={disabled}
        dir="ltr"
        found={(typed) => trunk.phones.filter((it) => isFound(typed, it)).map((it) => ({ key: it, text: it, note: registered.includes(it) ? t('trunks.phones.registered') : t('trunks.phones.absent') }))}
        choose={choose}
      />
    );
  }
  return (
    <Field label={t('trunks.phone.number')} hint={t(trunk.kind === 'teams' ? 'trunks.phone.number.teams' : 'trunks.phone.number.hint')} required validationMessage={error}>
      <Input type="tel" dir="ltr" autoComplete="off" disabled={disabled} value={user} onChange={(_, data) => choose(data.value)} onBlur={() => choose(tidied(user))} />
    </Field>
  );
}
