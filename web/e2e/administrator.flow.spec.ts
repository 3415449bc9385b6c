import { randomUUID } from 'node:crypto';
import type { Locator, Page } from '@playwright/test';
import { call, expect, OF_COLOR, signedIn, signIns, test, violations } from './demo';

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
  await page.getByRole('button', { name: /^lost: Nothing leads here/ }).click();
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

test('a switch asks in each of its ways, and a last word ends the call', async ({ browser }) => {
  const { context, page } = await signedIn(browser, 'administrator');
  const { center } = signIns().administrator;
  const name = `Switch ${randomUUID().slice(0, 6)}`;
  await page.goto('/admin/flows/new');
  await page.getByLabel('Name', { exact: false }).first().fill(name);

  // The end becomes a last word, which has no way on.
  await line(page, /Hang up end/).click();
  await page.getByLabel('Kind').selectOption('message');
  await page.getByLabel('Step name').fill('bye');
  await page.getByLabel('Text to say').fill('Thank you. Goodbye.');
  const bye = line(page, 'Say and hang up bye Thank you. Goodbye.');
  await expect(bye).not.toHaveAttribute('aria-expanded');

  await line(page, /Say greeting/).click();
  await page.getByLabel('Kind').selectOption('switch');
  await page.getByLabel('Step name').fill('who');
  await page.getByRole('button', { name: 'Add a case' }).click();
  await page.getByRole('button', { name: 'Add a case' }).click();
  const way = (number: number): Locator => page.getByRole('group', { name: `Way ${number}` });
  for (const number of [1, 2, 3]) await way(number).getByLabel('Look at').fill('customer');
  await way(1).getByLabel('Value').fill('vip');
  await way(2).getByLabel('Condition').selectOption('begins with');
  await way(2).getByLabel('Value').fill('business-');
  await way(3).getByLabel('Condition').selectOption('has a value');
  await expect(way(3).getByLabel('Value')).toHaveCount(0);
  await expect(line(page, /If .customer. begins with .business-/)).toBeVisible();
  await expect(line(page, /If .customer. has a value/)).toBeVisible();
  await expect(page.getByText(/need.? attention:/)).toHaveCount(0);
  expect(await violations(page)).toEqual([]);

  // What is too long is said beside the field and in the outline.
  await way(1).getByLabel('Value').fill('x'.repeat(257));
  await expect(way(1)).toContainText('Longer than 256 characters.');
  await expect(line(page, /Switch who/)).toContainText('Longer than 256 characters.');
  await way(1).getByLabel('Value').fill('vip');

  // On the narrowest screen its fields stay inside the pane.
  await page.setViewportSize({ width: 320, height: 640 });
  const pane = page.getByRole('region', { name: 'Switch: who' });
  expect(await pane.evaluate((e) => e.scrollWidth - e.clientWidth)).toBe(0);
  for (const part of await way(1).locator('input, select, button').all()) {
    const [inner, outer] = [await part.boundingBox(), await pane.boundingBox()];
    expect((inner?.x ?? 0) + (inner?.width ?? 0)).toBeLessThan((outer?.x ?? 0) + (outer?.width ?? 0));
  }
  await page.setViewportSize({ width: 1440, height: 900 });

  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByRole('heading', { level: 1, name })).toBeVisible();
  const { items } = await call<{ items: { id: number; name: string; nodes: { id: string }[] }[] }>(context, 'GET', `/${center}/flows`);
  const stored = items.find((flow) => flow.name === name);
  expect(stored?.nodes.find(({ id }) => id === 'bye')).toEqual({ id: 'bye', kind: 'message', prompt: { text: 'Thank you. Goodbye.' } });
  expect(stored?.nodes.find(({ id }) => id === 'who')).toMatchObject({
    cases: [
      { attribute: 'customer', equals: 'vip', next: 'bye' },
      { attribute: 'customer', starts_with: 'business-', next: 'bye' },
      { attribute: 'customer', is_set: true, next: 'bye' },
    ],
    otherwise: 'bye',
  });
  await page.getByRole('button', { name: 'Delete', exact: true }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Delete' }).click();
  await expect(page).toHaveURL(/\/admin\/flows$/);
  await context.close();
});

