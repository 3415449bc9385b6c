// Pictures for the documents: only with UPDATE_SCREENSHOTS=1.
import { fileURLToPath } from 'node:url';
import { call, expect, offerHere, rest, signedIn, signIns, test } from './demo';

const at = (name: string): string => fileURLToPath(new URL(`../../docs/screenshots/${name}.png`, import.meta.url));

test('agent workspace: an offer, then the call', async ({ browser }) => {
  const { context, page } = await signedIn(browser, 'agent');
  await rest(page);
  await offerHere(page);
  await page.screenshot({ path: at('agent-offer') });
  await page.keyboard.press('F2');
  await expect(page.getByText('Talk time')).toBeVisible({ timeout: 60_000 });
  await expect(page.getByText('How the call came here')).toBeVisible();
  await page.screenshot({ path: at('agent-call') });
  await page.keyboard.press('F4');
  await page.keyboard.press('F4');
  await expect(page.getByRole('heading', { name: 'Wrap up' })).toBeVisible();
  await context.close();
});

test('floor board and TV', async ({ browser }) => {
  const { context, page } = await signedIn(browser, 'supervisor', { width: 1440, height: 1200 });
  const { center } = signIns().supervisor;
  await page.goto('/supervise');
  await expect(page.getByText('Longest wait')).toBeVisible();
  await page.evaluate(() => document.fonts.ready);
  await page.screenshot({ path: at('floor-board') });
  const { url } = await call<{ url: string }>(context, 'POST', `/${center}/tv-tokens`, { board: 'floor' });
  const wall = await browser.newContext({ viewport: { width: 1920, height: 1080 }, reducedMotion: 'reduce' });
  const tv = await wall.newPage();
  const { pathname, search } = new URL(url, 'http://localhost');
  await tv.goto(`${pathname}${search}`);
  await expect(tv.getByText('Longest wait')).toBeVisible();
  await tv.evaluate(() => document.fonts.ready);
  await tv.screenshot({ path: at('tv-floor') });
  await wall.close();
  await context.close();
});

test('queue administration', async ({ browser }) => {
  const { context, page } = await signedIn(browser, 'administrator');
  const { center } = signIns().administrator;
  const queues = await call<{ items: { id: number }[] }>(context, 'GET', `/${center}/queues`);
  await page.goto(`/admin/queues/${queues.items[0]?.id}`);
  await expect(page.getByLabel('Short name')).toBeVisible();
  await page.evaluate(() => document.fonts.ready);
  await page.screenshot({ path: at('queue-settings') });
  await context.close();
});

test('the story of a contact, and its recording', async ({ browser }) => {
  const { context, page } = await signedIn(browser, 'supervisor', { width: 1440, height: 1200 });
  const { center } = signIns().supervisor;
  const recorded = async (): Promise<{ id: number; talk_s: number } | undefined> => {
    const { contacts } = await call<{ contacts: { id: number; talk_s: number }[] }>(context, 'GET', `/${center}/contacts?has_recording=true&channel=voice&open=false`);
    return contacts.find((it) => it.talk_s >= 30);
  };
  // poll: until a call of the demo was recorded and its file has come
  await expect.poll(async () => (await recorded())?.id, { timeout: 240_000 }).toBeDefined();
  await page.goto(`/contacts/${(await recorded())?.id}`);
  await expect(page.getByRole('group', { name: 'Player' }).first()).toBeVisible({ timeout: 20_000 });
  await page.evaluate(() => document.fonts.ready);
  await page.screenshot({ path: at('story') });
  await page.getByRole('group', { name: 'Player' }).first().screenshot({ path: at('player') });
  await context.close();
});
