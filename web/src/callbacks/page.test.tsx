import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { cleanup, fireEvent, render, screen, waitFor, within } from '@testing-library/react';
import type { ComponentProps } from 'react';
import { IntlProvider } from 'react-intl';
import { MemoryRouter } from 'react-router';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { catalog, compact } from '../../scripts/messages.ts';
import type { Callback, CallbackPage } from '../api/callbacks';
import { ApiError } from '../api/client';

const { server, lists, announce } = vi.hoisted(() => ({
  server: { callbackPage: vi.fn(), callbackFigures: vi.fn(), bookCallback: vi.fn(), cancelCallback: vi.fn(), rescheduleCallback: vi.fn() },
  lists: {} as Record<string, object[]>,
  announce: vi.fn(),
}));
vi.mock('../api/callbacks', () => server);
vi.mock('../app/announcer', () => ({ announce }));
vi.mock('../app/title', () => ({ useTitle: () => undefined }));
vi.mock('../app/session', () => ({ useSession: () => ({ center: 'contoso', zone: 'Europe/Berlin', may: () => true }) }));
vi.mock('../live/hooks', () => ({ useAfter: () => true, useServerNow: () => Date.parse('2026-11-27T08:10:00Z') }));
vi.mock('../admin/settings', () => ({
  useList: (area: string) => ({ isPending: false, isSuccess: true, data: { items: lists[area] ?? [] } }),
  titleOf: (it: { name: string }) => it.name,
}));
// Canceled animations are rejected promises here: what Fluent moves stands still.
Element.prototype.animate = undefined as unknown as Element['animate'];
const { Page } = await import('./page');
const messages = compact(catalog('en')) as ComponentProps<typeof IntlProvider>['messages'];

const callback = (id: number, more: Partial<Callback> = {}): Callback => ({
  id,
  kind: 'asap',
  state: 'booked',
  queue: { id: 1, name: 'Sales' },
  customer: { number: `+4930${id}`, name: null },
  booked_at: '2026-11-27T08:00:00Z',
  from_contact_id: null,
  contact_id: null,
  window: null,
  owner: null,
  next_at: '2026-11-27T09:00:00Z',
  promised_by: null,
  expires_at: null,
  attempts: 0,
  why: null,
  ended_at: null,
  ...more,
});
const told = (...items: Callback[]): CallbackPage => ({ items, next_after: null });
beforeEach(() => {
  for (const it of Object.values(server)) it.mockReset();
  announce.mockReset();
  server.callbackPage.mockResolvedValue(told(callback(1)));
  server.callbackFigures.mockResolvedValue({ all: { pending: 1, requested: 2, attempted: 0, connected: 0, virtual_wait_s: null, promise_kept_percent: null } });
  Object.assign(lists, {
    queues: [
      { id: 1, name: 'Sales', callbacks: { zones: [{ country: '44', time_zone: 'Europe/London' }] } },
      { id: 2, name: 'Help', callbacks: null },
      { id: 3, name: 'Service', callbacks: {} },
    ],
    agents: [{ id: 7, name: 'Ava' }, { id: 8, name: 'Ben' }],
  });
});
afterEach(cleanup);
const show = (): void => {
  render(
    <IntlProvider locale="en" messages={messages}>
      <QueryClientProvider client={new QueryClient({ defaultOptions: { queries: { retry: false } } })}>
        <MemoryRouter>
          <Page />
        </MemoryRouter>
      </QueryClientProvider>
    </IntlProvider>,
  );
};
const row = async (text: string): Promise<ReturnType<typeof within>> => within((await screen.findByText(text)).closest('tr') as HTMLElement);
async function booking(): Promise<ReturnType<typeof within>> {
  fireEvent.click(await screen.findByRole('button', { name: 'Book a callback' }));
  return within(await screen.findByRole('dialog', { name: 'Book a callback' }));
}
const fill = (dialog: ReturnType<typeof within>, label: string, value: string): void => void fireEvent.change(dialog.getByLabelText(label, { exact: false }), { target: { value } });

