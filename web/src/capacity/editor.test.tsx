import { cleanup, fireEvent, render, screen, waitFor, within } from '@testing-library/react';
import { useState, type ComponentProps } from 'react';
import { IntlProvider } from 'react-intl';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { catalog, compact } from '../../scripts/messages.ts';
import type { CapacityProfileInput, Demand } from '../api/contract';

const { announce } = vi.hoisted(() => ({ announce: vi.fn() }));
vi.mock('../app/announcer', () => ({ announce }));
vi.mock('../app/session', () => ({ useSession: () => ({ center: 'contoso', may: () => true }) }));
vi.mock('../admin/settings', () => ({ useList: () => ({ data: { items: [] } }), titleOf: (it: { name: string }) => it.name }));
const { CapacityEditor } = await import('./editor');
const { DemandField } = await import('./demand-field');
const { freshProfile } = await import('./profile');
const messages = compact(catalog('en')) as ComponentProps<typeof IntlProvider>['messages'];
let now: CapacityProfileInput;
let demand: Demand;
beforeEach(() => announce.mockClear());
afterEach(cleanup);

interface Shown {
  start?: CapacityProfileInput;
  errors?: { field: string; detail: string }[];
  tried?: boolean;
  disabled?: boolean;
  isNew?: boolean;
}
function Form({ start = freshProfile(), errors = [], tried = false, disabled = false, isNew = true }: Shown) {
  const [profile, change] = useState(start);
  now = profile;
  return (
    <IntlProvider locale="en" messages={messages}>
      <CapacityEditor profile={profile} isNew={isNew} errors={errors} tried={tried} disabled={disabled} change={change} />
    </IntlProvider>
  );
}
const summary = (): string => screen.getByRole('group', { name: 'In plain words' }).textContent ?? '';

test('a new profile begins as a preset, which says what it does, and keeps its name', () => {
  render(<Form start={{ ...freshProfile(), name: 'Night' }} />);
  const begin = within(screen.getByRole('radiogroup', { name: 'Begin with' }));
  expect(begin.getAllByRole('radio')).toHaveLength(5);
  expect((begin.getByRole('radio', { name: /^Calls first/ }) as HTMLInputElement).checked).toBe(true);
  fireEvent.click(begin.getByRole('radio', { name: /^Units/ }));
  expect(now).toEqual({ name: 'Night', units_total: 100, labels: [], channels: { voice: { max: 1, beside: 'any_channel', interrupts: [] }, voicemail: { max: 25, beside: 'any_channel', interrupts: [] } } });
  expect(summary()).toContain('one call and up to 25 messages at once');
  expect(summary()).toContain('at most 100 units');
  expect(announce).toHaveBeenCalledWith('Filled in: Units.');
});

test('what is changed is told in plain words at once', () => {
  render(<Form />);
  expect(summary()).toContain('A call comes even while messages are open');
  fireEvent.click(screen.getByRole('checkbox', { name: 'A call comes even while messages are open' }));
  expect(now.channels.voice?.interrupts).toEqual([]);
  expect(summary()).toContain('one call, or up to 5 messages at once');
  fireEvent.change(screen.getByRole('combobox', { name: 'While messages are open' }), { target: { value: 'any_channel' } });
  expect(summary()).toContain('For calls, queues usually want the agent alone');
  fireEvent.click(screen.getByRole('switch', { name: 'Takes calls' }));
  expect('voice' in now.channels).toBe(false);
  expect(summary()).toContain('can have up to 5 messages at once.');
  // Off and on again, it is as it was.
  fireEvent.click(screen.getByRole('switch', { name: 'Takes calls' }));
  expect(now.channels.voice).toEqual({ max: 1, beside: 'same_channel', interrupts: [] });
});

test('labels are limited line by line, and the line that comes has the focus', async () => {
  render(<Form />);
  fireEvent.click(screen.getByRole('button', { name: 'Limit a label' }));
  await waitFor(() => expect(document.activeElement).toBe(screen.getByRole('textbox', { name: 'Label' })));
  fireEvent.change(screen.getByRole('textbox', { name: 'Label' }), { target: { value: 'vip' } });
  expect(now.labels).toEqual([{ label: 'vip', max: 1 }]);
  expect(summary()).toContain('vip');
  fireEvent.click(screen.getByRole('button', { name: 'Remove the limit of vip' }));
  expect(now.labels).toEqual([]);
});

