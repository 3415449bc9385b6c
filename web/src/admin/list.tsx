// The list of one settings area: filter, the columns that matter, and how to add one.
import { Button, Input } from '@fluentui/react-components';
import { AddRegular } from '@fluentui/react-icons/svg/add';
import { SearchRegular } from '@fluentui/react-icons/svg/search';
import { TableRegular } from '@fluentui/react-icons/svg/table';
import { lazy, Suspense, useState, type ReactNode } from 'react';
import { Link, useNavigate, useParams } from 'react-router';
import type { Area, Settings, Stored } from '../api/contract';
import { useSession } from '../app/session';
import { td } from '../app/theme';
import { useTitle } from '../app/title';
import { useT, type MessageId, type T } from '../i18n/t';
import { Empty, Failed, Loading, NotFound } from '../ui/states';
import { Shape } from '../ui/shapes';
import { Ltr } from '../ui/time';
import css from './admin.module.css';
import { needToMake, settingsArea } from './areas';
import { AdminFrame } from './frame';
import { titleOf, useList } from './settings';

const PromptTags = lazy(() => import('../prompts/cells').then((m) => ({ default: m.Tags })));
const UsedBy = lazy(() => import('../prompts/cells').then((m) => ({ default: m.UsedBy })));
const AtOnce = lazy(() => import('../capacity/cells').then((m) => ({ default: m.AtOnce })));
const HoursState = lazy(() => import('../hours/state-cell').then((m) => ({ default: m.StateCell })));

export function Page(): ReactNode {
  const area = settingsArea(useParams()['area']);
  return <AdminFrame>{area ? <List key={area} area={area} /> : <NotFound />}</AdminFrame>;
}

interface Column<A extends Area> {
  head: MessageId;
  cell: (row: Stored<A>, t: T, names: Names) => ReactNode;
}
type Names = Record<'queues' | 'skills' | 'flows' | 'reasons' | 'teams' | 'siteOfTeam', Map<number, string>> & {
  agentsOfTeam: Map<number, number>;
  agentsOfProfile: Map<number, number>;
  teamsOfSite: Map<number, string[]>;
};

function OnOff({ on, yes, no }: { on: boolean; yes: string; no: string }): ReactNode {
  return (
    <span className={css.status}>
      <Shape shape={on ? 'circle' : 'ring'} color={on ? td.tdStateAvailable : td.tdStateOffline} size={10} />
      {on ? yes : no}
    </span>
  );
}

const skillText = (list: { skill_id: number; level?: number; min_level?: number }[], t: T, names: Names): string =>
  list
    .map((s) => t('list.skill', { name: names.skills.get(s.skill_id) ?? s.skill_id, level: s.level ?? s.min_level ?? 1 }))
    .join(', ');

