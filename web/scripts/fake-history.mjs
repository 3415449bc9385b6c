// Development only: contacts of the past with their stories and recordings, made up but the same each time.
import { createHash } from 'node:crypto';
import { scopeOf } from './fake-access.mjs';
import { figures, shownRow } from './fake-privacy.mjs';
import { wav } from './fake-sound.mjs';
import { isInScope, teamOf } from './fake-teams.mjs';

const iso = (ms) => new Date(ms).toISOString();
const hash = (text) => createHash('sha256').update(text).digest('hex');
let seed = 7;
const random = () => {
  seed = (seed * 1103515245 + 12345) % 2147483648;
  return seed / 2147483648;
};
const between = (a, b) => a + Math.floor(random() * (b - a));
const pick = (list) => list[Math.floor(random() * list.length)];
const CALLERS = ['Priya Natarajan', null, 'Hannes Kruger', 'Beatriz Lopes', null, 'Owen Clarke', 'Fatima Zahra', null, 'Greta Lindholm', 'Diego Alvarez'];
const span = (t0, what, from, until, detail = {}) => ({ what, from: iso(t0 + from * 1000), until: until === null ? null : iso(t0 + until * 1000), detail });
const mark = (t0, what, s, detail = {}) => ({ what, at: iso(t0 + s * 1000), detail });
const RECORDING_STATES = ['recording', 'arriving', 'kept', 'lost', 'erased'];

/** B-001: menu 1, then 3, two agents by transfer, of 40 and 65 seconds, with a pause for a card. */
function showcase(id, t0, { queues, agents }) {
  const [first, second] = [agents[0], agents[2]];
  const lane = (kind, laneId, name, spans, marks = []) => ({ lane: kind, id: laneId, name, spans: spans.map((s) => span(t0, ...s)), marks: marks.map((m) => mark(t0, ...m)) });
  const lanes = [
    lane('customer', null, null, [['ringing', 0, 2], ['in_flow', 2, 31], ['waiting', 31, 58], ['talking', 58, 98], ['on_hold', 98, 112], ['talking', 112, 177]], [['ended', 177, { reason: 'handled' }]]),
    lane('flow', 1, 'Main menu', [['in_flow', 2, 31]], [['node_entered', 2, { node: 'welcome' }], ['menu_choice', 14, { key: '1', label: 'Sales' }], ['menu_choice', 24, { key: '3', label: 'Invoices' }]]),
    lane('queue', 1, queues[0].name, [['waiting', 31, 58]], [['announced', 45]]),
    lane('agent', 8, agents[7].name, [['offered', 38, 46]], [['declined', 46]]),
    lane('agent', first.id, first.name, [['offered', 48, 54], ['ringing', 54, 58], ['talking', 58, 98], ['consulting', 98, 112], ['wrap_up', 112, 140]], [['handed_over', 112, { from: first.id, to: { agent: second.id }, purpose: 'transfer' }]]),
    lane('agent', second.id, second.name, [['ringing', 98, 104], ['consulted', 104, 112], ['talking', 112, 177], ['wrap_up', 177, 201]]),
    lane('recording', 9000 + id, null, [['recording', 58, 177], ['paused', 128, 156, { cause: 'agent' }]], [['recording_kept', 192]]),
  ];
  const row = (s, what, detail = {}) => ({ at: iso(t0 + s * 1000), what, detail });
  const timeline = [
    row(0, 'arrived', { endpoint: 1 }), row(2, 'answered'), row(2, 'flow_started', { flow: 1, version: 3 }), row(2, 'node_entered', { node: 'welcome' }), row(14, 'exit_taken', { node: 'menu', exit: '1' }), row(24, 'exit_taken', { node: 'menu-2', exit: '3' }), row(31, 'enqueued', { queue: 1 }),
    row(38, 'offered', { agent: 8 }), row(46, 'offer_ended', { agent: 8, why: 'declined' }), row(48, 'offered', { agent: first.id }), row(54, 'offer_accepted', { agent: first.id }), row(58, 'connected', { agent: first.id }), row(58, 'recording_started'),
    row(98, 'held', { party: 'customer' }), row(98, 'third_asked', { by: first.id, third: { agent: second.id }, purpose: 'consult' }), row(104, 'third_joined', { third: { agent: second.id } }), row(112, 'handed_over', { from: first.id, to: { agent: second.id }, purpose: 'transfer' }), row(112, 'transfer_ended', { from: first.id, to: { agent: second.id }, result: 'completed' }), row(112, 'wrap_up_started', { agent: first.id }), row(140, 'wrap_up_ended', { agent: first.id }),
    row(177, 'conversation_ended', { agent: second.id }), row(177, 'recording_stopped'), row(177, 'ended', { reason: 'handled' }), row(177, 'wrap_up_started', { agent: second.id }), row(192, 'recording_kept'), row(201, 'wrap_up_ended', { agent: second.id }),
  ];
  const recording = rec(9000 + id, id, t0 + 58_000, 119, 'kept', queues[0], [first, second]);
  recording.pauses = [{ from_s: 70, until_s: 98, cause: 'agent' }];
  return {
    row: { id, arrived_at: iso(t0), ended_at: iso(t0 + 177_000), direction: 'in', channel: 'voice', endpoint: { id: 1, name: 'Service line' }, queue: { id: 1, name: queues[0].name }, agents: [{ id: first.id, name: first.name, talk_s: 40 }, { id: second.id, name: second.name, talk_s: 65 }], customer: { number: '+493012345678', name: 'Priya Natarajan' }, wait_s: 27, talk_s: 105, hold_s: 0, consult_s: 14, wrap_up_s: 52, menu: ['1', '3'], end_reason: 'handled', disposition: { id: 2, label: 'Order placed' }, transfers: 1, has_recording: true, has_message: false },
    story: { from: iso(t0), until: iso(t0 + 201_000), lanes }, timeline, recordings: [recording],
  };
}

