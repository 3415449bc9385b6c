// Development only: hold, transfer and consultation of the stand-in server. Calls to people ring for some seconds; the first
// letter of who is called decides: D answers, M declines, anybody else is silent; a number answers when it is even.
const RING_MS = 8_000;
const iso = (ms = Date.now()) => new Date(ms).toISOString();
const refuse = (status, code, detail, errors) => ({ status, code, detail, errors });

export function targets(search, agents, queues) {
  const isWanted = (it) => it.name.toLowerCase().includes(search.trim().toLowerCase());
  return {
    queues: queues.filter(isWanted).map((q) => ({ id: q.id, name: q.name, waiting: q.waiting, longest_since: q.longest_since, ready: q.id === 6 ? 0 : q.free, is_open: q.id !== 5 })),
    colleagues: agents.filter((a) => a.state !== 'signed_out' && isWanted(a)).map((a) => ({ id: a.id, name: a.name, state: a.state, since: a.since, is_free: ['available', 'not_ready'].includes(a.state) })),
  };
}

/** What the agent asked for; `undefined` when it is nothing of a conversation, else a refusal or null. */
export function act(contact, verb, body, { agents, queues, push, leave }) {
  const it = (contact.conversation ??= { held_since: null, third: null });
  const story = (contact.story ??= []);
  const tell = (what, detail = {}) => story.push({ at: iso(), what, detail });
  const hold = (on) => {
    if ((it.held_since !== null) === on) return;
    it.held_since = on ? iso() : null;
    tell(on ? 'held' : 'resumed', { party: 'customer' });
    contact.hearing = on ? [{ party: 'customer', text: '\u266a on hold' }] : [{ party: 'customer', text: 'the agent' }, { party: 'agent', text: 'the customer' }];
  };
  const whom = (third) => (third.agent ? { agent: third.agent.id } : 'number');
  const gone = (third, why) => {
    if (it.third !== third) return;
    it.third = null;
    tell('third_left', { third: whom(third), why });
    if (third.purpose === 'transfer') tell('transfer_ended', { from: 24, to: whom(third), result: 'returned' });
    hold(false);
    push();
  };
  const handOver = (third) => {
    hold(false);
    tell('handed_over', { from: 24, to: whom(third), purpose: third.purpose });
    tell('transfer_ended', { from: 24, to: whom(third), result: 'completed' });
    contact.conversation = null;
    leave(contact);
    push();
  };
  const answers = (third) => {
    if (it.third !== third) return;
    const name = third.agent?.name ?? '';
    if (third.agent ? !name.startsWith('D') : Number(third.number.at(-1)) % 2 === 1) return gone(third, name.startsWith('M') ? 'declined' : 'no_answer');
    Object.assign(third, { stage: 'talking', since: iso() });
    tell('third_joined', { third: whom(third) });
    if (third.purpose === 'transfer') return handOver(third);
    push();
  };
  const call = (purpose) => {
    if (it.third) return refuse(409, 'third_in_call', 'somebody else is in this call');
    const agent = agents.find((a) => a.id === body.agent_id);
    if (body.agent_id && !['available', 'not_ready'].includes(agent?.state)) return refuse(409, 'colleague_not_free', 'this colleague cannot take a call');
    if (body.number && !/^\+[1-9]\d{6,14}$/.test(body.number)) return refuse(422, 'invalid', 'number', [{ field: 'number', detail: 'write the number with + and the country, for example +14255550123' }]);
    hold(true);
    it.third = { agent: agent ? { id: agent.id, name: agent.name } : null, number: body.number ?? null, purpose, stage: 'ringing', since: iso(), is_held: false };
    tell('third_asked', { by: 24, third: whom(it.third), purpose });
    setTimeout(answers, RING_MS, it.third);
    return null;
  };
  const toQueue = () => {
    const queue = queues.find((q) => q.id === body.queue_id);
    if (queue.id === 5) return refuse(409, 'queue_cannot_serve', 'this queue cannot take the customer now: it is closed; choose another');
    if (queue.id === 4) return refuse(409, 'queue_cannot_serve', 'this queue cannot take the customer now: it is full; choose another');
    hold(false);
    tell('handed_over', { from: 24, to: { queue: queue.id }, purpose: 'transfer' });
    tell('transfer_ended', { from: 24, to: { queue: queue.id }, result: 'completed' });
    tell('requeued', { queue: queue.id });
    contact.conversation = null;
    leave(contact);
    return null;
  };
  const third = it.third;
  const verbs = {
    hold: () => hold(true),
    resume: () => hold(false),
    transfer: () => (body.queue_id ? toQueue() : call('transfer')),
    consult: () => (body.queue_id ? refuse(422, 'queue_is_nobody', 'a queue cannot be talked to') : call('consult')),
    'consult/swap': () => {
      if (!third) return refuse(409, 'no_third', 'nobody else is in this call');
      third.is_held = it.held_since !== null;
      hold(!third.is_held);
      tell(third.is_held ? 'held' : 'resumed', { party: 'third' });
    },
    'consult/merge': () => {
      if (third.is_held) tell('resumed', { party: 'third' });
      third.is_held = false;
      hold(false);
    },
    'consult/complete': () => handOver(third),
    'consult/cancel': () => (third ? gone(third, 'withdrawn') : refuse(409, 'no_third', 'nobody else is in this call')),
    digits: () => (/^[0-9*#A-D]{1,18}$/.test(body.digits) ? null : refuse(422, 'invalid', 'send 1 to 18 tones')),
  };
  return verbs[verb] ? (verbs[verb]() ?? null) : undefined;
}

/** Another agent asks this one: a contact that is not the agent's. */
export function asked(contact, by, stage) {
  return { ...contact, agent: by, conversation: { held_since: iso(), third: { agent: contact.agent, number: null, purpose: 'consult', stage, since: iso(), is_held: false } } };
}
