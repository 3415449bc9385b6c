import { readFileSync } from 'node:fs';
import type { BrowserContext } from '@playwright/test';
import { call, expect, signedIn, signIns, test, violations } from './demo';

interface Row {
  id: number;
  ended_at: string | null;
  end_reason: string | null;
  agents: { name: string; talk_s: number }[];
}
interface Found {
  contacts: Row[];
  count: { exact: boolean; n: number };
}
const center = (): string => signIns().supervisor.center;

/** Contacts that are over, so that nothing moves while they are looked at; the demo's callers make some. */
async function over(context: BrowserContext, filter = ''): Promise<Row[]> {
  let rows: Row[] = [];
  const look = async (): Promise<number> => {
    rows = (await call<Found>(context, 'GET', `/${center()}/contacts?open=false&limit=200${filter}`)).contacts;
    return rows.length;
  };
  await expect.poll(look, { timeout: 170_000 }).toBeGreaterThan(0);
  return rows;
}

const clock = (seconds: number): string => `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;

test('the number above the list is the number of its contacts, and so is each of its parts', async ({ browser }) => {
  const { context, page } = await signedIn(browser, 'supervisor');
  await over(context);
  await page.goto('/contacts?period=all&open=false');
  const reasons = page.getByRole('list', { name: 'How they ended' });
  await expect(reasons.getByRole('link').first()).toBeVisible();
  await reasons.getByRole('link').first().click();
  await expect(page).toHaveURL(/end_reason=/);
  const reason = new URL(page.url()).searchParams.get('end_reason');
  const said = page.getByRole('status').filter({ hasText: /\d+ contacts?$/ });
  await expect(said).toBeVisible();
  const shown = async (): Promise<string> => (await said.innerText()).replaceAll(/\D/g, '');
  await expect(async () => {
    // The demo goes on: what the server counts now is at least what was counted a moment before.
    const before = Number(await shown());
    const { count } = await call<Found>(context, 'GET', `/${center()}/contacts?open=false&end_reason=${reason}`);
    expect(count.n).toBeGreaterThanOrEqual(before);
    await expect(page.getByRole('grid', { name: 'Contacts' }).getByRole('row')).toHaveCount(Math.min(before, 50) + 1, { timeout: 1_000 });
    // poll: until the list is that of the reason
  }).toPass({ timeout: 15_000 });
  await context.close();
});

test('filters stand in the address, and Back takes them away again', async ({ browser }) => {
  const { context, page } = await signedIn(browser, 'supervisor');
  await page.goto('/contacts');
  await page.getByLabel('Period').selectOption('Last 7 days');
  await page.getByRole('button', { name: 'More filters' }).click();
  await page.getByLabel('Direction').selectOption('From the customer');
  await expect(page).toHaveURL(/\/contacts\?period=week&direction=in$/);
  await page.reload();
  await expect(page.getByLabel('Direction')).toHaveValue('in');
  await page.goBack();
  await expect(page.getByLabel('Direction')).toHaveValue('');
  await page.getByLabel('Customer’s number').fill('12');
  await page.getByLabel('Customer’s number').press('Enter');
  await expect(page.getByText('Write the whole number with + and the country')).toBeVisible();
  await context.close();
});

test('the list is walked by arrows and a contact opened by Enter', async ({ browser }) => {
  const { context, page } = await signedIn(browser, 'supervisor');
  await over(context);
  await page.goto('/contacts?period=all');
  const rows = page.getByRole('grid', { name: 'Contacts' }).locator('tbody').getByRole('row');
  await rows.first().focus();
  await page.keyboard.press('End');
  await expect(rows.last()).toBeFocused();
  await page.keyboard.press('Home');
  await expect(rows.first()).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/\/contacts\/\d+$/);
  await context.close();
});

// B-001: what is told of a contact in both places is the same, to the second.
test('a contact’s story says of each agent what the list says', async ({ browser }) => {
  const { context, page } = await signedIn(browser, 'supervisor');
  const [row] = await over(context, '&end_reason=handled');
  await page.goto(`/contacts/${row?.id}`);
  const facts = page.getByRole('main').locator('dl').first();
  for (const agent of row?.agents ?? []) {
    // Figures are isolated from the text around them.
    await expect(facts).toContainText(new RegExp(`${agent.name}\\W+${clock(agent.talk_s)}\\W+of talk`));
  }
  const lanes = page.getByRole('group', { name: 'Lanes' });
  await expect(lanes.getByRole('group', { name: 'Customer', exact: true })).toBeVisible();
  const talk = lanes.getByRole('button', { name: /^Talking / }).first();
  await talk.focus();
  await page.keyboard.press('ArrowDown');
  await expect(lanes.locator('button:focus')).not.toHaveAccessibleName((await talk.getAttribute('aria-label')) ?? '');
  const n = await lanes.getByRole('button').count();
  await page.getByLabel('Show as list').check();
  await expect(page.getByRole('region', { name: 'The lanes as a list' }).locator('tbody tr')).toHaveCount(n);
  expect(await violations(page)).toEqual([]);
  await context.close();
});

test('what was found is exported whole', async ({ browser }) => {
  const { context, page } = await signedIn(browser, 'supervisor');
  await over(context);
  await page.goto('/contacts?period=all&open=false');
  await page.getByRole('button', { name: 'Export' }).click();
  const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('menuitem', { name: 'CSV' }).click()]);
  expect(file.suggestedFilename()).toMatch(/^contacts-\d{4}-\d\d-\d\d\.csv$/);
  const lines = readFileSync(await file.path(), 'utf8').trim().split('\n');
  const { contacts } = await call<{ contacts: number }>(context, 'GET', `/${center()}/contacts/summary?open=false`);
  // Contacts end between the two looks, never the other way round.
  expect(lines.length - 1).toBeGreaterThan(0);
  expect(lines.length - 1).toBeLessThanOrEqual(contacts);
  await expect(page.getByText(/^Saved as .+, .+B\.$/)).toBeVisible();
  await context.close();
});

test('administrators read what the journal says, and nobody else', async ({ browser }) => {
  const { context: supervisor, page: theirs } = await signedIn(browser, 'supervisor');
  const [row] = await over(supervisor);
  await theirs.goto(`/contacts/${row?.id}`);
  await expect(theirs.getByRole('heading', { name: 'What happened, line by line' })).toBeVisible();
  await expect(theirs.getByText('Raw events')).toHaveCount(0);
  await supervisor.close();
  const { context, page } = await signedIn(browser, 'administrator');
  await page.goto(`/contacts/${row?.id}`);
  await page.getByText('Raw events').click();
  await expect(page.getByRole('list', { name: 'Raw events' }).getByRole('listitem').first()).toContainText('{');
  await context.close();
});
