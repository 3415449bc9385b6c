import type { Locator, Page } from '@playwright/test';
import { expect, signedIn, test, violations } from './demo';
import { ownLine, talking, waitIn, type Step } from './own-line';

const undo: (() => Promise<void>)[] = [];
test.afterEach(async () => {
  for (const step of undo.splice(0)) await step();
});

const RULE = { when: 'always', channels: 'mixed', consent: 'not_needed', on_failure: 'warn', pause_max_s: 30, after_transfer: 'own_rule', keep_days: null };
/** Tells callers of the recording before they wait. */
const told = (queue: number): Step[] => [
  { id: 'tell', kind: 'consent', prompt: { text: 'This call is recorded.' }, ask: null, given: 'wait', refused: 'wait', failed: 'wait' },
  ...waitIn(queue),
];

const story = (page: Page): Locator => page.getByRole('complementary', { name: 'Customer' });

test('an agent sees that a call is recorded, and pauses and resumes it by keyboard alone', async ({ browser }) => {
  const { context, page } = await signedIn(browser, 'agent');
  const main = await talking(page, await ownLine(browser, undo, waitIn, { recording: RULE }));
  const bar = main.getByRole('region', { name: 'Recording', exact: true });
  await expect(bar.getByRole('paragraph').first()).toHaveText('Recording', { timeout: 20_000 });
  await expect(page.getByRole('group', { name: 'Current call' })).toContainText('Recording');
  expect(await violations(page)).toEqual([]);

  await page.keyboard.press('Shift+F9');
  await expect(bar).toContainText('Paused: card numbers are not recorded');
  await expect(bar.getByRole('timer')).toContainText(/Recording goes on by itself in 0:\d\d/);
  await expect(page.getByRole('group', { name: 'Current call' })).toContainText('Paused');
  await expect(story(page).getByText(/^Recording paused/)).toBeVisible();
  expect(await violations(page)).toEqual([]);

  const resume = bar.getByRole('button', { name: 'Resume recording (Shift+F9)' });
  await expect(resume).toBeEnabled();
  await resume.focus();
  await page.keyboard.press('Enter');
  await expect(bar.getByRole('button', { name: 'Pause recording (Shift+F9)' })).toBeFocused();
  await expect(bar.getByRole('paragraph').first()).toHaveText('Recording');
  await expect(story(page).getByText(/^Recording resumed/)).toBeVisible();
  // It was the agent's own doing: nothing asks for attention.
  await expect(page.getByRole('region', { name: 'About the recording' })).toHaveCount(0);
  await context.close();
});

test('a pause that ends by itself is told on whatever page the agent is', async ({ browser }) => {
  test.slow();
  const { context, page } = await signedIn(browser, 'agent');
  const main = await talking(page, await ownLine(browser, undo, told, { recording: { ...RULE, consent: 'announced' } }));
  const bar = main.getByRole('region', { name: 'Recording', exact: true });
  await expect(bar).toContainText('The customer was told of the recording.', { timeout: 20_000 });
  await bar.getByRole('button', { name: /^Pause recording/ }).click();
  await expect(bar).toContainText('Paused: card numbers are not recorded');
  await page.getByRole('button', { name: /^Account of/ }).click();
  await page.getByRole('menuitem', { name: 'Your sessions' }).click();
  await expect(page.getByRole('heading', { name: 'Your sessions' })).toBeVisible();
  const alarm = page.getByRole('region', { name: 'About the recording' });
  await expect(alarm).toContainText('Recording goes on: take no more card numbers', { timeout: 45_000 });
  await alarm.getByRole('button', { name: 'Dismiss' }).click();
  await expect(alarm).toHaveCount(0);
  await context.close();
});

test('a customer who was never asked is served unrecorded, and the agent sees why', async ({ browser }) => {
  const { context, page } = await signedIn(browser, 'agent');
  const main = await talking(page, await ownLine(browser, undo, waitIn, { recording: { ...RULE, consent: 'asked' } }));
  const bar = main.getByRole('region', { name: 'Recording', exact: true });
  await expect(bar).toContainText('Not recorded: the customer has not agreed');
  await expect(bar.getByRole('button')).toHaveCount(0);
  await page.keyboard.press('Shift+F9');
  await expect(bar).toContainText('Not recorded: the customer has not agreed');
  await context.close();
});
