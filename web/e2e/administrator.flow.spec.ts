import { randomUUID } from 'node:crypto';
import type { Locator, Page } from '@playwright/test';
import { call, expect, signedIn, signIns, test, violations } from './demo';

const line = (page: Page, name: string | RegExp): Locator => page.getByRole('treeitem', { name });

/** Presses an arrow until the focus is on a line of the outline. */
async function moveTo(page: Page, name: RegExp, key: 'ArrowDown' | 'ArrowUp'): Promise<void> {
  await expect(async () => {
    const at = (await page.locator('[role="treeitem"]:focus').textContent()) ?? '';
    if (!name.test(at)) await page.keyboard.press(key);
    expect((await page.locator('[role="treeitem"]:focus').textContent()) ?? '').toMatch(name);
    // poll: until the focus has come down to the line
  }).toPass({ intervals: [20] });
}

test('a call flow is built by keyboard alone, and what is wrong with it is marked before saving', async ({ browser }) => {
  const { context, page } = await signedIn(browser, 'administrator');
  const { center } = signIns().administrator;
  const { items: queues } = await call<{ items: { name: string }[] }>(context, 'GET', `/${center}/queues`);
  const name = `Outline ${randomUUID().slice(0, 6)}`;
  await page.goto('/admin/flows/new');
  await page.getByLabel('Name', { exact: false }).first().fill(name);
  await expect(page.getByText('One thing needs attention:')).toBeVisible();
  const pane = page.getByRole('region', { name: 'Say: greeting' });

  // Enter edits, Escape comes back to the line.
  await line(page, /greeting/).focus();
  await page.keyboard.press('Enter');
  await expect(pane.getByLabel('Kind')).toBeFocused();
  await pane.getByLabel('Text to say').fill('Welcome.');
  await page.keyboard.press('Escape');
  await expect(line(page, 'Say greeting Welcome.')).toBeFocused();

  // Insert adds a step after it, which goes on to where that went.
  await page.keyboard.press('Insert');
  await expect(page.getByLabel('Kind')).toBeFocused();
  await page.getByLabel('Kind').selectOption('collect');
  await page.getByLabel('Step name').fill('question');
  await page.getByLabel('Text to say').fill('Press 1 for a person.');
  await page.keyboard.press('Escape');
  await page.keyboard.press('Insert');
  await page.getByLabel('Kind').selectOption('branch');
  await page.getByLabel('Step name').fill('choice');
  await page.getByLabel('Look at').fill('question');
  await page.getByRole('button', { name: 'Add a case' }).press('Enter');
  await page.getByLabel('When it is').fill('1');
  await page.keyboard.press('Escape');
  await expect(line(page, /Branch choice/)).toBeFocused();

  // On a branch, Insert puts the step there.
  await moveTo(page, /If .question. is .1/, 'ArrowDown');
  await page.keyboard.press('Insert');
  await page.getByLabel('Kind').selectOption('queue');
  await page.getByLabel('Step name').fill('people');
  await page.getByRole('region', { name: 'Wait in a queue: people' }).getByLabel('Queue', { exact: true }).or(page.getByLabel('Queue*', { exact: true })).selectOption({ label: queues[0]?.name ?? '' });
  await page.keyboard.press('Escape');
  const people = line(page, /Wait in a queue people/);
  await expect(people).toHaveAttribute('aria-level', '3');

  // Left goes up and folds, right unfolds and goes in; a link leads to its step.
  await page.keyboard.press('ArrowLeft');
  await expect(people).toHaveAttribute('aria-expanded', 'false');
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowRight');
  await expect(page.locator('[role="treeitem"]:focus')).toContainText(/If the wait is too long go to .end/);
  await page.keyboard.press('Enter');
  await expect(page.locator('[role="treeitem"]:focus')).toContainText('Hang up end');
  expect(await violations(page)).toEqual([]);

  // A dead end and a lost step are marked, and one can go to each.
  await page.getByRole('button', { name: 'JSON' }).click();
  const json = page.getByLabel('The whole flow as JSON');
  const whole = await json.inputValue();
  await json.fill(whole.replace('"nodes": [', '"nodes": [{ "id": "lost", "kind": "play", "prompt": { "text": "Hello?" }, "next": "gone", "failed": "end" },'));
  await page.getByRole('button', { name: 'Outline' }).click();
  await expect(page.getByText('2 things need attention:')).toBeVisible();
  await page.getByRole('button', { name: 'lost', exact: true }).click();
  await expect(line(page, /Say lost/)).toBeFocused();
  await expect(line(page, /Say lost/)).toContainText('Nothing leads here.');
  await expect(line(page, /^Then gone/)).toContainText('Leads nowhere.');
  await page.keyboard.press('Delete');
  await expect(page.getByText('need attention:')).toHaveCount(0);

  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByRole('heading', { level: 1, name })).toBeVisible();
  await page.reload();
  await expect(line(page, /Wait in a queue people/)).toHaveAttribute('aria-level', '3');
  await page.getByRole('button', { name: 'Delete', exact: true }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Delete' }).click();
  await expect(page).toHaveURL(/\/admin\/flows$/);
  await context.close();
});
