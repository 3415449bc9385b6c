import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { cleanup, fireEvent, render, screen, waitFor, within } from '@testing-library/react';
import type { ComponentProps } from 'react';
import { IntlProvider } from 'react-intl';
import { createMemoryRouter, RouterProvider } from 'react-router';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { catalog, compact } from '../../scripts/messages.ts';
import { ApiError } from '../api/client';
import type { RightOf, Rights, TeamsAccount } from '../api/teams-account';
import { DEFAULT_MESSAGES } from './account';

const { server, announce, who } = vi.hoisted(() => ({
  server: {
    teamsAccountOf: vi.fn(),
    applyTeamsAccount: vi.fn(),
    deleteTeamsAccount: vi.fn(),
    testConnection: vi.fn(),
    rightsOf: vi.fn(),
    askConsent: vi.fn(),
    delegatesOf: vi.fn(),
    chooseDelegates: vi.fn(),
    candidatesOf: vi.fn(),
  },
  announce: vi.fn(),
  who: { may: true },
}));
vi.mock('../api/teams-account', async (original) => ({ ...(await original<object>()), ...server }));
vi.mock('../app/announcer', () => ({ announce }));
vi.mock('../app/title', () => ({ useTitle: () => undefined }));
vi.mock('../app/session', () => ({ useSession: () => ({ center: 'contoso', zone: 'Europe/Berlin', may: () => who.may }) }));
vi.mock('../live/hooks', () => ({ useAfter: () => true, useTopic: () => undefined }));
// Canceled animations are rejected promises here: what Fluent moves stands still.
Element.prototype.animate = undefined as unknown as Element['animate'];
// What comes later is there already: nothing here is about waiting for it.
await Promise.all([import('./settings'), import('./guide'), import('./rights'), import('./delegates'), import('./certificate'), import('./delete-account'), import('../admin/dialogs')]);
const { Page } = await import('./page');
const { Page: Office } = await import('./office');
const { Page: Integrations } = await import('./integrations');
const messages = compact(catalog('en')) as ComponentProps<typeof IntlProvider>['messages'];

const ID = '87d349ed-44d7-43e1-9a83-5f2406dee5bd';
const account: TeamsAccount = {
  version: 3,
  name: 'Contoso Teams',
  object_id: ID,
  tenant_id: ID,
  client_id: ID,
  credential: { kind: 'secret', hint: 'abc', set_at: '2026-11-01T08:00:00Z' },
  expires_at: '2027-01-01T00:00:00Z',
  expires_at_source: 'directory',
  expiry_uncertain: false,
  days_left: 36,
  licensing_mode: 'production',
  licensing_acknowledged_at: '2026-11-01T08:00:00Z',
  features: ['directory'],
  number_types: [{ type: 'business', is_shown: true }, { type: 'mobile', is_shown: true }, { type: 'fax', is_shown: true }, { type: 'teams', is_shown: true }],
  messages: DEFAULT_MESSAGES,
  drawer_limit: 300,
  n_enabled: 4,
  n_agents: 9,
};
const right = (name: string, state: RightOf['state'], features: RightOf['features'], consequence: RightOf['consequence']): RightOf => ({ name, kind: 'application', id: ID, features, state, consequence, used_by_tandem: !features.includes('graph_calls') });
const rights: Rights = {
  client_id: ID,
  publisher: 'Contoso Ltd',
  app_name: 'Tandem',
  checked_at: '2026-11-27T08:00:00Z',
  state: 'partly',
  problem: null,
  permissions: [right('User.Read.All', 'granted', ['directory'], 'nobody_is_listed'), right('Presence.Read.All', 'unknown', ['presence_read'], 'status_is_unknown'), right('Calls.AccessMedia.All', 'not_requested', ['graph_calls'], 'none')],
  connection: null,
  redirect_uri: 'https://tandem.example/auth/teams/consent',
  consent: { asked_at: '2026-11-27T08:00:00Z', answered_at: '2026-11-27T08:01:00Z', outcome: 'refused', error: 'access_denied: the user declined', tenant: null },
};
beforeEach(() => {
  for (const it of Object.values(server)) it.mockReset();
  announce.mockReset();
  who.may = true;
  server.teamsAccountOf.mockResolvedValue(account);
  server.rightsOf.mockResolvedValue(rights);
  server.delegatesOf.mockResolvedValue({ version: 3, owner: null, backup: null, is_needed: false });
  server.candidatesOf.mockResolvedValue([]);
});
afterEach(cleanup);

