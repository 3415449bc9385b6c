// What Teams shows of an agent: each state of Tandem has one top-level status, or leaves Teams as it is (B-214).
import { Select } from '@fluentui/react-components';
import type { ReactNode } from 'react';
import access from '../access/access.module.css';
import admin from '../admin/admin.module.css';
import { STATUSES, type Status } from '../api/directory';
import type { Standing } from '../api/presence-rules';
import { useT } from '../i18n/t';
import { PresencePage, type Editing } from './editing';
import css from './presence.module.css';
import { keyOf, standingsOf, toTeamsOf, withToTeams } from './rules';
import { SeenShape } from './seen';
import { StandingShape } from './words';

export function Page(): ReactNode {
  return <PresencePage direction="to_teams" part={ToTeams} />;
}

function ToTeams({ editing }: { editing: Editing }): ReactNode {
  const t = useT();
  return (
    <>
      <div className={`${admin.card} ${admin.list} ${access.list}`} tabIndex={0} role="region" aria-label={t('presence.table.to')}>
        <table className={admin.table}>
          <caption className="visually-hidden">{t('presence.table.to')}</caption>
          <thead>
            <tr>
              <th scope="col">{t('presence.inTandem')}</th>
              <th scope="col">{t('presence.kind')}</th>
              <th scope="col">{t('presence.inTeams')}</th>
            </tr>
          </thead>
          <tbody>
            {standingsOf(editing.reasons).map((standing) => (
              <Line key={keyOf(standing)} standing={standing} editing={editing} />
            ))}
          </tbody>
        </table>
      </div>
      <p className={admin.about}>{t('presence.toTeams.own')}</p>
    </>
  );
}

function Line({ standing, editing: { form, words, isReadOnly } }: { standing: Standing; editing: Editing }): ReactNode {
  const t = useT();
  const rules = form.input.to_teams;
  const to = toTeamsOf(rules, standing);
  const name = words.standing(standing);
  return (
    <tr>
      <td>
        <span className={admin.status}>
          <StandingShape of={standing} />
          {name}
        </span>
      </td>
      <td>{t(standing.kind === 'system' ? 'presence.kind.system' : 'presence.kind.reason')}</td>
      <td>
        <div className={css.choice}>
          {to === null ? <span className={css.gap} /> : <SeenShape status={to} />}
          <Select
            aria-label={t('presence.choice.to', { name })}
            disabled={isReadOnly}
            value={to ?? ''}
            onChange={(_, data) => form.change({ to_teams: withToTeams(rules, standing, data.value === '' ? null : (data.value as Status)) })}
          >
            <option value="">{t('presence.keep')}</option>
            {STATUSES.map((it) => (
              <option key={it} value={it}>
                {t(`seen.${it}`)}
              </option>
            ))}
          </Select>
        </div>
      </td>
    </tr>
  );
}
