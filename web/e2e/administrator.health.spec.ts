import { expect, signedIn, test } from './demo';

test('the administrator sees that all is well, and has every open call checked', async ({ browser }) => {
  const { context, page } = await signedIn(browser, 'administrator');
  await page.goto('/admin/queues');
  await expect(page.getByRole('heading', { level: 1, name: 'Queues' })).toBeVisible();
  await page.keyboard.press('Control+K');
  await page.getByRole('combobox', { name: 'Commands' }).fill('system health');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/\/admin\/health$/);
  await expect(page.getByRole('heading', { level: 1, name: 'System health' })).toBeVisible();
  await expect(page.getByRole('link', { name: 'System health' })).toHaveAttribute('aria-current', 'page');

  // A busy machine may be late for a moment; it must be well again by itself.
  await expect(page.getByText(/^All is well since .+\d\d:\d\d.* \(.+\).*\.$/)).toBeVisible({ timeout: 90_000 });
  const inOrder = page.getByRole('region', { name: 'In order' }).getByRole('listitem');
  await expect(inOrder).toHaveCount(15);
  await expect(page.getByRole('alert').filter({ hasText: 'Act now' })).toHaveCount(0);

  const button = page.getByRole('button', { name: 'Check all calls now' });
  await button.focus();
  await page.keyboard.press('Enter');
  const result = page.getByRole('main').getByRole('status');
  await expect(result).toHaveText(/^\d\d:\d\d:\d\d (Microsoft is being asked about (one|[\d,]+) open calls?\.|No call is open)/);
  await expect(button).toBeFocused();
  await expect(inOrder.filter({ hasText: 'Open calls' })).toContainText(/No call is open|Microsoft has confirmed/);
  await context.close();
});

test('a supervisor sees how things are, and who can have calls checked', async ({ browser }) => {
  const { context, page } = await signedIn(browser, 'supervisor');
  await page.goto('/admin/health');
  await expect(page.getByText(/^All is well since /)).toBeVisible({ timeout: 90_000 });
  await expect(page.getByText('An administrator can have Microsoft asked about every open call here.')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Check all calls now' })).toHaveCount(0);
  await context.close();
});

test('what must be done now is said on every page, once, and leads to what to do', async ({ browser }) => {
  const { context, page } = await signedIn(browser, 'supervisor');
  let frames = 0;
  // The health of this page's own connection is made worse on its way; every heartbeat brings it anew.
  await page.routeWebSocket(/\/live/, (socket) => {
    const server = socket.connectToServer();
    let seq = 1000;
    server.onMessage((message) => {
      const frame = JSON.parse(String(message)) as { topic: string; kind: string; ts: string };
      if (frame.topic === 'health') return;
      socket.send(message);
      if (frame.kind !== 'heartbeat') return;
      frames += 1;
      seq += 1;
      const check = { id: 'store_space', level: 'act', code: 'space_out', since: '2026-11-25T12:00:00Z', params: { free_bytes: 9_000_000 + seq }, what: 'The disk is full.', fix: 'Make room.' };
      socket.send(JSON.stringify({ topic: 'health', seq, kind: 'snapshot', ts: frame.ts, data: { as_of: frame.ts, level: 'act', checks: [check] } }));
    });
  });
  await page.goto('/supervise');
  const alarm = page.getByRole('alert').filter({ hasText: 'Act now: Disk space. There is next to none left.' });
  await expect(alarm).toBeVisible();
  const changes = await alarm.evaluateHandle((element) => {
    const seen: MutationRecord[] = [];
    new MutationObserver((list) => seen.push(...list)).observe(element, { subtree: true, childList: true, characterData: true });
    return seen;
  });
  const before = frames;
  await expect.poll(() => frames).toBeGreaterThan(before + 1);
  await page.getByRole('link', { name: 'What to do' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'System health' })).toBeVisible();
  await expect(alarm).toBeVisible();
  expect(await changes.evaluate((seen) => seen.length)).toBe(0);
  await context.close();
});
