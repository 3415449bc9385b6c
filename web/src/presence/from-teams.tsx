// What a status in Teams changes in Tandem, what it lets through to an agent, and who wins when both sides change (B-215, B-190).
import { Checkbox, Select } from '@fluentui/react-components';
import type { ReactNode } from 'react';
import access from '../access/access.module.css';
import admin from '../admin/admin.module.css';
import { STATUSES, type Doing, type Status } from '../api/directory';
import { useT, type T } from '../i18n/t';
import { Ordered } from '../teams-account/ordered';
import { td } from '../app/theme';
import { NumberField } from '../ui/number-field';
import { Shape } from '../ui/shapes';
import { PresencePage, type Editing } from './editing';
import { Gate } from './gate';
import css from './presence.module.css';
import { AUTOMATIC, fromTeamsOf, harmOf, keyOf, LIMITS, RULED_DOINGS, targetOf, withFromTeams } from './rules';
import { SeenShape } from './seen';
import { isStatus } from './words';

export function Page(): ReactNode {
  return <PresencePage direction="from_teams" part={FromTeams} />;
}

function FromTeams({ editing }: { editing: Editing }): ReactNode {
  return (
    <>
      <Table of={STATUSES} named="presence.table.from" editing={editing} />
      <Table of={RULED_DOINGS} named="presence.table.doing" editing={editing} />
      <Precedence editing={editing} />
      <Gate editing={editing} />
      <Timing editing={editing} />
    </>
  );
}

export function seenText(t: T, of: Status | Doing): string {
  return isStatus(of) ? t(`seen.${of}`) : t(`seen.doing.${of}`);
}

function Table({ of, named, editing }: { of: readonly (Status | Doing)[]; named: 'presence.table.from' | 'presence.table.doing'; editing: Editing }): ReactNode {
  const t = useT();
  return (
    <div className={`${admin.card} ${admin.list} ${access.list}`} tabIndex={0} role="region" aria-label={t(named)}>
      <table className={admin.table}>
        <caption className={css.caption}>
          {t(named)}
          <span className={admin.hint}>{t(named === 'presence.table.from' ? 'presence.table.from.hint' : 'presence.table.doing.hint')}</span>
        </caption>
        <thead>
          <tr>
            <th scope="col">{t('presence.inTeams')}</th>
            <th scope="col">{t('presence.automatic')}</th>
            <th scope="col">{t('presence.inTandem')}</th>
          </tr>
        </thead>
        <tbody>
          {of.map((it) => (
            <Line key={it} from={it} editing={editing} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Line({ from, editing: { form, reasons, words, isReadOnly } }: { from: Status | Doing; editing: Editing }): ReactNode {
  const t = useT();
  const rules = form.input.from_teams;
  const to = fromTeamsOf(rules, from);
  const name = seenText(t, from);
  const cause = isStatus(from) ? AUTOMATIC[from] : from === 'meeting' || from === 'out_of_office' ? 'calendar' : null;
  const harm = isStatus(from) ? harmOf(from, to) : null;
  return (
    <tr>
      <td>
        <span className={admin.status}>
          {isStatus(from) ? <SeenShape status={from} /> : null}
          {name}
        </span>
      </td>
      <td>{cause === null ? '' : <span className={access.tag}>{t(`presence.automatic.${cause}`)}</span>}</td>
      <td>
        <Select aria-label={t('presence.choice.from', { name })} disabled={isReadOnly} value={to === null ? '' : keyOf(to)} onChange={(_, data) => form.change({ from_teams: withFromTeams(rules, from, targetOf(data.value)) })}>
          <option value="">{t(isStatus(from) ? 'presence.keep' : 'presence.asStatus')}</option>
          <option value="available">{words.target({ kind: 'available' })}</option>
          {reasons.map(({ id }) => (
            <option key={id} value={`not_ready:${id}`}>
              {words.target({ kind: 'not_ready', reason: id })}
            </option>
          ))}
          <option value="signed_out">{words.target({ kind: 'signed_out' })}</option>
        </Select>
        {harm === null ? null : (
          <p className={css.harm} role="note">
            <Shape shape="triangle" color={td.tdLevelWatch} size={14} />
            <span>{t(`presence.harm.${harm}`)}</span>
          </p>
        )}
      </td>
    </tr>
  );
}

function Precedence({ editing: { form, isReadOnly } }: { editing: Editing }): ReactNode {
  const t = useT();
  const { precedence } = form.input;
  const [first, second, third] = precedence.map((it) => t(`presence.authority.${it}`));
  return (
    <section className={`${admin.card} ${admin.section}`}>
      <h2>{t('presence.precedence')}</h2>
      <div className={admin.fields}>
        <Ordered label={t('presence.precedence')} items={precedence} name={(it) => t(`presence.authority.${it}`)} disabled={isReadOnly} change={(order) => form.change({ precedence: order })} />
        <p role="status">{t('presence.precedence.sentence', { first: first ?? '', second: second ?? '', third: third ?? '' })}</p>
      </div>
    </section>
  );
}

function Timing({ editing: { form, isReadOnly } }: { editing: Editing }): ReactNode {
  const t = useT();
  const { input, problems } = form;
  const { loop } = input;
  return (
    <section className={`${admin.card} ${admin.section}`}>
      <h2>{t('presence.timing')}</h2>
      <div className={admin.fields}>
        <ul className={access.points}>
          <li>{t('presence.timing.short', { s: input.ignore_shorter_than_s })}</li>
          <li>{t('presence.timing.force', { min: Math.round(input.force_every_s / 60) })}</li>
          <li>{t('presence.timing.age', { n: input.max_age_cycles, s: input.cycle_s })}</li>
        </ul>
        <Checkbox disabled={isReadOnly} checked={input.resets_timer_on_force} label={t('presence.timing.resets')} onChange={(_, data) => form.change({ resets_timer_on_force: data.checked === true })} />
        <div className={admin.nodeFields}>
          {(['max_changes', 'within_s'] as const).map((it) => {
            const [min, max] = LIMITS[it];
            return (
              <NumberField
                key={it}
                field={`loop.${it}`}
                label={t(`presence.loop.${it}`)}
                hint={t(`presence.loop.${it}.hint`)}
                min={min}
                max={max}
                value={loop[it]}
                error={problems.includes(`loop.${it}`) ? t('field.error.range', { min, max }) : undefined}
                disabled={isReadOnly}
                change={(value) => form.change({ loop: { ...loop, [it]: value ?? 0 } })}
              />
            );
          })}
        </div>
      </div>
    </section>
  );
}
