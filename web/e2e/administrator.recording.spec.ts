import { randomUUID } from 'node:crypto';
import { call, expect, signedIn, test, violations } from './demo';
import { center, list, ownQueue } from './own-line';

const undo: (() => Promise<void>)[] = [];
test.afterEach(async () => {
  for (const step of undo.splice(0)) await step();
});

interface Queue {
  id: number;
  name: string;
  recording?: object | null;
}

test('a queue is recorded by a rule that says what it means, and no longer', async ({ browser }) => {
  const { context, page } = await signedIn(browser, 'administrator');
  const queue = await ownQueue<Queue>(context, undo, 'recording');
  undo.push(() => context.close());
  const stored = async (): Promise<unknown> => (await call<Queue>(context, 'GET', `/${center()}/queues/${queue.id}`)).recording ?? null;
  const saved = async (): Promise<void> => {
    await page.getByRole('button', { name: 'Save' }).click();
    await expect(page.getByRole('button', { name: 'Save' })).toHaveCount(0);
  };
  await page.goto(`/admin/queues/${queue.id}`);
  const turn = page.getByRole('switch', { name: 'Record the calls of this queue' });
  await expect(turn).not.toBeChecked();
  await turn.check();
  await expect(page.getByText(/needs a step “Consent” that asks/)).toBeVisible();
  await page.getByLabel('Customer’s consent').selectOption('announced');
  await expect(page.getByText(/^Nothing is recorded before the announcement/)).toBeVisible();
  await page.getByLabel('When a call cannot be recorded').selectOption('end_call');

  // Nothing is asked of the server while a number is out of its range.
  const pause = page.getByLabel('A pause ends by itself after');
  await pause.fill('10');
  await page.keyboard.press('Tab');
  await expect(page.getByText('A pause may last 30 to 900 seconds.')).toBeVisible();
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(pause).toBeFocused();
  expect(await violations(page)).toEqual([]);
  await pause.fill('120');
  await page.getByLabel('Keep recordings for').fill('365');
  await page.keyboard.press('Tab');
  await saved();
  expect(await stored()).toEqual({ when: 'always', channels: 'unmixed', consent: 'announced', on_failure: 'end_call', pause_max_s: 120, after_transfer: 'own_rule', keep_days: 365 });

  await page.goto('/admin/queues');
  await expect(page.getByRole('row', { name: new RegExp(queue.name) })).toContainText('Yes');
  await page.goto(`/admin/queues/${queue.id}`);
  await turn.uncheck();
  await saved();
  expect(await stored()).toBeNull();
});

test('a call flow asks for consent, and the same key for both answers is marked before saving', async ({ browser }) => {
  const { context, page } = await signedIn(browser, 'administrator');
  const name = `Consent ${randomUUID().slice(0, 6)}`;
  await page.goto('/admin/flows/new');
  await page.getByLabel('Name', { exact: false }).first().fill(name);
  await page.getByRole('treeitem', { name: /greeting/ }).focus();
  await page.keyboard.press('Enter');
  await page.getByLabel('Kind').selectOption('consent');
  const pane = page.getByRole('region', { name: 'Consent: greeting' });
  await pane.getByLabel('Text to say').fill('We record calls. Press 1 to agree, 2 to go on without a recording.');
  await pane.getByLabel('Key to refuse').selectOption('1');
  await expect(pane.getByText('Another choice has the same key.')).toBeVisible();
  await pane.getByLabel('Key to refuse').selectOption('2');
  await expect(pane.getByText('Another choice has the same key.')).toHaveCount(0);
  expect(await violations(page)).toEqual([]);
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page).toHaveURL(/\/admin\/flows\/\d+$/);
  const made = (await list<{ name: string; nodes: { kind: string; ask?: unknown }[] }>(context, 'flows')).find((it) => it.name === name);
  expect(made?.nodes.find((it) => it.kind === 'consent')).toMatchObject({ ask: { accept: '1', refuse: '2', timeout_s: 5, retries: 2 } });
  await context.close();
});
