// Development only: sessions, accounts, keys and webhooks of the stand-in server.
//   /_fake/sign-in?password=false&microsoft=true   the ways that the sign-in page shows
import { randomBytes } from 'node:crypto';
import { may, permissionSets, scopeProblem } from './fake-permissions.mjs';
import { MORE } from './fake-teams.mjs';

const iso = (ms = Date.now()) => new Date(ms).toISOString();
const ago = (s) => iso(Date.now() - s * 1000);
const refuse = (status, code, detail, errors) => ({ status, code, detail, errors });
export const ways = { password: true, microsoft: true };

const session = (id, opened, used, origin) => ({ id, created_at: ago(opened), last_seen_at: ago(used), expires_at: ago(opened - 12 * 3600), confirmed_until: origin === 'microsoft' ? ago(-1800) : null, is_current: false });
/** Open sessions by their token, with two more of everybody that only the list knows. */
const known = new Map();
export function opened(token, username) {
  if (![...known.values()].some((s) => s.username === username)) {
    for (const s of [session(`${username}-1`, 26_000, 4_100, 'microsoft'), session(`${username}-2`, 31_000, 9_000, 'local')]) known.set(s.id, { ...s, username });
  }
  known.set(token, { ...session(randomBytes(6).toString('hex'), 0, 0, 'local'), username });
}
const SCOPE_OF = { board: 'board.read', contacts: 'contacts.read' };
/** Whether a key may ask for this; undefined when there is no such key. */
export function keyMay(header, path) {
  const key = keys.find((k) => k.secret !== undefined && header === `Bearer ${k.secret}`);
  return key?.scopes.includes(SCOPE_OF[path.split('/')[2]]);
}
const people = [
  [1, 'agent', 'Amelie Laurent', ['agent'], 'local', 'active', 24],
  [2, 'supervisor', 'Sam Rivera', ['supervisor'], 'local', 'active', null],
  [3, 'administrator', 'Robin Hart', ['administrator'], 'local', 'active', null],
  [11, 'dana.weber@contoso.example', 'Dana Weber', ['agent', 'supervisor'], 'microsoft', 'active', 1],
  [12, 'luis.ortega@contoso.example', 'Luis Ortega', ['agent'], 'microsoft', 'active', 2],
  [13, 'mei.tanaka@contoso.example', 'Mei Tanaka', [], 'microsoft', 'disabled', null],
  [14, 'break.glass', null, ['administrator'], 'local', 'active', null],
  ...Object.values(MORE).map(({ id, username, name, roles }) => [id, username, name, roles, 'local', 'active', null]),
  [15, 'key CRM', null, [], 'api_key', 'active', null],
  [16, 'new.colleague@contoso.example', 'Noor Haddad', ['supervisor', 'quality'], 'microsoft', 'active', null],
].map(([id, username, name, roles, origin, standing, agent_id]) => ({ id, username, name, roles, origin, standing, scope: MORE[username]?.scope ?? (id === 16 ? { queues: [], teams: [], sites: [] } : null), agent_id, created_at: ago(90 * 86_400) }));
/** Somebody who was just made an agent. */
export function joined({ id, username, name, roles, agent_id }) {
  people.push({ id, username, name, roles, origin: 'local', standing: 'active', scope: null, agent_id, created_at: iso() });
  open.set(id, []);
}
export const personOf = (id) => people.find((p) => p.id === id);
/** What an account's roles reach. */
export const scopeOf = (username) => people.find((p) => p.username === username)?.scope ?? null;
const open = new Map(people.map((p) => [p.id, p.standing === 'active' && p.id !== 14 ? [session(`${p.id}a`, 7_200, 60, p.origin), session(`${p.id}b`, 40_000, 30_000, p.origin)] : []]));
const keys = [
  { id: 1, name: 'CRM', scopes: ['contacts.read', 'recording.pause'], created_at: ago(80 * 86_400), expires_at: ago(-10 * 86_400), last_used_at: ago(40) },
  { id: 2, name: 'Wall of the canteen', scopes: ['board.read'], created_at: ago(200 * 86_400), expires_at: null, last_used_at: null },
  { id: 3, name: 'Old data warehouse', scopes: ['contacts.read', 'reports.read'], created_at: ago(400 * 86_400), expires_at: ago(35 * 86_400), last_used_at: ago(36 * 86_400) },
];
const hooks = [
  { id: 1, url: 'https://crm.contoso.example/hooks/tandem', events: ['contact.connected', 'contact.ended'], created_at: ago(50 * 86_400) },
  { id: 2, url: 'https://warehouse.contoso.example/in/a-rather-long-path/that-goes-on/and-on/for-quite-some-time', events: ['contact.ended', 'recording.kept'], created_at: ago(4 * 86_400) },
];
const delivery = (id, seconds, event, state, n_attempts, answer, next_attempt_at = null) => ({ id, event, body: JSON.stringify({ id: `contoso-${id}`, type: event, center: 'contoso', at: ago(seconds), data: { contact_id: 4_000 + id } }), created_at: ago(seconds), last_attempt_at: ago(seconds), state, n_attempts, answer, next_attempt_at });
const log = new Map([
  [1, [delivery(6, 2, 'contact.ended', 'waiting', 0, null), delivery(5, 40, 'contact.connected', 'delivered', 1, '204'), delivery(4, 300, 'contact.ended', 'waiting', 3, '503', ago(-95)), delivery(3, 4_000, 'contact.ended', 'delivered', 2, '200'), delivery(2, 90_000, 'contact.ended', 'dead', 12, 'timeout'), delivery(1, 99_000, 'contact.connected', 'dead', 12, '410')]],
  [2, []],
]);
let lastId = 100;

