// Somebody of a test's own: made over the API, with a password, so that nobody else's account is changed or signed in.
import { randomInt, randomUUID } from 'node:crypto';
import type { Browser, BrowserContext, Page } from '@playwright/test';
import { call, expect } from './demo';
import { center } from './own-line';

export interface Somebody {
  name: string;
  username: string;
  password: string;
}

/** Somebody who watches the floor and can sign in. */
export async function newSupervisor(admin: BrowserContext): Promise<Somebody> {
  const tag = String(randomInt(1e6));
  const made = { name: `Lena Sommer ${tag}`, username: `lena.${tag}`, password: `tandem-${randomUUID()}` };
  await call(admin, 'POST', `/${center()}/agents`, { ...made, teams_user_id: randomUUID(), skills: [], enabled: true, roles: ['agent', 'supervisor'], team_id: null });
  return made;
}

export async function signInAs(browser: Browser, { username, password }: Somebody): Promise<{ context: BrowserContext; page: Page }> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, reducedMotion: 'reduce' });
  const answer = await context.request.post(`/api/v1/${center()}/sign-in`, { data: { username, password }, headers: { 'x-tandem-request': '1' } });
  expect(answer.status(), `sign-in of ${username}`).toBe(200);
  return { context, page: await context.newPage() };
}