function rec(id, contact_id, from, seconds, state, queue, agents) {
  const isOver = state !== 'recording';
  const sha256 = state === 'kept' || state === 'erased' ? hash(`sound ${id}`) : null;
  return {
    id, contact_id, from: iso(from), until: isOver ? iso(from + seconds * 1000) : null, state, code: state === 'lost' ? pick(['never_came', 'unreachable', 'e_4711']) : null, seconds: state === 'kept' || state === 'erased' ? seconds : null,
    channels: [{ index: 0, who: 'customer', agent: null }, { index: 1, who: 'agent', agent: agents.length === 1 ? { id: agents[0].id, name: agents[0].name } : null }],
    pauses: [], sha256, chain: sha256 ? { n: id, sha256: hash(`chain ${id}`) } : null, queue: { id: queue.id, name: queue.name },
    hold: id % 11 === 3 && state === 'kept' ? { reason: 'Complaint 2026-118', by: 'Robin Hart', at: iso(from + 86_400_000 / 4) } : null, keep_until: id % 3 === 0 ? null : iso(from + 90 * 86_400_000),
  };
}

function simple(id, t0, { queues, agents }) {
  const queue = pick(queues);
  const agent = pick(agents);
  const name = pick(CALLERS);
  const kind = random();
  const wait = between(4, 160);
  const talk = between(30, 900);
  const wrap = between(10, 70);
  const end = kind < 0.78 ? 'handled' : kind < 0.86 ? 'abandoned_queue' : kind < 0.89 ? 'abandoned_flow' : kind < 0.91 ? 'short_abandon' : kind < 0.94 ? 'contained' : kind < 0.96 ? 'closed_hours' : kind < 0.98 ? 'outbound_no_answer' : 'error_media';
  const isOut = end === 'outbound_no_answer' || (end === 'handled' && random() < 0.1);
  const isHandled = end === 'handled';
  const isRecorded = isHandled && queue.id % 2 === 1;
  const total = 12 + wait + (isHandled ? talk : 0);
  const menu = isOut ? [] : [String(between(1, 4))];
  const state = isRecorded ? (id % 17 === 0 ? RECORDING_STATES[1 + (id % 4)] : 'kept') : null;
  const recordings = state ? [rec(9000 + id, id, t0 + (12 + wait) * 1000, talk, state, queue, [agent])] : [];
  if (recordings[0] && id % 5 === 0 && state === 'kept') recordings[0].pauses = [{ from_s: 12, until_s: Math.min(talk - 2, 40), cause: pick(['agent', 'supervisor', 'flow', 'payment_page']) }];
  const lane = (what, laneId, laneName, spans, marks = []) => ({ lane: what, id: laneId, name: laneName, spans: spans.map((s) => span(t0, ...s)), marks: marks.map((m) => mark(t0, ...m)) });
  const lanes = [
    lane('customer', null, null, [['in_flow', 0, 12], ['waiting', 12, 12 + wait], ...(isHandled ? [['talking', 12 + wait, total]] : [])], [['ended', total, { reason: end }]]),
    lane('flow', 1, 'Main menu', [['in_flow', 0, 12]], menu.map((key) => ['menu_choice', 8, { key }])),
    lane('queue', queue.id, queue.name, [['waiting', 12, 12 + wait]]),
    ...(isHandled ? [lane('agent', agent.id, agent.name, [['offered', Math.max(12, 8 + wait), 12 + wait], ['talking', 12 + wait, total], ['wrap_up', total, total + wrap]])] : []),
    ...recordings.map((it) => lane('recording', it.id, null, [['recording', 12 + wait, total], ...it.pauses.map((p) => ['paused', 12 + wait + p.from_s, 12 + wait + p.until_s, { cause: p.cause }])])),
  ];
  const timeline = [{ at: iso(t0), what: 'arrived', detail: { endpoint: 1 } }, { at: iso(t0 + 12_000), what: 'enqueued', detail: { queue: queue.id } }, ...(isHandled ? [{ at: iso(t0 + (12 + wait) * 1000), what: 'connected', detail: { agent: agent.id } }] : []), { at: iso(t0 + total * 1000), what: 'ended', detail: { reason: end } }];
  return {
    row: { id, arrived_at: iso(t0), ended_at: iso(t0 + total * 1000), direction: isOut ? 'out' : 'in', channel: 'voice', endpoint: { id: 1, name: 'Service line' }, queue: { id: queue.id, name: queue.name }, agents: isHandled ? [{ id: agent.id, name: agent.name, talk_s: talk }] : [], customer: id % 13 === 0 ? { number: null, name: null } : { number: `+4930${1_000_000 + id * 37}`, name }, wait_s: isOut ? 0 : wait, talk_s: isHandled ? talk : 0, hold_s: id % 6 === 0 && isHandled ? 25 : 0, consult_s: 0, wrap_up_s: isHandled ? wrap : 0, menu, end_reason: end, disposition: isHandled ? pick([{ id: 1, label: 'Question answered' }, { id: 2, label: 'Order placed' }, { id: 4, label: 'Callback agreed' }]) : null, transfers: 0, has_recording: state !== null, has_message: false },
    story: { from: iso(t0), until: iso(t0 + total * 1000 + (isHandled ? wrap * 1000 : 0)), lanes }, timeline, recordings,
  };
}

