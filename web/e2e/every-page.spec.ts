import type { Browser, Page } from '@playwright/test';
import { call, expect, signedIn, signIns, test, violations, type Look, type Persona, type Theme } from './demo';

const PAGES: [Persona | null, string][] = [
  [null, '/sign-in'],
  [null, '/setup'],
  [null, '/setup?token=one-time'],
  ['agent', '/desk'],
  ['agent', '/nowhere'],
  ['agent', '/contacts'],
  ['supervisor', '/contacts'],
  ['supervisor', '/contacts/first'],
  ['supervisor', '/recordings'],
  ['administrator', '/contacts/first'],
  ['administrator', '/recordings'],
  ['supervisor', '/supervise'],
  ['supervisor', '/supervise/decisions'],
  ['administrator', '/admin/queues'],
  ['administrator', '/admin/queues/first'],
  ['administrator', '/admin/agents'],
  ['administrator', '/admin/agents/first'],
  ['administrator', '/admin/skills/new'],
  ['administrator', '/admin/endpoints/first'],
  ['administrator', '/admin/flows/new'],
  ['administrator', '/admin/flows/first'],
  ['administrator', '/admin/schedules'],
  ['administrator', '/admin/schedules/new'],
  ['administrator', '/admin/schedules/first'],
  ['supervisor', '/admin/schedules/first'],
  ['administrator', '/admin/prompts'],
  ['administrator', '/admin/prompts/new'],
  ['administrator', '/admin/prompts/first'],
  ['supervisor', '/admin/prompts/first'],
  ['supervisor', '/admin/do-not-call'],
  ['administrator', '/admin/reasons/first'],
  ['administrator', '/admin/dispositions/first'],
  ['supervisor', '/admin/health'],
  ['administrator', '/admin/health'],
  ['administrator', '/admin/audit'],
  ['administrator', '/admin/people'],
  ['administrator', '/admin/api-keys'],
  ['administrator', '/admin/webhooks'],
  ['agent', '/sessions'],
];
const THEMES: Theme[] = ['light', 'dark', 'contrast'];
/** Each page in turn, with one browser per persona: what a persona sees is loaded once. */
async function everyPage(browser: Browser, look: Look, visit: (page: Page, path: string) => Promise<void>, begin?: (page: Page, path: string) => void): Promise<void> {
  for (const persona of [null, 'agent', 'supervisor', 'administrator'] as const) {
    const { context, page: first } = await signedIn(browser, persona, look);
    await first.close();
    for (const [, path] of PAGES.filter(([who]) => who === persona)) {
      const page = await context.newPage();
      begin?.(page, path);
      await open(page, persona, path);
      await visit(page, path);
      await page.close();
    }
    await context.close();
  }
}


/** Opens a page and waits until it shows what it is for, not its skeleton. */
async function open(page: Page, persona: Persona | null, path: string): Promise<void> {
  let to = path;
  const { center } = signIns()[persona ?? 'agent'];
  if (path === '/sign-in') to = `/${center}/sign-in`;
  if (path.endsWith('/first')) {
    const area = path.split('/').at(-2) ?? '';
    const list = await call<{ items?: { id: number }[]; contacts?: { id: number }[] }>(page.context(), 'GET', `/${center}/${area}`);
    to = path.replace('first', String((list.items ?? list.contacts)?.[0]?.id ?? 'new'));
  }
  // A form is whole once every list that it chooses from is there: until then some of its buttons are disabled.
  const asked = new Set<unknown>();
  page.on('request', (request) => request.url().includes('/api/v1/') && asked.add(request));
  page.on('requestfinished', (request) => asked.delete(request));
  page.on('requestfailed', (request) => asked.delete(request));
  await page.goto(to);
  await expect(page.getByRole('heading').first()).toBeVisible();
  await expect(page.getByRole('status', { name: /Loading/i })).toHaveCount(0);
  await expect.poll(() => asked.size).toBe(0);
  await page.evaluate(() => new Promise((painted) => requestAnimationFrame(() => requestAnimationFrame(painted))));
  await page.evaluate(() => document.fonts.ready);
}

for (const theme of THEMES) {
  test(`no page has an accessibility violation in the ${theme} theme`, async ({ browser }) => {
    const found: string[] = [];
    await everyPage(browser, { theme }, async (page, path) => {
      for (const violation of await violations(page)) found.push(`${path}: ${violation}`);
    });
    expect(found).toEqual([]);
  });
}

for (const locale of ['en-XA', 'ar-XB'] as const) {
  test(`no text of ours is clipped in ${locale}`, async ({ browser }) => {
    const found: string[] = [];
    await everyPage(browser, { locale }, async (page, path) => {
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
    });
    expect(found).toEqual([]);
  });
}

test('every page reflows at 320 pixels without scrolling sideways', async ({ browser }) => {
  const found: string[] = [];
  await everyPage(browser, { width: 320, height: 640 }, async (page, path) => {
    const wide = await page.evaluate(() => {
      const parts = [document.scrollingElement, document.querySelector('#main')].filter((e): e is HTMLElement => e instanceof HTMLElement);
      return parts.filter((e) => e.scrollWidth > e.clientWidth + 1).map((e) => `${e.tagName} ${e.scrollWidth} > ${e.clientWidth}`);
    });
    for (const text of wide) found.push(`${path}: ${text}`);
  });
  expect(found).toEqual([]);
});

test('no page asks another origin for anything, nor breaks the content security policy', async ({ browser, baseURL }) => {
  const origin = new URL(baseURL ?? '').origin;
  const found: string[] = [];
  const watch = (page: Page, path: string): void => {
    page.on('request', (request) => {
      const url = new URL(request.url());
      if (url.protocol.startsWith('http') && url.origin !== origin) found.push(`${path}: ${url.href}`);
    });
    page.on('console', (message) => {
      if (/Content Security Policy/.test(message.text())) found.push(`${path}: ${message.text()}`);
    });
    page.on('pageerror', (error) => found.push(`${path}: ${error.message}`));
  };
  await everyPage(browser, {}, () => Promise.resolve(), watch);
  expect(found).toEqual([]);
});
