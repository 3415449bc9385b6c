// The running demo as the tests see it: who may sign in, and pages that are signed in already.
import { readFileSync } from 'node:fs';
import { AxeBuilder } from '@axe-core/playwright';
import { test as base, expect, type Browser, type BrowserContext, type Page } from '@playwright/test';

export type Persona = 'agent' | 'supervisor' | 'administrator';
export type Theme = 'light' | 'dark' | 'contrast';
export interface SignIn {
  center: string;
  username: string;
  password: string;
}

export function signIns(): Record<Persona, SignIn> {
  const path = process.env['TANDEM_SIGN_INS'];
  if (!path) throw new Error('TANDEM_SIGN_INS must name the JSON file with the sign-ins of the demo');
  return JSON.parse(readFileSync(path, 'utf8')) as Record<Persona, SignIn>;
}

export interface Look {
  theme?: Theme;
  locale?: 'en' | 'en-XA' | 'ar-XB';
  width?: number;
  height?: number;
}

/** A browser of its own for a persona: signed in through the API, so that only one test types passwords. */
export async function signedIn(browser: Browser, persona: Persona | null, look: Look = {}): Promise<{ context: BrowserContext; page: Page }> {
  const { theme = 'light', locale = 'en', width = 1440, height = 900 } = look;
  const context = await browser.newContext({ viewport: { width, height }, reducedMotion: 'reduce' });
  await context.addInitScript(
    ([t, l]) => {
      try {
        localStorage.setItem('tandem.theme', t);
        localStorage.setItem('tandem.locale', l);
      } catch {
        // about:blank has no storage.
      }
    },
    [theme, locale] as const,
  );
  if (persona) {
    const { center, username, password } = signIns()[persona];
    const answer = await context.request.post(`/api/v1/${center}/sign-in`, {
      data: { username, password },
      headers: { 'x-tandem-request': '1' },
    });
    expect(answer.status(), `sign-in of ${username}`).toBe(200);
  }
  const page = await context.newPage();
  return { context, page };
}

/** Sends a request as the persona of the context. */
export async function call<T>(context: BrowserContext, method: 'GET' | 'POST', path: string, data?: unknown): Promise<T> {
  const answer = await context.request.fetch(`/api/v1${path}`, {
    method,
    headers: { 'x-tandem-request': '1' },
    ...(data === undefined ? {} : { data }),
  });
  expect(answer.ok(), `${method} ${path}: ${answer.status()} ${await answer.text()}`).toBe(true);
  return (await answer.json()) as T;
}

/** Says yes to a question, and waits until it was done: what is behind an open dialog counts as gone for assistive technology, and for tests. */
export async function confirm(page: Page, verb: string): Promise<void> {
  const dialog = page.getByRole('alertdialog');
  await dialog.getByRole('button', { name: verb }).click();
  await expect(dialog).toHaveCount(0);
}

/** Ends the agent's open work, so that a test starts from rest whatever ran before. */
export async function rest(page: Page): Promise<void> {
  await page.goto('/desk');
  await expect(page.locator('button[data-state]')).toBeVisible();
}

/** Ends whatever keeps the agent from the next offer that is accepted here, one step at a time. */
export async function makeRoom(page: Page): Promise<void> {
  const state = await page.locator('button[data-state]').getAttribute('data-state');
  if (state === 'on_contact') {
    await page.keyboard.press('F4');
    await page.keyboard.press('F4');
  } else if (state === 'wrap_up') {
    const choice = page.getByRole('main').getByRole('radio').first();
    if (await choice.isVisible()) await choice.check({ force: true });
    await page.keyboard.press('Control+Enter');
  } else if (state === 'not_ready' || state === 'signed_out') {
    await page.getByRole('button', { name: /^Go available/ }).first().click();
  } else if (await page.getByText('Ringing in your Teams client').isVisible()) {
    await page.keyboard.press('Shift+F2');
  }
}

/** Waits for an offer that is accepted in Tandem; those of queues that ring in Teams are turned down. */
export async function offerHere(page: Page): Promise<void> {
  const accept = page.getByRole('region', { name: 'Offers' }).getByRole('button', { name: /^Accept/ }).first();
  await expect(async () => {
    if ((await accept.isVisible()) && (await accept.isEnabled())) return;
    await makeRoom(page);
    await expect(accept).toBeEnabled({ timeout: 3_000 });
  }).toPass({ timeout: 170_000 });
}

/** Ready or not does not matter for calling out; not ready, nothing comes between. */
export async function quiet(page: Page): Promise<void> {
  await rest(page);
  await expect(async () => {
    const state = page.locator('button[data-state]');
    if ((await state.getAttribute('data-state')) === 'not_ready') return;
    await makeRoom(page);
    await call(page.context(), 'POST', `/${signIns().agent.center}/me/state`, { intent: 'not_ready' });
    await expect(state).toHaveAttribute('data-state', 'not_ready', { timeout: 3_000 });
    // poll: until earlier work is done
  }).toPass({ timeout: 120_000 });
}

const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
/** The rules whose findings another theme can change: colors, and the size of what its borders widen. */
export const OF_COLOR = ['color-contrast', 'link-in-text-block', 'target-size'];

/** WCAG violations of the page as it stands, one line each: of all rules, or of those alone. */
export async function violations(page: Page, rules?: readonly string[]): Promise<string[]> {
  // What is found in a page without frames is put together in it, not in a second page.
  const axe = new AxeBuilder({ page }).setLegacyMode(page.frames().length === 1).options({ resultTypes: ['violations'] });
  const { violations: found } = await (rules ? axe.withRules([...rules]) : axe.withTags(TAGS)).analyze();
  return found.map((v) => `${v.id}: ${v.nodes.map((node) => `${node.target.join(' ')} ${node.failureSummary?.split('\n')[1] ?? ''}`).join(' | ')}`);
}

export const test = base;
export { expect };
