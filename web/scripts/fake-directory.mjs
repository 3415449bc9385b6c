// Development only: the Teams account, presence rules and directory of the stand-in server.
//   /_fake/teams?account=none|there   &on=true|false   &login=needed|done|not_needed   &days=7   &people=12000
const iso = (ms = Date.now()) => new Date(ms).toISOString();
const ID = '87d349ed-44d7-43e1-9a83-5f2406dee5bd';
const MESSAGES = { joined: 'joined the session', left: 'left the session', invitation: 'You are invited to customer chat session, would you like to accept (YES/NO)?', yes: 'YES', no: 'NO', ended: 'Customer chat session ended', bye: 'BYE' };
let account = {
  version: 3, name: 'Contoso Teams', object_id: ID, tenant_id: ID, client_id: 'aa123456-1234-1234-1234-aaa123456789', credential: { kind: 'secret', hint: 'abc', set_at: iso(Date.now() - 8.64e9) },
  expires_at: iso(Date.now() + 7 * 8.64e7), expires_at_source: 'directory', expiry_uncertain: false, days_left: 7, licensing_mode: 'production', licensing_acknowledged_at: iso(Date.now() - 8.64e9),
  features: ['directory', 'presence_read', 'presence_write', 'secret_expiry'], number_types: ['business', 'mobile', 'fax', 'teams'].map((type) => ({ type, is_shown: type !== 'fax' })), messages: MESSAGES, drawer_limit: 300, n_enabled: 18, n_agents: 24,
};
const mine = { has_account: true, is_enabled: true, login: 'not_needed', login_expires_at: null, login_problem: null, login_redirect_uri: 'https://tandem.example/auth/teams/login', upn: 'amelie.laurent@contoso.com', is_owner: null };
let rules = {
  version: 0,
  to_teams: { is_on: true, map: [['on_contact', 'busy'], ['ringing', null], ['wrap_up', 'busy'], ['available', 'available'], ['signed_out', null]].map(([standing, to]) => ({ from: { kind: 'system', standing }, to })) },
  from_teams: { is_on: true, map: [{ from: 'away', to: { kind: 'available' } }, { from: 'do_not_disturb', to: { kind: 'not_ready', reason: 3 } }], doing: [{ from: 'meeting', to: { kind: 'not_ready', reason: 3 } }] },
  precedence: ['chosen_in_teams', 'calendar_and_calls', 'tandem'], ignore_shorter_than_s: 15, force_every_s: 3600, resets_timer_on_force: false, max_age_cycles: 3, cycle_s: 60, loop: { max_changes: 4, within_s: 120 },
  gate: ['busy', 'do_not_disturb', 'call', 'meeting', 'presenting'].map((when) => ({ when, voice: 'no_route', messages: when === 'do_not_disturb' ? 'no_route' : 'route' })),
};
let delegates = { version: 1, owner: { account: 3, name: 'Robin Hart', login: 'done', expires_at: iso(Date.now() + 9 * 8.64e7), is_due: true, problem: null }, backup: null, is_needed: false };
const right = (name, kind, state, features) => ({ name, kind, id: ID, features, state, consequence: '', used_by_tandem: features.length > 0 || name === 'User.Read' });
const rights = () => ({
  client_id: account.client_id, publisher: 'Contoso Ltd', app_name: 'Tandem', checked_at: iso(), state: 'partly', problem: null,
  permissions: [
    right('User.Read.All', 'application', 'granted', ['directory']), right('Presence.Read.All', 'application', 'granted', ['presence_read']), right('Presence.ReadWrite.All', 'application', 'missing', ['presence_write']),
    right('Application.Read.All', 'application', 'granted', ['secret_expiry']), right('offline_access', 'delegated', 'not_requested', []), ...['AccessMedia', 'Initiate', 'InitiateGroupCall', 'JoinGroupCall', 'JoinGroupCallAsGuest'].map((it) => right(`Calls.${it}.All`, 'application', 'not_requested', [])),
    right('Presence.Read.All', 'delegated', 'granted_not_needed', []),
  ],
  consent: { asked_at: iso(Date.now() - 3.6e6), answered_at: iso(Date.now() - 3.5e6), outcome: 'refused', error: 'access_denied: the administrator declined to consent', tenant: null },
});