const COLUMNS: { [A in keyof Settings]: Column<A>[] } = {
  queues: [
    { head: 'field.requirements', cell: (q, t, names) => skillText(q.requirements, t, names) || t('list.anyone') },
    { head: 'field.strategy', cell: (q, t) => t(`strategy.${q.strategy}`) },
    { head: 'list.serviceLevel', cell: (q, t) => t('list.serviceLevel.value', { percent: q.service_level.target_percent, seconds: q.service_level.threshold_s }) },
    { head: 'field.priority', cell: (q) => q.priority },
    { head: 'list.recorded', cell: (q, t) => <OnOff on={q.recording != null} yes={t('list.yes')} no={t('list.no')} /> },
  ],
  agents: [
    { head: 'field.username', cell: (a) => <Ltr>{a.username}</Ltr> },
    { head: 'field.skills', cell: (a, t, names) => skillText(a.skills, t, names) || t('list.none') },
    { head: 'field.team', cell: (a, t, names) => names.teams.get(a.team_id ?? 0) ?? t('list.none') },
    { head: 'field.site', cell: (a, t, names) => names.siteOfTeam.get(a.team_id ?? 0) ?? t('list.none') },
    { head: 'field.roles', cell: (a, t) => a.roles.map((role) => t(`role.${role}`)).join(', ') },
    { head: 'field.enabled', cell: (a, t) => <OnOff on={a.enabled} yes={t('list.on')} no={t('list.off')} /> },
  ],
  teams: [
    { head: 'field.site', cell: (team, t, names) => names.siteOfTeam.get(team.id) ?? t('list.none') },
    { head: 'list.agents', cell: (team, _, names) => names.agentsOfTeam.get(team.id) ?? 0 },
  ],
  sites: [{ head: 'list.teams', cell: (site, t, names) => names.teamsOfSite.get(site.id)?.join(', ') ?? t('list.none') }],
  'balance-groups': [
    { head: 'balance.objective', cell: (g, t) => t(`decisions.objective.${g.objective}`) },
    { head: 'balance.members', cell: (g, _, names) => g.members.map(({ queue_id, weight }) => `${names.queues.get(queue_id) ?? queue_id} ${weight}`).join(', ') },
  ],
  skills: [],
  'capacity-profiles': [
    { head: 'capacity.list.atOnce', cell: (profile) => <Suspense><AtOnce profile={profile} /></Suspense> },
    { head: 'list.agents', cell: (profile, _, names) => names.agentsOfProfile.get(profile.id) ?? 0 },
  ],
  endpoints: [
    { head: 'field.flow', cell: (e, _, names) => names.flows.get(e.flow_id) ?? '' },
    { head: 'list.reachedBy', cell: (e) => <Ltr>{e.number ?? e.resource_account_id}</Ltr> },
  ],
  flows: [{ head: 'list.steps', cell: (f) => f.nodes.length }],
  prompts: [
    { head: 'prompts.languages', cell: (p) => <Suspense><PromptTags prompt={p} /></Suspense> },
    { head: 'prompts.usedBy', cell: (p) => <Suspense><UsedBy id={p.id} /></Suspense> },
  ],
  schedules: [
    { head: 'hours.now', cell: (s) => <Suspense><HoursState id={s.id} version={s.version} zone={s.time_zone} /></Suspense> },
    { head: 'hours.zone', cell: (s) => <Ltr>{s.time_zone}</Ltr> },
    { head: 'hours.exceptions', cell: (s) => s.exceptions.length },
  ],
  reasons: [
    { head: 'field.heading', cell: (r, t, names) => names.reasons.get(r.heading_id ?? 0) ?? t('list.none') },
    { head: 'field.productive', cell: (r, t) => <OnOff on={r.productive} yes={t('list.yes')} no={t('list.no')} /> },
    { head: 'field.paid', cell: (r, t) => <OnOff on={r.paid} yes={t('list.yes')} no={t('list.no')} /> },
    { head: 'field.needsSupervisor', cell: (r, t) => <OnOff on={r.needs_supervisor} yes={t('list.yes')} no={t('list.no')} /> },
    { head: 'field.maxMinutes', cell: (r, t) => (r.max_minutes ? t('list.minutes', { count: r.max_minutes }) : t('list.none')) },
  ],
  dispositions: [
    { head: 'field.dispositionQueues', cell: (d, t, names) => d.queue_ids.map((id) => names.queues.get(id) ?? id).join(', ') || t('list.everyQueue') },
  ],
};

/** The names of teams by their site. */
function grouped(teams: readonly { name: string; site_id?: number | null }[]): Map<number, string[]> {
  const all = new Map<number, string[]>();
  for (const { name, site_id } of teams) {
    if (site_id != null) all.set(site_id, [...(all.get(site_id) ?? []), name]);
  }
  return all;
}

/** How often each is named. */
function counted(ids: readonly (number | null | undefined)[]): Map<number, number> {
  const all = new Map<number, number>();
  for (const id of ids) if (id != null) all.set(id, (all.get(id) ?? 0) + 1);
  return all;
}

