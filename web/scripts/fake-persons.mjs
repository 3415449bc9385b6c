// Development only: what the stand-in server keeps of a person. +493012345678 has contacts and a recording on hold, numbers that
// end in 00 nothing.
import { isListed } from './fake-calls.mjs';
import { note } from './fake-audit.mjs';

const iso = (ms) => new Date(ms).toISOString();
const DAY_MS = 86_400_000;
const erased = new Set();

function kept(number) {
  if (erased.has(number) || number.endsWith('00')) return { contacts: 0, recordings: 0, on_hold: 0, on_do_not_call: isListed(number) };
  return { contacts: 14, recordings: 5, on_hold: number.endsWith('678') ? 1 : 0, on_do_not_call: number.endsWith('678') || isListed(number) };
}

/** Answers what it knows of persons. */
export function persons(verb, body, who, { ok, problem }) {
  if (who !== 'administrator') return problem(403, 'forbidden', 'this needs the role administrator; an administrator can grant it');
  const { number } = body;
  if (!/^\+[1-9]\d{6,14}$/.test(number ?? '')) return problem(422, 'invalid', 'Some fields need attention.', [{ field: 'number', detail: 'write it in international form' }]);
  const found = kept(number);
  if (verb === 'find') {
    note(who, 'customer_looked_up', { detail: `customer 00ab54a98ceb1f0a: ${found.contacts} contacts` });
    return ok({ number, ...found, first_at: found.contacts ? iso(Date.now() - 200 * DAY_MS) : null, last_at: found.contacts ? iso(Date.now() - 2 * DAY_MS) : null });
  }
  if (verb === 'export') {
    note(who, 'customer_exported', { detail: `customer 00ab54a98ceb1f0a: ${found.contacts} contacts` });
    return { status: 200, raw: Buffer.from(JSON.stringify({ number, do_not_call: null, contacts: Array.from({ length: found.contacts }, (_, i) => ({ id: 480 - i, personal: [{ number, name: 'Priya Natarajan' }], recordings: [], events: [] })) })), type: 'application/json' };
  }
  if (!body.reason?.trim()) return problem(422, 'invalid', 'Some fields need attention.', [{ field: 'reason', detail: 'write 1 to 200 characters' }]);
  note(who, 'customer_erased', { detail: `customer 00ab54a98ceb1f0a: ${found.contacts} contacts` });
  erased.add(number);
  const held = found.on_hold ? [{ kind: 'recording', id: 9321, why: 'legal_hold' }, { kind: 'contact', id: 501, why: 'open' }] : [];
  return ok({ contacts: found.contacts - held.length / 2, subjects: 21, recordings: found.recordings - found.on_hold, kept: held, n_more_kept: 0 });
}
