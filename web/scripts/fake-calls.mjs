// Development only: calling out, the do-not-call list and messages of the stand-in server. The last digit of a number decides
// how a call goes: even is reached, 1 busy, 3 declined, 5 no answer, 7 failed, 9 the agent's client is not answered.
const AGENT_MS = 4_000;
const CUSTOMER_MS = 6_000;
const iso = (ms = Date.now()) => new Date(ms).toISOString();
const refuse = (code, detail, status = 422, errors) => ({ status, code, detail, errors });

const COUNTRIES = [{ code: '49' }, { code: '43' }, { code: '41' }];
export const OUT = [
  { id: 1, name: 'Sales', caller_id: '+14255550100', caller_name: 'Sales line', countries: [{ code: '1' }, { code: '49' }] },
  { id: 2, name: 'Technical support', caller_id: null, caller_name: 'Service line', countries: COUNTRIES },
];
export const listed = [
  { id: 3, number: '+4930901825', reason: 'Asked on the phone not to be called', until: null, by: 'supervisor', since: iso(Date.now() - 86_400_000) },
  { id: 2, number: '+14255550199', reason: 'Complaint of the customer, case 20418: no calls about offers until the case is settled', until: '2027-01-31', by: 'administrator', since: iso(Date.now() - 9 * 86_400_000) },
  { id: 1, number: null, reason: null, until: '2025-06-30', by: null, since: '2025-01-07T10:00:00Z' },
];
const WHY = { 1: 'busy', 3: 'declined', 5: 'no_answer', 7: 'failed' };

/** What the rules say, with the answer of the real server's shape. */
export function check({ queue_id, number }, isFree) {
  const queue = OUT.find((q) => q.id === queue_id);
  const country = COUNTRIES.concat({ code: '1' }).find(({ code }) => number.startsWith(`+${code}`))?.code ?? null;
  const no = (code, detail) => ({ allowed: false, code, detail, number, country, caller_id: queue?.caller_id ?? null, recorded: false });
  if (/^\+?(112|110|911|999)$/.test(number)) return no('emergency_number', 'emergency calls are not possible from here; use a phone or your Teams client');
  if (!/^\+[1-9]\d{6,14}$/.test(number)) return no('invalid_number', 'write the number with + and country code');
  if (!queue) return no('not_your_queue', 'you do not serve this queue');
  if (!queue.countries.some(({ code }) => number.startsWith(`+${code}`))) return no('country_not_allowed', 'this queue may not call this country');
  if (listed.some((entry) => entry.number === number)) return no('on_do_not_call_list', 'this number is on the do-not-call list');
  if (!isFree) return no('agent_not_free', 'finish what you are in first');
  return { allowed: true, code: null, detail: '', number, country, caller_id: queue.caller_id, recorded: false };
}

export const isListed = (number) => listed.some((entry) => entry.number === number);
export function doNotCall(method, id, body, by) {
  if (method === 'GET') return { items: listed, next_before: null };
  if (method === 'DELETE') {
    listed.splice(listed.findIndex((entry) => entry.id === id), 1);
    return null;
  }
  if (!/^\+[1-9]\d{6,14}$/.test(body.number)) return refuse('invalid', 'Some fields need attention.', 422, [{ field: 'number', detail: 'write the number with + and country code, for example +49 30 901820' }]);
  listed.unshift({ id: Date.now(), number: body.number, reason: body.reason, until: body.until ?? null, by, since: iso() });
  return {};
}

/** Dials: the contact that begins, through its stages to whatever its number says. */
export function dial(world, queue_id, customer) {
  const { me, id, push, setState } = world;
  const queue = OUT.find((q) => q.id === queue_id);
  const contact = {
    id, channel: 'voice', direction: 'outbound', state: 'dialing', dialing: { stage: 'agent', since: iso() }, message: null, customer,
    queue: { id: queue.id, name: queue.name }, agent: { id: me.agent.id, name: me.agent.name }, endpoint: { id: 1, name: queue.caller_name }, arrived_at: iso(), enqueued_at: null, connected_at: null,
    customer_left_at: null, attributes: {}, hearing: [], wrap_up: null, conversation: null, correlation_id: 'c7b1f0a2-5d0e-4b8a-9a55-0d1c55f3a902', story: [{ at: iso(), what: 'dialed', detail: { agent: me.agent.id, queue: queue.id } }],
  };
  const was = { state: me.agent.state, reason: me.agent.reason };
  const tell = (what, detail = {}) => contact.story.push({ at: iso(), what, detail });
  const isOver = () => contact.state !== 'dialing';
  contact.end = (why) => {
    tell('customer_not_reached', { why });
    contact.state = 'ended';
    me.contacts = me.contacts.filter((c) => c !== contact);
    world.past.push(contact);
    setState(me.contacts.length > 0 ? 'wrap_up' : was.state, was.reason);
    push();
  };
  me.contacts.push(contact);
  setState('connecting');
  push();
  const last = Number(customer.number.at(-1));
  setTimeout(() => {
    if (isOver()) return;
    if (last === 9) return void contact.end('agent_no_answer');
    contact.dialing = { stage: 'customer', since: iso() };
    tell('customer_ringing');
    push();
    setTimeout(() => {
      if (isOver()) return;
      if (WHY[last]) return void contact.end(WHY[last]);
      Object.assign(contact, { state: 'connected', dialing: null, connected_at: iso(), conversation: { held_since: null, third: null } });
      tell('customer_reached');
      setState('on_contact');
      push();
    }, CUSTOMER_MS);
  }, AGENT_MS);
  return contact;
}