let all = null;
/** Newest first. */
function contacts(world) {
  if (all) return all;
  const now = Date.now();
  all = [showcase(500, now - 26 * 60_000, world)];
  for (let i = 0; i < 420; i += 1) all.push(simple(499 - i, now - 30 * 60_000 - i * 24 * 60_000 - between(0, 600_000), world));
  const open = simple(501, now - 90_000, world);
  Object.assign(open.row, { ended_at: null, end_reason: null, disposition: null, wrap_up_s: 0, talk_s: 0, has_recording: true });
  open.row.agents = [{ id: 3, name: world.agents[2].name, talk_s: 0 }];
  open.story = { from: iso(now - 90_000), until: null, lanes: [{ lane: 'customer', id: null, name: null, spans: [span(now - 90_000, 'in_flow', 0, 20), span(now - 90_000, 'waiting', 20, 40), span(now - 90_000, 'talking', 40, null)], marks: [] }, { lane: 'agent', id: 3, name: world.agents[2].name, spans: [span(now - 90_000, 'talking', 40, null)], marks: [] }] };
  open.timeline = open.timeline.slice(0, 2);
  open.recordings = [rec(9501, 501, now - 50_000, 0, 'recording', world.queues[0], [world.agents[2]])];
  all.unshift(open);
  return all;
}

function isWanted({ row, recordings }, q) {
  const at = row.arrived_at;
  const fits = {
    from: (v) => at >= v, to: (v) => at < v, queue_id: (v) => row.queue?.id === Number(v), team_id: (v) => row.agents.some((a) => teamOf(a.id - 1) === Number(v)), agent_id: (v) => row.agents.some((a) => a.id === Number(v)), direction: (v) => row.direction === v, channel: (v) => row.channel === v,
    end_reason: (v) => row.end_reason === v, disposition_id: (v) => row.disposition?.id === Number(v), number: (v) => row.customer.number === v, min_wait_s: (v) => row.wait_s >= Number(v), has_recording: (v) => row.has_recording === (v === 'true'), open: (v) => (row.ended_at === null) === (v === 'true'),
    state: (v) => recordings.some((r) => r.state === v), on_hold: () => recordings.some((r) => r.hold),
  };
  return [...q].every(([key, value]) => !fits[key] || fits[key](value));
}

