// The Teams account and its presence rules: what is set here holds for the whole demo, so every test leaves it as it was.
import type { BrowserContext, Page } from '@playwright/test';
import { call, expect, signedIn, test, violations } from './demo';
import { center } from './own-line';

interface Stored {
  version: number;
}
interface Account extends Stored {
  name: string;
  number_types: { type: string; is_shown: boolean }[];
  messages: Record<string, string>;
}
const undo: (() => Promise<void>)[] = [];
test.afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

/** Over whatever is stored now. */
async function put<T extends Stored>(admin: BrowserContext, what: string, part: (now: T) => object): Promise<void> {
  const now = await call<T>(admin, 'GET', `/${center()}/${what}`);
  const headers = { 'x-tandem-request': '1', 'if-match': `"${now.version}"` };
  const answer = await admin.request.put(`/api/v1/${center()}/${what}`, { headers, data: part(now) });
  expect(answer.ok(), `PUT ${what}: ${await answer.text()}`).toBe(true);
}
/** What of an account may be written. */
function written(account: Account, part: Partial<Account>): object {
  const { object_id, tenant_id, client_id, licensing_mode, features, drawer_limit } = account as unknown as Record<string, unknown>;
  const { name, number_types, messages } = { ...account, ...part };
  return { name, object_id, tenant_id, client_id, licensing_mode, licensing_acknowledged: true, features, number_types, messages, drawer_limit };
}
async function press(page: Page, verb: string): Promise<void> {
  await page.getByRole('button', { name: verb, exact: true }).click();
}

// B-058, B-062, B-212, B-213, B-217
test('both paths lead to the one account there is', async ({ browser }) => {
  const { context, page } = await signedIn(browser, 'administrator');
  undo.push(() => context.close());
  await page.goto('/admin/queues');
  await expect(page.getByRole('heading', { level: 1, name: 'Queues' })).toBeVisible();
  await page.keyboard.press('Control+K');
  await page.getByRole('combobox', { name: 'Commands' }).fill('Call Center Configuration');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { level: 1, name: 'Integration Accounts' })).toBeVisible();
  const path = page.getByRole('navigation', { name: 'Path' });
  await expect(path.first().getByRole('listitem')).toHaveText(['Configuration', 'Call Center Configuration', 'Integration Accounts']);
  await expect(path.last().getByRole('listitem')).toHaveText(['Settings', 'Integrations', 'Office 365']);
  const add = page.getByRole('button', { name: 'Add an account' });
  await expect(add).toBeDisabled();
  await expect(add).toHaveAccessibleDescription(/One account is allowed/);
  expect(await violations(page)).toEqual([]);

  const account = await call<Account>(context, 'GET', `/${center()}/teams-account`);
  await page.getByRole('link', { name: account.name }).click();
  await expect(page.getByRole('heading', { level: 1, name: account.name })).toBeVisible();
  await expect(page.getByRole('button', { name: 'Apply', exact: true })).toBeVisible();
  await page.goBack();
  await press(page, 'Configure');
  await expect(page.getByRole('heading', { level: 1, name: 'Office 365' })).toBeVisible();
  await expect(page.getByRole('textbox', { name: 'Client ID' })).not.toHaveValue('');
  await expect(page.getByRole('checkbox', { name: 'SMTP' })).toBeDisabled();
  await expect(page.getByRole('checkbox', { name: 'Teams' })).toBeChecked();
  await expect(page.getByRole('button', { name: 'Update', exact: true })).toBeVisible();
  expect(await violations(page)).toEqual([]);
});

// B-067, B-070, B-072, B-208
test('a connection is tested on what was applied, and a secret is never shown', async ({ browser }) => {
  const { context, page } = await signedIn(browser, 'administrator');
  undo.push(() => context.close());
  await page.goto('/admin/integrations/teams');
  const secret = page.getByLabel('Client Secret');
  await expect(secret).toHaveValue('');
  await expect(secret).toHaveAttribute('type', 'password');
  await press(page, 'Test connection');
  await expect(page.getByText('The credentials are valid.').first()).toBeVisible({ timeout: 60_000 });
  await expect(page.getByRole('list', { name: 'Steps of the test' }).getByRole('listitem').first()).toContainText('Passed');
  expect(await violations(page)).toEqual([]);
  const asked: string[] = [];
  page.on('request', (request) => request.url().endsWith('/teams-account/test') && asked.push(request.url()));
  await secret.fill('87d349ed-44d7-43e1-9a83-5f2406dee5bd');
  await expect(page.getByText('This looks like the ID of the secret')).toBeVisible();
  await press(page, 'Test connection');
  await expect(page.getByText('Error: Account credentials are incomplete').first()).toBeVisible();
  expect(asked).toEqual([]);
  await press(page, 'Discard');
});

