import { expect, test } from 'vitest';
import type { Rights, TeamsAccount } from '../api/teams-account';
import { DEFAULT_MESSAGES, formOf, GUIDE, idTyped, inputOf, isTestable, looksLikeId, problemsOf, progressOf } from './account';

const ID = '87d349ed-44d7-43e1-9a83-5f2406dee5bd';
const stored: TeamsAccount = {
  version: 3,
  name: 'Contoso',
  object_id: ID,
  tenant_id: ID,
  client_id: ID,
  credential: { kind: 'secret', hint: 'abc', set_at: '2026-11-01T08:00:00Z' },
  expires_at: '2027-01-01T00:00:00Z',
  expires_at_source: 'directory',
  expiry_uncertain: false,
  days_left: 36,
  licensing_mode: 'production',
  licensing_acknowledged_at: '2026-11-01T08:00:00Z',
  features: ['directory'],
  number_types: [{ type: 'fax', is_shown: false }, { type: 'business', is_shown: true }, { type: 'mobile', is_shown: true }, { type: 'teams', is_shown: true }],
  messages: DEFAULT_MESSAGES,
  drawer_limit: 300,
  n_enabled: 4,
  n_agents: 9,
};

// B-067
test('a secret goes out only when one was typed', () => {
  const form = formOf(stored);
  expect(inputOf(form)).not.toHaveProperty('secret');
  expect(inputOf({ ...form, secret: 'abc~1' })).toMatchObject({ secret: 'abc~1' });
  expect(inputOf({ ...form, proof: 'certificate', pem: 'P', key_pem: 'K', secret: 'abc~1' })).toMatchObject({ certificate: { pem: 'P', key_pem: 'K' } });
  expect(inputOf({ ...form, proof: 'certificate', pem: 'P', key_pem: 'K', secret: 'abc~1' })).not.toHaveProperty('secret');
});

// B-208
test('the id of a secret is told from its value, and pasted ids lose their braces', () => {
  expect(looksLikeId(` ${ID} `)).toBe(true);
  expect(looksLikeId('abc8Q~longsecretvalue')).toBe(false);
  expect(idTyped(` {${ID}} `)).toBe(ID);
});

// B-082 to B-092
test('the three answers must differ, whatever their letters and spaces', () => {
  const form = formOf(stored);
  expect(problemsOf(form, stored)).toEqual([]);
  expect(problemsOf({ ...form, messages: { ...DEFAULT_MESSAGES, bye: ' yes ' } }, stored)).toEqual(['messages.yes', 'messages.bye']);
  expect(problemsOf({ ...form, messages: { ...DEFAULT_MESSAGES, joined: ' ' } }, stored)).toEqual(['messages.joined']);
  expect(problemsOf({ ...form, messages: { ...DEFAULT_MESSAGES, ended: 'x'.repeat(501) } }, stored)).toEqual(['messages.ended']);
});

// B-073 to B-078
test('a mode that is new must be acknowledged, and one that was is not asked again', () => {
  const form = formOf(stored);
  expect(problemsOf({ ...form, licensing_acknowledged: false }, { version: 0 })).toContain('licensing_acknowledged');
  expect(problemsOf({ ...form, licensing_mode: 'evaluation', licensing_acknowledged: false }, stored)).toContain('licensing_acknowledged');
  expect(problemsOf({ ...form, licensing_mode: 'evaluation', licensing_acknowledged: true }, stored)).toEqual([]);
});

test('ids that are none, half a certificate and a limit out of range are named', () => {
  const form = formOf(stored);
  expect(problemsOf({ ...form, tenant_id: 'contoso.com' }, stored)).toEqual(['tenant_id']);
  expect(problemsOf({ ...form, proof: 'certificate', pem: 'P' }, stored)).toEqual(['certificate.key_pem']);
  expect(problemsOf({ ...form, drawer_limit: null }, stored)).toEqual(['drawer_limit']);
  expect(problemsOf({ ...form, drawer_limit: 20_001 }, stored)).toEqual(['drawer_limit']);
});

// B-072
test('only what was applied is tested', () => {
  const form = formOf(stored);
  expect(isTestable(stored, form)).toBe(true);
  expect(isTestable(stored, { ...form, name: 'Other' })).toBe(true);
  expect(isTestable(stored, { ...form, secret: 'new' })).toBe(false);
  expect(isTestable(stored, { ...form, client_id: '' })).toBe(false);
  expect(isTestable({ ...stored, credential: null }, form)).toBe(false);
  expect(isTestable({ version: 0 }, form)).toBe(false);
});

// B-080

// B-207 to B-211
test('each step of the guide has its own state', () => {
  const rights = (state: Rights['state'], right: Rights['permissions'][number]['state']): Rights => ({
    client_id: ID,
    publisher: null,
    app_name: null,
    checked_at: '2026-11-27T08:00:00Z',
    state,
    problem: null,
    connection: null,
    redirect_uri: 'https://tandem.example/auth/teams/consent',
    permissions: [{ name: 'User.Read.All', kind: 'application', id: ID, features: ['directory'], state: right, consequence: 'nobody_is_listed', used_by_tandem: true }],
    consent: null,
  });
  const all = (account: Parameters<typeof progressOf>[1], of?: Rights): string[] => GUIDE.map((step) => progressOf(step, account, of));
  expect(all({ version: 0 })).toEqual(['open', 'open', 'open', 'open', 'open']);
  expect(all(stored)).toEqual(['done', 'done', 'done', 'unknown', 'open']);
  expect(all(stored, rights('granted', 'granted'))).toEqual(['done', 'done', 'done', 'done', 'done']);
  expect(all({ ...stored, days_left: -1, object_id: null }, rights('revoked', 'missing'))).toEqual(['done', 'done', 'failed', 'failed', 'failed']);
  expect(all({ ...stored, tenant_id: null }, rights('granted', 'granted'))[1]).toBe('open');
});