test('the book tells of whom, by which queue, in which state, and when by both clocks', async () => {
  const window = { from: '2026-11-27T09:00:00Z', to: '2026-11-27T10:00:00Z', time_zone: 'America/New_York' };
  server.callbackPage.mockResolvedValue(
    told(
      callback(1, { kind: 'scheduled', window, contact_id: 55 }),
      callback(2, { window: { ...window, time_zone: 'Europe/Vienna' }, state: 'due', next_at: null, why: 'busy', attempts: 1 }),
      callback(3, { kind: 'agent_owned', owner: { agent: { id: 7, name: 'Ava' }, until: '2026-11-27T10:00:00Z' }, next_at: '2026-11-27T10:00:00Z' }),
      callback(4, { state: 'dialing', customer: { number: null, name: null } }),
    ),
  );
  show();
  const first = await row('+49301');
  expect(first.getByText(/04:00. for the customer/).textContent).toContain('America/New_York');
  expect((await row('+49302')).queryByText(/for the customer/)).toBeNull();
  expect(first.getByRole('link').getAttribute('href')).toBe('/contacts/55');
  const second = await row('+49302');
  expect(second.getByText('Waits for an agent')).toBeTruthy();
  expect(second.getByText('Busy')).toBeTruthy();
  expect(second.getByText('Now')).toBeTruthy();
  const third = await row('+49303');
  expect(third.getByText('Ava')).toBeTruthy();
  expect(third.getByText(/The agent’s own until/)).toBeTruthy();
  // While a customer is being called nothing is changed.
  const fourth = await row('Number erased');
  expect(fourth.queryAllByRole('button')).toEqual([]);
});

test('what ended is another part, and a state narrows it down', async () => {
  show();
  await row('+49301');
  server.callbackPage.mockResolvedValue(told(callback(5, { state: 'expired', next_at: null, ended_at: '2026-11-26T09:00:00Z' })));
  fireEvent.click(screen.getByRole('radio', { name: 'Ended' }));
  const over = await row('+49305');
  expect(over.queryAllByRole('button')).toEqual([]);
  expect(server.callbackPage).toHaveBeenLastCalledWith('contoso', 'ended', null, null);
  fireEvent.change(screen.getByRole('combobox', { name: 'State' }), { target: { value: 'done' } });
  expect(screen.getByText('No callback matches')).toBeTruthy();
});

test('an empty book, one that is on its way and one that does not come are said', async () => {
  server.callbackPage.mockResolvedValue(told());
  show();
  expect(await screen.findByText('Nobody waits to be called back.')).toBeTruthy();
  cleanup();
  server.callbackPage.mockReturnValue(new Promise(() => undefined));
  show();
  expect(screen.getByRole('status', { name: 'Loading' })).toBeTruthy();
  cleanup();
  server.callbackPage.mockRejectedValue(new ApiError(503, { code: 'unavailable' }));
  show();
  expect(await screen.findByRole('button', { name: 'Try again' })).toBeTruthy();
});

//
test('a callback is booked at a time, by the clock of the customer, for one agent', async () => {
  server.bookCallback.mockResolvedValue(9);
  show();
  await row('+49301');
  const dialog = await booking();
  fireEvent.click(dialog.getByRole('button', { name: 'Book it' }));
  expect(dialog.getByLabelText('Number', { exact: false }).getAttribute('aria-invalid')).toBe('true');
  await waitFor(() => expect(document.activeElement).toBe(dialog.getByLabelText('Number', { exact: false })));
  // Queues that call nobody back are not there to be chosen.
  const queue = dialog.getByRole('combobox', { name: 'Queue that calls back' });
  expect([...queue.querySelectorAll('option')].map((it) => it.textContent)).toEqual(['Choose a queue', 'Sales', 'Service']);
  fireEvent.change(queue, { target: { value: '1' } });
  fill(dialog, 'Number', '+44 20 7123 4567');
  fireEvent.click(dialog.getByRole('radio', { name: 'At a time' }));
  expect((dialog.getByRole('combobox', { name: 'The customer’s time zone' }) as HTMLInputElement).value).toBe('Europe/London');
  expect((dialog.getByLabelText('Not before', { exact: false }) as HTMLInputElement).value).toBe('2026-11-27T09:00');
  fireEvent.click(dialog.getByRole('radio', { name: 'One agent' }));
  const owner = dialog.getByRole('combobox', { name: 'Agent' });
  fireEvent.change(owner, { target: { value: 'be' } });
  fireEvent.keyDown(owner, { key: 'Enter' });
  fireEvent.click(dialog.getByRole('button', { name: 'Book it' }));
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
  expect(server.bookCallback).toHaveBeenCalledWith('contoso', {
    queue_id: 1,
    number: '+442071234567',
    time_zone: 'Europe/London',
    window: { from: '2026-11-27T09:00', to: '2026-11-27T11:00' },
    owner: { agent_id: 8, fallback_after_s: 3600 },
  });
  expect(screen.getByText(/^A callback is booked for/)).toBeTruthy();
});

