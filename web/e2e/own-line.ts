// A line of a test's own in the running demo, taken away from the agent again when the test is over.
import { randomInt } from 'node:crypto';
import type { APIRequestContext, Browser, BrowserContext, Locator, Page } from '@playwright/test';
import { call, expect, makeRoom, rest, signedIn, signIns } from './demo';

/** A line of its own that nobody but the agent serves, so that the call that is talked about is the one that was placed. */
export interface Line {
  admin: BrowserContext;
  endpoint: number;
}
export interface Person {
  [field: string]: unknown;
  id: number;
  version: number;
  username: string;
  skills: { skill_id: number; level: number }[];
}
/** Of the emulated tenant: a resource account without a line. */
export const FREE_ACCOUNT = 'cc123456-5678-5678-1234-ccc123456790';
export const center = (): string => signIns().administrator.center;

export async function change(request: APIRequestContext, path: string, object: { id: number; version: number; [field: string]: unknown }): Promise<void> {
  const { id, version, ...data } = object;
  const headers = { 'x-tandem-request': '1', 'if-match': `"${version}"` };
  const answer = await request.put(`/api/v1/${center()}/${path}/${id}`, { headers, data });
  expect(answer.ok(), `PUT ${path}/${id}: ${await answer.text()}`).toBe(true);
}

export async function list<T>(admin: BrowserContext, path: string): Promise<T[]> {
  return (await call<{ items: T[] }>(admin, 'GET', `/${center()}/${path}`)).items;
}

/** A step of a flow; those that lead nowhere else lead to `end`. */
export interface Step {
  id: string;
  kind: string;
  [field: string]: unknown;
}
export const waitIn = (queue: number): Step[] => [{ id: 'wait', kind: 'queue', queue_id: queue, timeout: 'end', full: 'end', failed: null }];

/** Only these skills from now on; answers with those of before. */
async function skilled(admin: BrowserContext, username: string, skills: Person['skills']): Promise<Person['skills']> {
  const agent = (await list<Person>(admin, 'agents')).find((it) => it.username === username);
  if (!agent) throw new Error(`${username} is no agent`);
  await change(admin.request, 'agents', { ...agent, skills });
  return agent.skills;
}

/** A queue like the first one of the demo, for a test that changes it; deleted when the test is over. */
export async function ownQueue<Q>(admin: BrowserContext, undo: (() => Promise<void>)[], without: string): Promise<Q> {
  const [model] = await list<Record<string, unknown>>(admin, 'queues');
  const { id: _id, version: _version, [without]: _without, ...like } = model ?? {};
  const tag = String(randomInt(1e6));
  const made = await call<Q & { id: number }>(admin, 'POST', `/${center()}/queues`, { ...like, name: `Own ${tag}`, short_name: `O${tag}` });
  undo.push(async () => {
    const { version } = await call<{ version: number }>(admin, 'GET', `/${center()}/queues/${made.id}`);
    const headers = { 'x-tandem-request': '1', 'if-match': `"${version}"` };
    const answer = await admin.request.delete(`/api/v1/${center()}/queues/${made.id}`, { headers });
    expect(answer.ok(), `DELETE queues/${made.id}: ${await answer.text()}`).toBe(true);
  });
  return made;
}

/** Its flow begins at the first of the steps that lead to its queue, which differs from others by `more`. */
export async function ownLine(browser: Browser, undo: (() => Promise<void>)[], stepsTo: (queue: number) => readonly Step[] = waitIn, more: object = {}): Promise<Line> {
  const { context: admin } = await signedIn(browser, 'administrator');
  const c = center();
  const tag = String(randomInt(1e6));
  const make = async (path: string, data: object): Promise<number> => (await call<{ id: number }>(admin, 'POST', `/${c}/${path}`, data)).id;
  const [model] = await list<Record<string, unknown>>(admin, 'queues');
  const { id: _id, version: _version, ...like } = model ?? {};
  const skill = await make('skills', { name: `Talk ${tag}` });
  const queue = await make('queues', { ...like, name: `Talk ${tag}`, short_name: `T${tag}`, offer_by: 'tandem', requirements: [{ skill_id: skill, min_level: 1 }], ...more });
  const steps = stepsTo(queue);
  const nodes = [...steps, { id: 'end', kind: 'end' }];
  const flow = await make('flows', { name: `Talk ${tag}`, start: steps[0]?.id ?? 'end', nodes });
  const end = { name: `Talk ${tag}`, resource_account_id: FREE_ACCOUNT, flow_id: flow };
  const known = (await list<{ id: number; version: number; resource_account_id: string }>(admin, 'endpoints')).find((it) => it.resource_account_id === FREE_ACCOUNT);
  if (known) await change(admin.request, 'endpoints', { ...end, id: known.id, version: known.version });
  const endpoint = known?.id ?? (await make('endpoints', end));
  const { username } = signIns().agent;
  const before = await skilled(admin, username, [{ skill_id: skill, level: 5 }]);
  undo.push(async () => {
    await skilled(admin, username, before);
    await admin.close();
  });
  return { admin, endpoint };
}

/** The agent talks to a customer who called just now and stays for a minute. */
export async function talking(page: Page, { admin, endpoint }: Line): Promise<Locator> {
  await rest(page);
  await expect(async () => {
    if ((await page.locator('button[data-state]').getAttribute('data-state')) === 'available') return;
    await makeRoom(page);
    await expect(page.locator('button[data-state]')).toHaveAttribute('data-state', 'available', { timeout: 3_000 });
    // poll: until earlier work is done
  }).toPass({ timeout: 120_000 });
  const from = `+4930${randomInt(1e6, 1e7)}`;
  await call(admin, 'POST', `/${center()}/endpoints/${endpoint}/test-call`, { from });
  await expect(page.getByRole('region', { name: 'Offers' }).getByText(from)).toBeVisible({ timeout: 30_000 });
  await page.keyboard.press('F2');
  const main = page.getByRole('main');
  await expect(main.getByText('Talk time')).toBeVisible({ timeout: 30_000 });
  await expect(main.getByRole('button', { name: 'Hold (F9)' })).toBeVisible();
  return main;
}
