import { randomInt } from 'node:crypto';
import type { Locator, Page } from '@playwright/test';
import { call, expect, quiet, signedIn, signIns, test, violations } from './demo';

const center = (): string => signIns().agent.center;
const undo: (() => Promise<void>)[] = [];
test.afterEach(async () => {
  for (const step of undo.splice(0)) await step();
});

interface CallingOut {
  queues: { id: number; name: string; countries: { code: string }[] }[];
}
/** A number that the demo's first queue may call. */
async function numberToCall(page: Page): Promise<string> {
  const { queues } = await call<CallingOut>(page.context(), 'GET', `/${center()}/calling-out`);
  const code = queues[0]?.countries.find((country) => country.code === '1')?.code ?? queues[0]?.countries[0]?.code;
  expect(code, 'a queue of the demo calls out').toBeDefined();
  return code === '1' ? `+1425555${randomInt(1000, 9999)}` : `+${code}30${randomInt(1e6, 1e7 - 1)}`;
}

async function openPad(page: Page): Promise<Locator> {
  await page.keyboard.press('Shift+F8');
  const pad = page.getByRole('dialog', { name: 'Call a number' });
  await expect(pad.getByRole('textbox', { name: 'Number' })).toBeFocused();
  return pad;
}

test('an agent reads what the rules say of a number before it is called, by keyboard alone', async ({ browser }) => {
  const { context, page } = await signedIn(browser, 'agent');
  await quiet(page);
  const number = await numberToCall(page);
  const { context: chief } = await signedIn(browser, 'supervisor');
  const listed = await call<{ id: number }>(chief, 'POST', `/${center()}/do-not-call`, { number, reason: 'Asked on the phone not to be called' });
  undo.push(async () => {
    await chief.request.delete(`/api/v1/${center()}/do-not-call/${listed.id}`, { headers: { 'x-tandem-request': '1' } });
    await chief.close();
  });
  const sent: string[] = [];
  page.on('request', (request) => request.method() === 'POST' && request.url().endsWith('/calls') && sent.push(request.url()));

  const pad = await openPad(page);
  await expect(pad.getByText('Emergency calls are not possible from here. Use a phone, or your Teams client.').first()).toBeVisible();
  await page.keyboard.type('112');
  await expect(pad.getByRole('button', { name: 'Call', exact: true })).toBeDisabled();
  await expect(pad.locator('[data-rule="refused"]')).toContainText('Emergency calls are not possible from here');
  await page.keyboard.press('Enter');
  await pad.getByRole('textbox').fill(number);
  await expect(pad.locator('[data-rule="refused"]')).toContainText('do-not-call list');
  expect(await violations(page)).toEqual([]);
  await page.keyboard.press('Enter');
  expect(sent).toEqual([]);

  // Keys go into the number from anywhere in the dialog, and arrows go from key to key.
  await pad.getByRole('textbox').fill('');
  await pad.getByRole('toolbar', { name: 'Keys' }).getByRole('button', { name: '1' }).focus();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Space');
  await page.keyboard.type('2#');
  await page.keyboard.press('Backspace');
  await expect(pad.getByRole('textbox')).toHaveValue('42');
  await page.keyboard.press('Escape');
  await expect(pad).toBeHidden();
  await context.close();
});

test('the number in a story is called with one press, and the rule is read before anything is dialed', async ({ browser }) => {
  const { context, page } = await signedIn(browser, 'agent');
  await quiet(page);
  const own = async (): Promise<{ id: number; customer: { number: string | null } } | undefined> => {
    const found = await call<{ contacts: { id: number; customer: { number: string | null } }[] }>(context, 'GET', `/${center()}/contacts?open=false&limit=50`);
    return found.contacts.find((it) => it.customer.number !== null);
  };
  // Whoever has talked to nobody yet calls somebody, and takes it back.
  if ((await own()) === undefined) {
    const { queues } = await call<CallingOut>(context, 'GET', `/${center()}/calling-out`);
    const asked = { queue_id: queues[0]?.id, number: await numberToCall(page) };
    const { contact_id: made } = await call<{ contact_id: number }>(context, 'POST', `/${center()}/calls`, asked);
    await context.request.post(`/api/v1/${center()}/contacts/${made}/hang-up`, { headers: { 'x-tandem-request': '1' } });
    await quiet(page);
  }
  await expect.poll(own, { timeout: 120_000 }).toBeDefined();
  const contact = await own();
  const sent: string[] = [];
  page.on('request', (request) => request.method() === 'POST' && request.url().endsWith('/calls') && sent.push(request.url()));
  await page.goto(`/contacts/${contact?.id}`);
  await page.getByRole('main').getByRole('button', { name: /^Call \D*\+/ }).click();
  const pad = page.getByRole('dialog', { name: 'Call a number' });
  await expect(pad.getByRole('textbox', { name: 'Number' })).toHaveValue(contact?.customer.number ?? '');
  await expect(pad.locator('[data-rule="allowed"], [data-rule="refused"]')).toBeVisible();
  expect(await violations(page)).toEqual([]);
  await page.keyboard.press('Escape');
  await expect(pad).toBeHidden();
  // So does the number in the list of the agent's contacts.
  await page.goto('/contacts');
  const row = page.getByRole('row').filter({ has: page.getByRole('button', { name: /^Call \D*\+/ }) }).first();
  await row.getByRole('button', { name: /^Call \D*\+/ }).click();
  await expect(pad.getByRole('textbox', { name: 'Number' })).toHaveValue(/^\+\d+$/);
  await expect(pad.locator('[data-rule="allowed"], [data-rule="refused"]')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(pad).toBeHidden();
  expect(await violations(page)).toEqual([]);
  expect(sent).toEqual([]);
  await context.close();
});

test('an agent calls a customer, sees whose phone rings, takes it back, and calls again', async ({ browser }) => {
  const { context, page } = await signedIn(browser, 'agent');
  await quiet(page);
  const number = await numberToCall(page);
  const pad = await openPad(page);
  await pad.getByRole('textbox').fill(number.replace('+', '00'));
  await expect(pad.locator('[data-rule="allowed"]')).toContainText('This call is not recorded');
  await page.keyboard.press('Enter');
  const main = page.getByRole('main');
  const strip = main.getByRole('region', { name: 'Outgoing call' });
  const over = main.getByRole('heading', { level: 2, name: /answer|busy|Declined|could not be made|Not reached|not begun/ });
  const up = main.getByText('Talk time');
  // The emulated client of the agent may answer at once: whatever is seen first, the call is under way.
  await expect(strip.or(up).or(over).first()).toBeVisible();
  if (await strip.isVisible()) expect(await violations(page)).toEqual([]);
  await expect(up.or(over).first()).toBeVisible({ timeout: 90_000 });
  if (await over.isVisible()) {
    await expect(main.getByRole('button', { name: 'Call again' })).toBeVisible();
    expect(await violations(page)).toEqual([]);
  } else {
    await expect(main.getByText('Outgoing call').first()).toBeVisible();
    await page.keyboard.press('F4');
    await page.keyboard.press('F4');
    await expect(main.getByRole('heading', { name: 'Wrap up' })).toBeVisible();
    const back = main.getByRole('button', { name: 'Call back', exact: true });
    await back.click();
    await expect(strip.or(up).first()).toBeVisible();
    await page.keyboard.press('F4');
    if (await up.isVisible()) await page.keyboard.press('F4');
    await expect(main.getByRole('heading', { name: 'Wrap up' })).toBeVisible({ timeout: 30_000 });
  }
  await context.close();
});
