import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { cleanup, fireEvent, render, screen, waitFor, within } from '@testing-library/react';
import type { ComponentProps, ReactNode } from 'react';
import { IntlProvider } from 'react-intl';
import { MemoryRouter } from 'react-router';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { catalog, compact } from '../../scripts/messages.ts';
import type { DirectoryPage, Person } from '../api/directory';
import type { MyTeams } from '../api/teams-account';

const { server, desk, who, live } = vi.hoisted(() => ({
  server: { directoryOf: vi.fn(), syncDirectory: vi.fn(), myTeams: vi.fn(), switchMyTeams: vi.fn(), teamsLogin: vi.fn() },
  desk: { calling: { openPad: vi.fn() }, connected: undefined as object | undefined, wrapping: undefined },
  who: { may: true, hasDesk: true },
  live: { topic: undefined as object | undefined },
}));
const { directoryOf, syncDirectory, ...account } = server;
vi.mock('../api/directory', async (original) => ({ ...(await original<object>()), directoryOf, syncDirectory }));
vi.mock('../api/teams-account', async (original) => ({ ...(await original<object>()), ...account }));
vi.mock('../desk/agent', () => ({ useAgentDesk: () => (who.hasDesk ? desk : null) }));
vi.mock('../app/announcer', () => ({ announce: () => undefined }));
vi.mock('../app/title', () => ({ useTitle: () => undefined }));
vi.mock('../app/session', () => ({ useSession: () => ({ center: 'contoso', zone: 'Europe/Berlin', name: 'Ava', me: { account: { roles: ['agent'] } }, may: () => who.may }) }));
vi.mock('../live/hooks', () => ({ useAfter: () => true, useTopic: () => live.topic, useLive: () => ({ errors: {} }), useServerNow: () => Date.parse('2026-11-27T09:00:00Z') }));
// Canceled animations are rejected promises here: what Fluent moves stands still.
Element.prototype.animate = undefined as unknown as Element['animate'];
HTMLElement.prototype.showPopover = function open() { this.setAttribute('data-open', ''); };
HTMLElement.prototype.hidePopover = function close() { this.removeAttribute('data-open'); };
const matches = Element.prototype.matches;
Element.prototype.matches = function named(selector: string) { return selector === ':popover-open' ? this.hasAttribute('data-open') : matches.call(this, selector); };
const { default: TeamDrawer } = await import('./drawer');
const { Page: Profile } = await import('./profile');
const { setDrawer } = await import('./standing');
const messages = compact(catalog('en')) as ComponentProps<typeof IntlProvider>['messages'];

const person = (id: string, name: string, more: Partial<Person> = {}): Person => ({
  id, name, mail: null, title: null, department: null, is_in_teams: true, has_teams_phone: false, status: 'available', doing: 'nothing', status_since: null, is_stale: false, agent: null, has_signed_in: false,
  numbers: [{ type: 'mobile', number: '+14255550168', is_default: true }, { type: 'business', number: '+14255550142', is_default: false }], upn: `${id}@contoso.com`, ...more,
});
const told = (people: Person[], more: Partial<DirectoryPage> = {}): DirectoryPage => ({ synced_at: '2026-11-27T13:00:00Z', behind_since: null, problem: null, n_people: people.length, n_shown: people.length, limit: 300, login: 'not_needed', people, ...more });
const mine: MyTeams = { has_account: true, is_enabled: true, login: 'not_needed', login_expires_at: null, login_problem: null, login_redirect_uri: 'https://tandem.example/auth/teams/login', is_owner: null, upn: 'ava@contoso.com' };
beforeEach(() => {
  for (const it of Object.values(server)) it.mockReset();
  desk.calling.openPad.mockReset();
  desk.connected = undefined;
  Object.assign(who, { may: true, hasDesk: true });
  live.topic = undefined;
  server.myTeams.mockResolvedValue(mine);
  server.directoryOf.mockResolvedValue(told([person('d', 'Dana Weber')]));
  setDrawer(true);
});
afterEach(cleanup);
function show(what: ReactNode, at = '/'): void {
  render(
    <IntlProvider locale="en" messages={messages}>
      <QueryClientProvider client={new QueryClient({ defaultOptions: { queries: { retry: false } } })}>
        <MemoryRouter initialEntries={[at]}>{what}</MemoryRouter>
      </QueryClientProvider>
    </IntlProvider>,
  );
}
const rows = async (): Promise<(string | null)[]> => {
  await screen.findByRole('grid', { name: 'People' });
  return screen.getAllByRole('row').map((it) => it.textContent);
};
const items = (): (string | null)[] => within(screen.getByRole('menu', { hidden: true })).getAllByRole('menuitem', { hidden: true }).map((it) => it.textContent?.replaceAll(/[\u2066-\u2069]/g, '') ?? null);