function show(page: typeof Page, at = '/admin/integrations/teams'): void {
  const Component = page;
  const router = createMemoryRouter([{ path: '*', element: <Component /> }], { initialEntries: [at] });
  render(
    <IntlProvider locale="en" messages={messages}>
      <QueryClientProvider client={new QueryClient({ defaultOptions: { queries: { retry: false } } })}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </IntlProvider>,
  );
}
const field = (label: string | RegExp): HTMLInputElement => screen.getByLabelText(label) as HTMLInputElement;
const type = (label: string | RegExp, value: string): void => void fireEvent.change(field(label), { target: { value } });
const press = (name: string | RegExp): void => void fireEvent.click(screen.getByRole('button', { name }));

// B-058, B-062, B-212
test('both paths are there word by word, and a second account is refused with the reason', async () => {
  show(Integrations);
  const add = await screen.findByRole('button', { name: 'Add an account' });
  expect(add.getAttribute('aria-disabled')).toBe('true');
  expect(screen.getByText('One account is allowed. To have another one, delete this one first.').id).toBe(add.getAttribute('aria-describedby'));
  const paths = screen.getAllByRole('navigation', { name: 'Path' }).map((it) => within(it).getAllByRole('listitem').map((part) => part.textContent));
  expect(paths).toEqual([['Configuration', 'Call Center Configuration', 'Integration Accounts'], ['Settings', 'Integrations', 'Office 365']]);
  expect(screen.getByRole('button', { name: 'Configure' })).toBeTruthy();
  expect(screen.getByText('4 of 9')).toBeTruthy();
});

test('where there is none it is said what one is for', async () => {
  server.teamsAccountOf.mockResolvedValue(null);
  show(Integrations);
  expect(await screen.findByText('No integration account yet')).toBeTruthy();
  expect(screen.getByRole('button', { name: 'Add an account' }).getAttribute('aria-disabled')).not.toBe('true');
});

// B-225, B-227
test('more agents than the limits of Microsoft carry are told of', async () => {
  server.teamsAccountOf.mockResolvedValue({ ...account, warnings: [{ field: 'features', code: 'too_many_in_step', n: 30_000, n_max: 21_600 }] });
  show(Page);
  expect(await screen.findByText(/30,000 agents have Teams switched on. Microsoft’s limits let 21,600 be kept in step/)).toBeTruthy();
});

// B-063 to B-068, B-078
test('a new account is applied once it has a name and its mode was read', async () => {
  server.teamsAccountOf.mockResolvedValue(null);
  server.applyTeamsAccount.mockResolvedValue({ ...account, version: 1, warnings: [{ field: 'secret', code: 'secret_looks_like_id' }] });
  show(Page);
  await screen.findByRole('heading', { level: 1, name: 'Add the Microsoft Teams account' });
  await screen.findByLabelText(/I have read/);
  type('Client ID', `{${ID}}`);
  press('Apply');
  expect(server.applyTeamsAccount).not.toHaveBeenCalled();
  expect(field(/^Name/).getAttribute('aria-invalid')).toBe('true');
  expect(screen.getByText('Tick that you have read it.')).toBeTruthy();
  type(/^Name/, 'Ünïcode');
  type('Client Secret', ID);
  expect(screen.getByText(/This looks like the ID of the secret/)).toBeTruthy();
  fireEvent.click(screen.getByLabelText(/I have read/));
  press('Apply');
  await waitFor(() => expect(server.applyTeamsAccount).toHaveBeenCalledWith('contoso', 0, expect.objectContaining({ name: 'Ünïcode', client_id: ID, secret: ID, licensing_acknowledged: true })));
  // What the server warns of stays beside the account that was saved all the same.
  expect((await screen.findAllByText(/This looks like the ID of the secret/)).length).toBe(1);
});

// B-068
test('days are told of a secret that ends within a year, and of no other', async () => {
  show(Page);
  expect(await screen.findByText(/in 36 days/)).toBeTruthy();
  cleanup();
  server.teamsAccountOf.mockResolvedValue({ ...account, expires_at: '2099-12-31T00:00:00Z', days_left: 26_696 });
  show(Page);
  expect(await screen.findByText(/2099\. Read in the directory\./)).toBeTruthy();
});

// B-067
test('a secret is never shown, and stays when nothing is typed', async () => {
  server.applyTeamsAccount.mockResolvedValue({ ...account, version: 4 });
  show(Page);
  await screen.findByRole('heading', { level: 1, name: 'Contoso Teams' });
  const secret = field('Client Secret');
  expect([secret.type, secret.value]).toEqual(['password', '']);
  expect(screen.getByText(/There is one that begins with “abc”, set/)).toBeTruthy();
  type(/^Name/, 'Contoso');
  press('Apply');
  await waitFor(() => expect(server.applyTeamsAccount).toHaveBeenCalled());
  expect(server.applyTeamsAccount.mock.calls[0]?.[2]).not.toHaveProperty('secret');
});

