// A queue is switched: what is asked before, what is refused, and what everybody reads of it afterwards.
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { cleanup, fireEvent, render, screen, waitFor } from '@testing-library/react';
import type { ComponentProps, ReactNode } from 'react';
import { IntlProvider } from 'react-intl';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { catalog, compact } from '../../scripts/messages.ts';
import { fresh } from '../admin/forms';
import { ApiError } from '../api/client';
import type { Queue } from '../api/contract';
import type { Outlook, QueueSwitches, Switch } from './switches';

const { server, announce, who } = vi.hoisted(() => ({
  server: { switchesOf: vi.fn(), switchQueue: vi.fn(), endSwitch: vi.fn() },
  announce: vi.fn(),
  who: { may: true },
}));
vi.mock('./switches', async (original) => ({ ...(await original<typeof import('./switches')>()), ...server }));
vi.mock('../app/announcer', () => ({ announce }));
vi.mock('../app/session', () => ({ useSession: () => ({ center: 'contoso', zone: 'Europe/Berlin', may: () => who.may, look: { standing: 'none' } }) }));
vi.mock('../live/hooks', () => ({ useServerNow: () => Date.parse('2026-11-27T14:30:00Z') }));
Element.prototype.animate = undefined as unknown as Element['animate'];
const { default: SwitchDialog } = await import('./switch-dialog');
const { default: Switched, SwitchBars } = await import('./switched');
const messages = compact(catalog('en')) as ComponentProps<typeof IntlProvider>['messages'];

const nobody = (position: Outlook['position']): Outlook => ({ position, leave: 0, stay: 0, offered: 0, put_off: 0, called: 0 });
const told: QueueSwitches = {
  hours: 'open',
  items: [],
  outlook: [{ ...nobody('closed'), stay: 2 }, nobody('open'), { ...nobody('emergency'), leave: 2, offered: 1 }, nobody('no_callbacks')],
  seconds_max: 86_400,
};
const queue: Queue = { ...fresh('queues'), id: 4, version: 1, name: 'Support', hours_id: 2 };
const closed: Switch = { position: 'closed', since: '2026-11-27T14:00:00Z', until: '2026-11-27T17:00:00Z', reason: 'Team meeting', by: 'Dana Reyes' };

beforeEach(() => {
  for (const it of Object.values(server)) it.mockReset();
  announce.mockReset();
  who.may = true;
});
afterEach(cleanup);
function show(children: ReactNode): void {
  const client = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  render(
    <QueryClientProvider client={client}>
      <IntlProvider locale="en" messages={messages}>
        {children}
      </IntlProvider>
    </QueryClientProvider>,
  );
}

test('before a queue is switched it is told how many wait and what becomes of them', async () => {
  server.switchesOf.mockResolvedValue(told);
  show(<SwitchDialog queue={queue} close={() => undefined} />);
  expect(await screen.findByText('2 callers who wait go on waiting, and are served.')).toBeTruthy();
  fireEvent.click(screen.getByLabelText('Emergency'));
  expect(screen.getByText('2 callers who wait leave at once.')).toBeTruthy();
  expect(screen.getByText(/1 caller is being offered to an agent/)).toBeTruthy();
  fireEvent.click(screen.getByLabelText('Open'));
  expect(screen.getByText('Nobody waits in this queue now.')).toBeTruthy();
  // The queue calls nobody back.
  expect(screen.queryByLabelText('No new callbacks')).toBeNull();
});

test('nothing is switched without an end and a reason, and a refusal is said', async () => {
  server.switchesOf.mockResolvedValue(told);
  server.switchQueue.mockRejectedValue(new ApiError(409, { code: 'already_switched', detail: 'position: this queue is switched to open already; end that first' }));
  show(<SwitchDialog queue={queue} close={() => undefined} />);
  await screen.findByText(/go on waiting/);
  fireEvent.click(screen.getByRole('button', { name: 'Close' }));
  expect(screen.getByText('Say until when, at most a day ahead.')).toBeTruthy();
  expect(server.switchQueue).not.toHaveBeenCalled();
  fireEvent.change(screen.getByLabelText(/^Until/), { target: { value: '18:00' } });
  fireEvent.change(screen.getByLabelText(/^Reason/), { target: { value: 'Team meeting' } });
  fireEvent.click(screen.getByRole('button', { name: 'Close' }));
  expect((await screen.findByRole('alert')).textContent).toContain('already');
  expect(server.switchQueue).toHaveBeenCalledWith('contoso', 4, { position: 'closed', until: '2026-11-27T17:00:00.000Z', reason: 'Team meeting' });
});

test('everybody reads who switched it, until when and why, and who may ends it', async () => {
  server.endSwitch.mockResolvedValue(told);
  const tomorrow: Switch = { ...closed, position: 'no_callbacks', until: '2026-11-28T07:00:00Z', by: null };
  show(<Switched switches={[closed, tomorrow]} />);
  expect(screen.getByText(/^Closed by Dana Reyes until .?18:00.?: Team meeting$/)).toBeTruthy();
  expect(screen.getByText(/^No new callbacks, by somebody until tomorrow .?08:00.?: Team meeting$/)).toBeTruthy();
  cleanup();
  show(<SwitchBars id={4} switches={[closed]} />);
  fireEvent.click(screen.getByRole('button', { name: 'End it now' }));
  await waitFor(() => expect(announce).toHaveBeenCalledWith('The switch is over.'));
  expect(server.endSwitch).toHaveBeenCalledWith('contoso', 4, 'closed');
  cleanup();
  who.may = false;
  show(<SwitchBars id={4} switches={[closed]} />);
  expect(screen.getByText(/^Closed by Dana Reyes/)).toBeTruthy();
  expect(screen.queryByRole('button', { name: 'End it now' })).toBeNull();
});
