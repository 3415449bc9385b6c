// Privacy and retention: what is set here holds for the whole demo, so every test leaves it as it was.
import type { BrowserContext, Page } from '@playwright/test';
import { call, expect, signedIn, test, violations } from './demo';
import { center } from './own-line';

interface Privacy {
  version: number;
  agent_figures: 'each' | 'team';
  keep_customers_days: number | null;
  keep_messages_days: number | null;
}
/** So long ago that nothing of the demo is erased by it. */
const LONG_DAYS = 36_000;

const undo: (() => Promise<void>)[] = [];
test.afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

const stored = (admin: BrowserContext): Promise<Privacy> => call<Privacy>(admin, 'GET', `/${center()}/privacy`);

/** Over whatever is stored now. */
async function put(admin: BrowserContext, part: Partial<Privacy>): Promise<void> {
  const { version, ...now } = await stored(admin);
  const headers = { 'x-tandem-request': '1', 'if-match': `"${version}"` };
  const answer = await admin.request.put(`/api/v1/${center()}/privacy`, { headers, data: { ...now, ...part } });
  expect(answer.ok(), `PUT privacy: ${await answer.text()}`).toBe(true);
}

/** At the page, with all of it as it is by itself. */
async function opened(admin: BrowserContext, page: Page): Promise<void> {
  const { version: _version, ...before } = await stored(admin);
  undo.push(() => admin.close());
  undo.push(() => put(admin, before));
  await put(admin, { agent_figures: 'each', keep_customers_days: null, keep_messages_days: null });
  await page.goto('/admin/privacy');
  await expect(page.getByRole('heading', { level: 1, name: 'Privacy and retention' })).toBeVisible();
}

async function save(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByRole('button', { name: 'Save' })).toHaveCount(0);
}

test('with figures of teams only no agent can be chosen in lists, and each can be again', async ({ browser }) => {
  const { context, page } = await signedIn(browser, 'administrator');
  await opened(context, page);
  const filters = page.getByRole('search', { name: 'Filters' });
  const agent = filters.getByRole('combobox', { name: 'Agent' });
  const toContacts = (): Promise<void> => page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Contacts' }).click();
  await toContacts();
  await expect(agent).toBeVisible();
  const { items } = await call<{ items: { id: number; name: string }[] }>(context, 'GET', `/${center()}/agents`);
  const narrowed = `/${center()}/contacts?agent_id=${items[0]?.id}`;
  await call(context, 'GET', narrowed);

  await page.goto('/admin/privacy');
  await page.getByLabel('Figures are shown of').selectOption({ label: 'Teams only' });
  await expect(page.getByText('exports have teams in place of agents')).toBeVisible();
  expect(await violations(page)).toEqual([]);
  await save(page);

  // At once, without a new load; and the server does not answer it either.
  await toContacts();
  await expect(filters.getByRole('combobox', { name: 'Queue' })).toBeVisible();
  await expect(agent).toHaveCount(0);
  const refused = await context.request.get(`/api/v1${narrowed}`);
  expect(refused.status()).toBe(403);
  expect(((await refused.json()) as { code: string }).code).toBe('team_figures');
  await page.goto(`/contacts?period=all&agent_id=${items[0]?.id}`);
  await expect(page.getByRole('grid', { name: 'Contacts' })).toBeVisible();
  expect(await violations(page)).toEqual([]);
  await page.goto('/recordings');
  await expect(filters).toBeVisible();
  await expect(agent).toHaveCount(0);

  // An agent's own contacts stay.
  const own = await signedIn(browser, 'agent');
  undo.push(() => own.context.close());
  await own.page.goto('/contacts?period=all');
  await expect(own.page.getByRole('heading', { level: 1, name: 'Your contacts' })).toBeVisible();
  await expect(own.page.getByRole('heading', { name: 'Only teams are shown' })).toHaveCount(0);

  await page.goto('/admin/privacy');
  await page.getByLabel('Figures are shown of').selectOption({ label: 'Each agent' });
  await save(page);
  await toContacts();
  await expect(agent).toBeVisible();
});

