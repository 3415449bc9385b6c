import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { cleanup, fireEvent, render, screen, waitFor, within } from '@testing-library/react';
import type { ComponentProps } from 'react';
import { IntlProvider } from 'react-intl';
import { createMemoryRouter, RouterProvider } from 'react-router';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { catalog, compact } from '../../scripts/messages.ts';
import { ApiError } from '../api/client';
import type { PresenceRules } from '../api/presence-rules';

const { server, announce, who } = vi.hoisted(() => ({
  server: { presenceRulesOf: vi.fn(), savePresenceRules: vi.fn(), chainOf: vi.fn(), cycleOf: vi.fn() },
  announce: vi.fn(),
  who: { may: true },
}));
vi.mock('../api/presence-rules', async (original) => ({ ...(await original<object>()), ...server }));
vi.mock('../app/announcer', () => ({ announce }));
vi.mock('../app/title', () => ({ useTitle: () => undefined }));
vi.mock('../app/session', () => ({ useSession: () => ({ center: 'contoso', zone: 'Europe/Berlin', may: () => who.may }) }));
vi.mock('../live/hooks', () => ({ useAfter: () => true, useTopic: () => undefined }));
vi.mock('../admin/settings', () => ({ useList: () => ({ data: { items: [{ id: 5, label: 'Lunch' }] } }) }));
// Canceled animations are rejected promises here: what Fluent moves stands still.
Element.prototype.animate = undefined as unknown as Element['animate'];
// What comes later is there already: nothing here is about waiting for it.
await Promise.all([import('./simulator'), import('./gate'), import('./timing'), import('./loop-dialog')]);
const { Page: ToTeams } = await import('./to-teams');
const { Page: FromTeams } = await import('./from-teams');
const messages = compact(catalog('en')) as ComponentProps<typeof IntlProvider>['messages'];

const rules: PresenceRules = {
  version: 2,
  to_teams: { is_on: true, map: [{ from: { kind: 'system', standing: 'on_contact' }, to: 'busy' }] },
  from_teams: { is_on: true, map: [{ from: 'busy', to: { kind: 'not_ready', reason_id: 5 } }], doing: [] },
  precedence: ['chosen_in_teams', 'calendar_and_calls', 'tandem'],
  ignore_shorter_than_s: 15,
  force_every_s: 3600,
  resets_timer_on_force: false,
  max_age_cycles: 3,
  cycle_s: 60,
  loop: { max_changes: 4, within_s: 120 },
  gate: [{ when: 'busy', voice: 'no_route', messages: 'route' }],
};
beforeEach(() => {
  for (const it of Object.values(server)) it.mockReset();
  announce.mockReset();
  who.may = true;
  server.presenceRulesOf.mockResolvedValue(rules);
  server.savePresenceRules.mockImplementation((_: string, version: number, input: object) => Promise.resolve({ ...input, version: version + 1 }));
});
afterEach(cleanup);
function show(page: typeof ToTeams): void {
  const Component = page;
  const router = createMemoryRouter([{ path: '*', element: <Component /> }]);
  render(
    <IntlProvider locale="en" messages={messages}>
      <QueryClientProvider client={new QueryClient({ defaultOptions: { queries: { retry: false } } })}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </IntlProvider>,
  );
}
const choose = async (name: string, value: string): Promise<void> => void fireEvent.change(await screen.findByRole('combobox', { name }), { target: { value } });
const press = (name: string): void => void fireEvent.click(screen.getByRole('button', { name }));

// B-190, B-214, B-216, B-217
test('a state of Tandem gets a status, a direction is switched off alone, and the button says Update', async () => {
  show(ToTeams);
  await choose('What Teams shows for Lunch', 'away');
  fireEvent.click(screen.getByRole('checkbox', { name: 'Changes here change the presence in Teams' }));
  expect(screen.getByText(/This direction is off/)).toBeTruthy();
  press('Update');
  await waitFor(() => expect(server.savePresenceRules).toHaveBeenCalledWith('contoso', 2, expect.objectContaining({
    to_teams: { is_on: false, map: [...rules.to_teams.map, { from: { kind: 'reason', reason_id: 5 }, to: 'away' }] },
    from_teams: rules.from_teams,
  }), 'refused'));
});

// B-217
test('what nobody has saved yet has Save, and says whose rules these are', async () => {
  server.presenceRulesOf.mockResolvedValue({ ...rules, version: 0 });
  show(ToTeams);
  expect(await screen.findByRole('button', { name: 'Save' })).toBeTruthy();
  expect(screen.getByText(/the rules that Tandem comes with/)).toBeTruthy();
});