const FIRST = ['Dana', 'Luis', 'Mei', 'Tom', 'Aisha', 'Noah', 'Elena', 'Jonas', 'Grace', 'Ravi', 'Sofia', 'Peter', 'Ines', 'Olga', 'Marc'];
const LAST = ['Weber', 'Ortega', 'Tanaka', 'Becker', 'Khan', 'Fischer', 'Rossi', 'Lind', 'Okafor', 'Menon', 'Novak', 'Hale', 'Duarte', 'Petrova', 'Dubois-Montgomery-Featherstonehaugh'];
const SEEN = [['available', 'nothing'], ['busy', 'call'], ['busy', 'meeting'], ['do_not_disturb', 'presenting'], ['be_right_back', 'nothing'], ['away', 'nothing'], ['offline', 'nothing'], [null, null], ['busy', 'nothing'], ['away', 'out_of_office']];
const DISPLAY = ['available', 'on_contact', 'wrap_up', 'not_ready', 'in_teams', 'offering'];
let nPeople = 1842;
const favorites = new Set();
function person(i) {
  const [status, doing] = SEEN[i % SEEN.length];
  const name = `${FIRST[i % 15]} ${LAST[Math.floor(i / 15 + i) % 15]}`;
  const isAgent = i < 14;
  const id = `0269be4d-5be0-4770-bf9c-a1bf${String(i).padStart(8, '0')}`;
  return {
    id, is_favorite: favorites.has(id), name, mail: null, title: i % 3 ? 'Consultant' : null, department: 'Sales', is_in_teams: i !== 5, has_teams_phone: i % 2 === 0,
    status, doing, status_since: iso(Date.now() - (i * 37 + 20) * 1000), is_stale: i === 9, agent: isAgent ? { id: i + 1, name, display: DISPLAY[i % 6], since: iso(Date.now() - 60000), team: 'A', is_mine: i < 6 } : null, has_signed_in: i !== 3,
    numbers: i % 4 === 3 ? [] : [{ type: 'business', number: `+14255550${String(100 + (i % 800))}`, is_default: true }, { type: 'mobile', number: `+14255560${String(100 + (i % 800))}`, is_default: false }], upn: `p${i}@contoso.com`,
  };
}
function directory(search) {
  const all = Array.from({ length: nPeople }, (_, i) => person(i));
  const found = search ? all.filter(({ name }) => search.toLowerCase().split(/\s+/).every((word) => name.toLowerCase().includes(word))) : all;
  found.sort((a, b) => Number(b.is_favorite) - Number(a.is_favorite));
  const people = found.slice(0, account?.drawer_limit ?? 300);
  return { synced_at: iso(Date.now() - 6e5), behind_since: null, problem: null, lines_problem: null, n_people: found.length, n_shown: people.length, limit: account?.drawer_limit ?? 300, login: mine.login, people };
}
export const directoryTopic = () => ({ synced_at: iso(Date.now() - 6e5), n_people: nPeople, people: {} });

function chain({ start }) {
  const steps = [{ at_s: 0, ...(start.side === 'teams' ? { side: 'teams', shows: start.status } : { side: 'tandem', shows: start.standing }), why: 'presence.why.start' }];
  if (start.side === 'tandem') steps.push({ at_s: 15, side: 'teams', shows: 'busy', why: 'presence.why.mapped' });
  else steps.push({ at_s: 15, side: 'tandem', shows: { kind: 'reason', reason: 3 }, why: 'presence.why.mapped' }, { at_s: 30, side: 'teams', shows: 'away', why: 'presence.why.mapped' });
  return { steps, ends: 'settled', cycle: null };
}