function keysRoute(method, id, body) {
  if (method === 'GET') return { items: keys.map(({ secret: _secret, ...key }) => key) };
  if (method === 'DELETE') {
    keys.splice(keys.findIndex((k) => k.id === id), 1);
    return null;
  }
  if (keys.some((k) => k.name === body.name)) return refuse(422, 'invalid', 'Some fields need attention.', [{ field: 'name', detail: 'another key has this name' }]);
  const secret = `tdk_${randomBytes(24).toString('base64url')}`;
  keys.unshift({ id: ++lastId, ...body, secret, created_at: iso(), last_used_at: null });
  return { id: lastId, key: secret };
}

function hooksRoute(method, [id, what, delivered], body) {
  const hook = hooks.find((h) => h.id === Number(id));
  const isInside = body?.url && /\/\/(localhost|127\.|10\.|192\.168\.)/.test(body.url);
  if (isInside) return refuse(422, 'invalid', 'Some fields need attention.', [{ field: 'url', detail: 'this address is inside this network; the configuration can allow that' }]);
  if (what === 'deliveries' && method === 'GET') return { items: log.get(hook.id) ?? [], next_before: null };
  if (what === 'deliveries') {
    const row = log.get(hook.id).find((d) => String(d.id) === delivered);
    Object.assign(row, { state: 'waiting', answer: null, n_attempts: 0 });
    setTimeout(() => Object.assign(row, { state: 'delivered', answer: '200', n_attempts: 1, next_attempt_at: null }), 3_000);
    return null;
  }
  if (method === 'GET') return { items: hooks };
  if (method === 'POST') {
    hooks.push({ id: ++lastId, ...body, created_at: iso() });
    log.set(lastId, []);
    return { id: lastId, secret: `whsec_${randomBytes(24).toString('base64url')}` };
  }
  hooks.splice(hooks.indexOf(hook), 1);
  return null;
}

/** What was asked for; `undefined` when it is nothing of this, null when it was done without a word. */
export function access(method, [what, id, more, ...rest], body, role, token, end, q, settings, contactOf) {
  if (what === 'me' && id === 'sessions') {
    const mine = [...known].filter(([, s]) => s.username === role);
    if (method === 'GET') return { items: mine.map(([t, { username: _username, ...s }]) => ({ ...s, is_current: t === token })) };
    const [ended] = mine.find(([, s]) => s.id === more) ?? [];
    known.delete(ended);
    end(ended);
    return null;
  }
  if (!['accounts', 'permissions', 'api-keys', 'webhooks'].includes(what)) return undefined;
  if (role !== 'administrator') return refuse(403, 'forbidden', 'This needs the administrator role.');
  if (what === 'permissions') return permissionSets();
  if (what === 'api-keys') return keysRoute(method, Number(id), body);
  if (what === 'webhooks') return hooksRoute(method, [id, more, ...rest], body);
  const account = people.find((p) => p.id === Number(id));
  if (more === 'may') return may(account, q, settings, contactOf) ?? refuse(404, 'not_found', 'There is no such thing.');
  if (more === 'scope') {
    const wrong = scopeProblem(account, body, settings);
    if (wrong) return wrong;
    account.scope = body.everything ? null : { queues: [], teams: [], sites: [], ...body };
    return null;
  }
  if (more === 'standing') account.standing = body.standing;
  if (more === 'standing' || (more === 'sessions' && method === 'DELETE')) {
    open.set(account.id, []);
    return null;
  }
  return more === 'sessions' ? { items: open.get(account.id) } : { items: people, next_after: null };
}