// The refusals of crates/core/src/capacity/profile.rs.
test('what the server refuses stands at its place', () => {
  const start: CapacityProfileInput = { ...freshProfile(), units_total: 2000, labels: [{ label: 'vip', max: 1 }] };
  const errors = [
    { field: 'units_total', detail: 'is not from 1 to 1000' },
    { field: 'channels.voicemail.max', detail: 'is not from 0 to 25' },
    { field: 'channels.voice.interrupts', detail: 'a call cannot be interrupted' },
    { field: 'labels.label', detail: 'write 1 to 40 characters' },
  ];
  render(<Form start={start} errors={errors} isNew={false} />);
  const invalid = (role: 'spinbutton' | 'checkbox', name: string): string | null => screen.getByRole(role, { name }).getAttribute('aria-invalid');
  expect(invalid('spinbutton', 'Units of an agent')).toBe('true');
  expect(invalid('spinbutton', 'Messages at once')).toBe('true');
  expect(invalid('checkbox', 'A call comes even while messages are open')).toBe('true');
  expect(screen.getAllByText('Write 1 to 40 characters')).toHaveLength(1);
  expect(screen.queryByRole('radiogroup')).toBeNull();
});

test('what can be seen to be wrong is said once it was tried', () => {
  const start: CapacityProfileInput = { name: 'None', channels: {}, labels: [{ label: '', max: 1 }] };
  const { rerender } = render(<Form start={start} />);
  expect(screen.queryByText(/would get nothing/)).toBeNull();
  rerender(<Form start={start} tried />);
  expect(screen.getByText(/would get nothing/)).toBeTruthy();
  expect(screen.getByRole('textbox', { name: 'Label' }).getAttribute('aria-invalid')).toBe('true');
});

test('whoever may only read changes nothing', () => {
  render(<Form start={{ ...freshProfile(), units_total: 5, labels: [{ label: 'vip', max: 1 }] }} disabled isNew={false} />);
  expect(screen.queryAllByRole('button', { name: /label/i })).toEqual([]);
  for (const role of ['switch', 'combobox', 'checkbox', 'textbox'] as const) {
    expect(screen.getAllByRole(role).every((it) => (it as HTMLInputElement).disabled)).toBe(true);
  }
});

function Takes({ start, errors = {} }: { start?: Demand; errors?: Record<string, string> }) {
  const [value, change] = useState<Demand | undefined>(start);
  demand = value ?? {};
  return (
    <IntlProvider locale="en" messages={messages}>
      <DemandField value={value} errorAt={(path) => errors[path]} disabled={false} change={change} />
    </IntlProvider>
  );
}

test('what the contacts of a queue take is chosen, and an empty label is none', () => {
  render(<Takes />);
  expect((screen.getByRole('combobox', { name: 'Wants the agent alone' }) as HTMLSelectElement).value).toBe('calls');
  fireEvent.change(screen.getByRole('combobox', { name: 'Wants the agent alone' }), { target: { value: 'nothing' } });
  expect(screen.getByText(/up to the agent’s capacity profile/)).toBeTruthy();
  fireEvent.change(screen.getByRole('textbox', { name: 'Label' }), { target: { value: 'vip' } });
  fireEvent.change(screen.getByRole('textbox', { name: 'Label' }), { target: { value: '' } });
  fireEvent.change(screen.getByRole('combobox', { name: 'Wrap-up of a message' }), { target: { value: 'frees' } });
  expect(demand).toEqual({ exclusive: 'nothing', label: null, message_wrap_up: 'frees' });
});

test('what the server refuses of it stands at its place', () => {
  render(<Takes errors={{ 'demand.label': 'Write 1 to 40 characters', 'demand.units': 'Is not from 0 to 1000' }} />);
  expect(screen.getByRole('textbox', { name: 'Label' }).getAttribute('aria-invalid')).toBe('true');
  expect(screen.getByRole('spinbutton', { name: 'Units of each contact' }).getAttribute('aria-invalid')).toBe('true');
});
