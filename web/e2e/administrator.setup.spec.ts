import { randomUUID } from 'node:crypto';
import type { Page } from '@playwright/test';
import { call, expect, signedIn, signIns, test } from './demo';

async function saveNew(page: Page, area: string, name: string): Promise<void> {
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page).toHaveURL(new RegExp(`/admin/${area}/\\d+$`));
  await expect(page.getByRole('heading', { level: 1, name })).toBeVisible();
}

test('an administrator makes a skill, an agent, a queue, a flow and an endpoint, and places a test call', async ({ browser }) => {
  const { context, page } = await signedIn(browser, 'administrator');
  const tag = randomUUID().slice(0, 6);

  await page.goto('/admin/skills/new');
  await page.getByLabel('Name').fill(`Dutch ${tag}`);
  await saveNew(page, 'skills', `Dutch ${tag}`);

  await page.goto('/admin/agents/new');
  await page.getByLabel('Name', { exact: false }).first().fill(`Saskia ${tag}`);
  await page.getByLabel('User name').fill(`saskia.${tag}`);
  await page.getByLabel('First password').fill(`tandem-${randomUUID()}`);
  await page.getByLabel('Teams user').fill('not an id');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByText('This is not an id of the form')).toBeVisible();
  await page.getByLabel('Teams user').fill(randomUUID());
  await page.getByRole('button', { name: 'Add a skill' }).click();
  await page.getByLabel('Skill', { exact: true }).selectOption({ label: `Dutch ${tag}` });
  await page.getByLabel('Level', { exact: true }).selectOption('7');
  await saveNew(page, 'agents', `Saskia ${tag}`);

  await page.goto('/admin/queues/new');
  await page.getByLabel('Name', { exact: false }).first().fill(`Dutch service ${tag}`);
  await page.getByLabel('Short name').fill('Dutch');
  await page.getByRole('button', { name: 'Add a skill' }).click();
  await page.getByLabel('Skill', { exact: true }).selectOption({ label: `Dutch ${tag}` });
  await saveNew(page, 'queues', `Dutch service ${tag}`);

  await page.goto('/admin/flows/new');
  await page.getByLabel('Name', { exact: true }).or(page.getByLabel('Name*', { exact: true })).first().fill(`Dutch menu ${tag}`);
  await page.getByLabel('Text to say').first().fill('Welkom bij Contoso.');
  await page.getByRole('button', { name: 'Add a step' }).click();
  await page.getByLabel('Kind').selectOption('queue');
  await page.getByLabel('Step name').fill('wait');
  await page.getByRole('combobox', { name: /^Queue/ }).last().selectOption({ label: `Dutch service ${tag}` });
  await expect(page.getByRole('treeitem', { name: `Wait in a queue wait Dutch service ${tag}` })).toHaveAttribute('aria-level', '1');
  await saveNew(page, 'flows', `Dutch menu ${tag}`);

  await page.goto('/admin/endpoints/new');
  await page.getByLabel('Name', { exact: false }).first().fill(`Dutch line ${tag}`);
  await page.getByRole('textbox', { name: 'Resource account' }).fill(randomUUID());
  await page.getByLabel('Call flow').selectOption({ label: `Dutch menu ${tag}` });
  await saveNew(page, 'endpoints', `Dutch line ${tag}`);

  // The demo's own endpoint is the one that its telephone network knows.
  const { center } = signIns().administrator;
  const endpoints = await call<{ items: { id: number; name: string }[] }>(context, 'GET', `/${center}/endpoints`);
  await page.goto(`/admin/endpoints/${endpoints.items[0]?.id}`);
  await page.getByRole('button', { name: 'Place a test call' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Call', exact: true }).click();
  await expect(page.getByText('The call is on its way')).toBeVisible();
  await page.getByRole('button', { name: 'Close' }).click();

  await page.goto('/admin/audit');
  await expect(page.getByRole('table').getByRole('row')).not.toHaveCount(1);
  await context.close();
});

test('unsaved changes are guarded, and a stale save shows both versions', async ({ browser }) => {
  const { context, page } = await signedIn(browser, 'administrator');
  const tag = randomUUID().slice(0, 6);
  const { center } = signIns().administrator;
  const made = await call<{ id: number }>(context, 'POST', `/${center}/skills`, { name: `Polish ${tag}` });

  await page.goto(`/admin/skills/${made.id}`);
  await page.getByLabel('Name').fill(`Polish two ${tag}`);
  await page.getByRole('link', { name: 'Queues' }).first().click();
  await expect(page.getByRole('alertdialog').getByText('Leave without saving?')).toBeVisible();
  await page.getByRole('button', { name: 'Stay here' }).click();
  await expect(page.getByLabel('Name')).toHaveValue(`Polish two ${tag}`);

  const other = await context.newPage();
  await other.goto(`/admin/skills/${made.id}`);
  await other.getByLabel('Name').fill(`Polish three ${tag}`);
  await other.getByRole('button', { name: 'Save' }).click();
  await expect(other.getByRole('heading', { level: 1, name: `Polish three ${tag}` })).toBeVisible();
  await other.close();

  await page.getByRole('button', { name: 'Save' }).click();
  const conflict = page.getByRole('alertdialog');
  await expect(conflict.getByText('Changed by someone else')).toBeVisible();
  await expect(conflict.getByText(`Polish three ${tag}`)).toBeVisible();
  await conflict.getByRole('button', { name: 'Save mine anyway' }).click();
  await expect(page.getByRole('heading', { level: 1, name: `Polish two ${tag}` })).toBeVisible();

  await page.getByRole('button', { name: 'Delete' }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Delete' }).click();
  await expect(page).toHaveURL(/\/admin\/skills$/);
  await expect(page.getByText(`Polish two ${tag}`)).toBeHidden();
  await context.close();
});

test('what is typed while a form is being saved is still there, and can be saved next', async ({ browser }) => {
  const { context, page } = await signedIn(browser, 'administrator');
  const tag = randomUUID().slice(0, 6);
  const { center } = signIns().administrator;
  const name = page.getByLabel('Name');
  const heading = (title: string): Promise<void> => expect(page.getByRole('heading', { level: 1, name: title })).toBeVisible();
  // Every change waits until it is let go.
  const held: (() => void)[] = [];
  await page.route(`**/api/v1/${center}/skills**`, async (route) => {
    if (route.request().method() === 'POST' || route.request().method() === 'PUT') await new Promise<void>((go) => held.push(go));
    await route.continue();
  });
  const typeWhileSaving = async (saved: string, typed: string): Promise<void> => {
    await name.fill(saved);
    await page.getByRole('button', { name: 'Save' }).click();
    await expect.poll(() => held.length).toBe(1);
    await name.fill(typed);
    held.shift()?.();
    await heading(saved);
    await expect(name).toHaveValue(typed);
  };

  await page.goto('/admin/skills/new');
  await typeWhileSaving(`Czech ${tag}`, `Czech one ${tag}`);
  await expect(page).toHaveURL(/\/admin\/skills\/\d+$/);
  await typeWhileSaving(`Czech two ${tag}`, `Czech three ${tag}`);
  await page.getByRole('button', { name: 'Save' }).click();
  await expect.poll(() => held.length).toBe(1);
  held.shift()?.();
  await heading(`Czech three ${tag}`);
  await expect(page.getByRole('button', { name: 'Save' })).toHaveCount(0);
  // What was carried over is not there again.
  await page.reload();
  await expect(name).toHaveValue(`Czech three ${tag}`);
  await context.close();
});
