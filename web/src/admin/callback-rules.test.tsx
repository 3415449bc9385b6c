import { cleanup, fireEvent, render, screen, waitFor } from '@testing-library/react';
import { useState, type ComponentProps } from 'react';
import { IntlProvider } from 'react-intl';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { catalog, compact } from '../../scripts/messages.ts';
import type { CallbackRules } from '../api/contract';

const { announce } = vi.hoisted(() => ({ announce: vi.fn() }));
vi.mock('../app/announcer', () => ({ announce }));
vi.mock('../app/session', () => ({ useSession: () => ({ center: 'contoso', may: () => true }) }));
vi.mock('./settings', () => ({ useList: () => ({ data: { items: [{ id: 3, name: 'Days' }] } }), titleOf: (it: { name: string }) => it.name }));
const { CallbacksField, FRESH_CALLBACKS } = await import('./callback-rules');
const { onlyZoneOf } = await import('./callback-zones');
const { missingZone } = await import('./calling-rules');
const { errorsFor } = await import('./field-errors');
const messages = compact(catalog('en')) as ComponentProps<typeof IntlProvider>['messages'];
let now: CallbackRules | null;
beforeEach(() => announce.mockClear());
afterEach(cleanup);

interface Shown {
  start?: CallbackRules | null;
  errors?: { field: string; detail: string }[];
  isTried?: boolean;
  disabled?: boolean;
}
const type = (name: string, value: string): void => {
  const field = screen.getByRole('spinbutton', { name });
  fireEvent.change(field, { target: { value } });
  fireEvent.blur(field);
};
function Form({ start = FRESH_CALLBACKS, errors = [], isTried = false, disabled = false }: Shown) {
  const [rules, change] = useState<CallbackRules | null>(start);
  now = rules;
  return (
    <IntlProvider locale="en" messages={messages}>
      <CallbacksField label="Customers can be called back" hint="Who waits." value={rules} isTried={isTried} errorAt={(path, reach) => errorsFor(errors, path, reach)} disabled={disabled} change={change} />
    </IntlProvider>
  );
}
const add = (typed: string): void => {
  const field = screen.getByRole('combobox', { name: 'Add a country' });
  fireEvent.change(field, { target: { value: typed } });
  fireEvent.keyDown(field, { key: 'Enter' });
};

//
test('callbacks are switched on with what is usual, and off again', () => {
  render(<Form start={null} />);
  expect(screen.queryByRole('spinbutton')).toBeNull();
  fireEvent.click(screen.getByRole('switch', { name: 'Customers can be called back' }));
  expect(now).toEqual(FRESH_CALLBACKS);
  fireEvent.change(screen.getByRole('combobox', { name: 'Times at which customers may be called' }), { target: { value: '3' } });
  fireEvent.change(screen.getByRole('combobox', { name: 'A customer who books again' }), { target: { value: 'refuse' } });
  fireEvent.change(screen.getByRole('combobox', { name: 'When the queue closes' }), { target: { value: 'expire' } });
  type('Times that a customer is called', '5');
  expect(now).toMatchObject({ hours_id: 3, duplicate: 'refuse', at_closing: 'expire', attempts: 5 });
  fireEvent.click(screen.getByRole('switch', { name: 'Customers can be called back' }));
  expect(now).toBeNull();
});

test('a country gets its clock, the only one by itself, and is taken out again', async () => {
  render(<Form />);
  add('japan');
  add('germany');
  expect(now?.zones?.map(({ country }) => country)).toEqual(['81', '49']);
  // Which zones a country has is the browser's knowledge; this one may have none.
  expect(['', 'Asia/Tokyo']).toContain(now?.zones?.[0]?.time_zone);
  const zone = screen.getByRole('combobox', { name: /Germany/ });
  fireEvent.change(zone, { target: { value: 'berlin' } });
  fireEvent.keyDown(zone, { key: 'Enter' });
  expect(now?.zones?.[1]).toEqual({ country: '49', time_zone: 'Europe/Berlin' });
  // One clock of each country.
  const country = screen.getByRole('combobox', { name: 'Add a country' });
  fireEvent.change(country, { target: { value: 'germany' } });
  expect(screen.queryByRole('option', { name: /Germany/ })).toBeNull();
  fireEvent.click(screen.getByRole('button', { name: /^Remove .*Germany/ }));
  expect(now?.zones?.map(({ country: code }) => code)).toEqual(['81']);
  await waitFor(() => expect(document.activeElement?.getAttribute('role')).toBe('combobox'));
  expect(announce).toHaveBeenLastCalledWith(expect.stringContaining('was removed'));
});

test('a code that many countries share has no clock of its own', () => {
  expect(onlyZoneOf('1')).toBe('');
  expect(onlyZoneOf('999')).toBe('');
});

test('a country without a clock is marked once it was tried', () => {
  const start = { ...FRESH_CALLBACKS, zones: [{ country: '49', time_zone: '' }] };
  expect(missingZone(start)).toBe('field.error.required');
  expect(missingZone(null)).toBeUndefined();
  const { rerender } = render(<Form start={start} />);
  const zone = (): string | null => screen.getByRole('combobox', { name: /Germany/ }).getAttribute('aria-invalid');
  expect(zone()).not.toBe('true');
  rerender(<Form start={start} isTried />);
  expect(zone()).toBe('true');
});

// The refusals of crates/core/src/callback/rules.rs.
test('what the server refuses stands at its place, and nowhere else', () => {
  const errors = [
    { field: 'callbacks.attempts.no_answer_s', detail: 'is not from 60 to 86400' },
    { field: 'callbacks.zones.49', detail: 'there is no time zone "Mars/Base"; write an IANA name' },
  ];
  render(<Form start={{ ...FRESH_CALLBACKS, zones: [{ country: '49', time_zone: 'Mars/Base' }] }} errors={errors} />);
  expect(screen.getByRole('spinbutton', { name: 'Next attempt when nobody answered' }).getAttribute('aria-invalid')).toBe('true');
  expect(screen.getByRole('spinbutton', { name: 'Times that a customer is called' }).getAttribute('aria-invalid')).not.toBe('true');
  expect(screen.getByRole('combobox', { name: /Germany/ }).getAttribute('aria-invalid')).toBe('true');
  expect(screen.getAllByText(/there is no time zone/i)).toHaveLength(1);
  expect(screen.getAllByText(/is not from 60/i)).toHaveLength(1);
});

test('whoever may only read changes nothing', () => {
  render(<Form start={{ ...FRESH_CALLBACKS, zones: [{ country: '49', time_zone: 'Europe/Berlin' }] }} disabled />);
  expect(screen.queryAllByRole('button', { name: /^Remove/ })).toEqual([]);
  expect(screen.queryByRole('combobox', { name: 'Add a country' })).toBeNull();
  expect(screen.getAllByRole('spinbutton').every((it) => (it as HTMLInputElement).disabled)).toBe(true);
});