// B-204, B-215, B-223
test('automatic statuses are marked, and making the idle available is warned of', async () => {
  show(FromTeams);
  const away = (await screen.findByRole('combobox', { name: 'What Tandem does for Away' })).closest('tr') as HTMLElement;
  expect(within(away).getByText('Automatic: nothing was touched')).toBeTruthy();
  await choose('What Tandem does for Away', 'available');
  expect(within(away).getByRole('note').textContent).toContain('somebody who went away would become available');
  await choose('What Tandem does for In a meeting', 'not_ready:5');
  press('Update');
  await waitFor(() => expect(server.savePresenceRules.mock.calls[0]?.[2]).toMatchObject({ from_teams: { doing: [{ from: 'meeting', to: { kind: 'not_ready', reason_id: 5 } }] } }));
});

test('who wins is ordered by keys and reads as a sentence', async () => {
  show(FromTeams);
  fireEvent.keyDown(await screen.findByRole('button', { name: /^Move Tandem, 3 of 3/ }), { key: 'ArrowUp' });
  expect(screen.getByText('When more than one of them says something: first what the person chose in Teams, then Tandem, then calendar and calls in Teams.')).toBeTruthy();
});

// B-028
test('whom a status lets ring is set for calls and for messages', async () => {
  show(FromTeams);
  const calls = (await screen.findByRole('checkbox', { name: 'Calls while Busy' })) as HTMLInputElement;
  expect(calls.checked).toBe(false);
  fireEvent.click(screen.getByRole('checkbox', { name: 'Messages while Offline' }));
  press('Update');
  await waitFor(() => expect(server.savePresenceRules.mock.calls[0]?.[2]).toMatchObject({ gate: [rules.gate[0], { when: 'offline', voice: 'route', messages: 'no_route' }] }));
});

// B-203
test('a loop is drawn and named, and saved only when that is wanted', async () => {
  const cycle = [{ side: 'teams', status: 'busy' }, { side: 'tandem', standing: { kind: 'reason', reason_id: 5 } }];
  server.savePresenceRules.mockRejectedValueOnce(new ApiError(422, { code: 'presence_loop' }));
  server.cycleOf.mockResolvedValue(cycle);
  show(ToTeams);
  await choose('What Teams shows for Lunch', 'busy');
  press('Update');
  const dialog = within(await screen.findByRole('alertdialog', { name: 'These rules go round in a circle' }));
  expect(within(await dialog.findByRole('list', { name: 'The loop' })).getAllByRole('listitem').map((it) => it.textContent)).toEqual(['Teams: Busy', 'Tandem: Lunch']);
  fireEvent.click(dialog.getByRole('button', { name: 'Save although it loops' }));
  expect(server.savePresenceRules).toHaveBeenCalledTimes(1);
  fireEvent.click(dialog.getByRole('checkbox'));
  fireEvent.click(dialog.getByRole('button', { name: 'Save although it loops' }));
  await waitFor(() => expect(server.savePresenceRules).toHaveBeenLastCalledWith('contoso', 2, expect.anything(), 'allowed'));
});

test('the simulator tells what would follow by rules that are not saved', async () => {
  server.chainOf.mockResolvedValue({
    steps: [
      { at_s: 0, shows: { side: 'tandem', standing: { kind: 'system', standing: 'on_contact' } }, why: 'presence.why.start' },
      { at_s: 15, shows: { side: 'teams', status: 'busy' }, why: 'presence.why.mapped' },
    ],
    ends: 'settled',
    cycle: null,
  });
  show(ToTeams);
  await choose('What Teams shows for On a contact', 'do_not_disturb');
  fireEvent.click(await screen.findByRole('button', { name: 'Show what follows' }));
  const steps = within(await screen.findByRole('list', { name: 'What follows' }));
  expect(steps.getAllByRole('listitem').map((it) => it.textContent)).toEqual(['0:00Tandem: On a contactThe start.', '0:15Teams: BusyBy the mapping.']);
  expect(screen.getByText('After 1 change it is quiet.')).toBeTruthy();
  expect(server.chainOf.mock.calls[0]?.[1]).toMatchObject({ to_teams: { map: [{ to: 'do_not_disturb' }] } });
  expect(server.chainOf.mock.calls[0]?.[2]).toEqual({ side: 'tandem', standing: { kind: 'system', standing: 'on_contact' } });
});

test('a direction that is off changes nothing, and the simulator says so', async () => {
  const shows = { side: 'tandem', standing: { kind: 'system', standing: 'on_contact' } };
  server.chainOf.mockResolvedValue({ steps: [{ at_s: 0, shows, why: 'presence.why.start' }, { at_s: 0, shows, why: 'presence.why.off' }], ends: 'settled', cycle: null });
  show(ToTeams);
  fireEvent.click(await screen.findByRole('button', { name: 'Show what follows' }));
  expect(await screen.findByText('Nothing changes.')).toBeTruthy();
  expect(screen.getByText('This direction is off.')).toBeTruthy();
});

test('whoever may only read sees the rules and changes none', async () => {
  who.may = false;
  show(FromTeams);
  expect(((await screen.findByRole('combobox', { name: 'What Tandem does for Busy' })) as HTMLSelectElement).disabled).toBe(true);
  expect(screen.queryByRole('button', { name: 'Update' })).toBeNull();
});
