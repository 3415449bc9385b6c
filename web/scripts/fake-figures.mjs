// Development only: figures of queues and agents, made up but the same each time.
const DAY_MS = 86_400_000;
const STEPS = { quarter: 900_000, half_hour: 1_800_000, hour: 3_600_000, day: DAY_MS };
const share = (part, of) => ({ part, of, permille: of === 0 ? null : Math.floor((part * 1000) / of) });
const noise = (n) => Math.abs(Math.sin(n * 12.9898) * 43758.5453) % 1;

function engagements(handled, n) {
  const transferred = Math.floor(handled * 0.08);
  return {
    handled, outbound: Math.floor(handled * 0.1), aht_s: handled === 0 ? null : 210 + Math.floor(noise(n) * 120), att_s: handled === 0 ? null : 160 + Math.floor(noise(n) * 90), wrap_up_s: handled === 0 ? null : 34, wrap_up_of_all_s: handled === 0 ? null : 31, hold_s: handled === 0 ? null : 48, hold_of_all_s: handled === 0 ? null : 6,
    held: Math.floor(handled * 0.12), wrapped_up: Math.floor(handled * 0.9), transferred, transfer_rate: share(transferred, handled), transfers: { blind_queue: transferred, blind_agent: 0, blind_number: 0, consulted_queue: 0, consulted_agent: 0, consulted_number: 0 },
  };
}

function ofQueue(offered, n) {
  const abandoned = Math.floor(offered * 0.06);
  const short_abandoned = Math.floor(offered * 0.02);
  const answered = offered - abandoned - short_abandoned;
  const answered_in_time = Math.floor(answered * (0.7 + noise(n) * 0.3));
  return {
    carried_in: 0, offered, answered, answered_in_time, abandoned, short_abandoned, flow_out: 0, removed: 0, carried_out: 0, blocked: 0, service_level: share(answered_in_time, answered + abandoned), asa_s: answered === 0 ? null : 12 + Math.floor(noise(n) * 30), ata_s: abandoned === 0 ? null : 71,
    longest_wait_s: offered === 0 ? null : 60 + Math.floor(noise(n) * 200), ring_s: answered === 0 ? null : 5, abandon_rate: share(abandoned, answered + abandoned), blocked_rate: share(0, offered), ...engagements(answered, n),
  };
}

function ofAgent(handled, n, seconds) {
  const missed = Math.floor(handled * 0.04);
  const talking_s = Math.floor(seconds * (0.4 + noise(n) * 0.3));
  const wrapping_up_s = Math.floor(seconds * 0.1);
  const not_ready_s = Math.floor(seconds * 0.12);
  const available_s = seconds - talking_s - wrapping_up_s - not_ready_s;
  return {
    ...engagements(handled, n), offers: handled + missed, accepted: handled, missed, declined: 0, not_joined: 0, ring_failed: 0, customer_left: 0, answer_rate: share(handled, handled + missed), signed_in_s: seconds, talking_s, connecting_s: 0, wrapping_up_s, offering_s: 0, available_s, not_ready_s, productive_s: Math.floor(not_ready_s / 3),
    occupancy: share(talking_s + wrapping_up_s, talking_s + wrapping_up_s + available_s), utilization: share(talking_s + wrapping_up_s + Math.floor(not_ready_s / 3), seconds), not_ready: [],
  };
}

const METRICS = { service_level: ['A_T / (A + B): answered within the threshold in force, divided by answered plus abandoned; short abandons do not count', 'B15.2'], asa_s: ['sum of t_wait of the answered divided by answered; to the nearest second', 'R-03, B15.3'], offered: ['contacts that entered the queue in the interval', 'B15.1'], occupancy: ['(on contact + connecting + wrap-up) / (these + available + being offered), by the wall clock', 'B15.3'], handled: ['engagements that were completed in the interval', 'B15.3'] };

/** `parts` follow /figures. */
export function figuresOf(parts, query, { queues, agents }, { ok, problem }) {
  const first = Date.parse(`${query.get('first_day')}T00:00:00+01:00`);
  const last = Date.parse(`${query.get('last_day') ?? query.get('first_day')}T00:00:00+01:00`) + DAY_MS;
  if (Number.isNaN(first)) return problem(422, 'invalid', 'say the first day of the period, as 2026-11-26');
  const step = STEPS[query.get('grain') ?? 'day'];
  const intervals = (make, seed) => {
    const all = [];
    for (let at = first; at < Math.min(last, Date.now()); at += step) {
      const busy = Math.max(0, Math.sin(((at / 3_600_000) % 24) * 0.26 - 1)) * (step / 3_600_000);
      all.push({ from: new Date(at).toISOString(), to: new Date(at + step).toISOString(), figures: make(Math.floor(busy * 14 * (0.6 + noise(at + seed))), at / 1000 + seed, step / 1000) });
    }
    return all;
  };
  const whole = (make, seed) => {
    const list = intervals(make, seed);
    const sum = (field) => list.reduce((n, it) => n + (it.figures[field] ?? 0), 0);
    return { total: make(sum(make === ofQueue ? 'offered' : 'handled'), seed, sum('signed_in_s')), intervals: list };
  };
  const metrics = Object.entries(METRICS).map(([field, [formula, source]]) => ({ id: field, field, name: field, unit: 'contacts', formula, source }));
  const period = { first_day: query.get('first_day'), last_day: query.get('last_day'), time_zone: 'Europe/Berlin', grain: query.get('grain') ?? 'day', from: new Date(first).toISOString(), to: new Date(last).toISOString(), as_of: new Date().toISOString() };
  if (parts[0] === 'queues') {
    const in_force = queues.map((it) => ({ queue_id: it.id, version: 2, threshold_s: 20, short_abandon_s: 5 }));
    return ok({ period, service_level: { variant: query.get('variant') ?? 'sl.abandon_negative', threshold: 'in_force', in_force }, queues: queues.map((it) => ({ queue: { id: it.id, name: it.name }, ...whole(ofQueue, it.id) })), all: whole(ofQueue, 99), metrics });
  }
  return ok({ period, by: 'agent', rows: agents.slice(0, 12).map((it) => ({ of: { id: it.id, name: it.name }, ...whole(ofAgent, it.id) })), all: whole(ofAgent, 99), metrics });
}
