import { randomInt } from 'node:crypto';
import { call, confirm, expect, signedIn, signIns, test, violations } from './demo';
import { center } from './own-line';

test('whoever is signed in twice ends the other session, and it is refused at once', async ({ browser }) => {
  const there = await signedIn(browser, 'supervisor');
  await there.page.goto('/supervise');
  await expect(there.page.getByRole('heading', { level: 1 }).first()).toBeVisible();
  const { context, page } = await signedIn(browser, 'supervisor');
  await page.goto('/supervise');
  await page.getByRole('button', { name: /^Account of/ }).click();
  await page.getByRole('menuitem', { name: 'Your sessions' }).click();
  const sessions = page.getByRole('region', { name: 'Your sessions' });
  await expect(sessions.getByText('This one')).toHaveCount(1);
  await expect(sessions.getByRole('button', { name: /^End the session of/ }).first()).toBeVisible();
  expect(await violations(page)).toEqual([]);
  await page.getByRole('button', { name: 'End all others' }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'End all others' }).click();
  await expect(sessions.getByRole('row')).toHaveCount(2);
  await expect(page.getByRole('heading', { name: 'Your sessions' })).toBeFocused();
  const refused = await there.context.request.get(`/api/v1/${center()}/me`);
  expect(refused.status()).toBe(401);
  await there.context.close();
  await context.close();
});

test('a key is made, seen once, used for what it may do and nothing else, and revoked', async ({ browser, playwright, baseURL }) => {
  const { context, page } = await signedIn(browser, 'administrator');
  const name = `CRM ${randomInt(1e6)}`;
  await page.goto('/admin/api-keys');
  await page.getByRole('button', { name: 'New API key' }).click();
  const dialog = page.getByRole('dialog', { name: 'New API key' });
  await dialog.getByRole('button', { name: 'Make the key' }).click();
  await expect(dialog.getByText('This is needed.')).toBeVisible();
  await expect(dialog.getByText('Choose what the key may do.')).toBeVisible();
  await expect(dialog.getByLabel('Name')).toBeFocused();
  expect(await violations(page)).toEqual([]);
  await dialog.getByLabel('Name').fill(name);
  await dialog.getByLabel('Read the board').check();
  await dialog.getByRole('button', { name: 'Make the key' }).click();
  const once = page.getByRole('alertdialog', { name: 'The new key' });
  const key = await once.getByLabel('API key').inputValue();
  expect(key).toMatch(/^tdk_/);
  await page.keyboard.press('Escape');
  await expect(once).toBeVisible();
  await once.getByRole('button', { name: 'I have copied it' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'API keys' })).toBeFocused();
  expect(await page.content()).not.toContain(key);

  const other = await playwright.request.newContext({ baseURL, extraHTTPHeaders: { authorization: `Bearer ${key}` } });
  const status = async (path: string): Promise<number> => (await other.get(`/api/v1/${center()}/${path}`)).status();
  expect(await status('board')).toBe(200);
  expect(await status('queues')).toBe(403);
  const row = page.getByRole('row', { name: new RegExp(name) });
  await expect(row).toContainText('In use');
  await row.getByRole('button', { name: `Revoke ${name}` }).click();
  await confirm(page, 'Revoke');
  await expect(row).toHaveCount(0);
  expect(await status('board')).toBe(401);
  await other.dispose();
  await context.close();
});

test('a webhook is added and deleted, and its secret is seen once', async ({ browser }) => {
  const { context, page } = await signedIn(browser, 'administrator');
  const url = `https://hooks.contoso.example/${randomInt(1e6)}`;
  await page.goto('/admin/webhooks');
  await page.getByRole('button', { name: 'New webhook' }).click();
  const dialog = page.getByRole('dialog', { name: 'New webhook' });
  await dialog.getByLabel('Address').fill('hooks.contoso.example');
  await dialog.getByRole('button', { name: 'Add the webhook' }).click();
  await expect(dialog.getByText('Write the whole address, beginning with https://.')).toBeVisible();
  await dialog.getByLabel('Address').fill(url);
  await dialog.getByRole('button', { name: 'Add the webhook' }).click();
  const once = page.getByRole('alertdialog', { name: 'The secret of the new webhook' });
  await expect(once.getByLabel('Secret')).not.toHaveValue('');
  expect(await violations(page)).toEqual([]);
  await once.getByRole('button', { name: 'I have copied it' }).click();
  await page.getByRole('link', { name: url }).click();
  // The demo's callers may have been told of to it already.
  await expect(page.getByRole('heading', { name: 'Deliveries' })).toBeVisible();
  const { items } = await call<{ items: { url: string; events: string[] }[] }>(context, 'GET', `/${center()}/webhooks`);
  expect(items.find((it) => it.url === url)?.events).toEqual(['contact.connected', 'contact.ended']);
  await page.getByRole('button', { name: 'Delete' }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Delete' }).click();
  await expect(page).toHaveURL(/\/admin\/webhooks$/);
  await expect(page.getByRole('link', { name: url })).toHaveCount(0);
  await context.close();
});

test('an administrator sees who may come in, and cannot block themselves; a supervisor does not see it', async ({ browser }) => {
  const { context, page } = await signedIn(browser, 'administrator');
  await page.goto('/admin/people');
  const own = page.getByRole('row', { name: new RegExp(`You.*${signIns().administrator.username}`) });
  await expect(own.getByRole('button', { name: /^Block/ })).toBeDisabled();
  await expect(own).toContainText('Local account');
  await own.getByRole('button', { name: /^Sessions of/ }).click();
  const dialog = page.getByRole('dialog', { name: /^Sessions of/ });
  await expect(dialog.getByRole('row').nth(1)).toContainText('User name and password');
  expect(await violations(page)).toEqual([]);
  await dialog.getByRole('button', { name: 'Close' }).click();
  await context.close();

  const other = await signedIn(browser, 'supervisor');
  await other.page.goto('/admin/people');
  await expect(other.page.getByRole('heading', { name: 'Not for this account' })).toBeVisible();
  await expect(other.page.getByRole('link', { name: 'People and sign-in' })).toHaveCount(0);
  await other.context.close();
});
