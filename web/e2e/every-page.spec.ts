// What holds on every page: each is loaded once for all that can be seen without another language.
import type { Browser, Page } from '@playwright/test';
import { call, expect, OF_COLOR, signedIn, signIns, test, violations, type Look, type Persona } from './demo';

const PAGES: [Persona | null, string][] = [
  [null, '/sign-in'],
  [null, '/setup'],
  [null, '/setup?token=one-time'],
  ['agent', '/desk'],
  ['agent', '/nowhere'],
  ['agent', '/contacts'],
  ['supervisor', '/contacts'],
  ['supervisor', '/figures/queues'],
  ['supervisor', '/figures/agents'],
  ['supervisor', '/contacts/first'],
  ['supervisor', '/recordings'],
  ['administrator', '/contacts/first'],
  ['administrator', '/recordings'],
  ['supervisor', '/supervise'],
  ['supervisor', '/supervise/decisions'],
  ['supervisor', '/supervise/queues/first'],
  ['supervisor', '/callbacks'],
  ['administrator', '/admin/queues'],
  ['administrator', '/admin/queues/first'],
  ['administrator', '/admin/agents'],
  ['administrator', '/admin/agents/first'],
  ['administrator', '/admin/skills/new'],
  ['administrator', '/admin/skills/matrix'],
  ['supervisor', '/admin/skills/matrix'],
  ['administrator', '/admin/capacity-profiles'],
  ['administrator', '/admin/capacity-profiles/new'],
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
  ['administrator', '/admin/teams'],
  ['administrator', '/admin/teams/new'],
  ['administrator', '/admin/sites'],
  ['administrator', '/admin/sites/new'],
  ['administrator', '/admin/audit'],
  ['administrator', '/admin/people'],
  ['administrator', '/admin/people/own'],
  ['administrator', '/admin/people/other'],
  ['administrator', '/admin/permissions'],
  ['administrator', '/admin/permissions/why'],
  ['administrator', '/admin/privacy'],
  ['supervisor', '/admin/privacy'],
  ['administrator', '/admin/persons'],
  ['administrator', '/admin/api-keys'],
  ['administrator', '/admin/webhooks'],
  ['administrator', '/admin/trunks'],
  ['administrator', '/admin/trunks/new'],
  ['administrator', '/admin/trunks/new?kind=teams'],
  ['administrator', '/admin/trunks/new?kind=phones'],
  ['administrator', '/admin/trunks/first'],
  ['administrator', '/admin/trunks/guide?way=sbc'],
  ['administrator', '/admin/trunks/guide?way=direct'],
  ['supervisor', '/admin/trunks'],
  ['administrator', '/admin/endpoints/new?number='],
  ['administrator', '/admin/integrations'],
  ['administrator', '/admin/integrations/teams'],
  ['administrator', '/admin/integrations/office-365'],
  ['administrator', '/admin/integrations/teams/presence/to-teams'],
  ['administrator', '/admin/integrations/teams/presence/from-teams'],
  ['agent', '/desk/directory'],
  ['agent', '/profile'],
  ['agent', '/sessions'],
];
/** What the menu calls the themes beside the one that a page is loaded in. */
const OTHER_THEMES = { dark: 'Dark', contrast: 'High contrast' } as const;
/** A page is looked at again this often, in milliseconds, until it is whole: there are a hundred to wait for. */
const LOOKS = { intervals: [20, 50, 100] };

/** A tab and the requests to the API that it waits for. */
interface Tab {
  page: Page;
  asked: Set<unknown>;
  path: string;
}
type Visit = (tab: Tab) => Promise<void>;

/** Each page in turn, with one browser and one tab per persona: what a persona sees is loaded once. */
async function everyPage(browser: Browser, look: Look, visit: Visit, begin?: (tab: Tab) => void): Promise<void> {
  for (const persona of [null, 'agent', 'supervisor', 'administrator'] as const) {
    const { context, page } = await signedIn(browser, persona, look);
    const tab: Tab = { page, asked: new Set(), path: '' };
    page.on('request', (request) => request.url().includes('/api/v1/') && tab.asked.add(request));
    page.on('requestfinished', (request) => tab.asked.delete(request));
    page.on('requestfailed', (request) => tab.asked.delete(request));
    begin?.(tab);
    const { width, height } = page.viewportSize() ?? { width: 1440, height: 900 };
    for (const [, path] of PAGES.filter(([who]) => who === persona)) {
      tab.path = path;
      await page.setViewportSize({ width, height });
      await open(tab, persona);
      await visit(tab);
    }
    await context.close();
  }
}

async function open(tab: Tab, persona: Persona | null): Promise<void> {
  const { page, path } = tab;
  let to = path;
  const { center } = signIns()[persona ?? 'agent'];
  if (path === '/sign-in') to = `/${center}/sign-in`;
  if (path.endsWith('/first')) {
    const area = path.split('/').at(-2) ?? '';
    const list = await call<{ items?: { id: number }[]; contacts?: { id: number }[] }>(page.context(), 'GET', `/${center}/${area}`);
    to = path.replace('first', String((list.items ?? list.contacts)?.[0]?.id ?? 'new'));
  }
  if (path.startsWith('/admin/people/')) to = `/admin/people/${await accountOf(page, path.endsWith('own'))}`;
  await page.goto(to);
  await whole(tab);
}

