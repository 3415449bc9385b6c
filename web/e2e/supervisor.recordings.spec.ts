import type { BrowserContext } from '@playwright/test';
import { call, expect, signedIn, signIns, test, violations } from './demo';

interface Recording {
  id: number;
  contact_id: number;
  state: string;
  hold: unknown;
  sha256: string | null;
}
const center = (): string => signIns().supervisor.center;

/** One that can be heard, of those that the demo records. */
async function kept(context: BrowserContext): Promise<Recording> {
  let found: Recording | undefined;
  const look = async (): Promise<boolean> => {
    const { recordings } = await call<{ recordings: Recording[] }>(context, 'GET', `/${center()}/recordings`);
    found = recordings.find((it) => it.state === 'kept' && it.hold === null);
    return found !== undefined;
  };
  await expect.poll(look, { timeout: 170_000 }).toBe(true);
  if (!found) throw new Error('nothing was recorded');
  return found;
}

test('a recording is heard for a purpose, unchanged, and that is on record', async ({ browser }) => {
  const { context, page } = await signedIn(browser, 'supervisor');
  const { id, contact_id } = await kept(context);
  await page.goto(`/contacts/${contact_id}?recording=${id}`);
  const player = page.locator(`[data-recording="${id}"]`);
  await expect(player.getByRole('slider', { name: 'Place in the recording' })).toBeVisible();
  expect(await violations(page)).toEqual([]);
  await player.getByRole('button', { name: 'Play', exact: true }).click();
  await page.getByRole('button', { name: 'Listen' }).click();
  await expect(page.getByText('Choose a purpose.')).toBeVisible();
  await page.getByLabel('Complaint').check();
  const note = `Case ${Date.now()}`;
  await page.getByLabel('Note').fill(note);
  await page.getByRole('button', { name: 'Listen' }).click();
  await expect(player.getByRole('button', { name: 'Pause' })).toBeVisible();
  await expect(player.getByText('Unchanged: the sound that you hear has this fingerprint')).toBeVisible();
  const place = player.getByRole('slider', { name: 'Place in the recording' });
  const at = async (): Promise<number> => Number(await place.inputValue());
  await expect.poll(at).toBeGreaterThan(0);
  await page.keyboard.press('Escape');
  await player.getByRole('button', { name: /What can be done with recording/ }).click();
  await page.getByRole('menuitem', { name: 'Who listened' }).click();
  const drawer = page.getByRole('dialog', { name: 'Who listened' });
  await expect(drawer).toContainText(note);
  await expect(drawer).toContainText('Complaint');
  await context.close();
});

test('keys move in a recording as they say', async ({ browser }) => {
  const { context, page } = await signedIn(browser, 'supervisor');
  const { id, contact_id } = await kept(context);
  await page.goto(`/contacts/${contact_id}?recording=${id}`);
  const place = page.locator(`[data-recording="${id}"]`).getByRole('slider', { name: 'Place in the recording' });
  await place.focus();
  await page.keyboard.press('ArrowRight');
  const length = Number(await place.getAttribute('max'));
  await expect(place).toHaveValue(String(Math.min(5, length)));
  await page.keyboard.press('ArrowLeft');
  await expect(place).toHaveValue('0');
  await context.close();
});

test('what is on legal hold cannot be erased, and is again what it was after its release', async ({ browser }) => {
  const { context, page } = await signedIn(browser, 'administrator');
  const { id, contact_id } = await kept(context);
  await page.goto(`/contacts/${contact_id}?recording=${id}`);
  const player = page.locator(`[data-recording="${id}"]`);
  const verbs = player.getByRole('button', { name: /What can be done with recording/ });
  await verbs.click();
  await page.getByRole('menuitem', { name: 'Set a legal hold…' }).click();
  await page.getByLabel('Reason').fill('A test of the hold');
  await page.getByRole('button', { name: 'Set the hold' }).click();
  await expect(player.getByText('Legal hold', { exact: true }).first()).toBeVisible();
  await verbs.click();
  await expect(page.getByRole('menuitem', { name: 'Erase (not during a legal hold)' })).toHaveAttribute('aria-disabled', 'true');
  await page.getByRole('menuitem', { name: 'Release the legal hold…' }).click();
  await page.getByLabel('Reason').fill('The test is over');
  await page.getByRole('button', { name: 'Release the hold' }).click();
  await expect(player.getByText('Legal hold', { exact: true })).toHaveCount(0);
  await context.close();
});

test('every recording is verified, and all are as they were kept', async ({ browser }) => {
  const { context, page } = await signedIn(browser, 'administrator');
  await kept(context);
  await page.goto('/recordings');
  await page.getByRole('button', { name: 'Verify all' }).click();
  await expect(page.getByText(/^All \d+ are unchanged, checked/)).toBeVisible({ timeout: 60_000 });
  await context.close();
});
