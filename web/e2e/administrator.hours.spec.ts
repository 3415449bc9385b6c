import { randomUUID } from 'node:crypto';
import { call, expect, signedIn, signIns, test, violations } from './demo';

test('an administrator sets up business hours by keyboard and sees what they amount to before saving', async ({ browser }) => {
  const { context, page } = await signedIn(browser, 'administrator');
  const name = `Hours ${randomUUID().slice(0, 6)}`;
  await page.goto('/admin/schedules/new');
  const preview = page.getByRole('region', { name: 'Next 14 days' });
  await expect(preview.getByRole('listitem')).toHaveCount(14);
  await page.getByLabel('Name').fill(name);

  const zone = page.getByRole('combobox', { name: 'Time zone' });
  await zone.fill('kolk');
  await page.keyboard.press('Enter');
  await expect(zone).toHaveValue('Asia/Kolkata');
  await expect(preview.getByText('Times of')).toContainText('Asia/Kolkata');
  await expect(preview.getByText(/^Today, /)).toHaveCount(1);

  // Times are typed as people type them, and a day is copied to others.
  await page.getByLabel('Monday, block 1, from').fill('7');
  await page.getByLabel('Monday, block 2, to').fill('2030');
  await page.getByLabel('Monday, block 2, to').blur();
  await expect(page.getByLabel('Monday, block 1, from')).toHaveValue('07:00');
  await expect(page.getByLabel('Monday, block 2, to')).toHaveValue('20:30');
  await page.getByRole('button', { name: 'Copy Monday to other days' }).focus();
  await page.keyboard.press('Enter');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await expect(page.getByLabel('Sunday, block 2, to')).toHaveValue('20:30');
  await expect(preview.getByText('07:00–12:00').first()).toBeVisible();
  await expect(preview.getByText('Closed', { exact: true })).toHaveCount(0);

  await page.getByRole('button', { name: 'Add an exception' }).click();
  const exception = page.getByRole('group', { name: 'New exception' });
  const day = await preview.getByRole('listitem').nth(3).getAttribute('data-date');
  await exception.getByLabel('Name').fill('Works outing');
  await page.getByRole('group', { name: 'Works outing' }).getByLabel('First day').fill(day ?? '');
  await expect(preview.getByRole('listitem').nth(3)).toContainText('Works outing');
  await expect(preview.getByRole('listitem').nth(3)).toContainText('Closed');

  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByRole('heading', { level: 1, name })).toBeVisible();
  await expect(page).toHaveURL(/\/admin\/schedules\/\d+$/);
  await page.reload();
  await expect(page.getByLabel('Wednesday, block 1, from')).toHaveValue('07:00');
  await expect(page.getByRole('group', { name: 'Works outing' }).getByLabel('Last day')).toHaveValue(day ?? '');

  // What cannot be is said at its field, and the preview waits.
  await page.getByLabel('Friday, block 1, to').fill('6');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByText('The end must be after the start.')).toBeVisible();
  await expect(page.getByLabel('Friday, block 1, to')).toBeFocused();
  await expect(preview.getByText(/^Shown again/)).toBeVisible();
  expect(await violations(page)).toEqual([]);
  await page.getByRole('button', { name: 'Discard' }).click();

  await page.getByRole('button', { name: 'Delete', exact: true }).first().click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Delete' }).click();
  await expect(page).toHaveURL(/\/admin\/schedules$/);
  await expect(page.getByText(name)).toBeHidden();
  await context.close();
});

test('a supervisor closes at once with a reason, and reopens', async ({ browser }) => {
  const admin = await signedIn(browser, 'administrator');
  const { center } = signIns().administrator;
  const name = `Front desk ${randomUUID().slice(0, 6)}`;
  const day = [{ from: '00:00', to: '24:00' }];
  const weekly = { monday: day, tuesday: day, wednesday: day, thursday: day, friday: day, saturday: day, sunday: day };
  const { id } = await call<{ id: number }>(admin.context, 'POST', `/${center}/schedules`, { name, time_zone: 'Europe/Berlin', weekly, exceptions: [], closed_now: null });

  const { context, page } = await signedIn(browser, 'supervisor');
  await page.goto('/admin/schedules');
  const row = page.getByRole('row').filter({ hasText: name });
  await expect(row).toContainText('Open');
  await page.getByRole('link', { name }).click();
  await expect(page.getByText('Changing it needs the administrator role.')).toBeVisible();

  // An administrator is editing the same hours meanwhile.
  await admin.page.goto(`/admin/schedules/${id}`);
  await admin.page.getByLabel('Name').fill(`${name} east`);

  await page.getByRole('button', { name: 'Close now' }).click();
  const dialog = page.getByRole('alertdialog');
  await expect(dialog.getByText('Those who wait in its queues leave them at once')).toBeVisible();
  await expect(dialog.getByText('Nobody is cut off.')).toBeVisible();
  await dialog.getByRole('button', { name: 'Close now' }).click();
  await expect(dialog.getByText('This is needed.')).toBeVisible();
  await dialog.getByLabel('Reason').fill('Fire drill');
  await page.keyboard.press('Enter');
  const bar = page.getByRole('region', { name: 'Closed by hand' });
  await expect(bar).toContainText('Closed by hand: Fire drill');
  expect(await violations(page)).toEqual([]);

  // Saving what was edited does not reopen what was closed.
  await admin.page.getByRole('button', { name: 'Save' }).click();
  await expect(admin.page.getByRole('heading', { level: 1, name: `${name} east` })).toBeVisible();
  await expect(admin.page.getByRole('region', { name: 'Closed by hand' })).toContainText('Fire drill');

  await page.reload();
  await bar.getByRole('button', { name: 'Reopen' }).click();
  await expect(bar).toBeHidden();
  await expect(page.getByRole('button', { name: 'Close now' })).toBeFocused();
  await context.close();
  await admin.context.close();
});

