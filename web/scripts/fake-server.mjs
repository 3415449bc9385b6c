// Development only: a stand-in for `tandem demo` that speaks the API contract with believable, changing data, so that
// screens can be looked at without the Rust server. Serves dist/ with the same Content-Security-Policy.
//   node scripts/fake-server.mjs [port]     sign in as agent / supervisor / administrator, password tandem-demo-2026
//   /_fake/asked?stage=ringing|talking   a colleague consults the agent about the current call
//   /_fake/message?state=ready|arriving|missing&seconds=23   a message is offered; /_fake/heard?state=ready   its sound is there
//   /_fake/health?be=well|watch|mixed|worst   how the system does from then on; /_fake/offer?mode=teams rings
import { createHash, randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { gunzipSync } from 'node:zlib';
import { WebSocketServer } from 'ws';
import { access, joined, keyMay, opened, personOf, scopeOf, ways } from './fake-access.mjs';
import { allowedTo } from './fake-permissions.mjs';
import { audit, note, noted } from './fake-audit.mjs';
import { check, dial, doNotCall, OUT } from './fake-calls.mjs';
import { directoryTopic, fakedTeams, secretCheck, teams } from './fake-directory.mjs';
import { figuresOf } from './fake-figures.mjs';
import { checked, hungUp, pressed, SHOWCASE, started, testState } from './fake-flows.mjs';
import { contactOf, history } from './fake-history.mjs';
import { hoursErrors, preview, SCHEDULES } from './fake-hours.mjs';
import { persons } from './fake-persons.mjs';
import { beginView, endView, fakedPrivacy, figures, isOnlySeen, privacy, told as toldView, viewOf } from './fake-privacy.mjs';
import { PROMPTS, soundOf, storedPrompt, uploaded } from './fake-prompts.mjs';
import { begun, faked, turned } from './fake-recording.mjs';
import { tone } from './fake-sound.mjs';
import { act, asked, targets } from './fake-talk.mjs';
import { isInScope, MORE, SITES, teamOf, TEAMS, usedBy } from './fake-teams.mjs';

const PORT = Number(process.argv[2] ?? 8088);
const DIST = new URL('../dist/', import.meta.url);
const PASSWORD = 'tandem-demo-2026';
const CENTER = { id: 'contoso', name: 'Contoso service', time_zone: 'Europe/Berlin' };
const iso = (ms = Date.now()) => new Date(ms).toISOString();
const ago = (s) => iso(Date.now() - s * 1000);
let seed = 42;
const random = () => {
  seed = (seed * 1103515245 + 12345) % 2147483648;
  return seed / 2147483648;
};
const pick = (list) => list[Math.floor(random() * list.length)];
let lastId = 1000;
const nextId = () => ++lastId;

// --- data -------------------------------------------------------------------------------------------------------
const NAMES = ['Dana Weber', 'Luis Ortega', 'Mei Tanaka', 'Tom Becker', 'Aisha Khan', 'Noah Fischer', 'Elena Rossi', 'Jonas Lind', 'Grace Okafor', 'Ravi Menon', 'Sofia Novak', 'Peter Hale', 'Ines Duarte', 'Olga Petrova', 'Marc Dubois', 'Yara Haddad', 'Kim Jensen', 'Paula Brandt', 'Sean Murphy', 'Lena Vogel', 'Ahmed Salah', 'Nora Berg', 'Victor Blum', 'Amelie Laurent'];
const CALLERS = ['Priya Natarajan', null, 'Hannes Kruger', 'Beatriz Lopes', null, 'Owen Clarke', 'Fatima Zahra', null, 'Greta Lindholm', 'Diego Alvarez'];
const wrap = (mode, seconds) => ({ mode, seconds });
const queue = (id, name, short_name, skill_id, extra = {}) => ({
  id, version: 1, name, short_name, requirements: skill_id ? [{ skill_id, min_level: 1 }] : [], strategy: 'longest_idle', offer_by: 'tandem',
  offer_timeout_s: 20, join_timeout_s: 60, wrap_up: wrap('required_timeboxed', 60), service_level: { threshold_s: 20, target_percent: 80 },
  short_abandon_s: 5, max_wait_s: 1800, max_waiting: 100, priority: 5, cooldown_s: 30, music: 'Please stay on the line. Somebody will be with you soon.', targets: { waiting: 10, longest_wait_s: 60 }, ...extra,
});
const settings = {
  sites: SITES,
  teams: TEAMS,
  skills: ['Sales', 'Technical support', 'Billing', 'German', 'Spanish'].map((name, i) => ({ id: i + 1, version: 1, name })),
  queues: [queue(1, 'Sales', 'Sales', 1, { music: { prompt_id: 2 }, announce: { first_s: 20, every_s: 45, position: 'You are number {position} in the line.', wait: { under_a_minute: 'It takes less than a minute.', minutes: 'It takes about {minutes} minutes.', over_an_hour: 'It takes more than an hour.' }, may_grow: false }, calling_out: { endpoint_id: 1, countries: ['49', '1', '358'], ring_s: 45 } }), queue(2, 'Technical support', 'Support', 2, { recording: { when: 'always', channels: 'mixed', consent: 'announced', on_failure: 'continue', pause_max_s: 300, after_transfer: 'own_rule', keep_days: null } }), queue(3, 'Billing', 'Billing', 3, { recording: { when: 'always', channels: 'unmixed', consent: 'asked', on_failure: 'warn', pause_max_s: 120, after_transfer: 'strictest', keep_days: 365 } }), queue(4, 'Priority customers', 'Priority', 1, { priority: 0 }), queue(5, 'German service', 'German', 4, { condition: { any: [{ has: { skill_id: 2, min_level: 5 } }, { not: { has: { skill_id: 5 } } }] }, preferences: [{ skill_id: 3, weight: 20 }], plan: [{ after_s: 30, condition: { has: { skill_id: 4 } }, boost_s: 60 }, { after_s: 90, condition: { all: [] }, priority: 2 }] }), queue(6, 'Spanish service', 'Spanish', 5, { offer_by: 'teams' })],
  agents: NAMES.map((name, i) => ({ id: i + 1, version: 1, name, username: i === 23 ? 'agent' : name.toLowerCase().replace(' ', '.'), teams_user_id: `0269be4d-5be0-4770-bf9c-a1bf50ee78${(0xd5 + i).toString(16)}`, skills: [{ skill_id: (i % 5) + 1, level: 3 + (i % 7) }], enabled: i !== 11, team_id: teamOf(i), roles: i === 5 ? ['agent', 'supervisor'] : ['agent'] })),
  flows: [{ id: 1, version: 1, name: 'Main menu', start: 'welcome', nodes: [
    { id: 'welcome', kind: 'play', prompt: { text: 'Welcome to Contoso.' }, next: 'menu', failed: 'support' },
    { id: 'menu', kind: 'collect', prompt: { text: 'For sales press 1, for support press 2.' }, max_digits: 1, timeout_s: 5, next: 'choice', failed: 'support', no_input: 'support' },
    { id: 'choice', kind: 'branch', attribute: 'digits', cases: [{ equals: '1', next: 'sales' }], otherwise: 'support' },
    { id: 'sales', kind: 'queue', queue_id: 1, timeout: 'bye', full: 'bye', failed: 'bye' },
    { id: 'support', kind: 'queue', queue_id: 2, timeout: 'bye', full: 'bye', failed: 'bye' },
    { id: 'bye', kind: 'end' }] },
  { id: 2, version: 1, name: 'Evening line', start: 'greeting', nodes: [
    { id: 'greeting', kind: 'play', prompt: { text: 'Welcome to Contoso. Your call may be recorded.' }, next: 'hours', failed: 'hours' },
    { id: 'hours', kind: 'hours', schedule_id: 1, open: 'menu', closed: 'closed', emergency: 'sorry' },
    { id: 'menu', kind: 'menu', prompt: { text: 'For sales press 1, for support press 2, for an invoice press 3.' }, choices: [{ key: '1', label: 'Sales', next: 'tag' }, { key: '2', label: 'Support', next: 'busy' }, { key: '3', label: 'Invoices', next: 'invoices' }], retries: 2, timeout_s: 5, no_input: 'support', invalid: 'support', failed: 'support' },
    { id: 'tag', kind: 'set', attribute: 'topic', value: 'new order', next: 'sales' },
    { id: 'sales', kind: 'queue', queue_id: 1, timeout: 'bye', full: 'bye', closed: 'closed' },
    { id: 'busy', kind: 'queue_status', queue_id: 2, cases: [{ when: 'waiting_at_least', value: 10, next: 'sorry' }, { when: 'no_agent_ready', next: 'repeat' }], otherwise: 'support' },
    { id: 'repeat', kind: 'loop', times: 3, again: 'please-wait', done: 'support' },
    { id: 'please-wait', kind: 'play', prompt: { url: 'https://prompts.contoso.example/please-wait.wav' }, next: 'repeat', failed: 'support' },
    { id: 'support', kind: 'queue', queue_id: 2, timeout: 'bye', full: 'bye', failed: 'bye' },
    { id: 'closed', kind: 'message', prompt: { text: 'We are closed.' } },
    { id: 'sorry', kind: 'play', prompt: { text: 'We cannot take your call just now.' }, next: 'by', failed: 'bye' },
    { id: 'invoices', kind: 'switch', cases: [{ attribute: 'customer_type', equals: 'business', next: 'sales' }, { attribute: 'language', starts_with: 'de', next: 'support' }, { attribute: 'order_number', is_set: true, next: 'sales' }], otherwise: 'invoices-2' },
    { id: 'invoices-2', kind: 'queue', queue_id: 0, timeout: 'bye', full: 'bye' },
    { id: 'old-greeting', kind: 'play', prompt: { text: 'Merry Christmas.' }, next: 'menu', failed: 'menu' },
    { id: 'bye', kind: 'end' }] }, SHOWCASE],
  prompts: PROMPTS,
  endpoints: [{ id: 1, version: 1, name: 'Service line', resource_account_id: 'cc123456-5678-5678-1234-ccc123456789', flow_id: 1, queue_id: 2 }, { id: 2, version: 1, name: 'Bank line', resource_account_id: 'cc123456-5678-5678-1234-ccc123456790', flow_id: 3, queue_id: 2 }],
  schedules: SCHEDULES,
  reasons: [['Break', false, 15], ['Lunch', false, 45], ['Meeting', true, null], ['Training', true, null]].map(([label, productive, max_minutes], i) => ({ id: i + 1, version: 1, label, heading_id: null, productive, paid: true, max_minutes, needs_supervisor: false })),
  dispositions: ['Question answered', 'Order placed', 'Complaint', 'Callback agreed', 'Wrong number'].map((label, i) => ({ id: i + 1, version: 1, label, queue_ids: [] })),
};
const accounts = {
  agent: { id: 1, username: 'agent', name: 'Amelie Laurent', roles: ['agent'], agent_id: 24 },
  supervisor: { id: 2, username: 'supervisor', name: 'Sam Rivera', roles: ['supervisor'], agent_id: null },
  administrator: { id: 3, username: 'administrator', name: 'Robin Hart', roles: ['administrator'], agent_id: null },
  ...MORE,
};
const sessions = new Map();
const tvTokens = [];
const decisions = [];

const STATES = ['available', 'on_contact', 'on_contact', 'on_contact', 'wrap_up', 'not_ready', 'on_contact', 'available', 'on_contact', 'wrap_up', 'signed_out'];
const agentsNow = NAMES.slice(0, 23).map((name, i) => {
  const state = STATES[i % STATES.length];
  return { id: i + 1, name, state, since: ago(20 + random() * 500), reason: state === 'not_ready' ? 'Break' : null, queue: state === 'on_contact' || state === 'wrap_up' ? pick(settings.queues).name : null };
});
const queuesNow = settings.queues.map((q, i) => ({ id: q.id, name: q.name, short_name: q.short_name, waiting: [6, 2, 5, 1, 4, 0][i], longest_since: i === 5 ? null : ago([20, 51, 82, 113, 144, 0][i]), service_level_percent: [92.1, 85.4, 78, 71.2, 64, 57][i], free: [1, 2, 3, 4, 1, 2][i], offered: 40 + i * 7, answered: 36 + i * 6, abandoned: 2 + i, level: 'ok' }));
const series = Array.from({ length: 60 }, (_, i) => ({ at: ago((59 - i) * 60), waiting: Math.max(0, Math.round(9 + 6 * Math.sin(i / 9) + 3 * Math.sin(i / 3.1))) }));

const me = {
  agent: { id: 24, name: 'Amelie Laurent', state: 'signed_out', since: ago(3600), reason: null, next_reason: null, missed_offer: false, directed: null },
  offers: [], contacts: [],
  queues: settings.queues.slice(0, 4).map((q) => ({ id: q.id, name: q.name, waiting: 0, longest_since: null })),
  reasons: settings.reasons.map(({ id, label }) => ({ id, label })),
  dispositions: settings.dispositions.map(({ id, label, queue_ids }) => ({ id, label, queue_ids })),
  handled_today: 11, capacity: { voice: { used: 0, max: 1 } },
};

/** As many as the board says, each a quarter of a minute apart. */
function lineOf(id) {
  const total = queuesNow[id - 1]?.waiting ?? 0;
  const items = Array.from({ length: total }, (_, i) => ({
    contact_id: 9000 + i, place: i + 1, channel: 'voice', state: i === 0 ? 'offering' : 'queued', agent: null, customer: { number: `+4930555${String(1000 + i)}`, name: null },
    since: iso(Date.now() - (total - i) * 15_000), until: iso(Date.now() + 1_800_000), step: 0, priority: 5, added_s: i === 1 ? 60 : 0, adjusted: i === 1 ? { priority: null, age_s: 60 } : null,
  }));
  return { total, items };
}

function wouldGo(id, agent) {
  const plan = settings.queues.find((it) => it.id === id)?.plan ?? [];
  const free = agentsNow.filter((it) => it.state === 'available');
  const candidate = (it) => ({ agent_id: it.id, name: it.name, idle_since: it.since, rank: 0, order: 0 });
  const asked = agentsNow.find((it) => it.id === agent);
  const steps = [0, ...plan.map((it) => it.after_s)].map((after_s, step) => ({
    after_s,
    decision: { at: iso(), contact_id: 9999, queue_id: id, plan_step: step, key: { priority: 5, since: iso(), seq: 1 }, chosen: free[0] ? candidate(free[0]) : null, next: free.slice(1, 4).map(candidate), considered: free.length, excluded: [{ reason: 'on_contact', count: 7 }] },
    ...(asked ? { agent: { agent_id: asked.id, name: asked.name, excluded: asked.state === 'available' ? null : 'on_contact' } } : {}),
  }));
  return { queue_id: id, waiting: queuesNow[id - 1]?.waiting ?? 0, steps };
}

function board() {
  const levelOf = (value, target) => (value >= target * 2 ? 'act' : value >= target ? 'watch' : 'ok');
  for (const q of queuesNow) q.level = q.longest_since ? levelOf((Date.now() - Date.parse(q.longest_since)) / 1000, 60) : 'ok';
  const waiting = queuesNow.reduce((sum, q) => sum + q.waiting, 0);
  const longest = queuesNow.map((q) => q.longest_since).filter(Boolean).sort()[0] ?? null;
  const list = [...agentsNow, { id: 24, name: me.agent.name, state: me.agent.state, since: me.agent.since, reason: me.agent.reason?.label ?? null, queue: me.contacts[0]?.queue?.name ?? null }];
  const agents = {};
  for (const a of list) agents[a.state] = (agents[a.state] ?? 0) + 1;
  return {
    as_of: iso(), center: { id: CENTER.id, name: CENTER.name },
    headlines: {
      waiting: { value: waiting, target: 10, level: levelOf(waiting, 10) },
      longest_wait: { since: longest, target_s: 60, level: longest ? levelOf((Date.now() - Date.parse(longest)) / 1000, 60) : 'ok' },
      service_level: { percent: 73.4, target_percent: 80, threshold_s: 20, variant: 'sl.abandon_negative', level: 'watch' },
      available: { value: agents.available ?? 0, of: list.filter((a) => a.state !== 'signed_out').length, level: 'ok' },
    },
    queues: structuredClone(queuesNow), agents, agent_list: list, series: { target: 10, minutes: series },
    today: { offered: 342, answered: 317, abandoned: 19, short_abandoned: 4, in_flow: 3, asa_s: 17, aht_s: 264 },
  };
}

// --- system health ----------------------------------------------------------------------------------------------
const found = (id, level, code, since, params, what, fix = null) => ({ id, level, code, since, params, what, fix });
const STARTED = ago(5 * 3600);
const GOOD = () => [
  found('webhook', 'ok', 'webhook_heard', STARTED, { last: ago(70) }, 'Event Grid delivers calls.'),
  found('callbacks', 'ok', 'callbacks_heard', STARTED, { last: ago(4) }, 'Microsoft tells what happens to calls.'),
  found('operations', 'ok', 'operations_going_through', STARTED, { n: 1284 }, 'Microsoft carries out what it is asked.'),
  found('calls', 'ok', 'calls_confirmed', STARTED, { n: 12 }, 'What is known of every open call is true.'),
  found('store_speed', 'ok', 'store_fast', STARTED, { ms: 3 }, 'What happens is stored at once.'),
  found('store_space', 'ok', 'space_enough', STARTED, { free_bytes: 61_000_000_000 }, 'The disk has room.'),
  found('loop', 'ok', 'loop_on_time', STARTED, { ms: 1 }, 'Decisions are made at once.'),
  found('clock', 'ok', 'clock_right', STARTED, {}, 'The clock is right.'),
  found('certificate', 'ok', 'certificate_good', STARTED, { expires: ago(-71 * 86400), days: 71 }, 'The certificate is good for another 71 days.'),
  found('secret', 'ok', 'secret_without_expiry', STARTED, {}, 'The access key does not expire.'),
];
const TROUBLE = {
  silent: found('webhook', 'watch', 'webhook_silent', ago(2 * 3600), { last: ago(26 * 3600) }, 'No call was delivered by Event Grid for more than a day.', 'Place a test call.'),
  refused: found('webhook', 'act', 'webhook_refused', ago(200), { n: 41, last: ago(6) }, '41 messages could not prove who sent them.', 'Compare how the sender proves itself.'),
  lost: found('callbacks', 'watch', 'callbacks_lost', ago(1500), { n: 2, asked: 214 }, 'Word of 2 calls was lost.', 'Look at the public address.'),
  failing: found('operations', 'act', 'operations_failing', ago(340), { failed: 31, of: 52, code: 'ServiceUnavailable' }, '31 of 52 requests failed.', 'Run tandem check.'),
  slow: found('store_speed', 'watch', 'store_slow', ago(95), { ms: 640 }, 'The last commit took 640 ms.', 'Look at what else uses the disk.'),
  stopped: found('store_speed', 'act', 'store_failing', ago(40), { reason: 'the journal cannot be written: No space left on device (os error 28)' }, 'The store does not take what happens.', 'Look at the disk.'),
  full: found('store_space', 'act', 'space_out', ago(700), { free_bytes: 212_000_000 }, 'The disk of the data directory is nearly full.', 'Make room on the disk.'),
  behind: found('clock', 'watch', 'clock_behind', ago(20), { seconds: 3720 }, "The machine's clock was set back.", "Look at the machine's time synchronization."),
  expiring: found('certificate', 'watch', 'certificate_expiring', ago(3 * 86400), { expires: ago(-21 * 86400), days: 21 }, 'The certificate is good for another 21 days.', 'Renew the certificate.'),
  expired: found('secret', 'act', 'secret_expired', ago(9 * 3600), { expires: ago(9 * 3600) }, "The application's secret has expired.", 'Make a new client secret.'),
  newer: found('loop', 'watch', 'loop_moody', ago(61), { mood: 'low' }, 'The loop is in a low mood.', 'Be kind to it.'),
};
const MOODS = {
  well: [],
  watch: ['silent', 'expiring'],
  mixed: ['silent', 'failing', 'full', 'expiring'],
  worst: ['refused', 'lost', 'failing', 'stopped', 'full', 'newer', 'behind', 'expiring', 'expired'],
};
let mood = 'mixed';
function health() {
  const trouble = MOODS[mood].map((name) => TROUBLE[name]);
  const checks = [...GOOD().map((good) => trouble.find((check) => check.id === good.id) ?? good), secretCheck(found, ago)].filter(Boolean);
  return { as_of: iso(), level: ['act', 'watch'].find((level) => checks.some((check) => check.level === level)) ?? 'ok', checks };
}

// --- simulation -------------------------------------------------------------------------------------------------
function setState(state, reason = null) {
  Object.assign(me.agent, { state, since: iso(), reason });
}
function offer(mode = 'tandem', from, queue) {
  const contact_id = nextId();
  const q = queue ?? (mode === 'teams' ? settings.queues[5] : pick(settings.queues.slice(0, 4)));
  const name = pick(CALLERS);
  me.offers.push({ id: nextId(), contact_id, channel: 'voice', customer: { number: from ?? `+4930${Math.floor(1e6 + random() * 8e6)}`, name }, queue: { id: q.id, name: q.name }, enqueued_at: ago(14 + random() * 40), offered_at: iso(), expires_at: iso(Date.now() + q.offer_timeout_s * 1000), mode, skills: ['Sales'], attributes: { menu_choice: 'New order', customer_number: 'C-20418', returning: 'Second call today' } });
  setState('offering');
}
/** Contacts that are over, with their stories. */
const past = [];
const world = () => ({ me, id: nextId(), push, setState, past });
function offerMessage(state, seconds, withheld) {
  offer();
  const o = me.offers.at(-1);
  const message = { seconds, state, from_contact_id: 17 };
  Object.assign(o, { channel: 'voicemail', message, expires_at: iso(Date.now() + 60_000), attributes: {}, enqueued_at: ago(640) });
  if (withheld) o.customer = { number: null, name: null };
}
function connectMessage(o) {
  me.offers = me.offers.filter((x) => x !== o);
  me.contacts.push({ id: o.contact_id, channel: 'voicemail', direction: 'inbound', message: o.message, dialing: null, state: 'connected', customer: o.customer, queue: o.queue, agent: { id: 24, name: me.agent.name }, endpoint: { id: 1, name: 'Service line' }, arrived_at: o.enqueued_at, enqueued_at: o.enqueued_at, connected_at: iso(), customer_left_at: null, attributes: o.attributes, hearing: [], wrap_up: null, conversation: null, correlation_id: 'c7b1f0a2-5d0e-4b8a-9a55-0d1c55f3a903', story: [{ at: o.enqueued_at, what: 'message_left', detail: { seconds: o.message.seconds } }, { at: o.enqueued_at, what: 'recording_kept', detail: {} }] });
  me.capacity.voice.used = 1;
  setState('on_contact');
}
function connect(o) {
  if (o.channel === 'voicemail') return connectMessage(o);
  me.offers = me.offers.filter((x) => x !== o);
  const contact = { id: o.contact_id, channel: 'voice', state: 'connecting', customer: o.customer, queue: o.queue, agent: { id: 24, name: me.agent.name }, endpoint: { id: 1, name: 'Service line' }, arrived_at: iso(Date.parse(o.enqueued_at) - 21000), enqueued_at: o.enqueued_at, connected_at: null, customer_left_at: null, attributes: o.attributes, hearing: [{ party: 'customer', text: 'music on hold' }, { party: 'agent', text: 'ringing in Teams' }], wrap_up: null, conversation: { held_since: null, third: null }, correlation_id: 'c7b1f0a2-5d0e-4b8a-9a55-0d1c55f3a901' };
  me.contacts.push(contact);
  me.capacity.voice.used = 1;
  setState('connecting');
  push();
  setTimeout(() => {
    if (contact.state !== 'connecting') return;
    contact.state = 'connected';
    contact.connected_at = iso();
    begun(contact, settings.queues.find((q) => q.id === contact.queue.id)?.recording, push);
    contact.hearing = [{ party: 'customer', text: me.agent.name }, { party: 'agent', text: o.customer.name ?? 'the customer' }];
    setState('on_contact');
    push();
  }, 1200);
}
let availableAt = 0;
function tick() {
  for (const o of [...me.offers]) {
    if (Date.parse(o.expires_at) < Date.now()) {
      me.offers = me.offers.filter((x) => x !== o);
      me.agent.missed_offer = true;
      setState('not_ready', { id: 0, label: 'No answer' });
    }
  }
  if (me.agent.state === 'available') {
    availableAt ||= Date.now();
    if (Date.now() - availableAt > 4000) offer();
  } else availableAt = 0;
  for (const c of me.contacts) if (c.wrap_up?.until && Date.parse(c.wrap_up.until) < Date.now()) finish(c);
  if (random() < 0.4) {
    const q = pick(queuesNow);
    if (q.waiting > 0 && random() < 0.55) {
      q.waiting -= 1;
      q.answered += 1;
      q.longest_since = q.waiting > 0 ? ago(5 + random() * 40) : null;
    } else {
      q.waiting += 1;
      q.offered += 1;
      q.longest_since ??= iso();
    }
    const a = pick(agentsNow);
    const flow = { available: 'offering', offering: 'on_contact', on_contact: 'wrap_up', wrap_up: 'available', not_ready: 'available', connecting: 'on_contact', signed_out: 'signed_out' };
    Object.assign(a, { state: flow[a.state], since: iso(), reason: null });
    a.queue = ['on_contact', 'wrap_up'].includes(a.state) ? (a.queue ?? q.name) : null;
    if (a.state === 'offering') decisions.unshift({ at: iso(), contact_id: nextId(), queue_id: q.id, plan_step: 0, key: { priority: 5, since: ago(33), seq: 7 }, chosen: { agent_id: a.id, name: a.name }, next: [{ agent_id: 3, name: 'Mei Tanaka', idle_since: ago(84), rank: 2 }, { agent_id: 9, name: 'Grace Okafor', idle_since: ago(31), rank: 3 }], considered: 3, excluded: [{ reason: 'on_contact', count: 12 }, { reason: 'wrap_up', count: 4 }, { reason: 'not_ready', count: 3 }, { reason: 'lacks_skill', count: 1 }] });
    decisions.length = Math.min(decisions.length, 50);
  }
  me.queues = me.queues.map((q) => ({ ...q, waiting: queuesNow[q.id - 1].waiting, longest_since: queuesNow[q.id - 1].longest_since }));
  push();
}
function wrapUp(c) {
  c.state = 'wrap_up';
  c.customer_left_at = iso();
  c.wrap_up = { started_at: iso(), until: iso(Date.now() + 60000), mode: 'required_timeboxed', can_extend: true };
  setState('wrap_up');
}
function finish(c) {
  me.contacts = me.contacts.filter((x) => x !== c);
  me.capacity.voice.used = 0;
  me.handled_today += 1;
  if (me.agent.next_reason) setState('not_ready', me.agent.next_reason);
  else setState('available');
  me.agent.next_reason = null;
}

// --- live -------------------------------------------------------------------------------------------------------
const sockets = new Set();
function diff(a, b) {
  if (typeof b !== 'object' || b === null || Array.isArray(b) || typeof a !== 'object' || a === null || Array.isArray(a)) return b;
  const out = {};
  for (const k of Object.keys(b)) if (JSON.stringify(a[k]) !== JSON.stringify(b[k])) out[k] = diff(a[k], b[k]);
  for (const k of Object.keys(a)) if (!(k in b)) out[k] = null;
  return out;
}
function send(s, topic, kind, data) {
  if (kind !== 'heartbeat') s.seq[topic] = (s.seq[topic] ?? 0) + 1;
  s.ws.send(JSON.stringify({ topic, seq: s.seq[topic] ?? 0, kind, data, ts: iso() }));
}
function push() {
  for (const s of sockets) {
    if (s.topics.has('me')) {
      const text = JSON.stringify(me);
      if (s.me !== text) {
        s.me = text;
        send(s, 'me', 'snapshot', me);
      }
    }
    if (s.topics.has('board')) {
      const now = structuredClone(board());
      const patch = diff(s.board, now);
      s.board = now;
      send(s, 'board', 'delta', patch);
    }
  }
}

// --- HTTP -------------------------------------------------------------------------------------------------------
// Read anew each time: the bundle may be rebuilt while this runs.
const manifest = () => (existsSync(new URL('manifest.json', DIST)) ? JSON.parse(readFileSync(new URL('manifest.json', DIST), 'utf8')).files : []);
const file = (path) => {
  const entry = manifest().find((f) => f.path === path);
  return entry && { ...entry, raw: gunzipSync(readFileSync(new URL(`${path}.gz`, DIST))) };
};
const problem = (status, code, detail, errors) => ({ status, body: { type: 'about:blank', title: detail, status, detail, code, trace_id: randomBytes(8).toString('hex'), ...(errors ? { errors } : {}) } });
const ok = (body = {}, status = 200) => ({ status, body });

function settingsRoute(method, area, id, body, headers, who, session) {
  const list = settings[area];
  const object = list.find((o) => o.id === id);
  const isIn = (it) => isInScope(settings, { ...session, scope: scopeOf(session.username) }, area, it);
  if (object && !isIn(object)) return problem(403, 'out_of_scope', `${area.slice(0, -1)} ${id} is out of your scope; an administrator can widen it`);
  if (id !== undefined && !object) return problem(404, 'not_found', 'This no longer exists.');
  if (method === 'GET') return ok(object ?? { items: list.filter(isIn) });
  if (who !== 'administrator' && !(who === 'queues' && area === 'queues' && method === 'PUT')) {
    note(who, 'denied', { outcome: 'denied', detail: `${method} /{center}/${area}/{id}` });
    return problem(403, 'forbidden', 'This needs the administrator role.');
  }
  const named = body?.name ?? body?.label;
  if (method !== 'DELETE') {
    const errors = [];
    if (!named) errors.push({ field: 'name' in (body ?? {}) ? 'name' : 'label', detail: 'A name is needed.' });
    if (list.some((o) => o !== object && (o.name ?? o.label) === named)) errors.push({ field: 'name', detail: 'This name is taken.' });
    if (area === 'flows') body.nodes.forEach((n, i) => n.kind === 'play' && !n.prompt.text && !n.prompt.url && !n.prompt.prompt_id && errors.push({ field: `nodes[${i}].prompt`, detail: `Step ${n.id} says nothing yet.` }));
    if (area === 'flows') body.nodes.forEach((n) => n.retry_prompt?.text === 'no' && errors.push({ field: `nodes.${n.id}.retry_prompt.text`, detail: 'say what to press' }));
    if (area === 'queues' && body.calling_out && !settings.endpoints.some((e) => e.id === body.calling_out.endpoint_id)) errors.push({ field: 'calling_out.endpoint_id', detail: 'there is no such endpoint' });
    if (area === 'queues' && body.calling_out && (body.calling_out.ring_s < 10 || body.calling_out.ring_s > 120)) errors.push({ field: 'calling_out.ring_s', detail: 'must be between 10 and 120' });
    if (area === 'prompts') {
      const told = storedPrompt(body, object);
      errors.push(...told.errors);
      body.languages = told.prompt.languages;
    }
    if (area === 'schedules') errors.push(...hoursErrors(body));
    if (errors.length) return problem(422, 'invalid', 'Some fields need attention.', errors);
  }
  if (method === 'POST') {
    const { password: _p, ...rest } = body;
    const made = { id: nextId(), version: 1, ...rest };
    list.push(made);
    if (area === 'agents') {
      accounts[body.username] = { id: nextId(), username: body.username, name: body.name, roles: body.roles, agent_id: made.id, password: body.password };
      joined(accounts[body.username]);
    }
    noted(who, area, null, made);
    return ok(made, 201);
  }
  if (method === 'DELETE') {
    if (area === 'prompts' && [...settings.flows.flatMap((f) => f.nodes.map((n) => n.prompt)), ...settings.queues.map((q) => q.music)].some((heard) => heard?.prompt_id === id)) return problem(409, 'prompt_in_use', 'A call flow or a queue still uses this prompt.');
    if (area === 'flows' && settings.endpoints.some((e) => e.flow_id === id)) return problem(409, 'in_use', 'An endpoint still uses this call flow.');
    const user = usedBy(settings, area, id);
    if (user) return problem(409, 'in_use', `${area === 'teams' ? 'The agent' : 'The team'} "${user}" still uses this.`);
    list.splice(list.indexOf(object), 1);
    noted(who, area, object, null);
    return ok(null, 204);
  }
  if (headers['if-match'] !== `"${object.version}"`) return problem(409, 'conflict', 'Someone else changed this in the meantime.');
  const before = structuredClone(object);
  Object.assign(object, body, { version: object.version + 1 });
  noted(who, area, before, structuredClone(object));
  return ok(object);
}

function closureRoute(verb, schedule, body, who) {
  if (!schedule) return problem(404, 'not_found', 'This no longer exists.');
  if (verb === 'close' && !body?.reason) return problem(422, 'invalid', 'Some fields need attention.', [{ field: 'reason', detail: 'say why' }]);
  Object.assign(schedule, { version: schedule.version + 1, closed_now: verb === 'close' ? { reason: body.reason } : null });
  noted(who, 'schedules', null, schedule);
  return ok(schedule);
}

function testRoute(method, flow, [call, verb], body) {
  if (method === 'POST' && call === undefined) {
    if (!settings.endpoints.some((e) => e.flow_id === flow.id)) return problem(409, 'no_endpoint', 'No endpoint leads to this flow.');
    if (body?.from === '+490') return problem(409, 'test_calls_not_configured', 'There is no emulator.');
    return ok(started(flow, settings.prompts), 201);
  }
  if (!testState(call)) return problem(404, 'not_found', 'This call is over.');
  if (method === 'GET') return ok(testState(call));
  if (verb === 'keys') pressed(call, body.digits);
  else hungUp(call);
  return ok(null, 204);
}

/** A supervisor sets an agent's state; a contact of the agent at the desk keeps it back. */
function directed(id, body, by) {
  const agent = id === me.agent.id ? me.agent : agentsNow.find((it) => it.id === id);
  if (!agent) return problem(404, 'not_found', 'This no longer exists.');
  if (agent.state === 'signed_out') return problem(409, 'agent_signed_out', 'This agent is signed out.');
  if (body.state === 'signed_out' && ['on_contact', 'connecting', 'offering'].includes(agent.state)) return problem(409, 'agent_on_contact', 'This agent has a contact.');
  const reason = settings.reasons.find((r) => r.id === body.reason_id);
  const isAfter = body.state !== 'signed_out' && ['on_contact', 'connecting', 'offering', 'wrap_up'].includes(agent.state);
  const label = reason ? { id: reason.id, label: reason.label } : null;
  if (isAfter) agent.next_reason = label;
  else Object.assign(agent, { state: body.state === 'ready' ? 'available' : body.state, since: iso(), reason: agent === me.agent ? label : (label?.label ?? null), queue: null });
  if (agent === me.agent) agent.directed = { by, at: iso(), to: body.state, why: body.why };
  return ok({});
}

function agentRoute(method, parts, body) {
  const [what, id, verb, more] = parts;
  if (what === 'me' && id === 'state') {
    const reason = settings.reasons.find((r) => r.id === body.reason_id);
    me.agent.missed_offer = false;
    me.agent.directed = null;
    if (me.contacts.length > 0) me.agent.next_reason = reason ? { id: reason.id, label: reason.label } : null;
    else if (body.intent === 'ready') setState('available');
    else if (body.intent === 'signed_out') setState('signed_out');
    else setState('not_ready', reason ? { id: reason.id, label: reason.label } : null);
  } else if (what === 'offers') {
    const o = me.offers.find((x) => x.id === Number(id));
    if (!o) return problem(409, 'offer_gone', 'The offer is gone.');
    if (verb === 'accept') connect(o);
    else {
      me.offers = me.offers.filter((x) => x !== o);
      setState('available');
    }
  } else {
    const c = me.contacts.find((x) => x.id === Number(id)) ?? past.find((x) => x.id === Number(id));
    if (!c) return problem(404, 'not_your_contact', 'This contact is not yours.');
    if (method === 'GET') return ok({ ...c, timeline: [{ at: c.arrived_at, what: 'arrived', detail: { endpoint: 1 } }, ...(c.enqueued_at ? [{ at: c.enqueued_at, what: 'enqueued', detail: { queue: c.queue.id } }] : []), ...(c.connected_at ? [{ at: c.connected_at, what: 'connected', detail: { agent: 24 } }] : []), ...(c.story ?? [])].sort((a, b) => a.at.localeCompare(b.at)) });
    if (verb === 'call-back' && !['wrap_up', 'ended'].includes(c.state)) return problem(409, 'contact_not_over', 'This contact is not over.');
    if (verb === 'call-back') return c.customer.number === null ? problem(409, 'no_number', 'The number was withheld.') : ok({ contact_id: dial(world(), c.queue.id <= 2 ? c.queue.id : 1, c.customer).id }, 201);
    if (verb === 'recording') {
      const refused = turned(c, more, push);
      push();
      return refused ? problem(refused.status, refused.code, refused.detail) : ok(null, 204);
    }
    if (verb === 'hang-up' && c.state === 'dialing') {
      c.end('withdrawn');
      return ok();
    }
    const told = act(c, [verb, more].filter(Boolean).join('/'), body, { agents: agentsNow, queues: queuesNow, push, leave: wrapUp });
    if (told) return problem(told.status, told.code, told.detail, told.errors);
    if (told === null) {
      push();
      return ok();
    }
    if (verb === 'hang-up' && c.conversation?.third && c.agent.id !== 24) {
      finish(c);
      push();
      return ok();
    }
    if (verb === 'hang-up') {
      wrapUp(c);
    } else if (more === 'extend') c.wrap_up.until = iso(Date.parse(c.wrap_up.until) + 30000);
    else if (more === 'complete') {
      if (body?.then) me.agent.next_reason = me.reasons.find((r) => r.id === body.then.reason_id) ?? null;
      finish(c);
    }
  }
  push();
  return ok();
}

function route(method, path, body, headers, signedIn, query) {
  const view = viewOf(tokenOf(headers));
  const session = view?.account ?? signedIn;
  const parts = path.split('/').filter(Boolean);
  if (path === '/info') return ok({ product: 'Tandem', version: '0.1.0', centers: [CENTER], notice: 'Demo: calls are emulated and make no sound in the browser. Answer here, and the emulated Teams client joins.', setup_needed: false, tv: true, sign_in: ways });
  const [center, what, id, verb] = parts;
  if (center !== CENTER.id) return problem(404, 'not_found', 'No such contact center.');
  if (what === 'sign-in') {
    const account = accounts[body.username];
    if (!account || body.password !== (account.password ?? PASSWORD)) return problem(401, 'wrong_credentials', 'User name or password is wrong.');
    const token = randomBytes(16).toString('hex');
    sessions.set(token, account);
    opened(token, account.username);
    return { status: 200, body: { token, expires_at: iso(Date.now() + 8.64e7), account }, cookie: `tandem=${token}; Path=/; HttpOnly; SameSite=Strict` };
  }
  const isKey = headers.authorization?.startsWith('Bearer tdk_');
  const may = isKey ? keyMay(headers.authorization, path) : undefined;
  if (may !== undefined) return may ? ok(board()) : problem(403, 'forbidden', 'This key may not do that.');
  if (!session) return problem(401, 'not_signed_in', 'Sign in first.');
  if (what === 'sign-out') return { status: 204, body: null, cookie: 'tandem=; Path=/; Max-Age=0' };
  if (what === 'view') return endView(tokenOf(headers), { ok, problem });
  if (view && isOnlySeen(method, path)) return problem(403, 'viewing_only', 'A view changes nothing.');
  const role = session.username;
  const ofTeams = teams(method, parts.slice(1), query, body, headers, { ok, problem });
  if (ofTeams) return ofTeams;
  if (what === 'me' && !id) return ok({ account: { ...session, permissions: allowedTo(session.roles) }, center: { ...CENTER, agent_figures: figures() }, server_time: iso(), view: toldView(view) });
  if (what === 'accounts' && verb === 'view') return role === 'administrator' ? beginView(tokenOf(headers), session, personOf(Number(id)), { ok, problem }) : problem(403, 'forbidden', 'This needs the administrator role.');
  if (what === 'privacy') return privacy(method, body, headers, session.roles, { ok, problem });
  if (what === 'transfer-targets') return ok(targets(query.get('search') ?? '', agentsNow, queuesNow));
  const isFree = !me.contacts.some((c) => c.state !== 'wrap_up');
  if (what === 'calling-out' && id === 'check') return ok(check(body, isFree));
  if (what === 'calling-out') return ok({ queues: OUT, can_call: me.agent.state !== 'signed_out', why_not: me.agent.state === 'signed_out' ? 'agent_not_free' : null });
  if (what === 'calls') {
    const said = check(body, isFree);
    return said.allowed ? ok({ contact_id: dial(world(), body.queue_id, { number: body.number, name: null }).id }, 201) : problem(422, said.code, said.detail);
  }
  if (what === 'contacts' && verb === 'message') {
    const c = me.contacts.find((x) => x.id === Number(id));
    if (c?.message?.state !== 'ready') return problem(409, 'message_not_ready', 'The sound is not here yet.');
    c.story.push({ at: iso(), what: 'message_played', detail: { by: 24 } });
    return { status: 200, raw: tone(c.message.seconds, 200, 0.12, 400), type: 'audio/wav' };
  }
  const past = { ...settings, own: 3 };
  const answer = access(method, parts.slice(1), body, role, tokenOf(headers), (token) => sessions.delete(token), query, settings, contactOf(past));
  if (answer !== undefined) return answer?.code ? problem(answer.status, answer.code, answer.detail, answer.errors) : ok(answer, answer === null ? 204 : method === 'POST' ? 201 : 200);
  const told = history(method, parts.slice(1), query, body, session, past, { ok, problem });
  if (told) return told;
  if (['me', 'offers', 'contacts'].includes(what)) return agentRoute(method, parts.slice(1), body);
  if (role === 'agent') return problem(403, 'forbidden', 'This needs the supervisor role. An administrator can grant it under Admin, Agents.');
  if (what === 'figures') return figuresOf(parts.slice(2), query, settings, { ok, problem });
  if (what === 'board') return ok(board());
  if (what === 'agents' && verb === 'state') return directed(Number(id), body, session.name);
  if (what === 'system-health') return ok(health());
  if (what === 'reconciliations') return role === 'administrator' ? ok({ asked: 12 }, 202) : problem(403, 'forbidden', 'This needs the administrator role.');
  if (what === 'queues' && verb === 'line') return ok(lineOf(Number(id)));
  if (what === 'queues' && verb === 'would') return ok(wouldGo(Number(id), Number(query.get('agent_id') ?? 0)));
  if (what === 'queues' && verb === 'waits') return ok({ waiting: queuesNow[Number(id) - 1]?.waiting ?? 0, servers: 6, newcomer: { p50_s: 42, p80_s: 95, by: 'queue_length' } });
  if (what === 'decisions') return ok(decisions.slice(0, Number(query.get('limit') ?? 50)));
  if (what === 'do-not-call') {
    const done = doNotCall(method, Number(id), body, session.username);
    return done?.code ? problem(done.status, done.code, done.detail, done.errors) : ok(done, method === 'POST' ? 201 : method === 'DELETE' ? 204 : 200);
  }
  if (what === 'audit') return audit(method, parts.slice(2), query, role, Object.keys(accounts), { ok, problem });
  if (what === 'persons') return persons(id, body, role, { ok, problem });
  if (what === 'tv-tokens') {
    if (method === 'GET') return ok({ items: tvTokens });
    if (method === 'DELETE') {
      tvTokens.splice(tvTokens.findIndex((t) => t.id === Number(id)), 1);
      return ok(null, 204);
    }
    const token = randomBytes(12).toString('hex');
    tvTokens.push({ id: tvTokens.length + 1, board: 'floor', token, created_at: iso() });
    return ok({ id: tvTokens.length, token, url: `http://localhost:${PORT}/tv/floor?c=contoso&k=${token}` }, 201);
  }
  if (what === 'endpoints' && verb === 'test-call') {
    const flow = settings.flows.find((f) => f.id === settings.endpoints.find((e) => e.id === Number(id))?.flow_id);
    const to = flow?.nodes.find((n) => n.kind === 'queue')?.queue_id;
    if (me.agent.state === 'available') offer('tandem', body?.from, settings.queues.find((q) => q.id === to));
    return ok({ call_id: nextId() }, 202);
  }
  if (what === 'agents' && verb === 'password') return body.password?.length >= 12 ? ok(null, 204) : problem(422, 'invalid', 'The password needs at least 12 characters.');
  if (what === 'schedules' && id === 'preview') {
    const errors = hoursErrors(body);
    return errors.length ? problem(422, 'invalid', 'Some fields need attention.', errors) : ok(preview(body, Number(query.get('days') ?? 14)));
  }
  if (what === 'schedules' && verb === 'preview') return ok(preview(settings.schedules.find((s) => s.id === Number(id)), Number(query.get('days') ?? 14)));
  if (what === 'schedules' && verb) return closureRoute(verb, settings.schedules.find((s) => s.id === Number(id)), body, role);
  if (what === 'sounds' && method === 'POST') {
    if (body.length > 25 * 1024 * 1024) return problem(413, 'sound_large', 'The file has more than 25 MB. Make it shorter, or send it as MP3.');
    const told = uploaded(body);
    return told.status ? problem(told.status, told.code, told.detail) : ok(told, 201);
  }
  if (what === 'sounds') return soundOf(id) ? { status: 200, raw: soundOf(id), type: 'audio/wav' } : problem(404, 'not_found', 'This sound is gone.');
  if (what === 'flows' && id === 'check') return ok(checked(body, settings.prompts));
  if (what === 'flows' && verb === 'test-calls') return testRoute(method, settings.flows.find((f) => f.id === Number(id)), parts.slice(4), body);
  if (settings[what]) return settingsRoute(method, what, id === undefined ? undefined : Number(id), body, headers, role, session);
  return problem(404, 'not_found', 'There is nothing here.');
}

const tokenOf = (headers) => /(?:^|; )tandem=([^;]+)/.exec(headers.cookie ?? '')?.[1];
const cookieOf = (req) => sessions.get(tokenOf(req.headers));

const server = createServer((req, res) => {
  const url = new URL(req.url, 'http://localhost');
  const parts = [];
  req.on('data', (part) => parts.push(part));
  req.on('end', () => {
    const whole = Buffer.concat(parts);
    const isJson = !/^audio\//.test(req.headers['content-type'] ?? '');
    if (url.pathname.startsWith('/api/v1')) {
      let answer;
      try {
        answer = route(req.method, url.pathname.slice(7), whole.length === 0 && isJson ? undefined : isJson ? JSON.parse(whole) : whole, req.headers, cookieOf(req), url.searchParams);
      } catch (error) {
        answer = problem(500, 'unexpected', String(error));
      }
      if (answer.raw) return res.writeHead(200, { 'content-type': answer.type, 'cache-control': 'no-store', 'content-length': answer.raw.length }).end(answer.raw);
      const type = answer.status >= 400 ? 'application/problem+json' : 'application/json';
      res.writeHead(answer.status, { 'content-type': type, ...(answer.cookie ? { 'set-cookie': answer.cookie } : {}) });
      return res.end(answer.body === null ? undefined : JSON.stringify(answer.body));
    }
    if (url.pathname === '/_fake/privacy' || url.pathname === '/_fake/view') {
      fakedPrivacy(url.pathname.slice(7), url.searchParams);
      return res.end('ok');
    }
    if (url.pathname === '/_fake/teams') {
      fakedTeams(url.searchParams);
      return res.end('ok');
    }
    if (url.pathname === '/_fake/offer') {
      offer(url.searchParams.get('mode') ?? 'tandem');
      push();
      return res.end('ok');
    }
    if (url.pathname === '/_fake/message') {
      offerMessage(url.searchParams.get('state') ?? 'ready', Number(url.searchParams.get('seconds') ?? 23), url.searchParams.has('withheld'));
      push();
      return res.end('ok');
    }
    if (url.pathname === '/_fake/heard') {
      for (const c of me.contacts) if (c.message) c.message.state = url.searchParams.get('state') ?? 'ready';
      push();
      return res.end('ok');
    }
    if (url.pathname === '/_fake/sign-in') {
      for (const way of Object.keys(ways)) ways[way] = url.searchParams.get(way) !== 'false';
      return res.end(JSON.stringify(ways));
    }
    if (url.pathname === '/_fake/recording') {
      faked(me.contacts, url.searchParams, push);
      return res.end('ok');
    }
    if (url.pathname === '/_fake/asked') {
      me.contacts = me.contacts.map((c) => asked({ ...c, agent: { id: 24, name: me.agent.name } }, { id: 1, name: NAMES[0] }, url.searchParams.get('stage') ?? 'talking'));
      push();
      return res.end('ok');
    }
    if (url.pathname === '/_fake/health') {
      mood = MOODS[url.searchParams.get('be')] ? url.searchParams.get('be') : 'mixed';
      for (const s of sockets) if (s.topics.has('health')) send(s, 'health', 'snapshot', health());
      return res.end(mood);
    }
    const asset = file(url.pathname.slice(1));
    if (asset && asset.path !== 'index.html') {
      res.writeHead(200, { 'content-type': asset.content_type, 'cache-control': asset.immutable ? 'public, max-age=31536000, immutable' : 'no-cache' });
      return res.end(asset.raw);
    }
    if (url.pathname.startsWith('/assets/')) return res.writeHead(404).end();
    const nonce = randomBytes(16).toString('base64');
    const html = file('index.html').raw.toString().replaceAll('__CSP_NONCE__', nonce);
    res.writeHead(200, {
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-cache',
      etag: `"${createHash('sha256').update(html).digest('hex').slice(0, 16)}"`,
      'content-security-policy': `default-src 'none'; script-src 'self'; style-src 'self' 'nonce-${nonce}'; style-src-attr 'unsafe-inline'; connect-src 'self' ws:; img-src 'self' data:; font-src 'self'; media-src 'self' data: blob:; base-uri 'none'; form-action 'self'; frame-ancestors 'self'`,
    });
    return res.end(html);
  });
});

const wss = new WebSocketServer({ noServer: true });
server.on('upgrade', (req, socket, head) => {
  const url = new URL(req.url, 'http://localhost');
  const tv = tvTokens.some((t) => t.token === url.searchParams.get('k'));
  if (!/\/live$/.test(url.pathname) || !(tv || cookieOf(req))) return socket.end('HTTP/1.1 401 Unauthorized\r\n\r\n');
  return wss.handleUpgrade(req, socket, head, (ws) => {
    const s = { ws, topics: new Set(), seq: {}, board: null, me: '' };
    sockets.add(s);
    ws.on('close', () => sockets.delete(s));
    ws.on('message', (raw) => {
      const frame = JSON.parse(raw);
      for (const topic of frame.unsubscribe ?? []) s.topics.delete(topic);
      for (const topic of frame.subscribe ?? []) {
        s.topics.add(topic);
        if (topic === 'board') s.board = structuredClone(board());
        if (topic === 'me') s.me = JSON.stringify(me);
        send(s, topic, 'snapshot', topic === 'board' ? s.board : topic === 'health' ? health() : topic === 'directory' ? directoryTopic() : me);
      }
    });
  });
});
setInterval(tick, 1000);
setInterval(() => {
  for (const s of sockets) send(s, '', 'heartbeat', {});
}, 2000);
server.listen(PORT, '127.0.0.1', () => console.log(`fake server on http://localhost:${PORT}, password ${PASSWORD}`));
