// A queue is switched for a while: closed with a reason and an end, read by everybody at the queue, and opened again.
import { expect, signedIn, test, violations } from './demo';
import { center, ownQueue } from './own-line';

const undo: (() => Promise<void>)[] = [];
test.afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

test('a supervisor closes a queue until a time, everybody reads who did it and why, and the supervisor ends it', async ({ browser }) => {
  const { context: admin } = await signedIn(browser, 'administrator');
  undo.push(() => admin.close());
  const queue = await ownQueue<{ id: number; name: string }>(admin, undo, 'callbacks');
  const { context, page } = await signedIn(browser, 'supervisor');
  undo.push(() => context.close());

  await page.goto(`/supervise/queues/${queue.id}`);
  await expect(page.getByRole('heading', { level: 1, name: queue.name })).toBeVisible();
  await page.getByRole('button', { name: 'Switch…' }).press('Enter');
  const dialog = page.getByRole('alertdialog', { name: `Switch ${queue.name} for a while` });
  await expect(dialog).toContainText('Nobody waits in this queue now.');
  await dialog.getByRole('button', { name: 'Close', exact: true }).press('Enter');
  await expect(dialog).toContainText('Say until when');
  expect(await violations(page)).toEqual([]);
  const soon = new Date(Date.now() + 3_600_000).toISOString().slice(11, 16);
  await dialog.getByLabel('Until').fill(soon);
  await dialog.getByLabel('Reason').fill('The fire alarm is tested');
  await dialog.getByRole('button', { name: 'Close', exact: true }).press('Enter');
  await expect(dialog).toHaveCount(0);

  const told = page.getByText(/^Closed by .+: The fire alarm is tested$/);
  await expect(told).toBeVisible();
  expect(await violations(page)).toEqual([]);
  await page.goto('/supervise');
  await expect(page.getByText(/^Closed by .+: The fire alarm is tested$/)).toBeVisible();
  expect(await violations(page)).toEqual([]);

  await page.goto(`/supervise/queues/${queue.id}`);
  await page.getByRole('button', { name: 'End it now' }).press('Enter');
  await expect(told).toHaveCount(0);
  const standing = await context.request.get(`/api/v1/${center()}/queues/${queue.id}/switches`);
  expect(await standing.json()).toMatchObject({ hours: 'open', items: [] });
});