test('lists are narrowed to a team', async ({ browser }) => {
  const { context, page } = await signedIn(browser, 'administrator');
  undo.push(() => context.close());
  const { items } = await call<{ items: { id: number; version: number; name: string }[] }>(context, 'GET', `/${center()}/teams`);
  let team = items[0];
  if (!team) {
    const name = `Evening ${Date.now() % 1e6}`;
    const { id, version } = await call<{ id: number; version: number }>(context, 'POST', `/${center()}/teams`, { name, site_id: null });
    team = { id, version, name };
    const headers = { 'x-tandem-request': '1', 'if-match': `"${version}"` };
    undo.push(async () => void (await context.request.delete(`/api/v1/${center()}/teams/${id}`, { headers })));
  }
  for (const path of ['/contacts?period=all', '/recordings?period=all']) {
    await page.goto(path);
    await page.getByLabel('Team', { exact: true }).selectOption({ label: team.name });
    await expect(page).toHaveURL(new RegExp(`[?&]team_id=${team.id}\\b`));
    await page.reload();
    await expect(page.getByLabel('Team', { exact: true })).toHaveValue(String(team.id));
    await expect(page.getByRole('main').getByRole('status').filter({ hasText: /contact|recording/i })).toBeVisible();
  }
  expect(await violations(page)).toEqual([]);
});

test('customers are forgotten sooner only after a question, and what somebody else saved meanwhile is shown', async ({ browser }) => {
  const { context, page } = await signedIn(browser, 'administrator');
  await opened(context, page);
  const customers = page.getByRole('spinbutton', { name: 'Keep numbers, names and notes for' });
  const messages = page.getByRole('spinbutton', { name: 'Keep messages for' });
  const table = page.getByRole('region', { name: 'What is kept, and for how long' });
  const rowOf = (what: string) => table.getByRole('row').filter({ hasText: what });
  await expect(rowOf('Messages of callers')).toContainText('For good');
  await expect(table.getByRole('link', { name: 'Queues, under Recording' })).toBeVisible();
  expect(await violations(page)).toEqual([]);

  // Nothing is asked of the server that it would refuse.
  await customers.fill('36501');
  await page.keyboard.press('Tab');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByText('Enter a number from 1 to 36500.')).toBeVisible();
  await expect(customers).toBeFocused();

  await customers.fill(String(LONG_DAYS));
  await page.keyboard.press('Tab');
  await page.getByRole('button', { name: 'Save' }).click();
  const question = page.getByRole('alertdialog', { name: 'Erase what is known of earlier customers?' });
  await expect(question).toContainText('kept for 36,000 days; so far it was for good');
  await expect(question).toContainText('on legal hold keep theirs');
  expect(await violations(page)).toEqual([]);
  await question.getByRole('button', { name: 'Cancel' }).click();
  expect((await stored(context)).keep_customers_days).toBeNull();

  await put(context, { keep_messages_days: LONG_DAYS });
  await page.getByRole('button', { name: 'Save' }).click();
  await question.getByRole('button', { name: 'Save and erase' }).click();
  const conflict = page.getByRole('alertdialog', { name: 'Changed by someone else' });
  await expect(conflict).toContainText('Keep messages for');
  await expect(conflict).toContainText('36,000 days');
  expect(await violations(page)).toEqual([]);
  await conflict.getByRole('button', { name: 'Take theirs' }).click();
  await expect(messages).toHaveValue(String(LONG_DAYS));
  await expect(customers).toHaveValue('');

  // A time of messages holds for those to come: there is nothing to ask.
  await messages.fill(String(LONG_DAYS - 1));
  await page.keyboard.press('Tab');
  await save(page);
  await customers.fill(String(LONG_DAYS));
  await page.keyboard.press('Tab');
  await page.getByRole('button', { name: 'Save' }).click();
  await question.getByRole('button', { name: 'Save and erase' }).click();
  await expect(page.getByRole('button', { name: 'Save' })).toHaveCount(0);
  await expect(rowOf('Messages of callers')).toContainText('35,999 days');
  await expect(rowOf('numbers, names and notes')).toContainText('36,000 days');
  expect(await stored(context)).toMatchObject({ keep_customers_days: LONG_DAYS, keep_messages_days: LONG_DAYS - 1 });
});
