// @vitest-environment node
import { describe, expect, test } from 'vitest';
import { waysOf, type OpenSession } from '../api/access';
import type { Info } from '../api/contract';
import { contactOf, deliveryState, endOf, inOrder, keyProblems, keyState, SCOPES, toggled, webhookProblems } from './access';

const NOW = Date.parse('2026-11-26T09:00:00Z');
const info = (more: object, center: object = {}): Info => ({ centers: [{ id: 'contoso', name: 'Contoso', time_zone: 'UTC', ...center }], ...more }) as unknown as Info;

describe('the ways to sign in', () => {
  test('are those of the center, else of the server, else the password', () => {
    expect(waysOf(info({ sign_in: { password: true, microsoft: true } }), 'contoso')).toEqual({ password: true, microsoft: true });
    expect(waysOf(info({ sign_in: { password: true, microsoft: false } }, { sign_in: { password: false, microsoft: true } }), 'contoso')).toEqual({ password: false, microsoft: true });
    expect(waysOf(info({}), 'contoso')).toEqual({ password: true, microsoft: false });
    expect(waysOf(undefined, 'contoso')).toEqual({ password: true, microsoft: false });
  });
});

describe('a key', () => {
  test('is active, ends soon or has ended', () => {
    expect(keyState({ expires_at: null }, NOW)).toBe('active');
    expect(keyState({ expires_at: '2026-12-26T09:00:00Z' }, NOW)).toBe('active');
    expect(keyState({ expires_at: '2026-12-01T09:00:00Z' }, NOW)).toBe('soon');
    expect(keyState({ expires_at: '2026-11-26T09:00:00Z' }, NOW)).toBe('expired');
  });

  test('ends after its days, or never', () => {
    expect(endOf('30', NOW)).toBe('2026-12-26T09:00:00.000Z');
    expect(endOf('never', NOW)).toBeNull();
  });

  test('needs a name and something that it may do', () => {
    expect(keyProblems({ name: ' ', scopes: [] })).toEqual({ name: 'field.error.required', scopes: 'apiKeys.error.scopes' });
    expect(keyProblems({ name: 'CRM', scopes: ['contacts.read'] })).toEqual({});
  });

  test('keeps its scopes in their order, and those that this page does not know', () => {
    expect(toggled(SCOPES, ['board.read', 'x.new'], 'contacts.read')).toEqual(['contacts.read', 'board.read', 'x.new']);
    expect(toggled(SCOPES, ['contacts.read'], 'contacts.read')).toEqual([]);
  });
});

describe('a webhook', () => {
  test('needs an address and something to tell', () => {
    expect(webhookProblems({ url: 'https://crm.contoso.example/tandem', events: ['contact.ended'] })).toEqual({});
    for (const url of ['', 'crm.contoso.example', 'ftp://crm.contoso.example', 'https://', 'javascript:alert(1)']) {
      expect(webhookProblems({ url, events: ['contact.ended'] }), url).toEqual({ url: 'webhooks.error.url' });
    }
    expect(webhookProblems({ url: 'https://a.example', events: [] })).toEqual({ events: 'webhooks.error.events' });
  });
});

describe('a delivery', () => {
  test('that was tried and waits is tried again, and one that is dead was given up', () => {
    expect(deliveryState({ state: 'waiting', n_attempts: 0 })).toBe('waiting');
    expect(deliveryState({ state: 'waiting', n_attempts: 3 })).toBe('retrying');
    expect(deliveryState({ state: 'delivered', n_attempts: 2 })).toBe('delivered');
    expect(deliveryState({ state: 'dead', n_attempts: 12 })).toBe('gave_up');
  });

  test('names its contact if it has one', () => {
    expect(contactOf('{"type":"contact.ended","data":{"contact_id":17,"reason":"handled"}}')).toBe(17);
    for (const body of ['', '{', 'null', '{"data":{}}', '{"data":{"contact_id":"17"}}']) expect(contactOf(body), body).toBeNull();
  });
});

test('sessions begin with this one, then as they were used last', () => {
  const session = (id: string, last_seen_at: string, is_current = false): OpenSession => ({ id, created_at: last_seen_at, last_seen_at, expires_at: last_seen_at, confirmed_until: null, is_current });
  const sessions = [session('a', '2026-11-25T00:00:00Z'), session('b', '2026-11-26T00:00:00Z'), session('c', '2026-11-24T00:00:00Z', true)];
  expect(inOrder(sessions).map(({ id }) => id)).toEqual(['c', 'b', 'a']);
});