// B-188, B-094, B-197, B-220
test('who is an agent and in Teams is one row with both, and only Teams users carry its icon', async () => {
  const agent = { id: 4, name: 'Ben', display: 'wrap_up' as const, since: '2026-11-27T08:59:00Z', team: null, is_mine: true };
  server.directoryOf.mockResolvedValue(told([person('b', 'Ben', { agent, status: 'busy', doing: 'call' }), person('c', 'Carl', { agent: { ...agent, is_mine: false }, is_in_teams: false, has_signed_in: true }), person('d', 'Dana', { status: null })]));
  show(<TeamDrawer slot={null} />);
  expect(await rows()).toEqual(['My team (1)', 'BenBusy · In a callTandem: Wrap-up', 'Other agents (1)', 'CarlTandem: Wrap-up', 'Teams users (1)', 'DanaNot known']);
  expect(screen.getAllByRole('img', { name: 'In Teams' }).length).toBe(2);
  expect(screen.getByTitle('Not yet signed in to Tandem').textContent).toContain('Ben');
});

// B-081, B-189, B-221
test('right click, Shift+F10 and button open the same menu with the numbers in order, and a call goes by the dial pad', async () => {
  show(<TeamDrawer slot={null} />);
  const grid = await screen.findByRole('grid', { name: 'People' });
  const expected = ['Call Mobile: +14255550168', 'Call Business: +14255550142', 'Chat in Teams', 'Call in Teams'];
  fireEvent.contextMenu(screen.getByText('Dana Weber'));
  expect(items()).toEqual(expected);
  fireEvent.click(screen.getByText(/Call Mobile/));
  expect(desk.calling.openPad).toHaveBeenCalledWith('+14255550168');
  fireEvent.keyDown(grid, { key: 'F10', shiftKey: true });
  expect(items()).toEqual(expected);
  fireEvent.click(screen.getByText(/Call Business/));
  expect(desk.calling.openPad).toHaveBeenLastCalledWith('+14255550142');
  fireEvent.click(screen.getByRole('button', { name: 'What can be done with Dana Weber' }));
  expect(items()).toEqual(expected);
});

// B-222
test('who has no number is shown and cannot be called, and whoever is busy calls nobody', async () => {
  server.directoryOf.mockResolvedValue(told([person('d', 'Dana Weber', { numbers: [] })]));
  show(<TeamDrawer slot={null} />);
  fireEvent.contextMenu(await screen.findByText('Dana Weber'));
  expect(items()).toEqual(['Chat in Teams', 'Call in Teams']);
  cleanup();
  desk.connected = {};
  server.directoryOf.mockResolvedValue(told([person('d', 'Dana Weber')]));
  show(<TeamDrawer slot={null} />);
  fireEvent.contextMenu(await screen.findByText('Dana Weber'));
  fireEvent.click(screen.getByText(/Call Mobile/));
  expect(desk.calling.openPad).not.toHaveBeenCalled();
});