test('an administrator takes the closed days of a holiday calendar over, by keyboard, and sees them before saving', async ({ browser }) => {
  const { context, page } = await signedIn(browser, 'administrator');
  const { center } = signIns().administrator;
  const name = `Holidays ${randomUUID().slice(0, 6)}`;
  const day = [{ from: '00:00', to: '24:00' }];
  const weekly = { monday: day, tuesday: day, wednesday: day, thursday: day, friday: day, saturday: day, sunday: day };
  const { id } = await call<{ id: number }>(context, 'POST', `/${center}/schedules`, { name, time_zone: 'Europe/Berlin', weekly, exceptions: [], closed_now: null });
  await page.goto(`/admin/schedules/${id}`);
  const preview = page.getByRole('region', { name: 'Next 14 days' });
  await expect(preview.getByRole('listitem')).toHaveCount(14);
  const dates = await preview.getByRole('listitem').evaluateAll((items) => items.map((item) => item.dataset['date'] ?? ''));
  const dateOf = (n: number): string => (dates[n] ?? '').replaceAll('-', '');

  await page.getByRole('button', { name: 'Import a calendar' }).focus();
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog', { name: 'Import a holiday calendar' });
  await expect(dialog.getByRole('button', { name: 'Choose a calendar file' })).toBeFocused();
  const file = dialog.locator('input[type="file"]');
  const calendar = (...lines: string[]) => ({ name: 'holidays.ics', mimeType: 'text/calendar', buffer: Buffer.from(['BEGIN:VCALENDAR', 'VERSION:2.0', 'X-WR-CALNAME:Works council', ...lines, 'END:VCALENDAR', ''].join('\r\n')) });

  // What is no calendar, and what would stop a page that follows it, is refused with the way out.
  await file.setInputFiles({ ...calendar(), buffer: Buffer.from('<html>Sign in</html>') });
  await expect(dialog.getByRole('alert')).toContainText('Download the calendar as .ics');
  await file.setInputFiles(calendar('BEGIN:VEVENT', 'SUMMARY:For ever', `DTSTART;VALUE=DATE:${dateOf(1)}`, 'RRULE:FREQ=SECONDLY', 'END:VEVENT'));
  await expect(dialog.getByText(/For ever.?: it repeats too often/)).toBeVisible();
  await expect(dialog.getByRole('button', { name: 'Add exceptions' })).toHaveAttribute('aria-disabled', 'true');

  const holidays = calendar(
    ...['BEGIN:VEVENT', 'SUMMARY:Founding day\\, and the next', `DTSTART;VALUE=DATE:${dateOf(3)}`, `DTEND;VALUE=DATE:${dateOf(5)}`, 'END:VEVENT'],
    ...['BEGIN:VEVENT', 'SUMMARY:Not for us', `DTSTART;VALUE=DATE:${dateOf(7)}`, 'END:VEVENT'],
    ...['BEGIN:VEVENT', 'SUMMARY:Every year', `DTSTART;VALUE=DATE:2020${dateOf(9).slice(4)}`, 'RRULE:FREQ=YEARLY', 'END:VEVENT'],
    ...['BEGIN:VEVENT', 'SUMMARY:Party', `DTSTART:${dateOf(8)}T180000`, 'END:VEVENT'],
  );
  await file.setInputFiles(holidays);
  await expect(dialog.getByText('Works council')).toBeVisible();
  await expect(dialog.getByText('by the clock of')).toContainText('Europe/Berlin');
  await expect(dialog.getByText(/^.?Party/)).toBeVisible();
  await dialog.getByLabel('Up to the end of').selectOption(dates[9]?.slice(0, 4) ?? '');
  await expect(dialog.getByText('3 of 3 chosen')).toBeVisible();
  expect(await violations(page)).toEqual([]);
  await dialog.getByRole('checkbox', { name: /Not for us/ }).focus();
  await page.keyboard.press('Space');
  await expect(dialog.getByText('2 of 3 chosen')).toBeVisible();
  await dialog.getByRole('button', { name: 'Add 2 exceptions' }).focus();
  await page.keyboard.press('Enter');
  await expect(dialog).toBeHidden();
  await expect(page.getByRole('button', { name: 'Import a calendar' })).toBeFocused();

  for (const [n, closed] of [[3, 'Founding day, and the next'], [4, 'Founding day, and the next'], [9, 'Every year']] as const) {
    await expect(preview.getByRole('listitem').nth(n)).toContainText(closed);
    await expect(preview.getByRole('listitem').nth(n)).toContainText('Closed');
  }
  await expect(preview.getByRole('listitem').nth(7)).toContainText('00:00–24:00');

  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByRole('button', { name: 'Save' })).toBeHidden();
  await page.reload();
  await expect(page.getByRole('group', { name: 'Founding day, and the next' }).getByLabel('Last day')).toHaveValue(dates[4] ?? '');
  await expect(page.getByRole('group', { name: 'Every year' })).toBeVisible();
  await expect(page.getByRole('group', { name: 'Not for us' })).toBeHidden();

  // What is there is not taken again.
  await page.getByRole('button', { name: 'Import a calendar' }).click();
  await file.setInputFiles(holidays);
  await expect(dialog.getByText(/There already: .?Founding day/)).toBeVisible();
  await expect(dialog.getByRole('checkbox', { name: /Founding day/ })).toBeHidden();
  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
  await context.close();
});
