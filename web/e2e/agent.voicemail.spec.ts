import { randomInt } from 'node:crypto';
import type { Locator, Page } from '@playwright/test';
import { call, expect, makeRoom, rest, signedIn, test, violations } from './demo';
import { center, ownLine, type Step } from './own-line';

const undo: (() => Promise<void>)[] = [];
test.afterEach(async () => {
  for (const step of undo.splice(0)) await step();
});

/**
 * All that a caller can do is leave a message. The emulated one stays on the line, so that it is as long as it may be: long
 * enough to be in the middle of it after a step of five seconds, however slow the machine.
 */
const onlyMessages = (queue: number): Step[] => [
  { id: 'ask', kind: 'voicemail', queue_id: queue, prompt: { text: 'Please leave a message.' }, max_s: 20, done: 'end', no_message: 'end', failed: 'end' },
];

/** The offer of a message; calls that come before it are taken and finished. */
async function messageOffered(page: Page): Promise<Locator> {
  const offer = page.getByRole('region', { name: 'Offers' }).getByRole('article').filter({ hasText: 'Voicemail' });
  await expect(async () => {
    if (await offer.first().isVisible()) return;
    const accept = page.getByRole('region', { name: 'Offers' }).getByRole('button', { name: /^Accept/ }).first();
    if ((await accept.isVisible()) && (await accept.isEnabled())) await page.keyboard.press('F2');
    else await makeRoom(page);
    await expect(offer.first()).toBeVisible({ timeout: 2_000 });
    // poll: until the message is offered
  }).toPass({ timeout: 240_000 });
  return offer.first();
}

test('an agent hears a message by keyboard alone, and is done with it', async ({ browser }) => {
  const { context, page } = await signedIn(browser, 'agent');
  const { admin, endpoint } = await ownLine(browser, undo, onlyMessages);
  await rest(page);
  await call(admin, 'POST', `/${center()}/endpoints/${endpoint}/test-call`, { from: `+4930${randomInt(1e6, 1e7)}` });
  await messageOffered(page);
  expect(await violations(page)).toEqual([]);
  await page.keyboard.press('F2');
  const main = page.getByRole('main');
  const player = main.getByRole('region', { name: 'Message' });
  await expect(main.getByText(/^Voicemail/).first()).toBeVisible();
  await expect(main.getByRole('button', { name: /^(Hold|Transfer|Consult|Keypad)/ })).toHaveCount(0);
  await expect(player).toBeVisible({ timeout: 60_000 });
  await page.setViewportSize({ width: 400, height: 800 });
  await player.getByRole('button', { name: 'Play' }).click({ trial: true, timeout: 10_000 });
  expect(await main.evaluate((e) => e.scrollWidth - e.clientWidth), 'nothing is cut off on a small screen').toBe(0);
  await page.setViewportSize({ width: 1440, height: 900 });
  const heard: string[] = [];
  page.on('request', (request) => request.url().endsWith('/message') && heard.push(request.url()));
  const slider = player.getByRole('slider', { name: 'Place in the message' });
  await expect(slider).toHaveAttribute('aria-valuetext', /^0:00 of 0:(19|20|21)$/);
  expect(heard, 'nothing is fetched before it is played').toEqual([]);
  await slider.focus();
  await page.keyboard.press('Space');
  await expect(player.getByRole('button', { name: 'Pause' })).toBeVisible();
  await expect(slider).not.toHaveAttribute('aria-valuetext', /^0:00 of/);
  await page.keyboard.press('Space');
  await expect(player.getByRole('button', { name: 'Play' })).toBeVisible();
  await page.keyboard.press('End');
  await expect(slider).toHaveAttribute('aria-valuetext', /^0:(19|20|21) of/);
  await page.keyboard.press('Space');
  await expect(player.getByRole('button', { name: 'Pause' }), 'played at its end, it begins again').toBeVisible();
  await page.keyboard.press('Space');
  await expect(player.getByRole('button', { name: 'Play' })).toBeVisible();
  await page.keyboard.press('Home');
  await page.keyboard.press('ArrowRight');
  await expect(slider).not.toHaveAttribute('aria-valuetext', /^0:00 of/);
  await player.getByRole('radio', { name: '1.5×' }).check({ force: true });
  await slider.press('Home');
  await expect(slider).toHaveAttribute('aria-valuetext', /^0:00 of/);
  await page.keyboard.press('Control+k');
  await expect(page.getByRole('combobox', { name: 'Commands' })).toBeFocused();
  await page.keyboard.type('Play or pause');
  await page.keyboard.press('Enter');
  await expect(player.getByRole('button', { name: 'Pause' })).toBeVisible();
  expect(await violations(page)).toEqual([]);
  expect(heard, 'it is fetched once').toHaveLength(1);
  await page.keyboard.press('F4');
  await expect(main.getByRole('heading', { name: 'Wrap up' })).toBeVisible();
  await expect(main.getByRole('button', { name: 'Call back', exact: true })).toBeVisible();
  await expect(page.getByRole('complementary', { name: 'Customer' }).getByText('Message played')).toBeVisible();
  await context.close();
});
