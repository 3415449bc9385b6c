// The Team Status Drawer, the directory and the profile, as an agent has them.
import type { BrowserContext, Page } from '@playwright/test';
import { call, expect, quiet, signedIn, test, violations } from './demo';
import { center } from './own-line';

interface Person {
  name: string;
  numbers: { number: string }[];
  agent: object | null;
}
const undo: (() => Promise<void>)[] = [];
test.afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

async function turn(agent: BrowserContext, is_enabled: boolean): Promise<void> {
  const answer = await agent.request.put(`/api/v1/${center()}/me/teams`, { headers: { 'x-tandem-request': '1' }, data: { is_enabled } });
  expect(answer.ok(), `PUT me/teams: ${await answer.text()}`).toBe(true);
}
const people = (agent: BrowserContext): Promise<{ people: Person[] }> => call(agent, 'GET', `/${center()}/directory`);

async function opened(page: Page, at = '/desk') {
  await page.goto(at);
  await page.getByRole('button', { name: 'Team', exact: true }).click();
  const drawer = page.getByRole('complementary', { name: 'Team' });
  await expect(drawer.getByRole('grid', { name: 'People' })).toBeVisible();
  return drawer;
}

// B-188, B-189, B-220 to B-222
test('an agent opens the drawer, finds a colleague and calls by keyboard alone', async ({ browser }) => {
  const { context, page } = await signedIn(browser, 'agent');
  undo.push(() => context.close());
  await turn(context, true);
  await quiet(page);
  const drawer = await opened(page);
  // Beside the page, where there is room.
  await expect(drawer).toHaveCSS('position', 'static');
  expect(await violations(page)).toEqual([]);
  const { people: all } = await people(context);
  const one = all.find(({ numbers }) => numbers.length > 0);
  if (!one) throw new Error('the demo needs a colleague with a number');
  await drawer.getByRole('searchbox').fill(one.name);
  await expect(drawer.getByRole('row').filter({ hasText: one.name }).first()).toBeVisible();
  await drawer.getByRole('grid').focus();
  await page.keyboard.press('Shift+F10');
  const menu = page.getByRole('menu', { name: `What can be done with ${one.name}` });
  await expect(menu.getByRole('menuitem').first()).toBeFocused();
  await expect(menu.getByRole('menuitem', { name: 'Chat in Teams' })).toBeVisible();
  expect(await violations(page)).toEqual([]);
  await menu.getByRole('menuitem', { name: /^Call/ }).first().press('Enter');
  // Nothing is dialed before the rules were read.
  const pad = page.getByRole('dialog', { name: 'Call a number' });
  await expect(pad.getByRole('textbox', { name: 'Number' })).toHaveValue(one.numbers[0]?.number ?? '');
  await page.keyboard.press('Escape');
  await expect(pad).toBeHidden();

  const silent = all.find(({ numbers }) => numbers.length === 0);
  if (silent) {
    await drawer.getByRole('searchbox').fill(silent.name);
    await drawer.getByRole('row').filter({ hasText: silent.name }).first().click({ button: 'right' });
    await expect(page.getByRole('menuitem', { name: 'Chat in Teams' })).toBeVisible();
    await expect(page.getByRole('menuitem', { name: /^Call (Business|Mobile|Fax|Teams number)/ })).toHaveCount(0);
    await page.keyboard.press('Escape');
  }
  await drawer.getByRole('button', { name: 'Close the drawer' }).click();
  await expect(drawer).toHaveCount(0);
});

test('on a narrower page the drawer lies over it but not over the banner, and Escape closes it', async ({ browser }) => {
  const { context, page } = await signedIn(browser, 'agent', { width: 1280, height: 800 });
  undo.push(() => context.close());
  await turn(context, true);
  const drawer = await opened(page);
  const button = page.getByRole('button', { name: 'Team', exact: true });
  await expect(drawer).toBeFocused();
  const over = await drawer.boundingBox();
  const main = await page.locator('#main').boundingBox();
  expect(over && main && over.x < main.x + main.width && over.y === main.y).toBe(true);
  await button.click({ trial: true });
  await drawer.getByRole('grid').focus();
  await page.keyboard.press('Escape');
  await expect(drawer).toHaveCount(0);
  await expect(button).toBeFocused();
  await page.goto('/desk/directory');
  await expect(page.getByRole('grid', { name: 'People' })).toBeVisible();
  expect(await violations(page)).toEqual([]);
});

// B-060, B-061
test('whoever switched Teams off sees no drawer, and switches it on again in the profile', async ({ browser }) => {
  const { context, page } = await signedIn(browser, 'agent');
  undo.push(() => context.close());
  undo.push(() => turn(context, true));
  await turn(context, false);
  await page.goto('/profile');
  const on = page.getByRole('switch', { name: 'Teams integration' });
  await expect(on).not.toBeChecked();
  await expect(page.getByRole('button', { name: 'Team', exact: true })).toHaveCount(0);
  expect(await violations(page)).toEqual([]);
  await on.focus();
  await page.keyboard.press('Space');
  await expect(on).toBeChecked();
  await expect(page.getByRole('button', { name: 'Team', exact: true })).toBeVisible();
});

test('an agent makes a colleague a favorite, who then stands above everybody until dropped', async ({ browser }) => {
  const { context, page } = await signedIn(browser, 'agent');
  undo.push(() => context.close());
  await turn(context, true);
  const drawer = await opened(page);
  const { people: all } = await people(context);
  const one = all.at(-1);
  if (!one) throw new Error('the demo needs a colleague');
  const search = drawer.getByRole('searchbox');
  const act = async (name: string): Promise<void> => {
    await search.fill(one.name);
    await drawer.getByRole('row').filter({ hasText: one.name }).first().click({ button: 'right' });
    await page.getByRole('menuitem', { name }).click();
    await search.fill('');
  };
  await act('Add to favorites');
  await expect(drawer.getByText('Favorites (1)')).toBeVisible();
  await page.reload();
  await expect(drawer.getByText('Favorites (1)')).toBeVisible();
  await expect(drawer.getByRole('row').nth(1)).toContainText(one.name);
  expect(await violations(page)).toEqual([]);
  await act('Remove from favorites');
  await expect(drawer.getByText('Favorites (1)')).toBeHidden();
});