/** The account of the administrator, or one that can be limited. */
async function accountOf(page: Page, isOwn: boolean): Promise<number> {
  const { center, username } = signIns().administrator;
  const { items } = await call<{ items: { id: number; username: string; roles: string[] }[] }>(page.context(), 'GET', `/${center}/accounts`);
  return items.find((it) => (isOwn ? it.username === username : it.roles.includes('supervisor') && !it.roles.includes('administrator')))?.id ?? 0;
}

/** Waits until a page shows what it is for, not its skeleton, and nothing moves. */
async function whole({ page, asked, path }: Tab): Promise<void> {
  const heading = page.getByRole('heading').first();
  const loading = page.getByRole('status', { name: /Loading/i });
  const lacks = async (): Promise<string> => {
    if (!(await heading.isVisible())) return 'a heading';
    if ((await loading.count()) > 0) return 'what it loads';
    // A form is whole once every list that it chooses from is there: until then some of its buttons are disabled.
    return asked.size > 0 ? 'answers' : 'nothing';
  };
  await expect.poll(lacks, { ...LOOKS, message: `what ${path} lacks` }).toBe('nothing');
  await page.evaluate(async () => {
    await document.fonts.ready;
    await new Promise((painted) => requestAnimationFrame(() => requestAnimationFrame(painted)));
    const changes = document.getAnimations().filter((it) => it instanceof CSSTransition);
    await Promise.allSettled(changes.map((it) => it.finished));
  });
}

/** By the menu that every page has, with the keys. */
async function choose(tab: Tab, theme: keyof typeof OTHER_THEMES): Promise<void> {
  const { page } = tab;
  await page.getByRole('button', { name: 'Theme and language' }).press('Enter');
  await page.getByRole('menuitemradio', { name: OTHER_THEMES[theme], exact: true }).press('Enter');
  await page.locator(`[data-theme="${theme}"]`).first().waitFor();
  await whole(tab);
}

/** What is wider than its place: the page, or the part of it that scrolls. */
const tooWide = (page: Page): Promise<string[]> =>
  page.evaluate(() => {
    const parts = [document.scrollingElement, document.querySelector('#main')].filter((e): e is HTMLElement => e instanceof HTMLElement);
    return parts.filter((e) => e.scrollWidth > e.clientWidth + 1).map((e) => `${e.tagName} ${e.scrollWidth} > ${e.clientWidth}`);
  });

/** Texts of ours that are not seen whole, in a language whose every text is marked. */
const clipped = (page: Page): Promise<string[]> =>
  page.evaluate(() => {
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

test('every page is accessible in each theme, reflows, and keeps to its own origin', async ({ browser, baseURL }) => {
  test.slow();
  const origin = new URL(baseURL ?? '').origin;
  const found = { light: [] as string[], dark: [] as string[], contrast: [] as string[], wide: [] as string[], foreign: [] as string[] };
  const watch = (tab: Tab): void => {
    const note = (what: string): unknown => found.foreign.push(`${tab.path}: ${what}`);
    tab.page.on('request', (request) => {
      const url = new URL(request.url());
      if (url.protocol.startsWith('http') && url.origin !== origin) note(url.href);
    });
    tab.page.on('console', (message) => {
      if (/Content Security Policy/.test(message.text())) note(message.text());
    });
    tab.page.on('pageerror', (error) => note(error.message));
  };
  const visit: Visit = async (tab) => {
    const { page, path } = tab;
    const at = (what: string): string => `${path}: ${what}`;
    found.light.push(...(await violations(page)).map(at));
    for (const theme of ['dark', 'contrast'] as const) {
      await choose(tab, theme);
      found[theme].push(...(await violations(page, OF_COLOR)).map(at));
    }
    await page.setViewportSize({ width: 320, height: 640 });
    await whole(tab);
    found.wide.push(...(await tooWide(page)).map(at));
  };
  await everyPage(browser, {}, visit, watch);
  expect.soft(found.light, 'no page has an accessibility violation in the light theme').toEqual([]);
  expect.soft(found.dark, 'no page has a violation of color in the dark theme').toEqual([]);
  expect.soft(found.contrast, 'no page has a violation of color in the contrast theme').toEqual([]);
  expect.soft(found.wide, 'every page reflows at 320 pixels without scrolling sideways').toEqual([]);
  expect.soft(found.foreign, 'no page asks another origin for anything, nor breaks the content security policy').toEqual([]);
});

for (const locale of ['en-XA', 'ar-XB'] as const) {
  test(`no text of ours is clipped in ${locale}`, async ({ browser }) => {
    const found: string[] = [];
    await everyPage(browser, { locale }, async ({ page, path }) => {
      await expect(page.locator('html')).toHaveAttribute('dir', locale === 'ar-XB' ? 'rtl' : 'ltr');
      for (const text of await clipped(page)) found.push(`${path}: ${text}`);
    });
    expect(found).toEqual([]);
  });
}
