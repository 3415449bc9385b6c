// A supervisor sets an agent's state, and the agent reads who did it and why. The agent serves a line of the test's own meanwhile.
import type { Browser, BrowserContext, Locator, Page } from '@playwright/test';
import { call, expect, makeRoom, rest, signedIn, signIns, test, violations } from './demo';
import { center, list, ownLine, talking, type Line, type Person } from './own-line';

const undo: (() => Promise<void>)[] = [];
test.afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

interface Floor {
  agent: Page;
  supervisor: Page;
  line: Line;
  /** What the agent and the supervisor are called. */
  name: string;
  by: string;
  card: Locator;
}

/** Two pages: the agent at the desk, and the supervisor at the floor board. */
async function floor(browser: Browser): Promise<Floor> {
  const line = await ownLine(browser, undo);
  const { context, page: agent } = await signedIn(browser, 'agent');
  undo.push(() => context.close());
  undo.push(() => readyAgain(context));
  const { context: watching, page: supervisor } = await signedIn(browser, 'supervisor');
  undo.push(() => watching.close());
  const people = await list<Person & { name: string }>(line.admin, 'agents');
  const found = people.find(({ username }) => username === signIns().agent.username);
  if (!found) throw new Error('the agent of the demo is none');
  const { account } = await call<{ account: { name?: string; username: string } }>(watching, 'GET', `/${center()}/me`);
  await supervisor.goto('/supervise');
  return { agent, supervisor, line, name: found.name, by: account.name ?? account.username, card: supervisor.locator(`[data-agent="${found.id}"]`) };
}

/** The agent's own word ends whatever was said. */
async function readyAgain(context: BrowserContext): Promise<void> {
  await call(context, 'POST', `/${center()}/me/state`, { intent: 'ready' });
}

async function isAvailable(page: Page): Promise<void> {
  await rest(page);
  const state = page.locator('button[data-state]');
  await expect(async () => {
    if ((await state.getAttribute('data-state')) === 'available') return;
    await makeRoom(page);
    await expect(state).toHaveAttribute('data-state', 'available', { timeout: 3_000 });
    // poll: until earlier work is done
  }).toPass({ timeout: 120_000 });
}

const told = (page: Page): Locator => page.locator('[data-directed]');

test('a supervisor sets an agent not ready with a reason, the agent reads who and why, and goes ready again', async ({ browser }) => {
  const { agent, supervisor, name, by, card } = await floor(browser);
  await isAvailable(agent);
  await expect(card).toContainText('Available');

  const menu = card.getByRole('button', { name: `Set the state of ${name}` });
  await menu.click();
  await expect(card.getByRole('menuitem')).toHaveText(['Set not ready…', 'Sign out…']);
  expect(await violations(supervisor)).toEqual([]);
  await card.getByRole('menuitem', { name: 'Set not ready…' }).click();
  const dialog = supervisor.getByRole('dialog', { name: `Set ${name} to not ready?` });
  await expect(dialog).toContainText(`${name} is not ready at once, and is offered nothing more.`);
  await dialog.getByRole('button', { name: 'Set not ready' }).click();
  const reason = dialog.getByRole('combobox', { name: 'Not ready for' });
  await expect(reason).toBeFocused();
  await expect(dialog.getByText('Write why.')).toBeVisible();
  expect(await violations(supervisor)).toEqual([]);
  const label = (await reason.getByRole('option').nth(1).textContent()) ?? '';
  await reason.selectOption(label);
  await dialog.getByRole('textbox', { name: 'Reason, which the agent reads' }).fill('Fire drill');
  await supervisor.keyboard.press('Enter');
  await expect(dialog).toHaveCount(0);
  await expect(supervisor.getByRole('status').filter({ hasText: `${name} is set to not ready.` })).toBeAttached();
  await expect(menu).toBeFocused();
  await expect(card).toContainText(label);

  await expect(told(agent)).toContainText(new RegExp(`^${by} set you to not ready at \\W?\\d\\d:\\d\\d\\W?: \\W?Fire drill\\W?$`));
  await expect(agent.getByRole('alert').filter({ hasText: `${by} set you to not ready` })).toBeAttached();
  await expect(agent.locator('button[data-state]')).toHaveAttribute('data-state', 'not_ready');
  expect(await violations(agent)).toEqual([]);
  await agent.getByRole('button', { name: /^Go available/ }).first().click();
  await expect(told(agent)).toHaveCount(0);
  await expect(agent.locator('button[data-state]')).toHaveAttribute('data-state', 'available');
  await expect(card).toContainText('Available');
});

