// Development only: the audit of the stand-in server, chained as the real one is, with what saves have changed.
import { createHash } from 'node:crypto';

const iso = (ms) => new Date(ms).toISOString();
const KIND_OF = { queues: 'queue', agents: 'agent', teams: 'team', sites: 'site', skills: 'skill', endpoints: 'endpoint', flows: 'flow', prompts: 'prompt', schedules: 'schedule', reasons: 'reason', dispositions: 'disposition' };
/** Oldest first. */
const entries = [];

function put(at, actor, action, { outcome = 'done', detail = '', kind = null, id = null, version = null, before = null, after = null } = {}) {
  const link = createHash('sha256').update(`${entries.at(-1)?.link ?? ''}${at}${action}${JSON.stringify(after)}`).digest('hex');
  entries.push({ n: entries.length + 1, at: iso(at), actor, action, outcome, detail, kind, id, version, has_change: before !== null || after !== null, link, before, after });
}
export const note = (actor, action, more) => put(Date.now(), actor, action, more);
/** Of a settings document that was saved or removed. */
export function noted(actor, area, before, after) {
  const kind = KIND_OF[area];
  const { id, version } = after ?? before;
  note(actor, after ? 'saved' : 'removed', { kind, id, version: after ? version : null, detail: `${kind} ${id}${after ? ` version ${version}` : ''}`, before, after });
}

const QUEUE = { name: 'Billing', short_name: 'Billing', priority: 5, max_wait_s: 1800, wrap_up: { mode: 'required_timeboxed', seconds: 60 }, requirements: [{ skill: 3, min_level: 1 }], music: { say: 'Please stay on the line. Somebody will be with you soon.' }, recording: null };
const LONG = 'Thank you for calling. All our colleagues are in conversations just now. '.repeat(6).trim();
const SEED = [
  ['system', 'account_made', { kind: 'account', id: 3, detail: 'account 3: administrator' }],
  ['administrator', 'saved', { kind: 'queue', id: 3, version: 1, detail: 'queue 3 version 1', after: QUEUE }],
  ['administrator', 'saved', { kind: 'queue', id: 3, version: 2, detail: 'queue 3 version 2', before: QUEUE, after: { ...QUEUE, priority: 2, wrap_up: { mode: 'required_fixed', seconds: 45 }, requirements: [{ skill: 3, min_level: 4 }, { skill: 4, min_level: 1 }], music: { say: LONG }, recording: { when: 'always', channels: 'unmixed', consent: 'asked', on_failure: 'warn', pause_max_s: 120 } } }],
  ['administrator', 'api_key_made', { kind: 'api_key', id: 1, detail: 'API key 1: contacts.read' }],
  ['supervisor', 'denied', { outcome: 'denied', detail: 'PUT /{center}/queues/{id}' }],
  [null, 'denied', { outcome: 'denied', detail: 'sign-in' }],
  ['administrator', 'scope_set', { kind: 'account', id: 4, detail: 'account 4: queues 3; teams 1' }],
  ['limited', 'denied', { outcome: 'denied', detail: 'queue 1, which is out of scope' }],
  ['administrator', 'recording_played', { kind: 'recording', id: 9321, detail: 'contact 321, complaint' }],
  ['administrator', 'removed', { kind: 'disposition', id: 9, detail: 'disposition 9', before: { label: 'Prank call', queues: [] } }],
  ['administrator', 'contacts_exported', { detail: 'format=csv&from=2026-11-01T00:00:00Z: 1204 contacts' }],
  ['system', 'recording_expired', { kind: 'recording', id: 9102, detail: 'contact 102' }],
  ['administrator', 'a_newer_act', { kind: 'newer_thing', id: 5, detail: 'something that this page does not know' }],
];
for (let i = 0; i < 130; i += 1) {
  const [actor, action, more] = SEED[i % SEED.length];
  put(Date.now() - (130 - i) * 47 * 60_000, actor, action, more);
}

function changes(before, after, path = '') {
  if (JSON.stringify(before) === JSON.stringify(after)) return [];
  const isTree = (it) => typeof it === 'object' && it !== null;
  if (!isTree(before) || !isTree(after) || Array.isArray(before) !== Array.isArray(after)) return [{ path, before: before ?? null, after: after ?? null }];
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].sort().flatMap((key) => changes(before[key], after[key], `${path}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`));
}

const FITS = { actor: (e, v) => e.actor === v, action: (e, v) => e.action === v, kind: (e, v) => e.kind === v, id: (e, v) => e.id === Number(v), from: (e, v) => e.at >= v, until: (e, v) => e.at < v, before: (e, v) => e.n < Number(v) };

/** Answers what is asked of the audit. */
export function audit(method, [id], q, who, names, { ok, problem }) {
  if (!['administrator', 'auditor'].includes(who)) return problem(403, 'forbidden', 'this needs the role administrator or auditor; an administrator can grant it');
  const actor = q.get('actor');
  if (actor && actor !== 'system' && !names.includes(actor)) return problem(422, 'invalid', 'Some fields need attention.', [{ field: 'actor', detail: 'nobody has this username here' }]);
  const found = entries.toReversed().filter((e) => [...q].every(([key, value]) => FITS[key]?.(e, value) ?? true));
  if (id === 'export') {
    note(who, 'audit_exported', { detail: `format=${q.get('format')}: ${found.length} entries` });
    const lines = q.get('format') === 'jsonl' ? found.map((e) => JSON.stringify(e)) : ['n,at,actor,action,outcome,kind,id,version,detail,link', ...found.map((e) => [e.n, e.at, e.actor, e.action, e.outcome, e.kind, e.id, e.version, `"${e.detail}"`, e.link].join(','))];
    return { status: 200, raw: Buffer.from(lines.join('\n')), type: q.get('format') === 'jsonl' ? 'application/jsonl' : 'text/csv' };
  }
  if (id !== undefined) {
    const entry = entries[Number(id) - 1];
    return entry ? ok({ ...entry, changes: changes(entry.before, entry.after), n_more_changes: 0 }) : problem(404, 'not_found', `there is no entry ${id} in the audit`);
  }
  const limit = Number(q.get('limit') ?? 100);
  const items = found.slice(0, limit).map(({ link: _l, before: _b, after: _a, ...item }) => item);
  const last = entries.at(-1);
  return ok({ items, next_before: found.length > limit ? items.at(-1).n : null, head: last ? { n: last.n, link: last.link } : null, is_complete: true });
}