function useNames(area: Area): Names {
  const skills = useList('skills', area === 'queues' || area === 'agents');
  const queues = useList('queues', area === 'dispositions' || area === 'balance-groups');
  const flows = useList('flows', area === 'endpoints');
  const reasons = useList('reasons', area === 'reasons');
  const hasTeams = area === 'agents' || area === 'teams' || area === 'sites';
  const teams = useList('teams', hasTeams).data?.items ?? [];
  const sites = useList('sites', hasTeams);
  const agents = useList('agents', area === 'teams' || area === 'capacity-profiles').data?.items ?? [];
  const map = (items: { id: number; name: string }[] | undefined): Map<number, string> =>
    new Map((items ?? []).map((item) => [item.id, item.name]));
  const siteNames = map(sites.data?.items);
  const told = teams.flatMap(({ id, site_id }): [number, string][] => {
    const site = siteNames.get(site_id ?? 0);
    return site === undefined ? [] : [[id, site]];
  });
  return {
    skills: map(skills.data?.items),
    queues: map(queues.data?.items),
    flows: map(flows.data?.items),
    reasons: new Map((reasons.data?.items ?? []).map(({ id, label }) => [id, label])),
    teams: map(teams),
    siteOfTeam: new Map(told),
    agentsOfTeam: counted(agents.map(({ team_id }) => team_id)),
    agentsOfProfile: counted(agents.map(({ capacity_profile_id }) => capacity_profile_id)),
    teamsOfSite: grouped(teams),
  };
}

function List<A extends Area>({ area }: { area: A }): ReactNode {
  const t = useT();
  const title = t(`admin.${area}.title` as MessageId);
  useTitle(title);
  const { may } = useSession();
  const navigate = useNavigate();
  const [filter, setFilter] = useState('');
  const list = useList(area);
  const names = useNames(area);
  const add = may(needToMake(area)) ? (
    <Button appearance="primary" icon={<AddRegular />} onClick={() => void navigate(`/admin/${area}/new`)}>
      {t(`admin.${area}.add` as MessageId)}
    </Button>
  ) : null;
  if (list.isPending) return <Loading rows={[32, 320]} />;
  if (list.isError) return <Failed error={list.error} retry={() => void list.refetch()} />;
  const needle = filter.trim().toLowerCase();
  const rows = list.data.items.filter((row) => titleOf(row).toLowerCase().includes(needle));
  const columns = COLUMNS[area];
  return (
    <>
      <div className={css.head}>
        <h1>{title}</h1>
        <div className={css.tools}>
          {list.data.items.length > 0 ? (
            <Input
              type="search"
              contentBefore={<SearchRegular />}
              placeholder={t('list.filter')}
              aria-label={t('list.filter')}
              value={filter}
              onChange={(_, data) => setFilter(data.value)}
            />
          ) : null}
          {area === 'skills' || area === 'agents' ? (
            <Button icon={<TableRegular />} onClick={() => void navigate('/admin/skills/matrix')}>
              {t('admin.matrix')}
            </Button>
          ) : null}
          {list.data.items.length > 0 ? add : null}
        </div>
      </div>
      <p className={css.about}>{t(`admin.${area}.about` as MessageId)}</p>
      {list.data.items.length === 0 ? (
        <div className={css.card}>
          <Empty title={t(`admin.${area}.none` as MessageId)} text={t(`admin.${area}.about` as MessageId)} action={add} />
        </div>
      ) : (
        <div className={`${css.card} ${css.list}`} tabIndex={0} role="region" aria-label={title}>
          <table className={css.table}>
            <thead>
              <tr>
                <th scope="col">{t('field.name')}</th>
                {columns.map((column) => (
                  <th key={column.head} scope="col">
                    {t(column.head)}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows.map((row) => (
                <tr key={row.id}>
                  <td>
                    <Link to={`/admin/${area}/${row.id}`}>{titleOf(row)}</Link>
                  </td>
                  {columns.map((column) => (
                    <td key={column.head}>{column.cell(row, t, names)}</td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
          {rows.length === 0 ? <Empty title={t('list.noMatch')} text={t('list.noMatch.text', { filter })} /> : null}
        </div>
      )}
    </>
  );
}
