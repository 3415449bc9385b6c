// What a status in Teams changes in Tandem, what it lets through to an agent, and who wins when both sides change (B-215, B-190).
import { Select } from '@fluentui/react-components';
import { lazy, Suspense, type ReactNode } from 'react';
import access from '../access/access.module.css';
import admin from '../admin/admin.module.css';
import { STATUSES, type Doing, type Status } from '../api/directory';
import { useT } from '../i18n/t';
import { Ordered } from '../admin/ordered';
import { td } from '../app/theme';
import { Shape } from '../ui/shapes';
import { Loading } from '../ui/states';
import { PresencePage, type Editing } from './editing';
import css from './presence.module.css';
import { AUTOMATIC, fromTeamsOf, harmOf, keyOf, RULED_DOINGS, targetOf, withFromTeams } from './rules';
import { SeenShape } from './seen';
import { isStatus, seenText } from './words';

const Gate = lazy(() => import('./gate').then((m) => ({ default: m.Gate })));
const Timing = lazy(() => import('./timing').then((m) => ({ default: m.Timing })));

export function Page(): ReactNode {
  return <PresencePage direction="from_teams" part={FromTeams} />;
}

function FromTeams({ editing }: { editing: Editing }): ReactNode {
  return (
    <>
      <Table of={STATUSES} named="presence.table.from" editing={editing} />
      <Table of={RULED_DOINGS} named="presence.table.doing" editing={editing} />
      <Precedence editing={editing} />
      <Suspense fallback={<Loading rows={[320, 200]} />}>
        <Gate editing={editing} />
        <Timing editing={editing} />
      </Suspense>
    </>
  );
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
      <td>{cause === null ? '' : <span className={css.cause}>{t(`presence.automatic.${cause}`)}</span>}</td>
      <td>
        <Select aria-label={t('presence.choice.from', { name })} disabled={isReadOnly} value={to === null ? '' : keyOf(to)} onChange={(_, data) => form.change({ from_teams: withFromTeams(rules, from, targetOf(data.value)) })}>
          <option value="">{t(isStatus(from) ? 'presence.keep' : 'presence.asStatus')}</option>
          <option value="available">{words.target({ kind: 'available' })}</option>
          {reasons.map(({ id }) => (
            <option key={id} value={`not_ready:${id}`}>
              {words.target({ kind: 'not_ready', reason_id: id })}
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
