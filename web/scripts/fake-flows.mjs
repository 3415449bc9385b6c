// Call flows for the fake server: what a check finds, and test calls that go through a flow as their caller presses keys.
const iso = () => new Date().toISOString();
const said = (prompt, prompts) => prompt?.text ?? (prompt?.url ? `the recording at ${prompt.url}` : (prompts.find((p) => p.id === prompt?.prompt_id)?.name ?? null));

export const SHOWCASE = {
  id: 3, version: 7, name: 'Bank line', start: 'consent', nodes: [
    { id: 'consent', kind: 'consent', prompt: { text: 'We record calls to check how we serve you. Press 1 to agree, 2 to go on without a recording.' }, ask: { accept: '1', refuse: '2', timeout_s: 5, retries: 1 }, given: 'welcome', refused: 'welcome', failed: 'welcome' },
    { id: 'welcome', kind: 'play', prompt: { prompt_id: 1 }, next: 'menu', failed: 'menu' },
    { id: 'menu', kind: 'menu', prompt: { text: 'For your balance press 1, for a person press 2, to leave a message press 3.' }, retry_prompt: { text: 'Please press 1, 2 or 3.' }, choices: [{ key: '1', label: 'Balance', next: 'card' }, { key: '2', label: 'A person', next: 'people' }, { key: '3', label: 'A message', next: 'message' }, { key: '9', label: 'The branch', next: 'branch-office' }], retries: 2, timeout_s: 5, no_input: 'people', invalid: 'people', failed: 'people' },
    { id: 'card', kind: 'collect', prompt: { text: 'Enter the number of your card, then hash.' }, max_digits: 16, timeout_s: 8, attribute: 'card', masked: true, terminator: '#', between_digits_s: 8, next: 'ask', no_input: 'people', failed: 'people' },
    { id: 'ask', kind: 'http', system: 'core-bank', method: 'post', path: '/balance', body: { card: '{card}' }, prompt: { text: 'One moment, please.' }, timeout_s: 5, save: { balance: '/account/balance' }, next: 'tell', failed: 'people' },
    { id: 'tell', kind: 'message', prompt: { text: 'Your balance is {balance}. Your card is {card}.' } },
    { id: 'people', kind: 'queue', queue_id: 2, timeout: 'second', full: 'message', failed: 'message' },
    { id: 'second', kind: 'queue', queue_id: 3, keep_age: true, timeout: 'message', full: 'message' },
    { id: 'message', kind: 'voicemail', queue_id: 3, prompt: { text: 'Nobody is free. Say what we can do for you after this sentence, and press hash when you are done.' }, max_s: 120, stop: '#', done: 'bye', no_message: 'bye', failed: 'bye' },
    { id: 'branch-office', kind: 'transfer', to: { number: '+49305550100' }, ring_s: 25, failed: 'evening' },
    { id: 'evening', kind: 'sub_flow', flow_id: 2, next: 'record', failed: 'bye' },
    { id: 'record', kind: 'record', action: 'start', next: 'people', failed: 'people' },
    { id: 'bye', kind: 'end' }],
};

export function checked(flow, prompts) {
  const errors = [];
  const warnings = [];
  const masked = flow.nodes.filter((n) => n.kind === 'collect' && n.masked).map((n) => n.attribute ?? n.id);
  const leads = (n) => Object.entries(n).flatMap(([name, v]) => (['choices', 'cases'].includes(name) ? v.map((w) => w.next) : typeof v === 'string' ? [v] : []));
  const reached = new Set([flow.start]);
  for (const id of reached) for (const to of leads(flow.nodes.find((n) => n.id === id) ?? {})) if (flow.nodes.some((n) => n.id === to)) reached.add(to);
  for (const n of flow.nodes) {
    if (!reached.has(n.id)) warnings.push({ node: n.id, field: `nodes.${n.id}`, code: 'unreachable', detail: 'nothing leads to this step' });
    for (const name of masked) if (n.prompt?.text?.includes(`{${name}}`)) warnings.push({ node: n.id, field: `nodes.${n.id}.prompt`, code: 'masked_value_used', detail: `"${name}" is secret and is not spoken: callers hear nothing in its place` });
    const prompt = prompts.find((p) => p.id === n.prompt?.prompt_id);
    if (prompt && !prompt.languages['fr-FR']) warnings.push({ node: n.id, field: `nodes.${n.id}.prompt`, code: 'missing_language', detail: `the prompt "${prompt.name}" has no fr-FR, which this flow can choose; those callers hear ${prompt.default_language}` });
    if (n.kind === 'menu' && n.choices.length === 0) errors.push({ field: `nodes.${n.id}.choices`, code: 'needed', detail: 'a menu needs at least one choice' });
  }
  return { errors, warnings };
}

