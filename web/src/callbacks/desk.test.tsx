// Callbacks on the agent's desk: the own ones, one that a customer has pending, and one that is booked for later.
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { cleanup, fireEvent, render, screen, waitFor, within } from '@testing-library/react';
import type { ComponentProps, ReactNode } from 'react';
import { IntlProvider } from 'react-intl';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { catalog, compact } from '../../scripts/messages.ts';
import type { Callback } from '../api/callbacks';
import { ApiError } from '../api/client';
import type { ContactView, MeTopic } from '../api/contract';

const { server, announce, clock, who } = vi.hoisted(() => ({
  server: { ownCallbacks: vi.fn(), takeCallback: vi.fn(), pendingCallback: vi.fn(), cancelCallback: vi.fn(), bookCallback: vi.fn(), rescheduleCallback: vi.fn() },
  announce: vi.fn(),
  clock: { now: 0 },
  who: { keeps: false },
}));
vi.mock('../api/callbacks', () => server);
vi.mock('../app/announcer', () => ({ announce }));
vi.mock('../app/session', () => ({ useSession: () => ({ center: 'contoso', zone: 'UTC', may: () => who.keeps }) }));
vi.mock('../live/hooks', () => ({ useServerNow: () => clock.now }));
Element.prototype.animate = undefined as unknown as Element['animate'];
const { OwnCallbacks, OwnDue } = await import('./own');
const { PendingCallback } = await import('./pending');
const { default: CallLater } = await import('./later');
const messages = compact(catalog('en')) as ComponentProps<typeof IntlProvider>['messages'];

const own = (id: number, name: string, from: string | null, state: Callback['state'] = 'booked'): Callback => ({
  id,
  kind: 'agent_owned',
  state,
  queue: { id: 1, name: 'Sales' },
  customer: { number: `+4930${id}`, name },
  booked_at: '2026-11-27T08:00:00Z',
  from_contact_id: null,
  contact_id: null,
  window: from === null ? null : { from, to: '2026-11-27T18:00:00Z', time_zone: null },
  owner: { agent: { id: 7, name: 'Ava' }, until: '2026-11-27T19:00:00Z' },
  next_at: null,
  promised_by: null,
  expires_at: null,
  attempts: 0,
  why: null,
  ended_at: null,
});
beforeEach(() => {
  for (const it of Object.values(server)) it.mockReset();
  announce.mockReset();
  clock.now = Date.parse('2026-11-27T09:00:00Z');
  who.keeps = false;
});
afterEach(cleanup);
const framed = (children: ReactNode): ReactNode => (
  <IntlProvider locale="en" messages={messages}>
    {children}
  </IntlProvider>
);
function show(children: ReactNode): (next: ReactNode) => void {
  const client = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  const whole = (it: ReactNode): ReactNode => <QueryClientProvider client={client}>{framed(it)}</QueryClientProvider>;
  const { rerender } = render(whole(children));
  return (next) => rerender(whole(next));
}

test('those whose time has come stand first and can be called, by who is free', async () => {
  server.ownCallbacks.mockResolvedValue([own(1, 'Later', '2026-11-27T10:00:00Z'), own(2, 'Due', '2026-11-27T08:30:00Z')]);
  server.takeCallback.mockRejectedValue(new ApiError(409, { code: 'not_at_this_time' }));
  const again = show(<OwnCallbacks hands="free" />);
  await screen.findByText('Due');
  expect(screen.getAllByRole('listitem').map((it) => it.getAttribute('data-due'))).toEqual(['true', 'false']);
  const due = within(screen.getAllByRole('listitem')[0] as HTMLElement);
  expect(due.getByText(/It is time to call/)).toBeTruthy();
  fireEvent.click(due.getByRole('button', { name: /^Call now/ }));
  expect((await due.findByRole('alert')).textContent).toContain('not called at this time of their day');
  expect(server.takeCallback).toHaveBeenCalledWith('contoso', 2);
  again(<OwnCallbacks hands="busy" />);
  expect(screen.getByText('You can call once you are free.')).toBeTruthy();
  expect(due.getByRole('button', { name: /^Call now/ }).getAttribute('aria-disabled')).toBe('true');
  again(<OwnCallbacks hands="away" />);
  expect(screen.getByText('Start your shift to call.')).toBeTruthy();
});

