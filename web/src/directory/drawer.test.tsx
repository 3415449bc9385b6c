import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { cleanup, fireEvent, render, screen, waitFor, within } from '@testing-library/react';
import type { ComponentProps, ReactNode } from 'react';
import { IntlProvider } from 'react-intl';
import { MemoryRouter } from 'react-router';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { catalog, compact } from '../../scripts/messages.ts';
import type { DirectoryPage, Person } from '../api/directory';
import type { MyTeams } from '../api/teams-account';

const { server, desk, who, live, drawn } = vi.hoisted(() => ({
  server: { directoryOf: vi.fn(), syncDirectory: vi.fn(), setFavorite: vi.fn(), myTeams: vi.fn(), switchMyTeams: vi.fn(), teamsLogin: vi.fn() },
  desk: { calling: { openPad: vi.fn() }, openPanel: vi.fn(), part: 'own', connected: undefined as object | undefined, wrapping: undefined },
  who: { may: true, hasDesk: true },
  live: { topic: undefined as object | undefined },
  /** How many rows were drawn. */
  drawn: { n: 0 },
}));
const { directoryOf, syncDirectory, setFavorite, ...account } = server;
vi.mock('../api/directory', async (original) => ({ ...(await original<object>()), directoryOf, syncDirectory, setFavorite }));
vi.mock('../api/teams-account', async (original) => ({ ...(await original<object>()), ...account }));
vi.mock('../presence/seen', async (original) => {
  const real = await original<typeof import('../presence/seen')>();
  return { ...real, SeenShape: (props: Parameters<typeof real.SeenShape>[0]) => { drawn.n += 1; return real.SeenShape(props); } };
});
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
  numbers: [{ type: 'mobile', number: '+14255550168', is_default: true }, { type: 'business', number: '+14255550142', is_default: false }], is_favorite: false, upn: `${id}@contoso.com`, ...more,
});
const told = (people: Person[], more: Partial<DirectoryPage> = {}): DirectoryPage => ({ synced_at: '2026-11-27T13:00:00Z', behind_since: null, problem: null, lines_problem: null, n_people: people.length, n_shown: people.length, limit: 300, login: 'not_needed', people, ...more });
const mine: MyTeams = { has_account: true, is_enabled: true, login: 'not_needed', login_expires_at: null, login_problem: null, login_redirect_uri: 'https://tandem.example/auth/teams/login', is_owner: null, upn: 'ava@contoso.com' };
beforeEach(() => {
  for (const it of Object.values(server)) it.mockReset();
  desk.calling.openPad.mockReset();
  desk.openPanel.mockReset();
  desk.connected = undefined;
  Object.assign(who, { may: true, hasDesk: true });
  live.topic = undefined;
  server.myTeams.mockResolvedValue(mine);
  server.directoryOf.mockResolvedValue(told([person('d', 'Dana Weber')]));
  setDrawer(true);
});
afterEach(cleanup);
function show(what: () => ReactNode, at = '/'): { again: () => void } {
  const client = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  const page = (): ReactNode => (
    <IntlProvider locale="en" messages={messages}>
      <QueryClientProvider client={client}>
        <MemoryRouter initialEntries={[at]}>{what()}</MemoryRouter>
      </QueryClientProvider>
    </IntlProvider>
  );
  const { rerender } = render(page());
  return { again: () => rerender(page()) };
}
const drawer = (): ReactNode => <TeamDrawer slot={null} />;
const rows = async (): Promise<(string | null)[]> => {
  await screen.findByRole('grid', { name: 'People' });
  return screen.getAllByRole('row').map((it) => it.textContent);
};
const items = (): (string | null)[] => within(screen.getByRole('menu', { hidden: true })).getAllByRole('menuitem', { hidden: true }).map((it) => it.textContent?.replaceAll(/[\u2066-\u2069]/g, '') ?? null);

// B-188, B-094, B-197, B-220
test('who is an agent and in Teams is one row with both, and only Teams users carry its icon', async () => {
  const agent = { id: 4, name: 'Ben', display: 'wrap_up' as const, since: '2026-11-27T08:59:00Z', team: null, is_mine: true };
  server.directoryOf.mockResolvedValue(told([person('b', 'Ben', { agent, status: 'busy', doing: 'call' }), person('c', 'Carl', { agent: { ...agent, is_mine: false }, is_in_teams: false, has_signed_in: true }), person('d', 'Dana', { status: null })]));
  show(drawer);
  expect(await rows()).toEqual(['My team (1)', 'BenBusy · In a callTandem: Wrap-up', 'Other agents (1)', 'CarlTandem: Wrap-up', 'Teams users (1)', 'DanaNot known']);
  expect(screen.getAllByRole('img', { name: 'In Teams' }).length).toBe(2);
  expect(screen.getByTitle('Not yet signed in to Tandem').textContent).toContain('Ben');
});

