import { cleanup, fireEvent, render, screen, within } from '@testing-library/react';
import { useState, type ComponentProps } from 'react';
import { IntlProvider } from 'react-intl';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { catalog, compact } from '../../scripts/messages.ts';
import type { Area } from '../api/contract';

const { lists } = vi.hoisted(() => ({ lists: {} as Record<string, { id: number; name: string }[]> }));
vi.mock('../app/announcer', () => ({ announce: () => undefined }));
vi.mock('../app/session', () => ({ useSession: () => ({ center: 'contoso', may: () => true }) }));
vi.mock('./settings', () => ({ useList: (area: string) => ({ data: { items: lists[area] ?? [] } }), titleOf: (it: { name: string }) => it.name }));
const { SettingsField } = await import('./field');
const { FORMS, fresh, valueAt, withValue } = await import('./forms');
const messages = compact(catalog('en')) as ComponentProps<typeof IntlProvider>['messages'];
let now: Record<string, unknown>;
beforeEach(() => {
  lists['queues'] = [{ id: 1, name: 'Sales' }, { id: 2, name: 'Help' }];
});
afterEach(cleanup);

/** All fields of an area's form, as its page shows them. */
function Form({ area, errors = {}, disabled = false, start }: { area: Area; errors?: Record<string, string>; disabled?: boolean; start?: object }) {
  const [form, change] = useState<Record<string, unknown>>(() => ({ ...structuredClone(fresh(area)), ...start }));
  now = form;
  return (
    <IntlProvider locale="en" messages={messages}>
      {FORMS[area].flatMap((section) => section.fields).map((spec) => (
        <SettingsField key={spec.path} spec={spec} value={valueAt(form, spec.path)} error={errors[spec.path]} form={form} disabled={disabled} change={(value) => change((before) => withValue(before, spec.path, value))} blur={() => undefined} />
      ))}
    </IntlProvider>
  );
}

test('a not-ready reason has a label, counts as work or not, and may have a longest time', () => {
  render(<Form area="reasons" />);
  fireEvent.change(screen.getByRole('textbox', { name: 'Label' }), { target: { value: 'Training' } });
  fireEvent.click(screen.getByRole('switch', { name: 'Counts as work' }));
  const longest = screen.getByRole('spinbutton', { name: 'Longest time' });
  fireEvent.change(longest, { target: { value: '45' } });
  fireEvent.blur(longest);
  fireEvent.click(screen.getByRole('switch', { name: 'Paid' }));
  fireEvent.click(screen.getByRole('switch', { name: 'A supervisor grants it' }));
  expect(now).toEqual({ label: 'Training', heading_id: null, productive: true, paid: false, needs_supervisor: true, max_minutes: 45 });
  fireEvent.change(longest, { target: { value: '' } });
  fireEvent.blur(longest);
  expect(now['max_minutes']).toBeNull();
});

test('a disposition is offered in the queues that are checked', async () => {
  render(<Form area="dispositions" errors={{ label: 'There is one of this label' }} />);
  expect(screen.getByRole('textbox', { name: 'Label' }).getAttribute('aria-invalid')).toBe('true');
  const offered = within(await screen.findByRole('group', { name: 'Offered in' }));
  fireEvent.click(offered.getByRole('checkbox', { name: 'Help' }));
  fireEvent.click(offered.getByRole('checkbox', { name: 'Sales' }));
  fireEvent.click(offered.getByRole('checkbox', { name: 'Help' }));
  expect(now['queue_ids']).toEqual([1]);
});

test('of many queues they are found by typing, and one that is no longer there can be taken out', async () => {
  lists['queues'] = Array.from({ length: 40 }, (_, i) => ({ id: i + 1, name: `Queue ${i + 1}` }));
  render(<Form area="dispositions" start={{ queue_ids: [99] }} />);
  const field = await screen.findByRole('combobox', { name: 'Offered in' });
  expect(screen.queryByRole('checkbox')).toBeNull();
  fireEvent.change(field, { target: { value: 'queue 17' } });
  fireEvent.keyDown(field, { key: 'Enter' });
  expect(now['queue_ids']).toEqual([99, 17]);
  fireEvent.click(screen.getByRole('button', { name: /No longer there/ }));
  expect(now['queue_ids']).toEqual([17]);
});

test('whoever may only read changes nothing', async () => {
  lists['queues'] = Array.from({ length: 40 }, (_, i) => ({ id: i + 1, name: `Queue ${i + 1}` }));
  render(<Form area="dispositions" start={{ queue_ids: [3] }} disabled />);
  expect(((await screen.findByRole('combobox', { name: 'Offered in' })) as HTMLInputElement).disabled).toBe(true);
  expect(screen.queryByRole('button')).toBeNull();
  expect(screen.getByText('Queue 3')).toBeTruthy();
});
