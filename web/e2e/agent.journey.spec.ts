import { expect, offerHere, rest, signedIn, signIns, test, violations } from './demo';

test('an agent signs in, takes a call with one key, hangs up, wraps up, and it is counted', async ({ page }) => {
  const { center, username, password } = signIns().agent;
  // The deep link survives sign-in.
  await page.goto('/desk');
  await expect(page).toHaveURL(new RegExp(`/${center}/sign-in\\?next=%2Fdesk$`));
  await page.getByLabel('User name').fill(username);
  await page.getByLabel('Password').fill(password);
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/\/desk$/);

  const main = page.getByRole('main');
  await expect(page.locator('button[data-state]')).toBeVisible();
  await offerHere(page);
  await expect(page.getByRole('timer').first()).toContainText(/\d/);
  await expect(page).toHaveTitle(/^\(\d+\)/);
  const handled = Number(/(\d+)/.exec((await page.getByText(/contacts? handled today/).textContent()) ?? '')?.[1] ?? '0');

  expect(await violations(page)).toEqual([]);
  await page.keyboard.press('F2');
  await expect(main.getByText('Talk time')).toBeVisible({ timeout: 60_000 });
  // Accepting moves the focus to the conversation, and only that.
  await expect(main.getByRole('heading', { level: 1 })).toBeFocused();
  await expect(main.getByText(/^Hears: /).first()).toBeVisible();
  await expect(page.getByRole('group', { name: 'Current call' })).toBeVisible();
  await main.getByLabel('Note').fill('Wants the invoice again');

  for (const theme of ['Dark', 'High contrast', 'Light']) {
    await page.getByRole('button', { name: 'Theme and language' }).click();
    await page.getByRole('menuitemradio', { name: theme }).click();
    expect(await violations(page), theme).toEqual([]);
  }
  await page.keyboard.press('F4');
  await expect(page.getByRole('button', { name: 'Press again to hang up' })).toBeVisible();
  await page.keyboard.press('F4');
  await expect(main.getByRole('heading', { name: 'Wrap up' })).toBeVisible();
  await expect(main.getByLabel('Note')).toHaveValue('Wants the invoice again');
  expect(await violations(page)).toEqual([]);
  const dispositions = main.getByRole('radio');
  if ((await dispositions.count()) > 0) await dispositions.first().check({ force: true });
  await page.keyboard.press('Control+Enter');
  await expect(main.getByRole('heading', { name: 'Wrap up' })).toBeHidden();
  await expect(page.getByText(new RegExp(`${handled + 1} contacts? handled today`))).toBeVisible();
});

test('an offer that nobody answers makes the agent unready, with one click to return', async ({ browser }) => {
  const { context, page } = await signedIn(browser, 'agent');
  await rest(page);
  await offerHere(page);
  await expect(page.getByText('You missed an offer')).toBeVisible({ timeout: 130_000 });
  await page.getByRole('button', { name: 'Go available again' }).click();
  await expect(page.getByText('You missed an offer')).toBeHidden();
  await context.close();
});

test('a second tab of the same agent sees the same desk over one connection', async ({ browser }) => {
  const { context, page } = await signedIn(browser, 'agent');
  const sockets: string[] = [];
  page.on('websocket', (socket) => sockets.push(socket.url()));
  await rest(page);
  const other = await context.newPage();
  other.on('websocket', (socket) => sockets.push(socket.url()));
  await rest(other);
  const state = (await page.locator('button[data-state]').getAttribute('data-state')) ?? '';
  expect(state).not.toBe('');
  expect(sockets).toHaveLength(1);
  // The leader closes; the other tab takes over.
  await page.close();
  await expect.poll(() => sockets.length).toBe(2);
  await expect(other.locator('button[data-state]')).toBeVisible();
  await context.close();
});

test('the palette does by name what keys and buttons do', async ({ browser }) => {
  const { context, page } = await signedIn(browser, 'agent');
  await rest(page);
  await page.keyboard.press('Control+k');
  const palette = page.getByRole('dialog', { name: 'Commands' });
  await expect(palette).toBeVisible();
  await palette.getByRole('combobox').fill('theme dark');
  await page.keyboard.press('Enter');
  await expect(page.locator('[data-theme="dark"]').first()).toBeVisible();
  await page.getByRole('button', { name: 'Keyboard shortcuts and help' }).click();
  await expect(page.getByRole('dialog').getByText('Shift+F2')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toBeHidden();
  await context.close();
});

test('a session that ends elsewhere leads to sign-in, and back to the same page', async ({ browser }) => {
  const { context, page } = await signedIn(browser, 'agent');
  await rest(page);
  const { center } = signIns().agent;
  const answer = await context.request.post(`/api/v1/${center}/sign-out`, { headers: { 'x-tandem-request': '1' } });
  expect(answer.status()).toBe(204);
  await expect(page).toHaveURL(new RegExp(`/${center}/sign-in\\?next=%2Fdesk$`), { timeout: 30_000 });
  await context.close();
});

test('an agent is told which role opens a page, and is not let in', async ({ browser }) => {
  const { context, page } = await signedIn(browser, 'agent');
  await page.goto('/supervise');
  await expect(page.getByRole('heading', { name: 'Not for this account' })).toBeVisible();
  await context.close();
});

test('an offer rings and notifies while the tab is in the background', async ({ browser }) => {
  const { context, page } = await signedIn(browser, 'agent');
  await context.grantPermissions(['notifications']);
  // What the page does to the outside is written down; the tab believes that it is hidden.
  await page.addInitScript(() => {
    const done: string[] = [];
    Object.assign(window, { done });
    class Written {
      static readonly permission = 'granted';
      onclick: unknown = null;
      constructor(text: string, options: { tag: string }) {
        done.push(`notify ${options.tag} ${text}`);
      }
      close(): void {
        done.push('close');
      }
    }
    Object.assign(window, { Notification: Written });
    Object.defineProperty(document, 'visibilityState', { get: () => 'hidden' });
    Object.defineProperty(document, 'hidden', { get: () => true });
    const start = AudioBufferSourceNode.prototype.start;
    AudioBufferSourceNode.prototype.start = function (this: AudioBufferSourceNode, ...at) {
      if (this.loop) done.push('ring');
      start.apply(this, at);
    };
  });
  await rest(page);
  // The first click unlocks sound.
  await page.getByRole('main').click({ position: { x: 3, y: 3 } });
  await offerHere(page);
  const done = (): Promise<string> => page.evaluate(() => (window as unknown as { done: string[] }).done.join('\n'));
  await expect.poll(done).toMatch(/^notify offer-\d+ /m);
  await expect.poll(done).toMatch(/^ring$/m);
  await page.keyboard.press('Shift+F2');
  await expect.poll(done).toMatch(/^close$/m);
  await context.close();
});
