// A queue's page: who waits there and for what, whose place is changed, and which skills are missing. Nobody serves the line meanwhile.
import { randomInt } from 'node:crypto';
import { call, expect, signedIn, test, violations } from './demo';
import { center, list, ownLine } from './own-line';

const undo: (() => Promise<void>)[] = [];
test.afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

//
test('a supervisor sees who waits for what and why nobody comes, and puts one of them before the others', async ({ browser }) => {
  const plan = [{ after_s: 5, boost_s: 30 }, { after_s: 600, priority: 0 }];
  const line = await ownLine(browser, undo, undefined, { plan, condition: null, preferences: [] });
  const { context: agent } = await signedIn(browser, 'agent');
  undo.push(() => agent.close());
  await call(agent, 'POST', `/${center()}/me/state`, { intent: 'signed_out' });
  const queue = (await list<{ id: number; name: string; requirements: { skill_id: number }[] }>(line.admin, 'queues')).findLast(({ name }) => name.startsWith('Talk '));
  const callers = [`+4930${randomInt(1e6, 1e7)}`, `+4930${randomInt(1e6, 1e7)}`];
  const { context, page } = await signedIn(browser, 'supervisor');
  undo.push(() => context.close());

  await page.goto('/supervise');
  await page.getByRole('link', { name: queue?.name ?? '', exact: true }).click();
  await expect(page.getByRole('heading', { level: 1, name: queue?.name ?? '' })).toBeVisible();
  await expect(page.getByText('Nobody waits')).toBeVisible();
  const grid = page.getByRole('grid', { name: 'Who waits, in the order in which they are served' });
  for (const [i, from] of callers.entries()) {
    await call(line.admin, 'POST', `/${center()}/endpoints/${line.endpoint}/test-call`, { from });
    await expect(grid.getByRole('row').nth(i + 1)).toContainText(from, { timeout: 30_000 });
  }
  const [, second] = callers;
  await expect(grid.getByRole('row').nth(2)).toContainText('Step 1 of 2', { timeout: 30_000 });
  await expect(grid.getByRole('row').nth(2)).toContainText('30 s older');
  await expect(grid.getByRole('row').nth(2)).toContainText(`Agents with ${queue?.name}.`);

  const gap = page.getByRole('region', { name: 'Skills that are asked for' });
  await expect(gap.getByRole('row', { name: queue?.name ?? '' })).toContainText('Nobody who is signed in has it');
  await expect(page.getByText('Nobody who is signed in could serve')).toBeVisible();
  await expect(page.getByText('1 agent meets what is asked and is not signed in.')).toBeVisible();
  expect(await violations(page)).toEqual([]);

  await grid.getByRole('row').nth(2).getByRole('button', { name: /^Change place/ }).press('Enter');
  const dialog = page.getByRole('dialog', { name: `Change the place of ${second}?` });
  await expect(dialog).toContainText('Now at place 2 in this queue.');
  await dialog.getByLabel('Priority').selectOption('0');
  await dialog.getByLabel('Counts as older by, seconds').fill('120');
  expect(await violations(page)).toEqual([]);
  await dialog.getByRole('button', { name: 'Change the place' }).press('Enter');
  await expect(dialog).toHaveCount(0);
  await expect(grid.getByRole('row').nth(1)).toContainText(second ?? '');
  await expect(grid.getByRole('row').nth(1)).toContainText('changed by a supervisor');
  await expect(grid.getByRole('row').nth(1)).toContainText('2 min 30 s older');

  // Taken back, it stands where it stood.
  await grid.getByRole('row').nth(1).getByRole('button', { name: /^Change place/ }).click();
  await dialog.getByLabel('Priority').selectOption('');
  await dialog.getByLabel('Counts as older by, seconds').fill('0');
  await dialog.getByRole('button', { name: 'Change the place' }).click();
  await expect(grid.getByRole('row').nth(2)).toContainText(second ?? '');
  await expect(grid.getByText('changed by a supervisor')).toHaveCount(0);
});
