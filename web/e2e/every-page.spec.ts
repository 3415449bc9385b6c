import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { call, expect, signedIn, signIns, test, type Persona, type Theme } from './demo';

const PAGES: [Persona | null, string][] = [
  [null, '/sign-in'],
  [null, '/setup'],
  [null, '/setup?token=one-time'],
  ['agent', '/desk'],
  ['agent', '/nowhere'],
  ['supervisor', '/supervise'],
  ['supervisor', '/supervise/decisions'],
  ['administrator', '/admin/queues'],
  ['administrator', '/admin/queues/first'],
  ['administrator', '/admin/agents'],
  ['administrator', '/admin/agents/first'],
  ['administrator', '/admin/skills/new'],
  ['administrator', '/admin/endpoints/first'],
  ['administrator', '/admin/flows/first'],
  ['administrator', '/admin/reasons/first'],
  ['administrator', '/admin/dispositions/first'],
  ['administrator', '/admin/audit'],
];
const THEMES: Theme[] = ['light', 'dark', 'contrast'];
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

/** Opens a page and waits until it shows what it is for, not its skeleton. */
async function open(page: Page, persona: Persona | null, path: string): Promise<void> {
  let to = path;
  const { center } = signIns()[persona ?? 'agent'];
  if (path === '/sign-in') to = `/${center}/sign-in`;
  if (path.endsWith('/first')) {
    const area = path.split('/')[2] ?? '';
    const list = await call<{ items: { id: number }[] }>(page.context(), 'GET', `/${center}/${area}`);
    to = path.replace('first', String(list.items[0]?.id ?? 'new'));
  }
  await page.goto(to);
  await expect(page.getByRole('heading').first()).toBeVisible();
  await expect(page.getByRole('status', { name: /Loading/i })).toHaveCount(0);
  await page.evaluate(() => document.fonts.ready);
}

for (const theme of THEMES) {
  test(`no page has an accessibility violation in the ${theme} theme`, async ({ browser }) => {
    const found: string[] = [];
    for (const [persona, path] of PAGES) {
      const { context, page } = await signedIn(browser, persona, { theme });
      await open(page, persona, path);
      const { violations } = await new AxeBuilder({ page }).withTags(TAGS).analyze();
      for (const violation of violations) {
        found.push(`${path}: ${violation.id}: ${violation.nodes.map((node) => `${node.target.join(' ')} ${node.failureSummary?.split('\n')[1] ?? ''}`).join(' | ')}`);
      }
      await context.close();
    }
    expect(found).toEqual([]);
  });
}

for (const locale of ['en-XA', 'ar-XB'] as const) {
  test(`no text of ours is clipped in ${locale}`, async ({ browser }) => {
    const found: string[] = [];
    for (const [persona, path] of PAGES) {
      const { context, page } = await signedIn(browser, persona, { locale });
      await open(page, persona, path);
      await expect(page.locator('html')).toHaveAttribute('dir', locale === 'ar-XB' ? 'rtl' : 'ltr');
      const clipped = await page.evaluate(() => {
        const ours = /[\u202e~]/;
        const bad: string[] = [];
        const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
        for (let node = walker.nextNode(); node; node = walker.nextNode()) {
          if (!ours.test(node.textContent ?? '')) continue;
          const range = document.createRange();
          range.selectNodeContents(node);
          const text = range.getBoundingClientRect();
          if (text.width <= 1 || text.height <= 1) continue;
          for (let up = node.parentElement; up; up = up.parentElement) {
            const style = getComputedStyle(up);
            if (style.clipPath !== 'none') break;
            if (/auto|scroll/.test(style.overflowX)) break;
            if (style.overflowX === 'visible') continue;
            const box = up.getBoundingClientRect();
            if (text.left < box.left - 1 || text.right > box.right + 1) bad.push(node.textContent ?? '');
            break;
          }
          if (text.left < -1 || text.right > innerWidth + 1) bad.push(`outside: ${node.textContent}`);
        }
        return bad;
      });
      for (const text of clipped) found.push(`${path}: ${text}`);
      await context.close();
    }
    expect(found).toEqual([]);
  });
}

test('every page reflows at 320 pixels without scrolling sideways', async ({ browser }) => {
  const found: string[] = [];
  for (const [persona, path] of PAGES) {
    const { context, page } = await signedIn(browser, persona, { width: 320, height: 640 });
    await open(page, persona, path);
    const wide = await page.evaluate(() => {
      const parts = [document.scrollingElement, document.querySelector('#main')].filter((e): e is HTMLElement => e instanceof HTMLElement);
      return parts.filter((e) => e.scrollWidth > e.clientWidth + 1).map((e) => `${e.tagName} ${e.scrollWidth} > ${e.clientWidth}`);
    });
    for (const text of wide) found.push(`${path}: ${text}`);
    await context.close();
  }
  expect(found).toEqual([]);
});

test('no page asks another origin for anything, nor breaks the content security policy', async ({ browser, baseURL }) => {
  const origin = new URL(baseURL ?? '').origin;
  const found: string[] = [];
  for (const [persona, path] of PAGES) {
    const { context, page } = await signedIn(browser, persona);
    page.on('request', (request) => {
      const url = new URL(request.url());
      if (url.protocol.startsWith('http') && url.origin !== origin) found.push(`${path}: ${url.href}`);
    });
    page.on('console', (message) => {
      if (/Content Security Policy/.test(message.text())) found.push(`${path}: ${message.text()}`);
    });
    page.on('pageerror', (error) => found.push(`${path}: ${error.message}`));
    await open(page, persona, path);
    await context.close();
  }
  expect(found).toEqual([]);
});
