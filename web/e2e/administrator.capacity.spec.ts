import { randomInt } from 'node:crypto';
import type { BrowserContext, Page } from '@playwright/test';
import { call, expect, signedIn, signIns, test, violations } from './demo';
import { center, list, ownQueue, type Person } from './own-line';

interface Queue {
  id: number;
  demand?: { units?: number; label?: string | null; exclusive?: string; message_wrap_up?: string };
  preferred?: { last_agent_days?: number | null; for_s: number; max_not_ready_s?: number; max_wait_if_busy_s?: number } | null;
  callbacks?: { zones?: { country: string; time_zone: string }[] } | null;
}
interface Holder extends Person {
  name: string;
  capacity_profile_id?: number | null;
}

const undo: (() => Promise<void>)[] = [];
test.afterEach(async () => {
  for (const step of undo.splice(0)) await step();
});
const saved = async (page: Page): Promise<void> => {
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByRole('button', { name: 'Save' })).toHaveCount(0);
};
const holder = async (context: BrowserContext): Promise<Holder> => {
  const found = (await list<Holder>(context, 'agents')).find((it) => it.username === signIns().agent.username);
  if (!found) throw new Error('the demo needs its agent');
  return found;
};

//
test('a capacity profile is made from a preset, given to an agent, kept while it is used, and deleted', async ({ browser }) => {
  const { context, page } = await signedIn(browser, 'administrator');
  undo.push(() => context.close());
  const name = `Own ${randomInt(1e6)}`;
  await page.goto('/admin/capacity-profiles/new');
  const words = page.getByRole('group', { name: 'In plain words' });
  await page.getByRole('radio', { name: /^Units/ }).press('Space');
  await expect(words).toContainText('at most 100 units');
  await page.getByRole('radio', { name: /^Calls first/ }).press('Space');
  await expect(words).toContainText('one call and up to 5 messages at once');
  await page.getByLabel('Name').fill(name);

  // What the server refuses stands at its field.
  await page.getByLabel('Messages at once').fill('26');
  await page.keyboard.press('Tab');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByLabel('Messages at once')).toHaveAttribute('aria-invalid', 'true');
  expect(await violations(page)).toEqual([]);
  await page.getByLabel('Messages at once').fill('3');
  await page.keyboard.press('Tab');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByRole('heading', { level: 1, name })).toBeVisible();

  const agent = await holder(context);
  await page.getByRole('button', { name: 'Give it to agents' }).click();
  const dialog = page.getByRole('dialog', { name: 'Give this profile to agents' });
  await dialog.getByRole('combobox', { name: 'Agents' }).fill(agent.name);
  await page.keyboard.press('Enter');
  expect(await violations(page)).toEqual([]);
  await dialog.getByRole('button', { name: 'Give it to one agent' }).click();
  await expect(dialog).toHaveCount(0);
  await expect(page.getByText('One agent has this profile.')).toBeVisible();
  expect(await holder(context)).toMatchObject({ skills: agent.skills, roles: agent['roles'] });
  expect((await holder(context)).capacity_profile_id).toBeGreaterThan(0);

  await page.getByRole('button', { name: 'Delete' }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Delete' }).click();
  await expect(page.getByRole('alertdialog').getByRole('alert')).toContainText('still uses this capacity profile');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: `Take this profile from ${agent.name}` }).click();
  await expect(page.getByText('No agent has this profile yet.')).toBeVisible();
  expect((await holder(context)).capacity_profile_id ?? null).toBeNull();
  await page.getByRole('button', { name: 'Delete' }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Delete' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Capacity profiles' })).toBeVisible();
  await expect(page.getByRole('link', { name })).toHaveCount(0);
});

//
test('a queue says what its contacts take, for whom they wait, and by which clocks customers are called back', async ({ browser }) => {
  const { context, page } = await signedIn(browser, 'administrator');
  const queue = await ownQueue<Queue>(context, undo, 'demand');
  undo.push(() => context.close());
  const stored = (): Promise<Queue> => call<Queue>(context, 'GET', `/${center()}/queues/${queue.id}`);
  await page.goto(`/admin/queues/${queue.id}`);
  await page.getByLabel('Wants the agent alone').selectOption('nothing');
  await page.getByLabel('Label').fill('vip');
  await page.getByLabel('Units of each contact').fill('20');
  await page.getByRole('switch', { name: 'Calls wait for an agent in particular' }).check();
  // The longest wait of the queue is 20 minutes: who waits that long for one agent, nobody else has any time for.
  await page.getByLabel('The longest wait for that agent').fill('3600');
  await page.keyboard.press('Tab');
  await page.getByRole('switch', { name: 'Customers can be called back' }).check();
  const countries = page.getByRole('combobox', { name: 'Add a country' });
  await countries.fill('germ');
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Save' }).click();
  const zone = page.getByRole('combobox', { name: /Germany/ });
  await expect(zone).toHaveAttribute('aria-invalid', 'true');
  await zone.fill('berlin');
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Save' }).click();
  const wait = page.getByLabel('The longest wait for that agent');
  await expect(wait).toHaveAttribute('aria-invalid', 'true');
  await expect(wait).toBeFocused();
  expect(await violations(page)).toEqual([]);
  await wait.fill('60');
  await page.keyboard.press('Tab');
  await expect(page.getByText('A call waits up to 1 min for the agent whom the call flow names, or else whom the customer talked to in the last 30 days.')).toBeVisible();
  await saved(page);
  const now = await stored();
  expect(now.demand).toEqual({ units: 20, label: 'vip', exclusive: 'nothing', message_wrap_up: 'blocks' });
  expect(now.preferred).toEqual({ last_agent_days: 30, for_s: 60, max_not_ready_s: 300, max_wait_if_busy_s: 120 });
  expect(now.callbacks?.zones).toEqual([{ country: '49', time_zone: 'Europe/Berlin' }]);
});
