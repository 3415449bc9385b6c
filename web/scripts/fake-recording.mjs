// Development only: recordings of the stand-in server's calls. A recording begins after a second, a pause takes two and ends by
// itself after `pause_max_s`; /_fake/recording?be=<state>&consent=&by=&code=&left=&required=   puts the current call into a state;
// /_fake/recording?next=fails   the next pause fails
const STEP_MS = 2_000;
const iso = (ms = Date.now()) => new Date(ms).toISOString();
const refuse = (status, code, detail) => ({ status, code, detail });
let isNextLost = false;

const view = (state, more = {}) => ({ state, since: iso(), required: true, paused_by: null, resumes_at: null, code: null, ...more });
const tell = (contact, what, detail = {}) => (contact.story ??= []).push({ at: iso(), what, detail });

/** By the rule of the queue, from when customer and agent are connected. */
export function begun(contact, rule, push) {
  contact.consent ??= rule?.consent === 'announced' ? 'announced' : 'none';
  if (!rule) {
    contact.recording = null;
    return;
  }
  if (rule.consent === 'asked' && contact.consent !== 'given') {
    contact.recording = view('not_allowed');
    tell(contact, 'not_recorded', { why: contact.consent === 'refused' ? 'refused' : 'consent_missing' });
    return;
  }
  contact.pause_max_s = rule.pause_max_s;
  contact.recording = view('starting');
  tell(contact, 'recording_asked');
  setTimeout(() => {
    if (contact.recording?.state !== 'starting') return;
    contact.recording = view('recording');
    tell(contact, 'recording_started');
    push();
  }, STEP_MS / 2);
}

export function turned(contact, verb, push) {
  const now = contact.recording?.state;
  if (verb === 'pause' && now === 'paused') return refuse(409, 'already_paused', 'the recording is paused already');
  if (verb === 'pause' && now !== 'recording') return refuse(409, 'not_recorded', 'this contact is not being recorded');
  if (verb === 'resume' && now !== 'paused') return refuse(409, 'not_paused', 'the recording is not paused');
  contact.recording = view(verb === 'pause' ? 'pausing' : 'resuming', { paused_by: 'agent' });
  tell(contact, `recording_${verb}_asked`, { cause: 'agent', by: 1 });
  setTimeout(() => {
    if (verb === 'resume') resumed(contact, 'agent', push);
    else if (isNextLost) lost(contact, push);
    else paused(contact, 'agent', contact.pause_max_s ?? 300, push);
    isNextLost = false;
  }, STEP_MS);
  return null;
}

function paused(contact, by, seconds, push) {
  if (contact.recording?.state !== 'pausing') return;
  contact.recording = view('paused', { paused_by: by, resumes_at: iso(Date.now() + seconds * 1000) });
  tell(contact, 'recording_paused', { cause: by });
  push();
  over(contact, contact.recording, seconds, push);
}

function over(contact, pause, seconds, push) {
  setTimeout(() => {
    if (contact.recording !== pause) return;
    contact.recording = view('resuming', { paused_by: pause.paused_by });
    push();
    setTimeout(resumed, STEP_MS, contact, 'time_limit', push);
  }, seconds * 1000);
}

function resumed(contact, by, push) {
  if (contact.recording?.state !== 'resuming') return;
  contact.recording = view('recording');
  tell(contact, 'recording_resumed', { by });
  push();
}

function lost(contact, push) {
  contact.recording = view('failed', { code: 'pause_failed' });
  tell(contact, 'recording_pause_failed');
  push();
}

export function faked(contacts, query, push) {
  if (query.get('next') === 'fails') isNextLost = true;
  const be = query.get('be');
  for (const contact of contacts) {
    if (query.has('consent')) contact.consent = query.get('consent');
    if (be === 'off') contact.recording = null;
    else if (be) {
      const left = Number(query.get('left') ?? 300);
      contact.recording = view(be, {
        required: query.get('required') !== 'false',
        paused_by: ['pausing', 'paused'].includes(be) ? (query.get('by') ?? 'agent') : null,
        resumes_at: be === 'paused' ? iso(Date.now() + left * 1000) : null,
        code: be === 'failed' ? (query.get('code') ?? 'start_failed') : null,
      });
      if (be === 'paused') over(contact, contact.recording, left, push);
    }
  }
  push();
}
