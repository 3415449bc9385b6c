// Development only: what roles allow and scopes reach, as the stand-in server explains it.
import { isInScope } from './fake-teams.mjs';

const PERMISSIONS = ['take_contacts', 'see_floor', 'see_contacts', 'hear_recordings', 'export_contacts', 'pause_recordings', 'direct_agents', 'close_hours', 'keep_do_not_call', 'read_settings', 'edit_queues', 'edit_flows', 'edit_settings', 'read_events', 'hold_recordings', 'verify_recordings', 'read_audit', 'manage_access', 'operate', 'see_health'];
const set = (role, permissions, is_limited_by_scope = true) => ({ role, permissions, is_limited_by_scope });
const ROLES = [
  set('agent', ['take_contacts'], false),
  set('supervisor', ['see_floor', 'see_contacts', 'hear_recordings', 'export_contacts', 'pause_recordings', 'direct_agents', 'close_hours', 'keep_do_not_call', 'read_settings', 'see_health']),
  set('administrator', PERMISSIONS.slice(1), false),
  set('queue_administrator', ['see_floor', 'read_settings', 'edit_queues', 'edit_flows', 'close_hours']),
  set('quality', ['see_contacts', 'hear_recordings']),
  set('analyst', ['see_floor', 'see_contacts', 'export_contacts']),
  set('auditor', ['read_audit', 'see_contacts', 'verify_recordings']),
];
/** What roles allow together. */
export const allowedTo = (roles) => PERMISSIONS.filter((it) => ROLES.some((set) => roles.includes(set.role) && set.permissions.includes(it)));
export const permissionSets = () => ({ permissions: PERMISSIONS, roles: ROLES });

const partOf = (settings, kind, id) => ({ kind, id, name: settings[`${kind}s`].find((it) => it.id === id)?.name ?? '' });
function parts(settings, scope, kind, object) {
  if (kind === 'queue') return scope.queues.includes(object.id) ? [partOf(settings, 'queue', object.id)] : [];
  const agents = kind === 'agent' ? [object] : object.agents.map(({ id }) => settings.agents.find((agent) => agent.id === id));
  const queues = kind === 'contact' && scope.queues.includes(object.queue?.id) ? [partOf(settings, 'queue', object.queue.id)] : [];
  const teams = agents.filter((agent) => scope.teams.includes(agent.team_id)).map((agent) => partOf(settings, 'team', agent.team_id));
  const sites = agents.map((agent) => settings.teams.find((team) => team.id === agent.team_id)?.site_id).filter((id) => scope.sites.includes(id)).map((id) => partOf(settings, 'site', id));
  return [...queues, ...teams, ...sites];
}

/** Why an account may, or what it lacks; `contactOf` finds a contact by its number. */
export function may(account, q, settings, contactOf) {
  const permission = q.get('permission');
  const because = ROLES.filter(({ role, permissions }) => account.roles.includes(role) && permissions.includes(permission)).map(({ role }) => ({ code: 'role', role, part: null }));
  if (because.length === 0) {
    const roles = ROLES.filter(({ permissions }) => permissions.includes(permission)).map(({ role }) => role);
    return { allowed: false, because, missing: { code: 'role', roles, detail: `this needs the role ${roles.join(' or ')}; an administrator can grant it` } };
  }
  const kind = ['queue', 'agent', 'contact'].find((it) => q.has(it));
  const object = kind === 'contact' ? contactOf(Number(q.get(kind))) : settings[`${kind}s`]?.find((it) => it.id === Number(q.get(kind)));
  if (kind && !object) return null;
  const reach = permission === 'take_contacts' ? [{ code: 'own', role: null, part: null }] : !account.scope || !kind ? [{ code: 'everything', role: null, part: null }] : parts(settings, account.scope, kind, object).map((part) => ({ code: 'part', role: null, part }));
  because.push(...reach);
  if (account.standing === 'disabled') return { allowed: false, because, missing: { code: 'standing', roles: [], detail: 'this account is disabled; open it first' } };
  const isIn = reach.length > 0 && (!kind || permission === 'take_contacts' || isInScope(settings, account, `${kind}s`, object));
  return { allowed: isIn, because, missing: isIn ? null : { code: 'scope', roles: [], detail: 'a role allows it, but this is in no part of the scope; widen the scope' } };
}

/** What is wrong with a scope that was sent, or null. */
export function scopeProblem(account, body, settings) {
  if (account.roles.includes('administrator') && !body.everything) return { status: 409, code: 'administrator', detail: 'administrators are never limited: take the role away first' };
  for (const kind of ['queues', 'teams', 'sites']) {
    const unknown = (body[kind] ?? []).find((id) => !settings[kind].some((it) => it.id === id));
    if (unknown !== undefined) return { status: 422, code: 'invalid', detail: 'Some fields need attention.', errors: [{ field: kind, detail: `there is no such ${kind.slice(0, -1)}` }] };
  }
  return null;
}
