import { randomInt } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { call, expect, signedIn, signIns, test, violations } from './demo';
import { center } from './own-line';

test('what was changed is found by what it was done to, opened place by place, and exported with its links', async ({ browser }) => {
  const { context, page } = await signedIn(browser, 'administrator');
  const tag = String(randomInt(1e6));
  await page.goto('/admin/dispositions/new');
  await page.getByLabel('Label').fill(`Complaint ${tag}`);
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page).toHaveURL(/\/admin\/dispositions\/\d+$/);
  // The address is there before the page: what is typed until then goes into the form for a new one.
  await expect(page.getByRole('heading', { level: 1, name: `Complaint ${tag}` })).toBeVisible();
  const id = page.url().split('/').at(-1) ?? '';
  await page.getByLabel('Label').fill(`Praise ${tag}`);
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByRole('heading', { level: 1, name: `Praise ${tag}` })).toBeVisible();

  await page.goto('/admin/audit');
  await page.getByLabel('Done to').selectOption('disposition');
  await page.getByLabel('Its number').fill(id);
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(new RegExp(`kind=disposition&id=${id}$`));
  const rows = page.getByRole('table', { name: 'Audit' }).getByRole('row').filter({ has: page.getByRole('button', { name: /^Entry/ }) });
  await expect(rows).toHaveCount(2);
  await expect(rows.first()).toContainText(signIns().administrator.username);
  await rows.first().getByRole('button', { name: /^Entry/ }).click();
  const change = page.getByRole('row', { name: /label/ }).last();
  await expect(change).toContainText(`Complaint ${tag}`);
  await expect(change).toContainText(`Praise ${tag}`);
  await expect(page.getByText(/^[0-9a-f]{64}$/).first()).toBeVisible();
  expect(await violations(page)).toEqual([]);

  const saving = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Export' }).click();
  await page.getByRole('menuitem', { name: 'JSON lines' }).click();
  const file = await saving;
  expect(file.suggestedFilename()).toMatch(/^audit-\d{4}-\d\d-\d\d\.jsonl$/);
  const lines = readFileSync(await file.path(), 'utf8').trim().split('\n');
  expect(lines).toHaveLength(2);
  for (const line of lines) expect((JSON.parse(line) as { link: string }).link).toMatch(/^[0-9a-f]{64}$/);
  await expect(page.getByRole('main').getByText(/^Saved as/)).toBeVisible();

  await page.goto('/admin/audit?action=audit_exported');
  await expect(page.getByRole('row', { name: /Audit exported/ }).first()).toBeVisible();
  await page.goto('/admin/audit?actor=nobody-of-this-name');
  await expect(page.getByRole('heading', { name: 'Nobody here has this user name' })).toBeVisible();
  await page.getByRole('main').getByRole('button', { name: 'Clear filters' }).last().click();
  await expect(page).toHaveURL(/\/admin\/audit$/);
  await expect(page.getByText('Proof that nothing was changed')).toBeVisible();
  await context.close();
});

test('older entries come on demand, and a supervisor sees no audit', async ({ browser }) => {
  const { context, page } = await signedIn(browser, 'administrator');
  await page.goto('/admin/audit');
  const table = page.getByRole('table', { name: 'Audit' });
  await expect(table.getByRole('row').nth(1)).toBeVisible();
  const before = await table.getByRole('row').count();
  const older = page.getByRole('button', { name: 'Show older entries' });
  // A center that was just made has no second page yet.
  if (before > 50) {
    await older.click();
    await expect.poll(() => table.getByRole('row').count()).toBeGreaterThan(before);
  }
  await context.close();
  const other = await signedIn(browser, 'supervisor');
  await other.page.goto('/admin/audit');
  await expect(other.page.getByRole('heading', { name: 'Not for this account' })).toBeVisible();
  await expect(other.page.getByRole('link', { name: 'Audit' })).toHaveCount(0);
  await other.page.goto('/admin/persons');
  await expect(other.page.getByRole('heading', { name: 'Not for this account' })).toBeVisible();
  await other.context.close();
});

test('a person is found by number, given out as a file, and erased once the number is written again', async ({ browser }) => {
  const { context, page } = await signedIn(browser, 'administrator');
  const number = `+1425555${randomInt(1000, 9999)}`;
  await call(context, 'POST', `/${center()}/do-not-call`, { number, reason: 'Asked by letter', until: null });
  await page.goto('/admin/persons');
  const main = page.getByRole('main');
  await main.getByLabel('Number of the person').fill('425');
  await page.keyboard.press('Enter');
  await expect(main.getByText('Write the whole number with +')).toBeVisible();
  await main.getByLabel('Number of the person').fill(number.replace('+1', '001 '));
  await main.getByRole('button', { name: 'Find' }).click();
  const kept = main.getByRole('region', { name: /^What is kept of/ });
  await expect(kept).toContainText(number);
  await expect(kept.getByText('On the do-not-call list').locator('..')).toContainText('Yes');
  expect(page.url()).not.toContain(number.slice(1));
  expect(await violations(page)).toEqual([]);

  const saving = page.waitForEvent('download');
  await kept.getByRole('button', { name: 'Export everything' }).click();
  const file = await saving;
  expect(file.suggestedFilename()).toMatch(/^person-\d{4}-\d\d-\d\d\.json$/);
  expect((JSON.parse(readFileSync(await file.path(), 'utf8')) as { number: string }).number).toBe(number);

  await kept.getByRole('button', { name: 'Erase' }).click();
  const dialog = page.getByRole('alertdialog');
  await expect(dialog).toContainText('What goes');
  await expect(dialog).toContainText('The entry of the do-not-call list, without the number');
  await expect(dialog).toContainText('This cannot be undone.');
  expect(await violations(page)).toEqual([]);
  await dialog.getByRole('button', { name: 'Erase for good' }).click();
  await expect(dialog.getByLabel('Reason')).toBeFocused();
  await dialog.getByLabel('Reason').fill('Request by letter');
  await dialog.getByLabel('Write the number again').fill('+14255550100');
  await dialog.getByRole('button', { name: 'Erase for good' }).click();
  await expect(dialog.getByText('This is not the number that is to be erased.')).toBeVisible();
  await dialog.getByLabel('Write the number again').fill(number);
  await dialog.getByRole('button', { name: 'Erase for good' }).click();
  await expect(dialog).toHaveCount(0);
  await expect(main.getByRole('heading', { name: /^Erased:/ })).toBeFocused();

  await page.goto('/admin/audit?action=customer_erased');
  await expect(page.getByRole('row', { name: /Person erased/ }).first()).toBeVisible();
  expect(await page.getByRole('main').innerText()).not.toContain(number.slice(1));
  await context.close();
});