test('it is said once when the time of one comes, and not of those that were due before', async () => {
  server.ownCallbacks.mockResolvedValue([own(1, 'Later', '2026-11-27T10:00:00Z'), own(2, 'Due', '2026-11-27T08:30:00Z')]);
  const again = show(<OwnCallbacks hands="free" />);
  await screen.findByText('Due');
  expect(announce).not.toHaveBeenCalled();
  clock.now = Date.parse('2026-11-27T10:00:01Z');
  again(<OwnCallbacks hands="free" />);
  expect(announce).toHaveBeenCalledExactlyOnceWith(expect.stringContaining('Later'));
  again(<OwnCallbacks hands="busy" />);
  expect(announce).toHaveBeenCalledTimes(1);
});

//
test('one whose time comes while the agent is busy is shown and said once, and not again between contacts', async () => {
  server.ownCallbacks.mockResolvedValue([own(2, 'Due', '2026-11-27T08:30:00Z'), own(1, 'Later', '2026-11-27T10:00:00Z')]);
  const again = show(<OwnDue />);
  await screen.findByText(/It is time to call .*Due.* back/);
  expect(screen.queryByText(/Later/)).toBeNull();
  expect(announce).toHaveBeenCalledExactlyOnceWith(expect.stringContaining('Due'));
  again(<OwnCallbacks hands="free" />);
  await screen.findByText('My callbacks');
  expect(announce).toHaveBeenCalledTimes(1);
});

test('an own one is called off, and nothing stands there where there are none', async () => {
  server.ownCallbacks.mockResolvedValueOnce([own(1, 'Priya', null), own(2, 'Owen', null)]).mockResolvedValue([own(2, 'Owen', null)]);
  server.cancelCallback.mockResolvedValue(undefined);
  show(<OwnCallbacks hands="free" />);
  fireEvent.click(await screen.findByRole('button', { name: /^Cancel the callback of .*Priya/ }));
  fireEvent.click(within(await screen.findByRole('alertdialog')).getByRole('button', { name: 'Cancel the callback' }));
  await waitFor(() => expect(screen.queryByText('Priya')).toBeNull());
  expect(server.cancelCallback).toHaveBeenCalledWith('contoso', 1);
  await waitFor(() => expect(document.activeElement).toBe(screen.getByRole('heading', { name: 'My callbacks' })));
  cleanup();
  server.ownCallbacks.mockResolvedValue([]);
  show(<OwnCallbacks hands="free" />);
  await waitFor(() => expect(server.ownCallbacks).toHaveBeenCalled());
  expect(screen.queryByRole('heading')).toBeNull();
});

// B-016
test('of a pending callback an agent knows the queue, and may call it off', async () => {
  server.ownCallbacks.mockResolvedValue([]);
  server.cancelCallback.mockResolvedValue(undefined);
  show(<PendingCallback id={5} who="Priya" queue="Sales" isThere />);
  const strip = within(screen.getByRole('region', { name: 'There is a callback for Priya' }));
  expect(strip.getByText(/By the queue .*Sales/)).toBeTruthy();
  expect(strip.queryByRole('button', { name: 'Another time' })).toBeNull();
  expect(server.pendingCallback).not.toHaveBeenCalled();
  fireEvent.click(strip.getByRole('button', { name: 'Cancel the callback' }));
  fireEvent.click(within(await screen.findByRole('alertdialog')).getByRole('button', { name: 'Cancel the callback' }));
  await waitFor(() => expect(screen.queryByRole('region')).toBeNull());
  expect(server.cancelCallback).toHaveBeenCalledWith('contoso', 5);
  expect(announce).toHaveBeenCalledWith(expect.stringContaining('Priya'));
});

