// Development only: privacy settings of the stand-in server, and administrators who look as somebody else.
//   /_fake/privacy?theirs=1   somebody else saves it; ?version=0 nobody has
//   /_fake/view?seconds=5     open views end so soon
const iso = (ms) => new Date(ms).toISOString();
let stored = { version: 0, agent_figures: 'each', keep_customers_days: null, keep_messages_days: null };
/** By the token of the session: who looks, as whom, until when. */
const views = new Map();
const VIEW_MS = 30 * 60_000;

export const figures = () => stored.agent_figures;

export function privacy(method, body, headers, roles, { ok, problem }) {
  if (method === 'GET') return roles.includes('agent') ? problem(403, 'forbidden', 'This needs the supervisor role.') : ok(stored);
  if (!roles.includes('administrator')) return problem(403, 'forbidden', 'This needs the administrator role.');
  if (headers['if-match'] !== `"${stored.version}"`) return problem(412, 'conflict', 'Someone else changed this in the meantime.');
  if (body.keep_messages_days === 13) return problem(422, 'invalid', 'Some fields need attention.', [{ field: 'keep_messages_days', detail: 'thirteen brings no luck here' }]);
  stored = { ...body, version: stored.version + 1 };
  return ok(stored);
}

/** Rows as they are shown where figures of teams only are. */
export const shownRow = (row) => (figures() === 'team' ? { ...row, agents: row.agents.map((it) => ({ ...it, talk_s: null })) } : row);

export function viewOf(token) {
  const view = views.get(token);
  if (view && view.until > Date.now()) return view;
  views.delete(token);
  return null;
}
export const told = (view) => view && { by: view.by, until: iso(view.until) };

export function beginView(token, by, account, { ok, problem }) {
  if (!account) return problem(404, 'not_found', 'There is no such account.');
  if (account.id === by.id) return problem(409, 'view_own', 'This is your own account.');
  if (account.origin === 'api_key') return problem(422, 'invalid', 'A key looks at nothing.');
  const { id, username, name, roles, agent_id } = account;
  views.set(token, { by: { id: by.id, username: by.username, name: by.name }, account: { id, username, name, roles, agent_id }, until: Date.now() + VIEW_MS });
  return ok({ account: views.get(token).account, until: iso(Date.now() + VIEW_MS) });
}
export function endView(token, { ok }) {
  views.delete(token);
  return ok(null, 204);
}
/** What a view refuses. */
export const isOnlySeen = (method, path) => method !== 'GET' || /\/(export|sound|message)$/.test(path);

export function fakedPrivacy(what, q) {
  if (what === 'view') for (const view of views.values()) view.until = Date.now() + Number(q.get('seconds') ?? 5) * 1000;
  else if (q.has('version')) stored = { version: Number(q.get('version')), agent_figures: 'each', keep_customers_days: null, keep_messages_days: null };
  else stored = { ...stored, version: stored.version + 1, keep_customers_days: 365 };
}
