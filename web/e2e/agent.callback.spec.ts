// A customer calls while a callback is pending, and is to be called back later again: the supervisor's book and the agent's desk.
import { randomInt } from 'node:crypto';
import type { BrowserContext } from '@playwright/test';
import { call, confirm, expect, makeRoom, rest, signedIn, test, violations } from './demo';
import { center, list, ownLine } from './own-line';

interface Endpoint {
  id: number;
  queue_id: number;
}
interface Callback {
  id: number;
  kind: string;
  customer: { number: string };
  window: { time_zone: string | null } | null;
}

const undo: (() => Promise<void>)[] = [];
test.afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});
const pendingOf = async (keeper: BrowserContext, number: string): Promise<Callback | undefined> =>
  (await call<{ items: Callback[] }>(keeper, 'GET', `/${center()}/callbacks`)).items.find((it) => it.customer.number === number);

// R-21, B-016
test('a pending callback is seen when its customer calls, is cancelled there, and another one is booked for later', async ({ browser }) => {
  test.slow();
  const line = await ownLine(browser, undo, undefined, { callbacks: {} });
  const queue = (await list<Endpoint>(line.admin, 'endpoints')).find(({ id }) => id === line.endpoint)?.queue_id ?? 0;
  const { name } = await call<{ name: string }>(line.admin, 'GET', `/${center()}/queues/${queue}`);
  const number = `+4930${randomInt(1e6, 1e7)}`;

  // The supervisor books it, by the customer's clock.
  const keeper = await signedIn(browser, 'supervisor');
  undo.push(() => keeper.context.close());
  await keeper.page.goto('/callbacks');
  await keeper.page.getByRole('button', { name: 'Book a callback' }).click();
  const book = keeper.page.getByRole('dialog', { name: 'Book a callback' });
  await book.getByRole('button', { name: 'Book it' }).click();
  await expect(book.getByLabel('Number')).toBeFocused();
  await book.getByLabel('Number').fill('112');
  await book.getByLabel('Queue that calls back').selectOption({ label: name });
  await book.getByRole('button', { name: 'Book it' }).click();
  await expect(book.getByText(/Emergency calls are not possible/)).toBeVisible();
  await expect(book.getByLabel('Number')).toBeFocused();
  await book.getByLabel('Number').fill(number);
  await book.getByRole('radio', { name: 'At a time' }).check({ force: true });
  const zone = book.getByRole('combobox', { name: 'The customer’s time zone' });
  await zone.fill('london');
  await keeper.page.keyboard.press('Enter');
  await expect(zone).toHaveValue('Europe/London');
  expect(await violations(keeper.page)).toEqual([]);
  await book.getByRole('button', { name: 'Book it' }).click();
  await expect(book).toHaveCount(0);
  await expect(keeper.page.getByRole('row').filter({ hasText: number })).toContainText('Scheduled');
  expect(await pendingOf(keeper.context, number)).toMatchObject({ kind: 'scheduled', window: { time_zone: 'Europe/London' } });

  // The customer calls before.
  const { context, page } = await signedIn(browser, 'agent');
  undo.push(() => context.close());
  await rest(page);
  await expect(async () => {
    if ((await page.locator('button[data-state]').getAttribute('data-state')) === 'available') return;
    await makeRoom(page);
    await expect(page.locator('button[data-state]')).toHaveAttribute('data-state', 'available', { timeout: 3_000 });
    // poll: until earlier work is done
  }).toPass({ timeout: 120_000 });
  await call(line.admin, 'POST', `/${center()}/endpoints/${line.endpoint}/test-call`, { from: number });
  const offers = page.getByRole('region', { name: 'Offers' });
  await expect(offers.getByText(number)).toBeVisible({ timeout: 30_000 });
  await expect(offers.getByText('To be called back already')).toBeVisible();
  await page.keyboard.press('F2');
  const pending = page.getByRole('region', { name: /^There is a callback for/ });
  await expect(pending).toBeVisible({ timeout: 30_000 });
  await expect(pending).toContainText(name);
  expect(await violations(page)).toEqual([]);
  await pending.getByRole('button', { name: 'Cancel the callback' }).click();
  await confirm(page, 'Cancel the callback');
  await expect(pending).toHaveCount(0);
  expect(await pendingOf(keeper.context, number)).toBeUndefined();

  // And wants to be called later, by this agent.
  await page.getByRole('group', { name: 'Call controls' }).getByRole('button', { name: 'Call back later' }).click();
  const later = page.getByRole('dialog', { name: /^Call .* back later$/ });
  await expect(later.getByLabel('Not before')).not.toHaveValue('');
  await later.getByRole('radio', { name: 'I do' }).check({ force: true });
  expect(await violations(page)).toEqual([]);
  await later.getByRole('button', { name: 'Book it' }).click();
  await expect(later).toHaveCount(0);
  await expect(page.getByText(/^A callback is booked for/)).toBeVisible();
  expect(await pendingOf(keeper.context, number)).toMatchObject({ kind: 'agent_owned' });
  await page.keyboard.press('F4');
  await page.keyboard.press('F4');
  await expect(async () => {
    if (await page.getByRole('heading', { name: 'My callbacks' }).isVisible()) return;
    await makeRoom(page);
    await expect(page.getByRole('heading', { name: 'My callbacks' })).toBeVisible({ timeout: 3_000 });
    // poll: until the wrap-up is done
  }).toPass({ timeout: 60_000 });
  const own = page.getByRole('listitem').filter({ hasText: number });
  await own.getByRole('button', { name: /^Cancel/ }).click();
  await confirm(page, 'Cancel the callback');
  await expect(own).toHaveCount(0);
  await call(context, 'POST', `/${center()}/me/state`, { intent: 'not_ready' }).catch(() => undefined);
});