// B-079 to B-082
test('numbers are ordered by keyboard alone, and a message is reset', async ({ browser }) => {
  const { context, page } = await signedIn(browser, 'administrator');
  undo.push(() => context.close());
  const before = await call<Account>(context, 'GET', `/${center()}/teams-account`);
  undo.push(() => put<Account>(context, 'teams-account', (now) => written(now, { number_types: before.number_types, messages: before.messages })));
  await page.goto('/admin/integrations/teams');
  const order = page.getByRole('list', { name: 'Phone numbers that agents see, in this order' });
  const first = await order.getByRole('listitem').first().innerText();
  await order.getByRole('button', { name: /^Move .*, 1 of 4$/ }).focus();
  await page.keyboard.press('ArrowDown');
  await expect(order.getByRole('listitem').nth(1)).toContainText(first.trim());
  await page.getByRole('textbox', { name: 'Leave any time command' }).fill('yes');
  await press(page, 'Apply');
  await expect(page.getByRole('textbox', { name: 'Leave any time command' })).toHaveAttribute('aria-invalid', 'true');
  await page.getByRole('button', { name: 'Reset “Leave any time command” to its default' }).click();
  await press(page, 'Apply');
  await expect(page.getByText('Everything is applied.')).toBeVisible();
  const after = await call<Account>(context, 'GET', `/${center()}/teams-account`);
  expect(after.number_types.map(({ type }) => type).slice(0, 2)).toEqual(before.number_types.map(({ type }) => type).slice(0, 2).reverse());
});

// B-035, B-036, B-039, B-040
test('rights tell what each permission is for, and what its absence costs', async ({ browser }) => {
  const { context, page } = await signedIn(browser, 'administrator');
  undo.push(() => context.close());
  await page.goto('/admin/integrations/teams');
  const table = page.getByRole('table', { name: 'Permissions' });
  await expect(table.getByRole('row').filter({ hasText: 'User.Read.All' }).first()).toContainText('The directory is empty.');
  await expect(table.getByRole('row').filter({ hasText: 'Calls.AccessMedia.All' })).toContainText('Not used by Tandem');
  // An answer that nobody asked for is told as such.
  await page.goto('/admin/integrations/teams?consent=forged');
  await expect(page.getByRole('alert').filter({ hasText: 'nobody here had asked for' })).toBeVisible();
});

// B-190, B-203, B-204, B-214 to B-217
test('presence is mapped both ways, a loop is drawn before it is saved, and a chain is shown', async ({ browser }) => {
  const { context, page } = await signedIn(browser, 'administrator');
  undo.push(() => context.close());
  const { version: _version, ...before } = await call<Stored>(context, 'GET', `/${center()}/presence-rules`);
  undo.push(() => put<Stored>(context, 'presence-rules', () => ({ ...before, allow_loop: true })));
  await page.goto('/admin/integrations/teams/presence/to-teams');
  await page.getByRole('checkbox', { name: 'Changes here change the presence in Teams' }).check();
  await page.getByRole('combobox', { name: 'What Teams shows for On a contact' }).selectOption({ label: 'Do not disturb' });
  await press(page, 'Show what follows');
  await expect(page.getByRole('list', { name: 'What follows' })).toContainText('Do not disturb');
  expect(await violations(page)).toEqual([]);
  await page.getByRole('button', { name: /^(Save|Update)$/ }).click();
  await expect(page.getByRole('button', { name: 'Update', exact: true })).toBeDisabled();

  await page.getByRole('navigation', { name: 'Parts of the Teams account' }).getByRole('link', { name: 'Presence from Teams' }).click();
  const away = page.getByRole('row').filter({ has: page.getByRole('combobox', { name: 'What Tandem does for Away' }) });
  await expect(away).toContainText('Automatic');
  await away.getByRole('combobox').selectOption({ label: 'Available' });
  await expect(away.getByRole('note')).toContainText('somebody who went away would become available');
  await page.getByRole('button', { name: /^Move Tandem, / }).focus();
  await page.keyboard.press('ArrowUp');
  await expect(page.getByText(/^When more than one of them says something/)).toBeVisible();
  expect(await violations(page)).toEqual([]);
  await press(page, 'Cancel');
});

// B-203
test('a mapping that goes round in a circle is refused with its picture', async ({ browser }) => {
  const { context, page } = await signedIn(browser, 'administrator');
  undo.push(() => context.close());
  const { version: _version, ...before } = await call<Stored>(context, 'GET', `/${center()}/presence-rules`);
  undo.push(() => put<Stored>(context, 'presence-rules', () => ({ ...before, allow_loop: true })));
  const reasons = await call<{ items: { id: number; label: string }[] }>(context, 'GET', `/${center()}/reasons`);
  const reason = reasons.items[0]?.label ?? '';
  await page.goto('/admin/integrations/teams/presence/to-teams');
  await page.getByRole('checkbox', { name: 'Changes here change the presence in Teams' }).check();
  // Available makes somebody away, and away makes them available.
  await page.getByRole('combobox', { name: 'What Teams shows for Available', exact: true }).selectOption({ label: 'Away' });
  await page.getByRole('combobox', { name: `What Teams shows for ${reason}`, exact: true }).selectOption({ label: 'Available' });
  await page.getByRole('button', { name: /^(Save|Update)$/ }).click();
  await expect(page.getByRole('button', { name: 'Update', exact: true })).toBeDisabled();
  await page.goto('/admin/integrations/teams/presence/from-teams');
  await page.getByRole('checkbox', { name: 'Changes in Teams change the state here' }).check();
  await page.getByRole('combobox', { name: 'What Tandem does for Away' }).selectOption({ label: `Not ready: ${reason}` });
  await page.getByRole('combobox', { name: 'What Tandem does for Available' }).selectOption({ label: 'Available' });
  await press(page, 'Update');
  const dialog = page.getByRole('alertdialog', { name: 'These rules go round in a circle' });
  await expect(dialog.getByRole('list', { name: 'The loop' }).getByRole('listitem').nth(1)).toBeVisible();
  expect(await violations(page)).toEqual([]);
  await dialog.getByRole('button', { name: 'Change the rules' }).click();
  await press(page, 'Cancel');
});