// B-070 to B-072
test('the test tells its steps, and the two messages word by word', async () => {
  const step = (name: string, outcome: string, more = {}): object => ({ step: name, outcome, took_ms: 12, code: null, explanation: null, permission: null, ...more });
  server.testConnection.mockResolvedValueOnce({ message: 'ok', steps: [step('token', 'passed'), step('presence_write', 'skipped')] });
  server.testConnection.mockResolvedValueOnce({ message: 'Error: Failed to request refresh token', steps: [step('token', 'failed', { code: 'AADSTS7000215', explanation: 'secret_wrong' })] });
  show(Page);
  await screen.findByRole('heading', { level: 1, name: 'Contoso Teams' });
  press('Test connection');
  expect(await screen.findByText('The credentials are valid.')).toBeTruthy();
  const steps = within(screen.getByRole('list', { name: 'Steps of the test' }));
  expect(steps.getAllByRole('listitem').map((it) => it.textContent)).toEqual(['Token Passed12 ms', 'Set presence Skipped']);
  press('Test connection');
  expect(await screen.findByText('Error: Failed to request refresh token')).toBeTruthy();
  expect(screen.getByText(/Copy the three values from Azure again/)).toBeTruthy();
  expect(screen.getByText(/Most often its ID was copied/)).toBeTruthy();
  // Typed and not applied: no request leaves.
  type('Client Secret', 'new');
  press('Test connection');
  expect(await screen.findByText('Error: Account credentials are incomplete')).toBeTruthy();
  expect(server.testConnection).toHaveBeenCalledTimes(2);
});

// B-093, B-194, B-209, B-210, B-211
test('the guide leads to Microsoft, names what has to be consented to, and nothing that has to be bought', async () => {
  show(Page);
  const link = await screen.findByRole('link', { name: 'Microsoft’s guide to registering an application in Azure' });
  expect(link.getAttribute('href')).toContain('learn.microsoft.com/entra');
  const steps = within(screen.getByText('Guide').closest('details') ?? document.body);
  const permissions = steps.getByText(/Presence.Read.All/).textContent;
  for (const it of ['Presence.ReadWrite.All', 'User.Read.All', 'offline_access is delegated', 'None of them needs a license of its own']) expect(permissions).toContain(it);
});

// B-079 to B-081
test('numbers are ordered by keys and buttons, and what agents see follows', async () => {
  server.applyTeamsAccount.mockResolvedValue({ ...account, version: 4 });
  show(Page);
  await screen.findByRole('heading', { level: 1, name: 'Contoso Teams' });
  fireEvent.keyDown(await screen.findByRole('button', { name: 'Move Business, 1 of 4' }), { key: 'ArrowDown' });
  expect(announce).toHaveBeenLastCalledWith('Business is 2 of 4.');
  press('Move Teams number up');
  fireEvent.click(screen.getByRole('checkbox', { name: 'Fax' }));
  const preview = within(screen.getByRole('group', { name: 'What agents see' }));
  const [menu, transfer] = preview.getAllByRole('list');
  expect(within(menu as HTMLElement).getAllByRole('listitem').map((it) => it.textContent?.replace(/ \+.*/, ''))).toEqual(['Mobile', 'Business', 'Teams number']);
  expect(transfer?.textContent).toBe(menu?.textContent);
  press('Apply');
  await waitFor(() => expect(server.applyTeamsAccount.mock.calls[0]?.[2]).toMatchObject({
    number_types: [{ type: 'mobile', is_shown: true }, { type: 'business', is_shown: true }, { type: 'teams', is_shown: true }, { type: 'fax', is_shown: false }],
  }));
});

// B-082
test('seven texts can be changed and reset', async () => {
  show(Page);
  await screen.findByRole('heading', { level: 2, name: 'System Messages for Conferencing Microsoft Teams Users to a Customer Chat' });
  type('Leave any time command', 'QUIT');
  press('Reset “Leave any time command” to its default');
  expect(field('Leave any time command').value).toBe('BYE');
  expect(screen.getAllByRole('button', { name: /^Reset “/ }).length).toBe(7);
});

// B-059, B-060
test('deleting says what it does to how many, and then does it', async () => {
  server.deleteTeamsAccount.mockResolvedValue(undefined);
  show(Page);
  fireEvent.click(await screen.findByRole('button', { name: 'Delete' }));
  const dialog = within(await screen.findByRole('alertdialog', { name: 'Delete Contoso Teams?' }));
  expect(dialog.getByText(/4 people have it switched on now/)).toBeTruthy();
  expect(dialog.getByText(/each user must switch Teams on again in the own profile/)).toBeTruthy();
  fireEvent.click(dialog.getByRole('button', { name: 'Delete' }));
  await waitFor(() => expect(server.deleteTeamsAccount).toHaveBeenCalledWith('contoso', 3));
});