test('an older version is compared step by step, taken back into the editor, and saved as the newest', async ({ browser }) => {
  const { context, page } = await signedIn(browser, 'administrator');
  const { center } = signIns().administrator;
  const name = `Versions ${randomUUID().slice(0, 6)}`;
  const say = (id: string, text: string, next: string): Record<string, unknown> => ({ id, kind: 'play', prompt: { text }, next, failed: 'end' });
  const end = { id: 'end', kind: 'end' };
  const first = { name, start: 'hello', nodes: [say('hello', 'Hello.', 'news'), say('news', 'We are closed in May.', 'end'), end] };
  const { id } = await call<{ id: number }>(context, 'POST', `/${center}/flows`, first);
  const second = { name, start: 'hello', nodes: [say('hello', 'Good day.', 'offer'), say('offer', 'Ask for our offer.', 'end'), end] };
  const headers = { 'x-tandem-request': '1', 'if-match': '"1"' };
  expect((await context.request.put(`/api/v1/${center}/flows/${id}`, { headers, data: second })).ok()).toBe(true);

  await page.goto(`/admin/flows/${id}`);
  await page.getByRole('button', { name: 'Versions' }).click();
  const versions = page.getByRole('list', { name: 'Versions' });
  await expect(versions.getByRole('listitem')).toHaveCount(2);
  await expect(versions.getByRole('listitem').first()).toContainText(/Version .?2.?newest.*alex/);
  await versions.getByRole('button', { name: /^Version .?1/ }).press('Enter');
  const older = page.getByRole('region', { name: /^Version .?1/ });
  await expect(older).toContainText('It has a step more:Say news');
  await expect(older).toContainText('It lacks a step:Say offer');
  await expect(older).toContainText(/A step is different in it:Say hello.*What is heard: .?“.?Hello\..?” instead of “.?Good day\./);
  expect(await violations(page)).toEqual([]);
  for (const theme of ['dark', 'contrast'] as const) {
    await page.evaluate((it) => localStorage.setItem('tandem.theme', it), theme);
    await page.reload();
    await page.getByRole('button', { name: 'Versions' }).click();
    await versions.getByRole('button', { name: /^Version .?1/ }).click();
    await expect(older).toContainText('It lacks a step:');
    expect(await violations(page, OF_COLOR)).toEqual([]);
  }

  // Nothing changes for callers until it is saved.
  await older.getByRole('button', { name: /^Take version .?1.? back$/ }).click();
  await expect(page.getByText(/^Version .?1.? is in the editor/).first()).toBeVisible();
  await expect(page.getByRole('button', { name: 'Outline', exact: true })).toBeFocused();
  await expect(line(page, /Say news/)).toBeVisible();
  expect((await call<{ version: number }>(context, 'GET', `/${center}/flows/${id}`)).version).toBe(2);
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByRole('button', { name: 'Save' })).toHaveCount(0);
  const stored = await call<{ version: number; nodes: { id: string }[] }>(context, 'GET', `/${center}/flows/${id}`);
  expect([stored.version, stored.nodes.map((node) => node.id).sort()]).toEqual([3, ['end', 'hello', 'news']]);
  await page.getByRole('button', { name: 'Versions' }).click();
  await expect(versions.getByRole('listitem')).toHaveCount(3);
  await versions.getByRole('button', { name: /^Version .?1/ }).click();
  await expect(older).toContainText('There is no difference.');

  await page.getByRole('button', { name: 'Delete', exact: true }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Delete' }).click();
  await expect(page).toHaveURL(/\/admin\/flows$/);
  await context.close();
});