function teamsAccount(method, [verb], body, headers, { ok, problem }) {
  if (!account && (method !== 'POST' || verb)) return problem(404, 'no_teams_account', 'There is no Teams account.');
  if (verb === 'test') return ok({ message: 'Error: Failed to request refresh token', steps: [
    { step: 'credentials', outcome: 'passed', took_ms: 1, code: null, explanation: null, permission: null }, { step: 'token', outcome: 'failed', took_ms: 184, code: 'AADSTS7000215', explanation: null, permission: null },
    ...['organization', 'directory', 'presence_read', 'presence_write', 'secret_expiry'].map((step) => ({ step, outcome: 'skipped', took_ms: 0, code: null, explanation: null, permission: null }))] });
  if (verb === 'rights') return ok(rights());
  if (verb === 'consent') return ok({ url: '/admin/integrations/teams?consent=granted' });
  if (verb === 'candidates') return ok([{ account: 3, name: 'Robin Hart' }, { account: 4, name: 'Lina Marsh' }]);
  if (verb === 'delegates') {
    const named = (id) => (id === null ? null : { account: id, name: `Account ${id}`, login: 'needed', expires_at: null, is_due: true, problem: null });
    if (method === 'PUT') account.version += 1;
    if (method === 'PUT') delegates = { ...delegates, version: account.version, owner: named(body.owner), backup: named(body.backup) };
    return ok(delegates);
  }
  if (method === 'GET') return ok(account);
  if (method === 'POST' && account) return problem(409, 'teams_account_exists', 'There is one already.');
  if (method !== 'POST' && headers['if-match'] !== `"${account.version}"`) return problem(412, 'conflict', 'Someone else changed this in the meantime.');
  if (method === 'DELETE') {
    account = null;
    Object.assign(mine, { has_account: false, is_enabled: false });
    return ok(null, 204);
  }
  const { secret, certificate: _c, licensing_acknowledged: _l, ...rest } = body;
  account = { n_enabled: 0, n_agents: 24, expires_at_source: 'unknown', expiry_uncertain: false, days_left: null, licensing_acknowledged_at: iso(), ...account, ...rest, version: (account?.version ?? 0) + 1 };
  if (secret) account.credential = { kind: 'secret', hint: secret.slice(0, 3), set_at: iso() };
  mine.has_account = true;
  return ok({ ...account, warnings: secret?.length === 36 ? [{ field: 'secret', code: 'secret_looks_like_id' }] : [] }, method === 'POST' ? 201 : 200);
}

/** What is about Teams, or undefined. */
export function teams(method, [what, ...rest], query, body, headers, tools) {
  const { ok, problem } = tools;
  if (what === 'teams-account') return teamsAccount(method, rest, body, headers, tools);
  if (what === 'me' && rest[0] === 'favorites') {
    if (method === 'PUT') favorites.add(rest[1]);
    else favorites.delete(rest[1]);
    return ok(null, 204);
  }
  if (what === 'me' && rest[0] === 'teams') {
    if (rest[1] === 'login') return ok({ url: '/profile?teams=done' });
    if (method === 'PUT') mine.is_enabled = body.is_enabled;
    return ok(mine);
  }
  if (what === 'presence-rules' && rest[0] === 'chain') return ok(chain(body));
  if (what === 'presence-rules') {
    if (method === 'GET') return ok(rules);
    const { allow_loop, ...input } = body;
    const loops = input.from_teams.map.some(({ from, to }) => from === 'busy' && to?.kind === 'available');
    if (loops && !allow_loop) {
      const refused = problem(422, 'presence_loop', 'These rules go round in a circle.');
      refused.body.cycle = [{ side: 'teams', status: 'busy' }, { side: 'tandem', standing: { kind: 'system', standing: 'available' } }, { side: 'teams', status: 'available' }, { side: 'tandem', standing: { kind: 'system', standing: 'on_contact' } }];
      return refused;
    }
    rules = { ...input, version: rules.version + 1 };
    return ok(rules);
  }
  if (what === 'directory') return method === 'POST' ? ok({}, 202) : mine.is_enabled ? ok(directory(query.get('search') ?? '')) : problem(403, 'teams_off', 'Teams is switched off for you.');
  return undefined;
}

export function fakedTeams(q) {
  if (q.get('account') === 'none') {
    account = null;
    Object.assign(mine, { has_account: false, is_enabled: false });
  }
  if (q.has('on')) mine.is_enabled = q.get('on') === 'true';
  if (q.has('login')) mine.login = q.get('login');
  if (q.has('people')) {
    nPeople = Number(q.get('people'));
    if (account) account.drawer_limit = Math.max(300, nPeople);
  }
}
export const secretCheck = (found, ago) => (account ? found('teams_secret', 'watch', 'teams_secret_soon', ago(3600), { days: account.days_left ?? 7, expires: account.expires_at }, 'The secret of the Teams account expires soon.', 'Make a new one.') : null);