function page(list, q) {
  const at = Number(q.get('cursor') ?? 0);
  const limit = Number(q.get('limit') ?? 50);
  return { slice: list.slice(at, at + limit), next_cursor: at + limit < list.length ? String(at + limit) : null, count: { exact: list.length <= 300, n: Math.min(300, list.length) } };
}

const accesses = new Map();
const noted = (id, by, kind, purpose = null, note = null) => accesses.set(id, [{ at: iso(Date.now()), by, purpose, note, kind }, ...(accesses.get(id) ?? [])]);
let checking = null;
const FAULTS = [{ id: 9321, what: 'changed', detail: 'byte 81920 of 1920044' }, { id: 9322, what: 'chain_broken', detail: '' }];

/** Two who take turns, and breathe: of each tenth of a second how loud both are. */
function loudness(recording) {
  const n = Math.round(recording.seconds * 10);
  const own = [[], []];
  for (let i = 0; i < n; i += 1) {
    const s = i / 10;
    const isPaused = recording.pauses.some((p) => s >= p.from_s && s < p.until_s);
    const turn = Math.floor(s / 7) % 2;
    const isBreath = s % 7 > 5.2;
    for (const c of [0, 1]) own[c].push(isPaused || isBreath || turn !== c ? (isPaused ? 0 : Math.round(3 * Math.abs(Math.sin(i * 1.7)))) : Math.round(255 * (0.25 + 0.6 * Math.abs(Math.sin(i * 0.9) * Math.sin(i * 0.23 + c)))));
  }
  return own;
}

function soundOf(recording) {
  const rate = 8000;
  const own = loudness(recording);
  const n = Math.round(recording.seconds * rate);
  const samples = new Float32Array(n * 2);
  for (let i = 0; i < n; i += 1) for (const c of [0, 1]) samples[i * 2 + c] = 0.3 * ((own[c][Math.floor((i / rate) * 10)] ?? 0) / 255) * Math.sin((2 * Math.PI * (c === 0 ? 220 : 330) * i) / rate);
  return wav(samples, { channels: 2, rate });
}

/** By its number, as it stands in the list. */
export const contactOf = (world) => (id) => contacts(world).find((it) => it.row.id === id)?.row;

