// @vitest-environment node
import { expect, test } from 'vitest';
import type { ContactView, MeTopic } from '../api/contract';
import { completable, onStage } from './stage';

const contact = (id: number, state: ContactView['state'], started_at?: string): ContactView =>
  ({ id, state, arrived_at: '2026-03-02T10:00:00Z', wrap_up: started_at ? { started_at, until: null, mode: 'required', can_extend: false } : null }) as unknown as ContactView;
const me = (...contacts: ContactView[]): MeTopic => ({ contacts }) as unknown as MeTopic;

test('a call that is made out of the wrap-up stands before it, and no key completes what is not seen', () => {
  const stage = onStage(me(contact(1, 'wrap_up', '2026-03-02T10:05:00Z'), contact(2, 'dialing')));
  expect(stage.connected?.id).toBe(2);
  expect(stage.wrapping?.id).toBe(1);
  expect(completable(stage)).toBeUndefined();
});

test('of two wrap-ups the one that began last comes first, whatever their order', () => {
  const early = contact(1, 'wrap_up', '2026-03-02T10:05:00Z');
  const late = contact(2, 'wrap_up', '2026-03-02T10:07:00Z');
  for (const both of [me(early, late), me(late, early)]) expect(completable(onStage(both))?.id).toBe(2);
  expect(completable(onStage(me(early)))?.id).toBe(1);
});

test('nobody is on the stage of an agent at rest', () => {
  expect(onStage(undefined)).toEqual({ connected: undefined, wrapping: undefined });
  expect(onStage(me())).toEqual({ connected: undefined, wrapping: undefined });
});
