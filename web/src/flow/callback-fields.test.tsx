import { cleanup, fireEvent, render, screen } from '@testing-library/react';
import { useState, type ComponentProps } from 'react';
import { IntlProvider } from 'react-intl';
import { MemoryRouter } from 'react-router';
import { afterEach, expect, test, vi } from 'vitest';
import { catalog, compact } from '../../scripts/messages.ts';
import { withValue } from '../admin/forms';
import type { FlowNode } from '../api/contract';
import type { Place } from './step-fields';

vi.mock('../app/session', () => ({ useSession: () => ({ center: 'contoso', may: () => true }) }));
vi.mock('../admin/settings', () => ({ useList: () => ({ data: { items: [{ id: 1, name: 'Sales' }] } }), titleOf: (it: { name: string }) => it.name }));
const { CallbackFields, QueueKeyFields } = await import('./callback-fields');
const messages = compact(catalog('en')) as ComponentProps<typeof IntlProvider>['messages'];
let now: FlowNode;
afterEach(cleanup);

type CallbackNode = Extract<FlowNode, { kind: 'callback' }>;
type QueueNode = Extract<FlowNode, { kind: 'queue' }>;
function Step<N extends FlowNode>({ start, errors = {}, children }: { start: N; errors?: Record<string, string>; children: (place: Place, node: N) => React.ReactNode }) {
  const [node, change] = useState<N>(start);
  now = node;
  const place: Place = { node, nodes: [node, { id: 'end', kind: 'end' }], disabled: false, errorAt: (path) => errors[path], set: (path, value) => change((before) => withValue(before, path, value)) };
  return (
    <IntlProvider locale="en" messages={messages}>
      <MemoryRouter>{children(place, node)}</MemoryRouter>
    </IntlProvider>
  );
}
const callback: CallbackNode = { id: 'back', kind: 'callback', queue_id: 0, booked: 'end', refused: 'end' };
const shown = (errors?: Record<string, string>): void =>
  void render(
    <Step<CallbackNode> start={callback} {...(errors ? { errors } : {})}>
      {(place, node) => <CallbackFields place={place} node={node} />}
    </Step>,
  );

//
test('only a callback for later has a window', () => {
  shown();
  const when = screen.getByRole('combobox', { name: 'When' });
  expect((when as HTMLSelectElement).value).toBe('virtual_hold');
  expect(screen.queryByRole('spinbutton')).toBeNull();
  fireEvent.change(when, { target: { value: 'scheduled' } });
  expect(screen.getAllByRole('spinbutton')).toHaveLength(2);
  expect(now).toMatchObject({ when: 'scheduled', after_s: expect.any(Number) });
  fireEvent.change(when, { target: { value: 'asap' } });
  expect(now).toMatchObject({ when: 'asap', after_s: undefined, within_s: undefined });
  fireEvent.change(screen.getByRole('combobox', { name: 'Queue that calls back' }), { target: { value: '1' } });
  expect(now).toMatchObject({ queue_id: 1 });
});

test('what the server refuses stands at its place', () => {
  shown({ queue_id: 'Calls nobody back', when: 'Is not known' });
  expect(screen.getByRole('combobox', { name: 'Queue that calls back' }).getAttribute('aria-invalid')).toBe('true');
  expect(screen.getByRole('combobox', { name: 'When' }).getAttribute('aria-invalid')).toBe('true');
});

const queue: QueueNode = { id: 'wait', kind: 'queue', queue_id: 1, timeout: 'end', full: 'end', failed: null };
test('a key while waiting is switched on, and off and on again it is as it was', () => {
  render(
    <Step<QueueNode> start={queue}>
      {(place, node) => <QueueKeyFields place={place} node={node} />}
    </Step>,
  );
  const turn = screen.getByRole('switch', { name: 'A key leads out of the queue' });
  fireEvent.click(turn);
  expect((now as QueueNode).key).toMatchObject({ key: '1', next: 'end' });
  fireEvent.change(screen.getByRole('combobox', { name: 'Key' }), { target: { value: '5' } });
  fireEvent.click(turn);
  expect((now as QueueNode).key).toBeUndefined();
  fireEvent.click(turn);
  expect((now as QueueNode).key).toMatchObject({ key: '5' });
});