/** Answers what it knows: `undefined` otherwise. */
export function history(method, [what, id, verb], q, body, session, world, { ok, problem }) {
  const isIn = ({ row }) => isInScope(world, { ...session, scope: scopeOf(session.username) }, 'contacts', row);
  const all = contacts(world);
  const list = all.filter(isIn);
  if (what === 'contacts' && all.some((c) => c.row.id === Number(id) && !isIn(c))) return problem(403, 'out_of_scope', `contact ${id} is out of your scope; an administrator can widen it`);
  if (figures() === 'team' && q.has('agent_id') && Number(q.get('agent_id')) !== session.agent_id) return problem(403, 'team_figures', 'Figures of teams only.');
  const isAgent = session.roles[0] === 'agent';
  const mayAct = session.roles.includes('administrator');
  const mine = isAgent ? list.filter((c) => c.row.agents.some((a) => a.id === world.own)) : list;
  if (what === 'contacts' && !id) {
    const { slice, next_cursor, count } = page(mine.filter((c) => isWanted(c, q)), q);
    return ok({ contacts: slice.map((c) => shownRow(c.row)), next_cursor, count });
  }
  if (what === 'contacts' && id === 'summary') {
    const found = mine.filter((c) => isWanted(c, q));
    const reasons = [...new Set(found.map((c) => c.row.end_reason))];
    return ok({ contacts: found.length, by_end_reason: reasons.map((r) => ({ end_reason: r, contacts: found.filter((c) => c.row.end_reason === r).length, talk_s: 0 })), talk_s: found.reduce((sum, c) => sum + c.row.talk_s, 0) });
  }
  if (what === 'contacts' && id === 'export') {
    if (q.get('format') === 'parquet') return problem(503, 'export_busy', 'Two exports are being made already. Try again in a minute.');
    const found = mine.filter((c) => isWanted(c, q));
    return { status: 200, raw: Buffer.from(['id,arrived_at,end_reason', ...found.map((c) => `${c.row.id},${c.row.arrived_at},${c.row.end_reason ?? ''}`)].join('\n')), type: 'text/csv' };
  }
  if (what === 'contacts') {
    const contact = list.find((c) => c.row.id === Number(id));
    if (!contact) return undefined;
    // Of one in twenty-three what comes is not what was kept.
    if (verb === 'recordings') return ok({ recordings: contact.recordings.map((r) => (r.state === 'kept' && r.id % 23 !== 0 ? { ...r, sha256: hash(soundOf(r)) } : r)) });
    if (verb === 'events') {
      const at = Number(q.get('cursor') ?? 0);
      const events = contact.timeline.map((row, i) => ({ seq: 88_000 + i * 3, at: row.at, event: { [row.what]: { contact: contact.row.id, ...row.detail } } }));
      return ok({ events: events.slice(at, at + 20), next_cursor: at + 20 < events.length ? String(at + 20) : null });
    }
    if (verb || method !== 'GET') return undefined;
    const { row } = contact;
    return ok({ id: row.id, channel: 'voice', direction: row.direction === 'out' ? 'outbound' : 'inbound', message: null, dialing: null, state: row.ended_at ? 'ended' : 'connected', customer: row.customer, queue: row.queue, agent: row.agents.at(-1) ?? null, endpoint: row.endpoint, arrived_at: row.arrived_at, enqueued_at: row.arrived_at, connected_at: null, customer_left_at: row.ended_at, attributes: {}, hearing: [], wrap_up: null, conversation: null, correlation_id: 'c7b1f0a2-5d0e-4b8a-9a55-0d1c55f3a901', timeline: contact.timeline, story: contact.story });
  }
  if (what !== 'recordings') return undefined;
  if (id === 'verify') {
    checking = { since: Date.now() };
    return ok({ state: 'running' }, 202);
  }
  const recordings = list.flatMap((c) => c.recordings.map((r) => ({ ...r, customer: c.row.customer, agents: c.row.agents.map(({ id: agent, name }) => ({ id: agent, name })), of: c })));
  if (id === 'verification') {
    const total = recordings.filter((r) => r.state === 'kept').length;
    const checked = checking ? Math.min(total, Math.floor((Date.now() - checking.since) / 40)) : 0;
    return ok({ state: !checking ? 'never' : checked < total ? 'running' : 'done', checked, total, faults: checked === total && checking ? FAULTS : [], at: checking ? iso(checking.since) : null });
  }
  if (!id) {
    if (isAgent) return problem(403, 'forbidden', 'This needs the supervisor role.');
    const { slice, next_cursor, count } = page(recordings.filter((r) => isWanted({ row: { ...r.of.row, arrived_at: r.from }, recordings: [r] }, q)), q);
    return ok({ recordings: slice.map(({ of: _, ...r }) => r), next_cursor, count });
  }
  const contact = list.find((c) => c.recordings.some((r) => r.id === Number(id)));
  const recording = contact?.recordings.find((r) => r.id === Number(id));
  if (!recording) return problem(404, 'not_found', 'There is no such recording.');
  if (verb === 'waveform') return ok({ seconds: recording.seconds, per_second: 10, channels: loudness(recording) });
  if (verb === 'accesses') return ok({ accesses: accesses.get(recording.id) ?? [] });
  if (verb === 'sound') {
    if (!q.get('purpose')) return problem(400, 'purpose_missing', 'Say why you listen.');
    if (recording.id % 7 === 6) return problem(503, 'key_unreachable', 'The key vault does not answer. Look at System health.');
    noted(recording.id, session.name, q.get('download') === 'true' ? 'downloaded' : 'played', q.get('purpose'), q.get('note'));
    return { status: 200, raw: soundOf(recording), type: 'audio/wav' };
  }
  if (!mayAct) return problem(403, 'forbidden', 'This needs the administrator role.');
  if (verb === 'hold') {
    recording.hold = method === 'POST' ? { reason: body.reason, by: session.name, at: iso(Date.now()) } : null;
    noted(recording.id, session.name, method === 'POST' ? 'hold_set' : 'hold_released', null, body.reason);
    return ok(null, 204);
  }
  if (recording.hold) return problem(409, 'on_legal_hold', 'A legal hold keeps it.');
  Object.assign(recording, { state: 'erased' });
  noted(recording.id, session.name, 'erased', null, body.reason);
  return ok(null, 204);
}