// B-081, B-189, B-221
test('right click, Shift+F10 and button open the same menu with the numbers in order, and a call goes by the dial pad', async () => {
  show(drawer);
  const grid = await screen.findByRole('grid', { name: 'People' });
  const expected = ['Call Mobile: +14255550168', 'Call Business: +14255550142', 'Chat in Teams', 'Call in Teams', 'Add to favorites'];
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
  show(drawer);
  fireEvent.contextMenu(await screen.findByText('Dana Weber'));
  expect(items()).toEqual(['Chat in Teams', 'Call in Teams', 'Add to favorites']);
  cleanup();
  desk.connected = {};
  server.directoryOf.mockResolvedValue(told([person('d', 'Dana Weber')]));
  show(drawer);
  fireEvent.contextMenu(await screen.findByText('Dana Weber'));
  fireEvent.click(screen.getByText(/Call Mobile/));
  expect(desk.calling.openPad).not.toHaveBeenCalled();
});

// B-200, B-196
test('that not all are shown is said, a search looks at all of them, and an administrator synchronizes now', async () => {
  server.directoryOf.mockResolvedValue(told([person('d', 'Dana Weber')], { n_people: 1842, n_shown: 300 }));
  server.syncDirectory.mockResolvedValue(undefined);
  show(drawer);
  expect(await screen.findByText('Showing 300 of 1,842 - search to find others')).toBeTruthy();
  expect(screen.getByText('Directory synced 14:00')).toBeTruthy();
  fireEvent.click(screen.getByRole('button', { name: 'Sync now' }));
  await waitFor(() => expect(server.syncDirectory).toHaveBeenCalledWith('contoso'));
  server.directoryOf.mockResolvedValue(told([], { n_people: 1842 }));
  fireEvent.change(screen.getByRole('searchbox'), { target: { value: 'nobody' } });
  expect(await screen.findByText('Nobody matches “nobody”')).toBeTruthy();
  expect(server.directoryOf).toHaveBeenLastCalledWith('contoso', 'nobody');
});

test('the focus goes into the drawer with whoever opens it, and back to the button when it closes', async () => {
  setDrawer(false);
  const slot = document.body.appendChild(document.createElement('div'));
  show(() => <TeamDrawer slot={slot} />);
  const button = await screen.findByRole('button', { name: 'Team' });
  button.focus();
  fireEvent.click(button);
  expect(document.activeElement).toBe(screen.getByRole('complementary', { name: 'Team' }));
  fireEvent.click(screen.getByRole('button', { name: 'Close the drawer' }));
  expect(screen.queryByRole('complementary')).toBeNull();
  expect(document.activeElement).toBe(button);
  slot.remove();
});

// B-218, B-219
test('when a sign-in is needed the drawer says so and opens it in a tab of its own', async () => {
  server.directoryOf.mockResolvedValue(told([person('d', 'Dana Weber', { status: null })], { login: 'needed' }));
  server.teamsLogin.mockResolvedValue('https://login.example/authorize');
  const tab = { location: { href: '' } };
  vi.stubGlobal('open', () => tab);
  show(drawer);
  fireEvent.click(await screen.findByRole('button', { name: 'Teams Login' }));
  await waitFor(() => expect(tab.location.href).toBe('https://login.example/authorize'));
  vi.unstubAllGlobals();
});

// B-081, B-095, B-096, B-222
test('with a call in hand the menu leads to the dialog for whom can be reached, and to nobody beside the third party', async () => {
  const talking = { id: 7, state: 'connected', channel: 'voice', conversation: { third: null } };
  desk.connected = talking;
  server.directoryOf.mockResolvedValue(told([person('d', 'Dana Weber'), person('e', 'Emil Nowak', { numbers: [] })]));
  show(drawer);
  fireEvent.contextMenu(await screen.findByText('Dana Weber'));
  expect(items()).toEqual(['Call Mobile: +14255550168', 'Call Business: +14255550142', 'Consult about the current call', 'Transfer the current call', 'Chat in Teams', 'Call in Teams', 'Add to favorites']);
  fireEvent.click(screen.getByText('Transfer the current call'));
  expect(desk.openPanel).toHaveBeenLastCalledWith('transfer', 'Dana Weber');
  fireEvent.contextMenu(screen.getByText('Dana Weber', { selector: 'bdi' }));
  fireEvent.click(screen.getByText('Consult about the current call'));
  expect(desk.openPanel).toHaveBeenLastCalledWith('consult', 'Dana Weber');
  fireEvent.contextMenu(screen.getByText('Emil Nowak'));
  expect(items()).toEqual(['Chat in Teams', 'Call in Teams', 'Add to favorites']);
  const opened = vi.fn();
  vi.stubGlobal('open', opened);
  fireEvent.click(screen.getByText('Chat in Teams'));
  expect(opened).toHaveBeenCalledWith('https://teams.microsoft.com/l/chat/0/0?users=e%40contoso.com', '_blank', 'noopener');
  vi.unstubAllGlobals();
  desk.connected = { ...talking, conversation: { third: { stage: 'talking' } } };
  fireEvent.contextMenu(screen.getByText('Dana Weber', { selector: 'bdi' }));
  expect(items()).not.toContain('Transfer the current call');
});

