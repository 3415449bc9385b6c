import type { Browser, BrowserContext, Locator, Page } from '@playwright/test';
import { call, expect, rest, signedIn, signIns, test, violations } from './demo';
import { center, list, ownLine, talking, type Person } from './own-line';

/** Somebody of the emulated tenant whom the demo does not employ. */
const COLLEAGUE = { name: 'Yusuf Lorenz', username: 'yusuf', teams_user_id: '0269be4d-5be0-4770-bf9c-a1bf50ee78fc' };

const undo: (() => Promise<void>)[] = [];
test.afterEach(async () => {
  for (const step of undo.splice(0)) await step();
});

async function wrapUp(page: Page): Promise<void> {
  const main = page.getByRole('main');
  await expect(main.getByRole('heading', { name: 'Wrap up' })).toBeVisible();
  const dispositions = main.getByRole('radio');
  if ((await dispositions.count()) > 0) await dispositions.first().check({ force: true });
  await page.keyboard.press('Control+Enter');
  await expect(main.getByRole('heading', { name: 'Wrap up' })).toBeHidden();
}

const story = (page: Page): Locator => page.getByRole('complementary', { name: 'Customer' });
const transferDialog = (page: Page): Locator => page.getByRole('dialog', { name: /^Transfer / });

test('an agent holds a customer, takes the call back, and hands it to a queue by keyboard alone', async ({ browser }) => {
  const line = await ownLine(browser, undo);
  const { context, page } = await signedIn(browser, 'agent');
  const main = await talking(page, line);

  await page.keyboard.press('F9');
  await expect(story(page).getByText('Customer on hold')).toBeVisible();
  // A cloud that cannot hold gives the customer back by itself, and the agent is told.
  const resume = main.getByRole('button', { name: 'Resume (F9)' }).first();
  const failed = page.getByText('The customer could not be put on hold and hears you.');
  await expect(resume.or(failed).first()).toBeVisible();
  await expect(async () => {
    if (await resume.isVisible()) await page.keyboard.press('F9');
    await expect(story(page).getByText('Customer off hold')).toBeVisible({ timeout: 2_000 });
    // poll: until the customer is back, by whomever
  }).toPass();
  await expect(main.getByRole('button', { name: 'Hold (F9)' })).toBeVisible();

  await main.getByRole('button', { name: 'Keypad' }).click();
  const keypad = page.getByRole('dialog', { name: 'Keypad' });
  await keypad.getByRole('button', { name: '4' }).click();
  await page.keyboard.type('2#');
  await expect(keypad.getByText('3 tones sent')).toBeAttached();
  await expect(keypad.getByText('•••')).toBeVisible();
  await expect(keypad.getByText('42#')).toHaveCount(0);
  await page.keyboard.press('Escape');
  await expect(main.getByRole('button', { name: 'Keypad' })).toBeFocused();

  await main.getByRole('button', { name: 'Transfer…' }).focus();
  await page.keyboard.press('Enter');
  const dialog = transferDialog(page);
  const field = dialog.getByRole('searchbox');
  await expect(field).toBeFocused();
  const sent: string[] = [];
  page.on('request', (request) => request.method() === 'POST' && sent.push(request.url()));
  await page.keyboard.type('030 1234567');
  await page.keyboard.press('Enter');
  await expect(dialog.getByText(/^Write the number with \+ and country code/)).toBeVisible();
  await dialog.getByRole('button', { name: 'Transfer to 030 1234567' }).click();
  await expect(field).toBeFocused();
  await field.fill('no such name');
  await expect(dialog.getByText(/has “no such name” in the name/)).toBeVisible();
  expect(sent).toEqual([]);

  await field.fill('everyday');
  await expect(dialog.getByRole('listitem')).toHaveCount(1);
  await expect(dialog.getByRole('listitem')).toContainText(/\d+ agents? ready/);
  expect(await violations(page)).toEqual([]);
  await page.keyboard.press('ArrowDown');
  await expect(dialog.getByRole('button', { name: 'Transfer to Everyday banking' })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(dialog).toBeHidden();
  await expect(main.getByRole('heading', { name: 'Wrap up' })).toBeFocused();
  await expect(story(page).getByText('Transfer to Everyday banking completed')).toBeVisible();
  await wrapUp(page);
  await context.close();
});

/** A colleague who is signed in and takes no calls of a queue. */
async function colleague(browser: Browser, admin: BrowserContext): Promise<{ context: BrowserContext; page: Page }> {
  const { password } = signIns().agent;
  const known = (await list<Person>(admin, 'agents')).some((it) => it.username === COLLEAGUE.username);
  if (!known) await call(admin, 'POST', `/${center()}/agents`, { ...COLLEAGUE, password, skills: [], enabled: true, roles: ['agent'] });
  const { context, page } = await signedIn(browser, null);
  await call(context, 'POST', `/${center()}/sign-in`, { username: COLLEAGUE.username, password });
  await call(context, 'POST', `/${center()}/me/state`, { intent: 'ready' });
  await rest(page);
  return { context, page };
}

async function ask(page: Page, name: string): Promise<Locator> {
  await page.getByRole('main').getByRole('button', { name: 'Consult…' }).click();
  const dialog = page.getByRole('dialog', { name: /^Consult somebody about / });
  await dialog.getByRole('searchbox').fill(name);
  await dialog.getByRole('button', { name: `Consult ${name}`, exact: true }).click();
  await expect(dialog).toBeHidden();
  return page.getByRole('region', { name: 'Consultation' });
}

test('an agent asks a colleague, takes them out, asks again, and leaves them the customer', async ({ browser }) => {
  const line = await ownLine(browser, undo);
  const other = await colleague(browser, line.admin);
  const { context, page } = await signedIn(browser, 'agent');
  const main = await talking(page, line);

  const strip = await ask(page, COLLEAGUE.name);
  await expect(strip).toContainText(COLLEAGUE.name);
  // The verb that was pressed is gone: what can be done now is the next stop of Tab.
  await expect(strip.locator('[data-news]')).toBeFocused();
  await expect(main.getByRole('button', { name: /^Hang up/ })).toBeDisabled();
  await strip.getByRole('button', { name: /^(Stop ringing|Take Yusuf Lorenz out)$/ }).click();
  await expect(strip).toBeHidden();
  await expect(main.getByRole('heading', { level: 1 })).toBeFocused();

  await ask(page, COLLEAGUE.name);
  await expect(strip).toContainText('On the call');
  await expect(strip.getByRole('button', { name: 'Swap (F9)' }).or(strip.getByRole('button', { name: /alone \(F9\)$/ }))).toBeVisible();
  expect(await violations(page)).toEqual([]);
  const asked = other.page.getByRole('region', { name: 'A colleague asks you' });
  await expect(asked).toContainText('has this contact');
  await expect(other.page.getByRole('main').getByRole('button', { name: /^Leave/ })).toBeEnabled();
  await expect(other.page.getByRole('main').getByRole('button', { name: /^(Hold|Transfer|Consult)/ })).toHaveCount(0);
  expect(await violations(other.page)).toEqual([]);

  await strip.getByRole('button', { name: 'Complete: leave them together' }).click();
  await wrapUp(page);
  await expect(asked).toBeHidden();
  await expect(other.page.getByRole('main').getByRole('button', { name: /^Hang up/ })).toBeEnabled();
  await other.page.keyboard.press('F4');
  await other.page.keyboard.press('F4');
  await wrapUp(other.page);
  await call(other.context, 'POST', `/${center()}/me/state`, { intent: 'signed_out' });
  await other.context.close();
  await context.close();
});

/** A phone outside that answers by itself, as every phone of the emulator. */
const OUTSIDE = '+14255550177';

test('an agent sees what a colleague does, swaps, merges, and gives the customer to a number', async ({ browser }) => {
  const line = await ownLine(browser, undo);
  const other = await colleague(browser, line.admin);
  const { context, page } = await signedIn(browser, 'agent');
  const main = await talking(page, line);

  await main.getByRole('button', { name: 'Consult…' }).click();
  const dialog = page.getByRole('dialog', { name: /^Consult somebody about / });
  await dialog.getByRole('searchbox').fill(COLLEAGUE.name);
  await expect(dialog.getByRole('listitem').filter({ hasText: COLLEAGUE.name })).toContainText('Available');
  await dialog.getByRole('button', { name: `Consult ${COLLEAGUE.name}`, exact: true }).click();

  const strip = page.getByRole('region', { name: 'Consultation' });
  const apart = strip.getByRole('button', { name: /^(Swap|Talk to Yusuf Lorenz alone) \(F9\)$/ });
  await expect(apart).toBeVisible({ timeout: 30_000 });
  // A cloud that could not hold the customer has all three talk: then there is nobody to swap with yet.
  if ((await apart.innerText()).startsWith('Talk')) await apart.click();
  await strip.getByRole('button', { name: 'Swap (F9)' }).click();
  await expect(strip).toContainText(`You talk to the customer. On hold: ${COLLEAGUE.name}.`);
  await strip.getByRole('button', { name: 'Merge: all three talk' }).click();
  await expect(strip).toContainText('All three of you hear each other.');
  expect(await violations(page)).toEqual([]);
  await strip.getByRole('button', { name: `Take ${COLLEAGUE.name} out` }).click();
  await expect(strip).toBeHidden();

  await main.getByRole('button', { name: 'Transfer…' }).click();
  const away = transferDialog(page);
  await away.getByRole('searchbox').fill(OUTSIDE);
  // The number stands in marks that keep its digits in their order.
  await away.getByRole('button', { name: /^Transfer to .?\+14255550177.?$/ }).click();
  await expect(away).toBeHidden();
  await expect(main.getByRole('heading', { name: 'Wrap up' })).toBeVisible({ timeout: 60_000 });
  await expect(story(page).getByText(/^Transfer to .* completed$/)).toBeVisible();
  await wrapUp(page);
  await call(other.context, 'POST', `/${center()}/me/state`, { intent: 'signed_out' });
  await other.context.close();
  await context.close();
});