// B-200, B-196
test('that not all are shown is said, a search looks at all of them, and an administrator synchronizes now', async () => {
  server.directoryOf.mockResolvedValue(told([person('d', 'Dana Weber')], { n_people: 1842, n_shown: 300 }));
  server.syncDirectory.mockResolvedValue(undefined);
  show(<TeamDrawer slot={null} />);
  expect(await screen.findByText('Showing 300 of 1,842 - search to find others')).toBeTruthy();
  expect(screen.getByText('Directory synced 14:00')).toBeTruthy();
  fireEvent.click(screen.getByRole('button', { name: 'Sync now' }));
  await waitFor(() => expect(server.syncDirectory).toHaveBeenCalledWith('contoso'));
  server.directoryOf.mockResolvedValue(told([], { n_people: 1842 }));
  fireEvent.change(screen.getByRole('searchbox'), { target: { value: 'nobody' } });
  expect(await screen.findByText('Nobody matches “nobody”')).toBeTruthy();
  expect(server.directoryOf).toHaveBeenLastCalledWith('contoso', 'nobody');
});

// B-218, B-219
test('when a sign-in is needed the drawer says so and opens it in a tab of its own', async () => {
  server.directoryOf.mockResolvedValue(told([person('d', 'Dana Weber', { status: null })], { login: 'needed' }));
  server.teamsLogin.mockResolvedValue('https://login.example/authorize');
  const tab = { location: { href: '' } };
  vi.stubGlobal('open', () => tab);
  show(<TeamDrawer slot={null} />);
  fireEvent.click(await screen.findByRole('button', { name: 'Teams Login' }));
  await waitFor(() => expect(tab.location.href).toBe('https://login.example/authorize'));
  vi.unstubAllGlobals();
});

test('of thousands only what is seen is drawn', async () => {
  server.directoryOf.mockResolvedValue(told(Array.from({ length: 12_000 }, (_, i) => person(`p${i}`, `Person ${i}`))));
  show(<TeamDrawer slot={null} />);
  const drawn = await rows();
  expect(drawn.length).toBeLessThan(60);
  expect(screen.getByRole('grid').getAttribute('aria-rowcount')).toBe('12001');
});

// B-060
test('without an account, or switched off, there is no drawer', async () => {
  server.myTeams.mockResolvedValue({ ...mine, is_enabled: false });
  show(<TeamDrawer slot={document.body} />);
  await waitFor(() => expect(server.myTeams).toHaveBeenCalled());
  expect(screen.queryByRole('complementary')).toBeNull();
  expect(screen.queryByRole('button', { name: 'Team' })).toBeNull();
});

// B-061
test('a user switches Teams on again in the profile, and reads how the sign-in stands', async () => {
  server.myTeams.mockResolvedValue({ ...mine, is_enabled: false });
  server.switchMyTeams.mockResolvedValue({ ...mine, login: 'needed' });
  show(<Profile />, '/profile?teams=refused');
  expect(await screen.findByText(/The sign-in to Teams was refused/)).toBeTruthy();
  fireEvent.click(await screen.findByRole('switch', { name: 'Teams integration' }));
  await waitFor(() => expect(server.switchMyTeams).toHaveBeenCalledWith('contoso', true));
  expect(await screen.findByText(/A sign-in to Teams is needed/)).toBeTruthy();
  expect(screen.getByRole('button', { name: 'Teams Login' })).toBeTruthy();
});

// B-205, B-206, B-219
test('owner reads why the sign-in is over and what to register, whether Teams is switched on or not', async () => {
  server.myTeams.mockResolvedValue({ ...mine, is_enabled: false, login: 'needed', is_owner: 'owner', login_problem: 'redirect_unregistered' });
  show(<Profile />, '/profile');
  expect(await screen.findByText(/You sign in for the whole contact center/)).toBeTruthy();
  expect(screen.getByText('https://tandem.example/auth/teams/login')).toBeTruthy();
  expect(screen.getByRole('button', { name: 'Teams Login' })).toBeTruthy();
});