const calls = new Map();

export function started(flow, prompts) {
  const call_id = `test-${calls.size + 1}`;
  calls.set(call_id, { flow, prompts, at: Date.now(), node: null, typed: '', attributes: { language: 'en-US' }, steps: [], end_reason: null, left: null });
  return { call_id, endpoint_id: 1 };
}

function enter(call, id, at = iso()) {
  const node = call.flow.nodes.find((n) => n.id === id);
  call.node = node?.id ?? null;
  call.since = Date.now();
  call.typed = '';
  call.steps.push({ at, node: id, kind: node?.kind ?? 'end', exit: null, code: null });
  if (!node || node.kind === 'end' || node.kind === 'transfer' || node.kind === 'message') call.left = Date.now() + (node?.kind === 'message' ? 6000 : 1200);
}

function leave(call, exit, to, code = null) {
  Object.assign(call.steps.at(-1), { exit, code });
  enter(call, to);
}

/** What goes on by itself as time passes. */
function advance(call) {
  if (call.end_reason !== null) return;
  const aged = Date.now() - call.since;
  const node = call.flow.nodes.find((n) => n.id === call.node);
  if (call.node === null) {
    if (Date.now() - call.at > 1500) enter(call, call.flow.start);
  } else if (call.left !== null) {
    if (Date.now() > call.left) call.end_reason = 'contained';
  } else if (node.kind === 'play' ? aged > 3000 : ['record', 'sub_flow', 'set', 'hours'].includes(node.kind) && aged > 400) leave(call, node.next ? 'next' : 'open', node.next ?? node.open);
  else if (node.kind === 'http' && aged > 2500) {
    call.attributes.balance = '1204.50';
    leave(call, 'next', node.next);
  } else if (['menu', 'collect'].includes(node.kind) && aged > 45_000) leave(call, 'no_input', node.no_input, 'nothing-pressed');
}

export function pressed(call_id, digits) {
  const call = calls.get(call_id);
  if (!call) return;
  for (const key of digits) {
    const node = call.flow.nodes.find((n) => n.id === call.node);
    if (node?.kind === 'consent' && node.ask) {
      if (key === node.ask.accept || key === node.ask.refuse) leave(call, key === node.ask.accept ? 'given' : 'refused', key === node.ask.accept ? node.given : node.refused);
    } else if (node?.kind === 'menu') {
      const choice = node.choices.find((c) => c.key === key);
      leave(call, choice ? key : 'invalid', choice?.next ?? node.invalid, choice ? null : 'no-choice');
    } else if (node?.kind === 'collect') {
      const ends = key === (node.terminator ?? '#');
      if (!ends) call.typed += key;
      if (ends || call.typed.length >= node.max_digits) {
        call.attributes[node.attribute ?? node.id] = node.masked ? 'masked:71' : call.typed;
        leave(call, 'next', node.next);
      }
    } else if (node?.kind === 'voicemail' && key === node.stop) leave(call, 'done', node.done);
  }
}

export function hungUp(call_id) {
  const call = calls.get(call_id);
  if (call) call.end_reason ??= 'abandoned_flow';
}

export function testState(call_id) {
  const call = calls.get(call_id);
  if (!call) return null;
  advance(call);
  const node = call.flow.nodes.find((n) => n.id === call.node);
  const isOver = call.end_reason !== null;
  return {
    state: isOver ? 'ended' : call.node === null ? 'ringing' : 'in_call', contact_id: call.node === null ? null : 4711, node: isOver ? null : call.node,
    hears: isOver || call.node === null ? null : node?.kind === 'queue' ? 'Please stay on the line. Somebody will be with you soon.' : said(node?.prompt, call.prompts), attributes: call.attributes, steps: call.steps, end_reason: call.end_reason,
  };
}