// B-200
test('while everybody is searched those who are here are narrowed down at once, and nobody is called missing', async () => {
  server.directoryOf.mockResolvedValue(told([person('d', 'Dana Weber'), person('e', 'Emil Nowak')], { n_people: 1842, n_shown: 2 }));
  show(drawer);
  await screen.findByText('Dana Weber');
  let answer: (page: DirectoryPage) => void = () => undefined;
  server.directoryOf.mockReturnValue(new Promise((resolve) => (answer = resolve)));
  const field = screen.getByRole('searchbox');
  fireEvent.change(field, { target: { value: 'em' } });
  expect(screen.queryByText('Dana Weber')).toBeNull();
  expect(screen.getByText('Emil Nowak')).toBeTruthy();
  expect(screen.getByText('Searching everybody')).toBeTruthy();
  expect(screen.getByRole('grid').getAttribute('aria-busy')).toBe('true');
  fireEvent.change(field, { target: { value: 'zo' } });
  expect(screen.queryByText(/Nobody matches/)).toBeNull();
  await waitFor(() => expect(server.directoryOf).toHaveBeenLastCalledWith('contoso', 'zo'));
  answer(told([person('z', 'Zoe Quist')], { n_people: 512, n_shown: 1 }));
  expect(await screen.findByText('Zoe Quist')).toBeTruthy();
  expect(screen.getByText('Showing 1 of 512 who match - type more to find others')).toBeTruthy();
  fireEvent.keyDown(field, { key: 'ArrowDown' });
  expect(document.activeElement).toBe(screen.getByRole('grid'));
});

const scrolledTo = (grid: HTMLElement, row: number): void => {
  grid.scrollTop = row * 56;
  fireEvent.scroll(grid);
};
const many = (): DirectoryPage => told(Array.from({ length: 12_000 }, (_, i) => person(`p${i}`, `Person ${i}`)));

test('of thousands only what is seen is drawn, and a scroll draws each row once, four at a time, in an element that is there', async () => {
  server.directoryOf.mockResolvedValue(many());
  show(drawer);
  expect((await rows()).length).toBeLessThan(60);
  const grid = screen.getByRole('grid');
  expect(grid.getAttribute('aria-rowcount')).toBe('12001');
  scrolledTo(grid, 100);
  const before = new Set(screen.getAllByRole('row'));
  drawn.n = 0;
  const times: number[] = [];
  for (let step = 1; step <= 48; step += 1) {
    const n = drawn.n;
    scrolledTo(grid, 100 + step);
    if (drawn.n > n) times.push(drawn.n - n);
  }
  expect(times).toEqual(Array.from({ length: 12 }, () => 4));
  expect(screen.getAllByRole('row').filter((it) => !before.has(it))).toEqual([]);
  drawn.n = 0;
  scrolledTo(grid, 9_000);
  expect(drawn.n).toBe(before.size);
  expect(screen.getAllByRole('row').filter((it) => !before.has(it))).toEqual([]);
  // At rest they stand in the order in which they are read.
  await waitFor(() => {
    const shown = screen.getAllByRole('row').map((it) => Number(it.getAttribute('aria-rowindex')));
    expect(shown).toEqual([...shown].sort((a, b) => a - b));
  });
});

test('what the feed tells of one person draws one row', async () => {
  server.directoryOf.mockResolvedValue(many());
  const people = Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`p${i}`, { status: 'available' as const }]));
  live.topic = { n_people: 12_000, people };
  const { again } = show(drawer);
  await rows();
  drawn.n = 0;
  again();
  expect(drawn.n).toBe(0);
  live.topic = { n_people: 12_000, people: { ...people, p3: { status: 'busy' as const } } };
  again();
  expect(drawn.n).toBe(1);
  expect(screen.getByText('Busy')).toBeTruthy();
});

// B-221
test('whom the keyboard is at comes back into view for the menu', async () => {
  server.directoryOf.mockResolvedValue(many());
  show(drawer);
  await rows();
  const grid = screen.getByRole('grid');
  scrolledTo(grid, 9_000);
  expect(screen.queryByText('Person 0', { selector: 'bdi' })).toBeNull();
  fireEvent.keyDown(grid, { key: 'F10', shiftKey: true });
  expect(screen.getByRole('menu', { hidden: true }).getAttribute('aria-label')).toBe('What can be done with Person 0');
  expect(screen.getByText('Person 0', { selector: 'bdi' })).toBeTruthy();
});

