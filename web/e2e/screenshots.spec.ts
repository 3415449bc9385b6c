// Pictures for the documents: only with UPDATE_SCREENSHOTS=1.
import { fileURLToPath } from 'node:url';
import { call, expect, offerHere, rest, signedIn, signIns, test } from './demo';
import { change, list } from './own-line';

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

test('the callback book', async ({ browser }) => {
  const { context: admin } = await signedIn(browser, 'administrator');
  const { context, page } = await signedIn(browser, 'supervisor');
  const { center } = signIns().supervisor;
  const [queue] = await list<{ id: number; version: number; callbacks?: object | null }>(admin, 'queues');
  if (!queue) throw new Error('the demo needs a queue');
  await change(admin.request, 'queues', { ...queue, callbacks: { zones: [{ country: '44', time_zone: 'Europe/London' }] } });
  const tomorrow = new Date(Date.now() + 86_400_000).toISOString().slice(0, 10);
  const [ava, ben] = await list<{ id: number }>(admin, 'agents');
  const during = (from: string, to: string): object => ({ window: { from: `${tomorrow}T${from}`, to: `${tomorrow}T${to}` } });
  const booked: number[] = [];
  for (const more of [
    { number: '+442071234567', name: 'Owen Hughes', time_zone: 'Europe/London', ...during('10:00', '11:00') },
    { number: '+4930901820', name: 'Priya Natarajan', time_zone: 'Europe/Berlin', ...during('09:00', '12:00') },
    { number: '+4989123456', name: 'Lena Vogt', time_zone: 'Europe/Berlin', ...during('14:00', '16:00'), owner: { agent_id: ava?.id } },
    { number: '+43123456789', name: 'Jonas Huber', time_zone: 'Europe/Vienna', ...during('15:30', '17:00'), owner: { agent_id: ben?.id } },
  ]) {
    booked.push((await call<{ id: number }>(context, 'POST', `/${center}/callbacks`, { queue_id: queue.id, ...more })).id);
  }
  await page.goto('/callbacks');
  await expect(page.getByText('Lena Vogt')).toBeVisible();
  await page.evaluate(() => document.fonts.ready);
  await page.screenshot({ path: at('callback-book') });
  for (const id of booked) await context.request.delete(`/api/v1/${center}/callbacks/${id}`, { headers: { 'x-tandem-request': '1' } });
  const { version } = await call<{ version: number }>(admin, 'GET', `/${center}/queues/${queue.id}`);
  await change(admin.request, 'queues', { ...queue, version });
  await context.close();
  await admin.close();
});

test('a capacity profile', async ({ browser }) => {
  const { context, page } = await signedIn(browser, 'administrator', { height: 1000 });
  await page.goto('/admin/capacity-profiles/new');
  await page.getByLabel('Name').fill('Messages too');
  await expect(page.getByRole('group', { name: 'In plain words' })).toBeVisible();
  await page.evaluate(() => document.fonts.ready);
  await page.screenshot({ path: at('capacity-profile') });
  await context.close();
});

test('figures of queues', async ({ browser }) => {
  const { context, page } = await signedIn(browser, 'supervisor');
  await page.goto('/figures/queues');
  await expect(page.getByRole('table').first()).toBeVisible();
  await page.evaluate(() => document.fonts.ready);
  await page.screenshot({ path: at('queue-figures') });
  await context.close();
});
