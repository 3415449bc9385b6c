import { randomInt } from 'node:crypto';
import { expect, signedIn, test, violations } from './demo';

test('a supervisor puts a number on the do-not-call list and takes it off again', async ({ browser }) => {
  const { context, page } = await signedIn(browser, 'supervisor');
  await page.goto('/admin/do-not-call');
  const main = page.getByRole('main');
  await expect(main.getByRole('heading', { level: 1, name: 'Do not call' })).toBeVisible();
  const number = main.getByRole('textbox', { name: 'Number' });
  const reason = main.getByRole('textbox', { name: 'Reason' });

  await main.getByRole('button', { name: 'Add to the list' }).click();
  await expect(number).toBeFocused();
  await expect(main.getByText('Write the number that must not be called.')).toBeVisible();
  const written = `1425555${randomInt(1000, 9999)}`;
  await number.fill('12');
  await reason.fill('Asked on the phone');
  await page.keyboard.press('Enter');
  await expect(number).toHaveAttribute('aria-invalid', 'true');
  expect(await violations(page)).toEqual([]);

  await number.fill(`00 ${written}`);
  await page.keyboard.press('Enter');
  const row = main.getByRole('row').filter({ hasText: `+${written}` });
  await expect(row).toContainText('Asked on the phone');
  await expect(row).toContainText('Never');
  await expect(number).toBeFocused();
  await main.getByRole('searchbox').fill(written);
  await expect(main.getByRole('row')).toHaveCount(2);

  await row.getByRole('button', { name: /^Remove/ }).click();
  const dialog = page.getByRole('alertdialog');
  await expect(dialog).toContainText('Every agent may call this number again at once.');
  expect(await violations(page)).toEqual([]);
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  await expect(row.getByRole('button', { name: /^Remove/ })).toBeFocused();
  await row.getByRole('button', { name: /^Remove/ }).click();
  await dialog.getByRole('button', { name: 'Remove from the list' }).click();
  await expect(row).toHaveCount(0);
  await expect(main.getByRole('heading', { level: 1, name: 'Do not call' })).toBeFocused();
  await context.close();
});
