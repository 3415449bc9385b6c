import { randomInt, randomUUID } from 'node:crypto';
import type { Page } from '@playwright/test';
import { expect, signedIn, test, violations } from './demo';
import { list, ownQueue } from './own-line';
import { newSupervisor, signInAs } from './somebody';

interface Named {
  id: number;
  name: string;
}

/** Chooses one of many by the keyboard: what is typed, and the first that is found. */
async function choose(page: Page, label: string, typed: string): Promise<void> {
  const field = page.getByRole('combobox', { name: label });
  await field.focus();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.type(typed);
  await expect(page.getByRole('option', { name: typed })).toBeVisible();
  await page.keyboard.press('Enter');
}

test('a team at a site is made, an agent joins it by the keyboard, and neither can be removed while it is used', async ({ browser }) => {
  const { context, page } = await signedIn(browser, 'administrator');
  const tag = String(randomInt(1e6));
  await page.goto('/admin/sites/new');
  await page.getByLabel('Name').fill(`Porto ${tag}`);
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page).toHaveURL(/\/admin\/sites\/\d+$/);
  const site = page.url();

  await page.goto('/admin/teams/new');
  await page.getByLabel('Name').fill(`Evening ${tag}`);
  await choose(page, 'Site', `Porto ${tag}`);
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page).toHaveURL(/\/admin\/teams\/\d+$/);
  const team = page.url();

  await page.goto('/admin/agents/new');
  await page.getByLabel('Name', { exact: false }).first().fill(`Tiago ${tag}`);
  await page.getByLabel('User name').fill(`tiago.${tag}`);
  await page.getByLabel('First password').fill(`tandem-${randomUUID()}`);
  await page.getByLabel('Teams user').fill(randomUUID());
  await choose(page, 'Team', `Evening ${tag}`);
  expect(await violations(page)).toEqual([]);
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page).toHaveURL(/\/admin\/agents\/\d+$/);
  const agent = page.url();
  await page.goto('/admin/agents');
  const row = page.getByRole('row', { name: new RegExp(`Tiago ${tag}`) });
  await expect(row).toContainText(`Evening ${tag}`);
  await expect(row).toContainText(`Porto ${tag}`);

  for (const used of [site, team]) {
    await page.goto(used);
    await page.getByRole('button', { name: 'Delete' }).click();
    const dialog = page.getByRole('alertdialog');
    await dialog.getByRole('button', { name: 'Delete' }).click();
    await expect(dialog.getByRole('alert')).toBeVisible();
    await dialog.getByRole('button', { name: 'Cancel' }).click();
  }
  for (const over of [agent, team, site]) {
    await page.goto(over);
    await page.getByRole('button', { name: 'Delete' }).click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'Delete' }).click();
    await expect(page).toHaveURL(/\/admin\/[a-z]+$/);
  }
  await context.close();
});

test('a supervisor who is limited to one queue sees it and no other, is told so, and is given more', async ({ browser }) => {
  const { context, page } = await signedIn(browser, 'administrator');
  const undo: (() => Promise<void>)[] = [];
  const own = await ownQueue<Named>(context, undo, 'recording');
  const [other] = (await list<Named>(context, 'queues')).filter(({ id }) => id !== own.id);
  const somebody = await newSupervisor(context);

  await page.goto('/admin/people');
  await page.getByRole('button', { name: `Scope of ${somebody.name}` }).click();
  await expect(page.getByRole('heading', { level: 1, name: somebody.name })).toBeVisible();
  await expect(page.getByRole('listitem').filter({ hasText: 'Watch the floor' })).toBeVisible();
  await page.getByRole('radio', { name: 'Only these' }).check({ force: true });
  await expect(page.getByText('sees no queue, no agent, no contact')).toBeVisible();
  await choose(page, 'Queues', own.name);
  await expect(page.getByText('sees no queue, no agent, no contact')).toHaveCount(0);
  expect(await violations(page)).toEqual([]);
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByRole('button', { name: 'Save' })).toHaveCount(0);
  await page.goto('/admin/people');
  await expect(page.getByRole('row', { name: new RegExp(somebody.name) })).toContainText(own.name);

  const theirs = await signInAs(browser, somebody);
  await theirs.page.goto('/admin/queues');
  await expect(theirs.page.getByRole('link', { name: own.name })).toBeVisible();
  await expect(theirs.page.getByRole('region', { name: 'Queues' }).getByRole('row')).toHaveCount(2);
  await theirs.page.goto(`/admin/queues/${other?.id}`);
  await expect(theirs.page.getByRole('heading', { name: 'Outside of your scope' })).toBeVisible();
  await expect(theirs.page.getByText('An administrator can widen it')).toBeVisible();
  expect(await violations(theirs.page)).toEqual([]);

  await page.getByRole('link', { name: somebody.name, exact: true }).click();
  await page.getByRole('radio', { name: 'Everything' }).check({ force: true });
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByRole('button', { name: 'Save' })).toHaveCount(0);
  await theirs.page.reload();
  await expect(theirs.page.getByRole('heading', { level: 1, name: other?.name ?? '' })).toBeVisible();
  await theirs.context.close();
  for (const step of undo.reverse()) await step();
  await context.close();
});

test('why somebody may do something is answered with each reason, and what is missing with who can give it', async ({ browser }) => {
  const { context, page } = await signedIn(browser, 'administrator');
  const [queue] = await list<Named>(context, 'queues');
  const somebody = await newSupervisor(context);
  await page.goto('/admin/permissions');
  const table = page.getByRole('table');
  await expect(table.getByRole('columnheader', { name: 'Queue administrator' })).toBeVisible();
  await expect(table.getByRole('row', { name: /Read the audit/ }).getByRole('cell', { name: 'Yes' })).toHaveCount(2);
  expect(await violations(page)).toEqual([]);

  await page.getByRole('button', { name: 'Why can somebody do something?' }).click();
  await choose(page, 'Person', somebody.name);
  await page.getByLabel('Permission').selectOption('see_contacts');
  await page.getByRole('radio', { name: 'Queue' }).check({ force: true });
  await choose(page, 'Queue', queue?.name ?? '');
  await expect(page.getByRole('heading', { name: `Yes, ${somebody.name} may do this.` })).toBeVisible();
  await expect(page.getByText('The role Supervisor allows it.')).toBeVisible();
  await expect(page.getByText('The scope has no limit.')).toBeVisible();
  expect(await violations(page)).toEqual([]);

  await page.getByLabel('Permission').selectOption('edit_queues');
  await expect(page.getByRole('heading', { name: `No, ${somebody.name} may not do this.` })).toBeVisible();
  await expect(page.getByText('A role that allows it: Administrator, Queue administrator.')).toBeVisible();
  await expect(page.getByRole('link', { name: 'Roles are given on the agent’s page' })).toBeVisible();
  await page.reload();
  await expect(page.getByRole('heading', { name: `No, ${somebody.name} may not do this.` })).toBeVisible();
  await context.close();
});
