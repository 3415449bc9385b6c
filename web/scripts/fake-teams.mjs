// Development only: teams and sites of the stand-in server, and who sees what of it.
//   sign in as `limited` (a supervisor of the team Sales Berlin and the queue Billing), `queues`, `quality`, `analyst`, `auditor`
const item = (more) => (name, i) => ({ id: i + 1, version: 1, name, ...(more ? more(i) : {}) });

export const SITES = ['Berlin', 'Lisbon', 'Home offices of the north and the far north'].map(item());
export const TEAMS = ['Sales Berlin', 'Support Berlin', 'Support Lisbon', 'Night desk', 'Key accounts of the public sector and of health insurers'].map(item((i) => ({ site_id: [1, 1, 2, null, 3][i] })));
/** Every fifth agent is in no team. */
export const teamOf = (i) => (i % 5 === 4 ? null : (i % 4) + 1);

/** Who else can sign in, beside the three of the demo. */
const who = (id, username, name, roles, scope = null) => [username, { id, username, name, roles, agent_id: null, scope }];
export const MORE = Object.fromEntries([
  who(4, 'limited', 'Lina Marsh', ['supervisor'], { queues: [3], teams: [1], sites: [] }),
  who(5, 'queues', 'Quentin Adler', ['queue_administrator']),
  who(6, 'quality', 'Quinn Oduya', ['quality']),
  who(7, 'analyst', 'Anna Lysenko', ['analyst']),
  who(8, 'auditor', 'Auden Torres', ['auditor']),
]);

/** Why a team or site cannot be removed. */
export function usedBy(settings, area, id) {
  if (area === 'teams') return settings.agents.find((agent) => agent.team_id === id)?.name;
  return area === 'sites' ? settings.teams.find((team) => team.site_id === id)?.name : undefined;
}

/** Whether a thing of an area is in the scope of an account; what is no queue and no agent always is. */
export function isInScope(settings, account, area, object) {
  const { scope } = account;
  if (!scope) return true;
  if (area === 'queues') return scope.queues.includes(object.id);
  const inTeam = (agent) => scope.teams.includes(agent?.team_id) || scope.sites.includes(settings.teams.find((team) => team.id === agent?.team_id)?.site_id);
  if (area === 'agents') return inTeam(object);
  if (area === 'contacts') return scope.queues.includes(object.queue?.id) || object.agents.some(({ id }) => inTeam(settings.agents.find((agent) => agent.id === id)));
  return true;
}