test('a pending callback stays while the customer is not there yet', () => {
  server.ownCallbacks.mockResolvedValue([]);
  show(<PendingCallback id={5} who="Priya" queue="Sales" isThere={false} />);
  const strip = within(screen.getByRole('region', { name: 'There is a callback for Priya' }));
  expect(strip.queryByRole('button', { name: 'Cancel the callback' })).toBeNull();
});

test('of an own one, and by whoever keeps the book, the time is known and can be another', async () => {
  server.ownCallbacks.mockResolvedValue([own(5, 'Priya', '2026-11-27T10:00:00Z')]);
  show(<PendingCallback id={5} who="Priya" queue={null} isThere />);
  expect(await screen.findByRole('button', { name: 'Another time' })).toBeTruthy();
  expect(screen.getByText(/Ava.* wants to call/)).toBeTruthy();
  cleanup();
  who.keeps = true;
  server.pendingCallback.mockResolvedValue(own(6, 'Owen', null, 'dialing'));
  show(<PendingCallback id={6} who="Owen" queue={null} isThere />);
  expect(await screen.findByText('Being called')).toBeTruthy();
  expect(screen.queryByRole('button', { name: 'Another time' })).toBeNull();
  expect(server.pendingCallback).toHaveBeenCalledWith('contoso', 6);
});

const me = { agent: { id: 7, name: 'Ava' }, queues: [{ id: 1, name: 'Sales', waiting: 0, longest_since: null }] } as unknown as MeTopic;
const contact = (more: Partial<ContactView> = {}): ContactView => ({ id: 9, customer: { number: '+4930123', name: 'Priya' }, queue: { id: 2, name: 'Help' }, callback_id: null, ...more }) as ContactView;

test('the customer of a contact is called back later, by the agent', async () => {
  server.bookCallback.mockResolvedValue(4);
  const close = vi.fn();
  show(<CallLater contact={contact()} me={me} close={close} />);
  const dialog = within(await screen.findByRole('dialog', { name: /^Call .*Priya.* back later$/ }));
  // The number is known: it is shown, and not asked for.
  expect(dialog.getByText('+4930123')).toBeTruthy();
  expect(dialog.queryByLabelText('Number', { exact: false })).toBeNull();
  expect([...dialog.getByRole('combobox', { name: 'Queue that calls back' }).querySelectorAll('option')].map((it) => it.textContent)).toEqual(['Choose a queue', 'Help', 'Sales']);
  fireEvent.click(dialog.getByRole('radio', { name: 'I do' }));
  fireEvent.click(dialog.getByRole('button', { name: 'Book it' }));
  await waitFor(() => expect(close).toHaveBeenCalledWith({ is: 'booked', text: expect.stringContaining('Priya') }));
  expect(server.bookCallback).toHaveBeenCalledWith('contoso', {
    queue_id: 2,
    number: '+4930123',
    name: 'Priya',
    time_zone: 'UTC',
    window: { from: '2026-11-27T10:00', to: '2026-11-27T12:00' },
    owner: { agent_id: 7, fallback_after_s: 3600 },
  });
});

test('a queue that calls nobody back refuses at its field, and a number that is withheld is not asked for', async () => {
  server.bookCallback.mockRejectedValue(new ApiError(422, { code: 'no_callbacks' }));
  show(<CallLater contact={contact()} me={me} close={() => undefined} />);
  const dialog = within(await screen.findByRole('dialog'));
  fireEvent.click(dialog.getByRole('button', { name: 'Book it' }));
  expect(await dialog.findByText(/This queue calls nobody back/)).toBeTruthy();
  expect(dialog.getByRole('combobox', { name: 'Queue that calls back' }).getAttribute('aria-invalid')).toBe('true');
  cleanup();
  show(<CallLater contact={contact({ customer: { number: null, name: null } })} me={me} close={() => undefined} />);
  expect(screen.queryByRole('dialog')).toBeNull();
});
