// @vitest-environment node
import { expect, test } from 'vitest';
import type { ContactView, MeTopic, OfferView } from '../api/contract';
import type { DirectionWord } from '../api/direct';
import { isPending } from './directed';

const desk = (since: string, more: { next?: string; connected?: (string | null)[]; offered?: string[] } = {}) =>
  ({
    agent: { since, next_reason: more.next ? { id: 1, label: more.next } : null },
    contacts: (more.connected ?? []).map((connected_at) => ({ connected_at }) as ContactView),
    offers: (more.offered ?? []).map((offered_at) => ({ offered_at }) as OfferView),
  }) as Pick<MeTopic, 'agent' | 'contacts' | 'offers'>;
const said = (to: DirectionWord) => ({ by: 'Sam Smith', at: '2026-03-02T14:32:00Z', to, why: 'Fire drill' });

test('not ready comes after the contact for as long as it is what comes next', () => {
  expect(isPending(desk('2026-03-02T14:20:00Z', { next: 'Break', connected: ['2026-03-02T14:20:00Z'] }), said('not_ready'))).toBe(true);
  expect(isPending(desk('2026-03-02T14:40:00Z'), said('not_ready'))).toBe(false);
});

test('ready comes after a contact of before, and not after one that came since', () => {
  expect(isPending(desk('2026-03-02T14:20:00Z', { connected: ['2026-03-02T14:20:00Z'] }), said('ready'))).toBe(true);
  expect(isPending(desk('2026-03-02T14:31:50Z', { connected: [null] }), said('ready'))).toBe(true);
  expect(isPending(desk('2026-03-02T14:31:50Z', { offered: ['2026-03-02T14:31:50Z'] }), said('ready'))).toBe(true);
  expect(isPending(desk('2026-03-02T14:50:00Z', { connected: ['2026-03-02T14:50:00Z'] }), said('ready'))).toBe(false);
  expect(isPending(desk('2026-03-02T14:32:00Z'), said('ready'))).toBe(false);
});

test('whoever is signed out is so at once', () => {
  expect(isPending(desk('2026-03-02T14:32:00Z'), said('signed_out'))).toBe(false);
});
