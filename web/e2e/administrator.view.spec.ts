// An administrator sees Tandem as somebody else does. The view is of the session of the test alone; what it is of is made for it.
import { randomInt } from 'node:crypto';
import type { Browser, BrowserContext, Page } from '@playwright/test';
import { call, expect, signedIn, test, violations } from './demo';
import { center, ownQueue } from './own-line';
import { newSupervisor, signInAs, type Somebody } from './somebody';

const undo: (() => Promise<void>)[] = [];
test.afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

const HEADERS = { 'x-tandem-request': '1' };
const VIEWING = 'You see Tandem as somebody else does, so nothing can be changed, heard or exported.';

interface Viewed {
  context: BrowserContext;
  page: Page;
  somebody: Somebody;
  /** All that they see of the queues. */
  queue: { id: number; name: string };
}

/** On the page of somebody who reaches one queue and no other. */
async function limited(browser: Browser): Promise<Viewed> {
  const { context, page } = await signedIn(browser, 'administrator');
  undo.push(() => context.close());
  const queue = await ownQueue<{ id: number; name: string }>(context, undo, 'recording');
  const somebody = await newSupervisor(context);
  await page.goto('/admin/people');
  await page.getByRole('searchbox', { name: 'Filter by name' }).fill(somebody.name);
  await page.getByRole('button', { name: `Scope of ${somebody.name}` }).click();
  await expect(page).toHaveURL(/\/admin\/people\/\d+$/);
  const account = page.url().split('/').at(-1) ?? '';
  const reaches = async (data: object): Promise<void> => {
    const answer = await context.request.put(`/api/v1/${center()}/accounts/${account}/scope`, { headers: HEADERS, data });
    expect(answer.ok(), `scope of ${account}: ${await answer.text()}`).toBe(true);
  };
  await reaches({ queues: [queue.id], teams: [], sites: [] });
  undo.push(() => reaches({ everything: true }));
  // Nothing of it could be undone in a view.
  undo.push(async () => void (await context.request.delete(`/api/v1/${center()}/view`, { headers: HEADERS })));
  return { context, page, somebody, queue };
}

/** Begins at the page of the person. */
async function view(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'View as', exact: true }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'View', exact: true }).click();
}

test('an administrator sees what a supervisor sees and no more, changes nothing, and is themselves again', async ({ browser }) => {
  const { context, page, somebody, queue } = await limited(browser);
  await page.getByRole('button', { name: 'View as', exact: true }).click();
  const dialog = page.getByRole('alertdialog', { name: `View Tandem as ${somebody.name}?` });
  await expect(dialog).toContainText('Nothing can be changed meanwhile');
  await expect(dialog).toContainText('It stands in the audit');
  expect(await violations(page)).toEqual([]);
  await dialog.getByRole('button', { name: 'View', exact: true }).click();

  const banner = page.getByRole('region', { name: `View as ${somebody.name}` });
  await expect(banner).toContainText(`You see Tandem as ${somebody.name} does. Nothing can be changed.`);
  await expect(banner).toContainText(/Ends at \W?\d\d:\d\d/);
  await expect(page).toHaveURL(/\/desk$/);

  // The same places, the same one queue.
  const theirs = await signInAs(browser, somebody);
  undo.push(() => theirs.context.close());
  const places = (of: Page): Promise<string[]> => of.getByRole('navigation', { name: 'Main' }).getByRole('link').allTextContents();
  for (const of of [theirs.page, page]) {
    await of.goto('/admin/queues');
    await expect(of.getByRole('link', { name: queue.name })).toBeVisible();
    await expect(of.getByRole('region', { name: 'Queues' }).getByRole('row')).toHaveCount(2);
  }
  expect(await places(page)).toEqual(await places(theirs.page));
  await page.goto('/admin/people');
  await expect(page.getByRole('heading', { name: 'Not for this account' })).toBeVisible();
  await expect(banner).toBeVisible();

  // What they may change is refused here, and says why; what they may take away, too.
  const number = `+1425555${randomInt(1000, 9999)}`;
  await page.goto('/admin/do-not-call');
  const main = page.getByRole('main');
  await main.getByRole('textbox', { name: 'Number' }).fill(number);
  await main.getByRole('textbox', { name: 'Reason' }).fill('Asked on the phone');
  await page.keyboard.press('Enter');
  await expect(main.getByRole('alert')).toContainText(VIEWING);
  expect(await violations(page)).toEqual([]);
  const file = await context.request.get(`/api/v1/${center()}/contacts/export?format=csv`);
  expect(file.status()).toBe(403);
  expect(((await file.json()) as { code: string }).code).toBe('viewing_only');

  // By the keyboard alone.
  await page.keyboard.press('Control+F6');
  await expect(banner).toBeFocused();
  await page.keyboard.press('Tab');
  await expect(banner.getByRole('button', { name: 'End view' })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/\/admin\/people$/);
  await expect(page.getByRole('link', { name: somebody.name, exact: true })).toBeVisible();
  await expect(banner).toHaveCount(0);
  const { items } = await call<{ items: { number: string | null }[] }>(context, 'GET', `/${center()}/do-not-call`);
  expect(items.map((it) => it.number)).not.toContain(number);
});

test('a view is in every tab, a desk that is seen takes no orders, and each tab knows when it is over', async ({ browser }) => {
  const { context, page, somebody } = await limited(browser);
  const other = await context.newPage();
  await other.goto('/admin/skills');
  await expect(other.getByRole('heading', { level: 1, name: 'Skills' })).toBeVisible();
  await view(page);
  const bannerOf = (of: Page) => of.getByRole('region', { name: `View as ${somebody.name}` });
  await expect(bannerOf(page)).toBeVisible();
  await expect(bannerOf(other)).toBeVisible();
  await expect(other).toHaveURL(/\/desk$/);

  await page.getByRole('button', { name: /^Go available/ }).first().click();
  await expect(page.getByText(VIEWING).first()).toBeVisible();

  await page.keyboard.press('Control+k');
  await page.getByRole('combobox', { name: 'Commands' }).fill('end the view');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/\/admin\/people$/);
  await expect(bannerOf(page)).toHaveCount(0);
  await expect(other).toHaveURL(/\/admin\/people$/);
  const told = other.getByRole('paragraph').filter({ hasText: `The view as ${somebody.name} is over.` });
  await expect(told).toBeVisible();
  expect(await violations(other)).toEqual([]);
  await other.getByRole('button', { name: 'Dismiss' }).click();
  await expect(told).toHaveCount(0);
});