// B-035 to B-040
test('each permission tells its features, its state and what fails without it', async () => {
  show(Page, '/admin/integrations/teams?consent=refused');
  const table = await screen.findByRole('table', { name: 'Permissions' });
  const rows = within(table).getAllByRole('row').slice(1).map((row) => within(row).getAllByRole('cell').map((it) => it.textContent));
  expect(rows).toEqual([
    ['User.Read.AllApplication', 'Granted', 'Directory', 'The directory is empty.'],
    ['Presence.Read.AllApplication', 'Not known', 'Read presence', 'No status is seen: people show as not known.'],
    ['Calls.AccessMedia.AllApplication', 'Not requested', 'Not used by Tandem', 'Nothing: Tandem does not use it.'],
  ]);
  expect(screen.getByText('Contoso Ltd')).toBeTruthy();
  expect(screen.getByText('Consent was refused. Nothing was changed.')).toBeTruthy();
  expect(screen.getByText('access_denied: the user declined')).toBeTruthy();
});

// B-213, B-217
test('by the other path it is the same record, with its boxes, and Update in place of Save', async () => {
  show(Office, '/admin/integrations/office-365');
  await screen.findByRole('heading', { level: 1, name: 'Office 365' });
  expect((screen.getByRole('checkbox', { name: 'SMTP' }) as HTMLInputElement).disabled).toBe(true);
  expect((screen.getByRole('checkbox', { name: 'Teams' }) as HTMLInputElement).checked).toBe(true);
  expect(screen.getByRole('button', { name: 'Update' })).toBeTruthy();
  cleanup();
  server.teamsAccountOf.mockResolvedValue(null);
  show(Office, '/admin/integrations/office-365');
  expect(await screen.findByRole('button', { name: 'Save' })).toBeTruthy();
});

test('somebody else’s change is shown before it is written over, and whoever may only read changes nothing', async () => {
  server.applyTeamsAccount.mockRejectedValue(new ApiError(412, { code: 'conflict' }));
  show(Page);
  await screen.findByRole('heading', { level: 1, name: 'Contoso Teams' });
  server.teamsAccountOf.mockResolvedValue({ ...account, version: 4, name: 'Theirs' });
  type(/^Name/, 'Mine');
  press('Apply');
  expect(await screen.findByRole('alertdialog', { name: 'Changed by someone else' })).toBeTruthy();
  cleanup();
  who.may = false;
  show(Page);
  await screen.findByText(/Changing it needs the administrator role/);
  expect(screen.queryByRole('button', { name: 'Apply' })).toBeNull();
  expect(screen.queryByRole('button', { name: 'Delete' })).toBeNull();
});

// B-205, B-206
test('owner and back-up are chosen by name, with how each sign-in stands', async () => {
  const owner = { account: 2, name: 'Ada North', login: 'needed', expires_at: '2026-11-20T08:00:00Z', is_due: true, problem: 'sign_in_again' } as const;
  server.delegatesOf.mockResolvedValue({ version: 3, owner, backup: null, is_needed: true });
  server.candidatesOf.mockResolvedValue([{ account: 2, name: 'Ada North' }, { account: 7, name: 'Ben South' }]);
  server.chooseDelegates.mockResolvedValue({ version: 4, owner, backup: null, is_needed: true });
  show(Page);
  expect(await screen.findByText(/has to sign in, on the own profile page/)).toBeTruthy();
  expect(screen.getByText(/The password was changed/)).toBeTruthy();
  const save = screen.getByRole('button', { name: 'Save who signs in' });
  expect(save.getAttribute('aria-disabled')).toBe('true');
  const choose = async (name: string): Promise<void> => {
    fireEvent.click(screen.getByRole('combobox', { name: 'Back-up' }));
    fireEvent.click(await within(screen.getByRole('listbox', { name: 'Back-up' })).findByRole('option', { name }));
  };
  await choose('Ada North');
  expect(screen.getByText('Choose somebody else than the owner.')).toBeTruthy();
  await choose('Ben South');
  fireEvent.click(save);
  await waitFor(() => expect(server.chooseDelegates).toHaveBeenCalledWith('contoso', 3, 2, 7));
  expect(announce).toHaveBeenCalledWith('Saved who signs in.');
});

test('who signs in is not chosen over changes that were not applied', async () => {
  show(Page);
  await screen.findByRole('button', { name: 'Save who signs in' });
  type(/^Name/, 'Mine');
  expect(await screen.findByText('Apply or discard the changes of the account first.')).toBeTruthy();
});