test('an agent with a contact changes after it and is not signed out, and afterwards is, by the keyboard alone', async ({ browser }) => {
  const { agent, supervisor, line, name, by, card } = await floor(browser);
  await talking(agent, line);
  // It is said on whatever page the agent is.
  await agent.getByRole('button', { name: /^Account of/ }).click();
  await agent.getByRole('menuitem', { name: 'Your sessions' }).click();
  await expect(agent.getByRole('heading', { name: 'Your sessions' })).toBeVisible();
  await expect(card).toContainText('On contact');
  const menu = card.getByRole('button', { name: `Set the state of ${name}` });
  await menu.focus();
  await supervisor.keyboard.press('Shift+F10');
  await expect(card.getByRole('menuitem', { name: 'Set ready…' })).toBeFocused();
  const out = card.getByRole('menuitem', { name: 'Sign out…' });
  await expect(out).toBeDisabled();
  await expect(out).toHaveAttribute('title', /^This agent has a contact/);
  await supervisor.keyboard.press('ArrowDown');
  await supervisor.keyboard.press('Enter');
  const dialog = supervisor.getByRole('dialog');
  await expect(dialog).toContainText(`${name} has a contact, finishes it first, and is not ready after it.`);
  await dialog.getByRole('combobox', { name: 'Not ready for' }).selectOption({ index: 1 });
  await dialog.getByRole('textbox', { name: 'Reason, which the agent reads' }).fill('Team talk');
  await supervisor.keyboard.press('Enter');
  await expect(dialog).toHaveCount(0);
  await expect(agent.getByRole('alert').filter({ hasText: /, after this contact: \W?Team talk\W?$/ })).toBeAttached();
  await agent.goBack();
  await expect(told(agent)).toContainText(/, after this contact: \W?Team talk\W?$/);
  await expect(async () => {
    await makeRoom(agent);
    await agent.goto('/desk');
    await expect(agent.locator('button[data-state]')).toHaveAttribute('data-state', 'not_ready', { timeout: 3_000 });
    // poll: until the contact is over
  }).toPass({ timeout: 60_000 });
  await expect(told(agent)).toContainText(new RegExp(`^${by} set you to not ready at \\W?\\d\\d:\\d\\d\\W?: \\W?Team talk\\W?$`));

  await expect(card).not.toContainText(/On contact|Wrap-up/);
  await menu.focus();
  await supervisor.keyboard.press('Enter');
  await supervisor.keyboard.press('End');
  await expect(out).toBeFocused();
  await supervisor.keyboard.press('Enter');
  await expect(dialog).toContainText(`Only ${name} can sign in again.`);
  await dialog.getByRole('textbox', { name: 'Reason, which the agent reads' }).fill('Shift is over');
  await supervisor.keyboard.press('Enter');
  await expect(card).toHaveCount(0);
  await expect(supervisor.getByRole('heading', { name: 'Agents by state' })).toBeFocused();
  await expect(told(agent)).toContainText(/ set you to signed out at .*: \W?Shift is over\W?$/);
  await supervisor.getByLabel('Show agents').selectOption('Signed out');
  await expect(card).toBeVisible();
  await expect(card.getByRole('button')).toHaveCount(0);
});

test('from any page the palette sets an agent not ready, and the desktop of an agent who looks elsewhere tells it', async ({ browser }) => {
  const { agent, supervisor, name, by } = await floor(browser);
  await agent.addInitScript(() => {
    const shown: string[] = [];
    class Desktop {
      static permission = 'granted';
      constructor(text: string) {
        shown.push(text);
      }
      close(): void {}
    }
    Object.assign(window, { Notification: Desktop, shown });
    Object.defineProperty(document, 'visibilityState', { get: () => 'hidden' });
  });
  await isAvailable(agent);
  await supervisor.goto('/contacts');
  await expect(supervisor.getByRole('heading', { level: 1 })).toBeVisible();
  await supervisor.keyboard.press('Control+K');
  const palette = supervisor.getByRole('combobox', { name: 'Commands' });
  await palette.fill(`${name} not ready`);
  await expect(supervisor.getByRole('option')).toHaveText([`Set the state of ${name}: not ready…`]);
  await supervisor.keyboard.press('Enter');
  const dialog = supervisor.getByRole('dialog', { name: `Set ${name} to not ready?` });
  await dialog.getByRole('combobox', { name: 'Not ready for' }).selectOption({ index: 1 });
  await dialog.getByRole('textbox', { name: 'Reason, which the agent reads' }).fill('Fire drill');
  await supervisor.keyboard.press('Enter');
  await expect(dialog).toHaveCount(0);
  await expect(told(agent)).toContainText(`${by} set you to not ready`);
  await expect.poll(() => agent.evaluate(() => (window as unknown as { shown: string[] }).shown)).toEqual([expect.stringContaining(`${by} set you to not ready`)]);
});