test('whoever is made a favorite stands in a group above, once, and goes back', async () => {
  const agent = { id: 4, name: 'Ben', display: 'wrap_up' as const, since: '2026-11-27T08:59:00Z', team: null, is_mine: true };
  const page = (isFavorite: boolean): DirectoryPage => told([person('b', 'Ben', { agent, is_favorite: isFavorite }), person('d', 'Dana')]);
  server.directoryOf.mockResolvedValue(page(false));
  server.setFavorite.mockResolvedValue(undefined);
  show(drawer);
  fireEvent.contextMenu(await screen.findByText('Ben'));
  server.directoryOf.mockResolvedValue(page(true));
  fireEvent.click(screen.getByText('Add to favorites'));
  await screen.findByText('Favorites (1)');
  expect(server.setFavorite).toHaveBeenLastCalledWith('contoso', 'b', 'kept');
  expect(screen.queryByText('My team (1)')).toBeNull();
  expect(screen.getAllByText('Ben', { selector: 'bdi' }).length).toBe(1);
  fireEvent.contextMenu(screen.getByText('Ben', { selector: 'bdi' }));
  server.directoryOf.mockResolvedValue(page(false));
  fireEvent.click(screen.getByText('Remove from favorites'));
  await screen.findByText('My team (1)');
  expect(server.setFavorite).toHaveBeenLastCalledWith('contoso', 'b', 'dropped');
});

// B-079
test('what is missing for numbers of Teams lines is told to whoever can mend it', async () => {
  server.directoryOf.mockResolvedValue(told([person('d', 'Dana')], { lines_problem: 'Teams numbers are not read: grant it' }));
  show(drawer);
  expect(await screen.findByText('Teams numbers are not read: grant it')).toBeTruthy();
  cleanup();
  who.may = false;
  show(drawer);
  await screen.findByText('Dana');
  expect(screen.queryByText('Teams numbers are not read: grant it')).toBeNull();
});

// B-057
test('with an account who is looked at shows status, can be called and written to, and everybody is found; without one none of it is there', async () => {
  show(() => <TeamDrawer slot={document.body} />);
  expect(await screen.findByRole('complementary')).toBeTruthy();
  fireEvent.contextMenu(await screen.findByText('Dana Weber'));
  expect(items()).toEqual(expect.arrayContaining(['Chat in Teams', 'Call in Teams', 'Call Mobile: +14255550168']));
  expect((await rows()).join(' ')).toContain('Available');
  expect(screen.getByRole('searchbox')).toBeTruthy();
  cleanup();
  server.myTeams.mockResolvedValue(null);
  show(() => <TeamDrawer slot={document.body} />);
  await waitFor(() => expect(server.myTeams).toHaveBeenCalled());
  for (const role of ['complementary', 'searchbox', 'grid'] as const) expect(screen.queryByRole(role)).toBeNull();
});

// B-060
test('without an account, or switched off, there is no drawer', async () => {
  server.myTeams.mockResolvedValue({ ...mine, is_enabled: false });
  show(() => <TeamDrawer slot={document.body} />);
  await waitFor(() => expect(server.myTeams).toHaveBeenCalled());
  expect(screen.queryByRole('complementary')).toBeNull();
  expect(screen.queryByRole('button', { name: 'Team' })).toBeNull();
});

// B-061
test('a user switches Teams on again in the profile, and reads how the sign-in stands', async () => {
  server.myTeams.mockResolvedValue({ ...mine, is_enabled: false });
  server.switchMyTeams.mockResolvedValue({ ...mine, login: 'needed' });
  show(() => <Profile />, '/profile?teams=refused');
  expect(await screen.findByText(/The sign-in to Teams was refused/)).toBeTruthy();
  fireEvent.click(await screen.findByRole('switch', { name: 'Teams integration' }));
  await waitFor(() => expect(server.switchMyTeams).toHaveBeenCalledWith('contoso', true));
  expect(await screen.findByText(/A sign-in to Teams is needed/)).toBeTruthy();
  expect(screen.getByRole('button', { name: 'Teams Login' })).toBeTruthy();
});

// B-205, B-206, B-219
test('owner reads why the sign-in is over and what to register, whether Teams is switched on or not', async () => {
  server.myTeams.mockResolvedValue({ ...mine, is_enabled: false, login: 'needed', is_owner: 'owner', login_problem: 'redirect_unregistered' });
  show(() => <Profile />, '/profile');
  expect(await screen.findByText(/You sign in for the whole contact center/)).toBeTruthy();
  expect(screen.getByText('https://tandem.example/auth/teams/login')).toBeTruthy();
  expect(screen.getByRole('button', { name: 'Teams Login' })).toBeTruthy();
});
