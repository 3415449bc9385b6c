import { call, expect, signedIn, test, violations } from './demo';
import { center, list, ownQueue } from './own-line';

interface Queue {
  id: number;
  calling_out?: { endpoint_id: number; countries: string[]; ring_s: number } | null;
}

const undo: (() => Promise<void>)[] = [];
test.afterEach(async () => {
  for (const step of undo.splice(0)) await step();
});

test('a queue is given a number to call from and countries to call, and loses both', async ({ browser }) => {
  const { context, page } = await signedIn(browser, 'administrator');
  const queue = await ownQueue<Queue>(context, undo, 'calling_out');
  undo.push(() => context.close());
  const [endpoint] = await list<{ id: number; name: string }>(context, 'endpoints');
  if (!endpoint) throw new Error('the demo needs an endpoint');
  const stored = async (): Promise<Queue['calling_out']> => (await call<Queue>(context, 'GET', `/${center()}/queues/${queue.id}`)).calling_out ?? null;
  const saved = async (): Promise<void> => {
    await page.getByRole('button', { name: 'Save' }).click();
    await expect(page.getByRole('button', { name: 'Save' })).toHaveCount(0);
  };
  await page.goto(`/admin/queues/${queue.id}`);
  const turn = page.getByRole('switch', { name: 'Agents may call customers from this queue' });
  await turn.check();

  // Nothing is asked of the server while something is missing, and what it is stands at its field.
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByText('This is needed.')).toBeVisible();
  await expect(page.getByText('Add at least one country.')).toBeVisible();
  await expect(page.getByLabel('Number that customers see')).toBeFocused();
  expect(await violations(page)).toEqual([]);

  await page.getByLabel('Number that customers see').selectOption({ label: endpoint.name });
  const countries = page.getByRole('combobox', { name: 'Countries that may be called' });
  await countries.fill('ger');
  await page.keyboard.press('Enter');
  await countries.fill('+1');
  await page.keyboard.press('Enter');
  await countries.fill('0043');
  await page.keyboard.press('Enter');
  await expect(page.getByText('Add at least one country.')).toHaveCount(0);
  await page.getByRole('button', { name: /^Remove .*Austria/ }).click();
  await expect(countries).toBeFocused();
  await page.getByLabel("A customer's phone rings").fill('30');
  await page.keyboard.press('Tab');
  await saved();
  expect(await stored()).toEqual({ endpoint_id: endpoint.id, countries: ['49', '1'], ring_s: 30 });

  // Switched off and on again before saving it is as it was.
  await page.reload();
  await turn.uncheck();
  await expect(countries).toHaveCount(0);
  await turn.check();
  await expect(page.getByRole('button', { name: /^Remove .*49.*Germany/ })).toBeVisible();
  await turn.uncheck();
  await saved();
  expect(await stored()).toBeNull();
});