test('when the first one counts, nothing is said to be booked', async () => {
  server.bookCallback.mockResolvedValue(1);
  show();
  await row('+49301');
  const dialog = await booking();
  fill(dialog, 'Number', '+49301');
  fireEvent.change(dialog.getByRole('combobox', { name: 'Queue that calls back' }), { target: { value: '1' } });
  fireEvent.click(dialog.getByRole('button', { name: 'Book it' }));
  expect(await screen.findByText(/that one counts, and nothing new was booked/)).toBeTruthy();
  expect(announce).toHaveBeenLastCalledWith(expect.stringContaining('nothing new was booked'), 'assertive');
  fireEvent.click(screen.getByRole('button', { name: 'Dismiss' }));
  expect(screen.queryByText(/that one counts/)).toBeNull();
});

test('a refusal stands at its field, and one about the whole below', async () => {
  server.bookCallback.mockRejectedValueOnce(new ApiError(422, { code: 'on_do_not_call_list' })).mockRejectedValueOnce(new ApiError(409, { code: 'callback_pending' }));
  show();
  await row('+49301');
  const dialog = await booking();
  fill(dialog, 'Number', '+49301');
  fireEvent.change(dialog.getByRole('combobox', { name: 'Queue that calls back' }), { target: { value: '3' } });
  fireEvent.click(dialog.getByRole('button', { name: 'Book it' }));
  expect(await dialog.findByText(/on the do-not-call list/)).toBeTruthy();
  await waitFor(() => expect(document.activeElement).toBe(dialog.getByLabelText('Number', { exact: false })));
  fill(dialog, 'Number', '+49302');
  expect(dialog.queryByText(/on the do-not-call list/)).toBeNull();
  fireEvent.click(dialog.getByRole('button', { name: 'Book it' }));
  expect((await dialog.findByRole('alert')).textContent).toContain('called back by this queue already');
});

test('where no queue calls back it is said who can change that', async () => {
  lists['queues'] = [{ id: 2, name: 'Help', callbacks: null }];
  show();
  const dialog = await booking();
  expect(dialog.getByText(/An administrator can change that in a queue/)).toBeTruthy();
});

test('another time is chosen, and a callback is called off, with the focus back on the page', async () => {
  server.rescheduleCallback.mockRejectedValueOnce(new ApiError(422, { code: 'invalid', errors: [{ field: 'window.to', detail: 'is over already; choose a later time' }] })).mockResolvedValueOnce(undefined);
  server.cancelCallback.mockResolvedValue(undefined);
  server.callbackPage.mockResolvedValue(told(callback(1, { kind: 'scheduled', window: { from: '2026-11-27T09:00:00Z', to: '2026-11-27T10:00:00Z', time_zone: 'Europe/London' } })));
  show();
  fireEvent.click((await row('+49301')).getByRole('button', { name: /^Choose another time/ }));
  const moving = within(await screen.findByRole('dialog', { name: /^Another time for/ }));
  expect((moving.getByLabelText('Not before', { exact: false }) as HTMLInputElement).value).toBe('2026-11-27T09:00');
  fill(moving, 'Not after', '2026-11-27T08:00');
  fireEvent.click(moving.getByRole('button', { name: 'Choose this time' }));
  expect(moving.getByText('The end is not after the begin.')).toBeTruthy();
  expect(server.rescheduleCallback).not.toHaveBeenCalled();
  fill(moving, 'Not after', '2026-11-27T12:00');
  fireEvent.click(moving.getByRole('button', { name: 'Choose this time' }));
  expect(await moving.findByText(/is over already/i)).toBeTruthy();
  fireEvent.click(moving.getByRole('button', { name: 'Choose this time' }));
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
  expect(server.rescheduleCallback).toHaveBeenLastCalledWith('contoso', 1, { window: { from: '2026-11-27T09:00', to: '2026-11-27T12:00' }, time_zone: 'Europe/London' });
  await waitFor(() => expect(document.activeElement).toBe(screen.getByRole('heading', { name: 'Callbacks' })));
  fireEvent.click((await row('+49301')).getByRole('button', { name: /^Cancel the callback of/ }));
  const leaving = within(await screen.findByRole('alertdialog'));
  fireEvent.click(leaving.getByRole('button', { name: 'Keep it' }));
  await waitFor(() => expect(screen.queryByRole('alertdialog')).toBeNull());
  expect(server.cancelCallback).not.toHaveBeenCalled();
  fireEvent.click((await row('+49301')).getByRole('button', { name: /^Cancel the callback of/ }));
  fireEvent.click(within(await screen.findByRole('alertdialog')).getByRole('button', { name: 'Cancel the callback' }));
  await waitFor(() => expect(server.cancelCallback).toHaveBeenCalledWith('contoso', 1));
});
