import { randomUUID } from 'node:crypto';
import type { Locator, Page } from '@playwright/test';
import { FREE_ACCOUNT } from './own-line';
import { call, expect, signedIn, signIns, test, violations } from './demo';

const line = (page: Page, name: RegExp): Locator => page.getByRole('treeitem', { name });

const NODES = [
  { id: 'hello', kind: 'play', prompt: { text: 'Welcome.' }, next: 'ask', failed: 'bye' },
  { id: 'ask', kind: 'menu', prompt: { text: 'Press 1 to go on.' }, choices: [{ key: '1', label: 'On', next: 'bye' }], retries: 2, timeout_s: 20, no_input: 'bye', invalid: 'bye', failed: 'bye' },
  { id: 'lost', kind: 'play', prompt: { text: 'Nobody hears this.' }, next: 'bye', failed: 'bye' },
  { id: 'bye', kind: 'message', prompt: { text: 'Goodbye.' } },
];

test('a flow is checked, saved with warnings and gone through by a test call', async ({ browser }) => {
  const { context, page } = await signedIn(browser, 'administrator');
  const { center } = signIns().administrator;
  const name = `Test ${randomUUID().slice(0, 6)}`;
  const made = await call<{ id: number }>(context, 'POST', `/${center}/flows`, { name, start: 'hello', nodes: NODES });
  await page.goto(`/admin/flows/${made.id}`);

  // A warning leads to its step and does not stand in the way of saving.
  const problems = page.getByRole('region', { name: 'Problems' });
  await problems.getByRole('button', { name: /^lost: Nothing leads here/ }).click();
  await expect(line(page, /Say lost/)).toBeFocused();

  // No endpoint leads here yet: that is said, with what to do.
  await page.getByRole('button', { name: 'Test call', exact: true }).click();
  const pane = page.getByRole('region', { name: 'Test call' });
  await pane.getByRole('button', { name: 'Start a test call' }).click();
  await expect(pane.getByRole('alert')).toContainText('No endpoint leads to this call flow.');

  const endpoint = { name, resource_account_id: FREE_ACCOUNT, flow_id: made.id };
  const { id } = await call<{ id: number }>(context, 'POST', `/${center}/endpoints`, endpoint);
  await pane.getByRole('button', { name: 'Start a test call' }).click();
  await expect(pane).toContainText('Press 1 to go on.');
  await expect(line(page, /Menu ask/)).toHaveAttribute('data-passed', 'now');
  await expect(line(page, /Say hello/)).toHaveAttribute('data-passed', 'passed');
  expect(await violations(page)).toEqual([]);

  // The keys of the keyboard are tones while the focus is in the pane.
  await pane.getByRole('button', { name: /^1/ }).focus();
  await page.keyboard.press('1');
  await expect(pane.getByRole('listitem').filter({ hasText: 'ask' })).toContainText(/Key .?1.?, .?On/);
  await expect(line(page, /Key .?1.?, .?On/)).toHaveAttribute('data-passed', 'passed');
  await expect(pane).toContainText('Ended');

  // With changes that are not saved there is no test call.
  await page.getByLabel('Name').first().fill(`${name} b`);
  await expect(pane).toContainText('Save first');
  await page.getByRole('button', { name: 'Discard' }).click();

  await page.goto(`/admin/endpoints/${id}`);
  await page.getByRole('button', { name: 'Delete', exact: true }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Delete' }).click();
  await page.goto(`/admin/flows/${made.id}`);
  await page.getByRole('button', { name: 'Delete', exact: true }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Delete' }).click();
  await expect(page).toHaveURL(/\/admin\/flows$/);
  await context.close();
});
