// The operator's page of the emulator, `/_emulator`: an emulator of its own whose clock is stepped by hand, and an application that takes its calls.
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type APIRequestContext, type Page } from '@playwright/test';
import { expect, OF_COLOR, test, violations } from './demo';

const TENANT = '87d349ed-44d7-43e1-9a83-5f2406dee5bd';
const APPLICATION = 'aa123456-1234-1234-1234-aaa123456789';
const RESOURCE = 'e5b7f628-ea94-4fdc-b3d9-1af1fe231111';
const AGENT = '0269be4d-5be0-4770-bf9c-a1bf50ee78d5';
const VERSION = 'api-version=2026-03-12';

let emulator: ChildProcess;
let directory: string;
let address: string;
let server: Server;
let application: string;
/** Of the calls that rang, in their order. */
const contexts: string[] = [];

test.beforeAll(async () => {
  const binary = process.env['TANDEM_BIN'];
  if (!binary) throw new Error('TANDEM_BIN must name the tandem binary');
  directory = mkdtempSync(join(tmpdir(), 'tandem-page-'));
  const listen = ['--listen', '127.0.0.1:0', '--http', '127.0.0.1:0'];
  emulator = spawn(binary, ['emulator', ...listen, '--data', directory, '--clock', 'stepped'], { stdio: 'ignore' });
  const file = join(directory, 'addresses.json');
  await expect.poll(() => existsSync(file)).toBe(true);
  address = (JSON.parse(readFileSync(file, 'utf8')) as { http: string }).http;
  server = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk: Buffer) => (text += chunk.toString()));
    request.on('end', () => {
      const [event] = JSON.parse(text) as { data: { validationCode?: string; incomingCallContext?: string } }[];
      if (event?.data.incomingCallContext) contexts.push(event.data.incomingCallContext);
      response.end(JSON.stringify({ validationResponse: event?.data.validationCode }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  application = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

test.afterAll(async () => {
  const ended = new Promise((resolve) => emulator.once('exit', resolve));
  emulator.kill('SIGINT');
  await ended;
  server.closeAllConnections();
  server.close();
  rmSync(directory, { recursive: true });
});

/** The application's own client: a token of Entra, and requests of Call Automation. */
async function calls(request: APIRequestContext): Promise<(path: string, body?: object) => Promise<{ status: number; body: Record<string, string> }>> {
  const form = {
    grant_type: 'client_credentials',
    client_id: APPLICATION,
    client_secret: 'tandem-emulator-secret',
    scope: 'https://communication.azure.com//.default',
  };
  const granted = await request.post(`${address}/${TENANT}/oauth2/v2.0/token`, { form });
  const { access_token: token } = (await granted.json()) as { access_token: string };
  return async (path, body) => {
    const answer = await request.fetch(`${address}/calling/callConnections${path}?${VERSION}`, {
      method: body ? 'POST' : 'GET',
      headers: { authorization: `Bearer ${token}` },
      ...(body ? { data: body } : {}),
    });
    return { status: answer.status(), body: (await answer.json()) as Record<string, string> };
  };
}

async function opened(page: Page): Promise<void> {
  await page.goto(`${address}/_emulator`);
  await expect(page.getByRole('heading', { level: 1, name: 'Tandem emulator' })).toBeVisible();
  await expect(page.getByText(/^Clock: stepped/)).toBeVisible();
}

const told = (page: Page, text: string) => expect(page.getByRole('status')).toHaveText(text);

// B-164
test('a call is placed, answered, played, seen, disturbed and taken out by hand', async ({ page, request }) => {
  await opened(page);
  await page.getByLabel('Webhook').fill(application);
  await page.getByRole('button', { name: 'Subscribe' }).click();
  await told(page, 'Subscribed.');
  await page.getByLabel('From', { exact: true }).fill('+12065551234');
  await page.getByLabel('From', { exact: true }).press('Enter');
  await told(page, 'The call was placed.');
  const phone = page.getByRole('region', { name: 'Phones' }).getByRole('row', { name: /\+12065551234/ });
  await expect(phone).toContainText('ringing');
  await expect.poll(() => contexts.length).toBe(1);

  const ask = await calls(request);
  const answered = await ask(':answer', { incomingCallContext: contexts[0], callbackUri: `${application}/callbacks` });
  expect(answered.status).toBe(200);
  const id = answered.body['callConnectionId'] ?? '';
  const call = page.getByRole('region', { name: 'Calls' }).getByRole('row', { name: new RegExp(id) });
  await expect(call).toContainText('connecting');
  await page.getByRole('button', { name: '1 s', exact: true }).click();
  await told(page, 'The clock went 1000 ms.');
  await expect(call).toContainText('connected');
  await phone.getByLabel(/^Digits on the phone/).fill('42');
  await phone.getByRole('button', { name: /^Press/ }).click();
  await told(page, 'Pressed.');

  const users = page.getByRole('region', { name: 'Teams users' });
  const habit = users.getByLabel(/does when it rings$/).first();
  await habit.selectOption('no_answer');
  await told(page, 'Changed.');
  const target = { teamsExtensionUser: { userId: AGENT, tenantId: TENANT, resourceId: RESOURCE } };
  expect((await ask(`/${id}/participants:add`, { participantToAdd: target })).status).toBe(202);
  await users.getByRole('button', { name: /^Answer as/ }).click();
  await told(page, 'Answered.');
  await expect(users.getByRole('row', { name: /in call/ })).toHaveCount(1);

  await call.getByRole('button', { name: /^Show sequence/ }).click();
  const sequence = page.getByRole('region', { name: 'Sequence' });
  for (const step of ['AnswerCall', 'CallConnected', 'AddParticipantSucceeded']) {
    await expect(sequence.getByRole('listitem').filter({ hasText: step }).first()).toBeVisible();
  }
  const download = page.waitForEvent('download');
  await sequence.getByRole('link', { name: 'Export as a test' }).click();
  const program = readFileSync(await (await download).path(), 'utf8');
  expect(program).toContain('CallConnected');

  await page.getByLabel('What goes wrong').selectOption('status');
  await page.getByLabel('Operation').fill('CallConnection_GetCall');
  await page.getByRole('button', { name: 'Inject' }).click();
  await told(page, 'The fault is set.');
  expect((await ask(`/${id}`)).status).toBe(429);
  expect((await ask(`/${id}`)).status).toBe(200);
  await expect(page.getByRole('listitem').filter({ hasText: 'struck 1 times' })).toBeVisible();
});

test('a ringing agent forwards by hand', async ({ page, request }) => {
  await opened(page);
  const users = page.getByRole('region', { name: 'Teams users' });
  const ask = await calls(request);
  const second = AGENT.replace(/d5$/, 'd6');
  await request.put(`${address}/_emulator/teams-users/${second}/behaviour`, { data: { behaviour: { do: 'no_answer' } } });
  const target = { teamsExtensionUser: { userId: second, tenantId: TENANT, resourceId: RESOURCE } };
  const made = await ask('', {
    targets: [target],
    teamsAppSource: { appId: 'cc123456-5678-5678-1234-ccc123456789' },
    callbackUri: `${application}/callbacks`,
  });
  expect(made.status).toBe(201);
  const ringing = users.getByRole('row', { name: /ringing/ });
  await ringing.getByLabel(/forwards to$/).fill('+12065550177');
  await ringing.getByRole('button', { name: /^Forward as/ }).click();
  await told(page, 'Forwarded.');
  const phone = page.getByRole('region', { name: 'Phones' }).getByRole('row', { name: /\+12065550177/ });
  await phone.getByRole('button', { name: /^Answer/ }).click();
  await told(page, 'Answered.');
  await expect(phone).toContainText('in call');
});

// B-041, B-190, B-195: what people do in Teams, and administrators in their centers
test('presence, licenses and consent are changed by hand', async ({ page, request }) => {
  await opened(page);
  const users = page.getByRole('region', { name: 'Teams users' });
  const row = users.getByRole('row', { name: /Amara Okafor/ });
  await expect(row).toContainText('Available');
  await row.getByLabel(/chooses in Teams$/).selectOption('do_not_disturb');
  await told(page, 'Chosen.');
  await expect(row).toContainText('DoNotDisturb');
  await row.getByLabel(/^Licenses of/).selectOption('none');
  await told(page, 'Licensed.');
  await expect(row).toContainText('PresenceUnknown');
  await page.getByRole('button', { name: 'Start' }).click();
  await told(page, 'Presence changes by chance.');
  await page.getByRole('button', { name: 'Stop' }).click();
  await told(page, 'Presence stays as it is.');

  const granted = async () => {
    const graph = await request.get(`${address}/_emulator/graph`);
    const { application: known } = (await graph.json()) as { application: { application_permissions: string[] } };
    return known.application_permissions.length;
  };
  const token = async () => {
    const form = { grant_type: 'client_credentials', client_id: APPLICATION, client_secret: 'tandem-emulator-secret' };
    const scope = 'https://graph.microsoft.com/.default';
    return (await request.post(`${address}/${TENANT}/oauth2/v2.0/token`, { form: { ...form, scope } })).status();
  };
  await page.getByRole('button', { name: 'Take all consent back' }).click();
  await told(page, 'Consent was taken back.');
  expect(await granted()).toBe(0);
  await page.getByRole('button', { name: 'Grant all again' }).click();
  await told(page, 'Granted.');
  expect(await granted()).toBeGreaterThan(0);
  await page.getByRole('button', { name: 'Let the secret expire' }).click();
  await told(page, 'The secret has expired.');
  expect(await token()).toBe(401);
  await page.getByLabel('Secret ends').fill('2099-01-01T00:00:00Z');
  await page.getByRole('button', { name: 'Apply' }).click();
  await told(page, 'Applied.');
  expect(await token()).toBe(200);
  await page.getByLabel('Limits').selectOption('off');
  await told(page, 'Changed.');
});

test('the page is worked with the keyboard and readable in every theme', async ({ page }) => {
  await opened(page);
  await page.getByLabel('From', { exact: true }).focus();
  await page.keyboard.press('Tab');
  await expect(page.getByRole('combobox', { name: /^To/ })).toBeFocused();
  await page.keyboard.press('Tab');
  await page.keyboard.press('Tab');
  await expect(page.getByRole('button', { name: 'Call', exact: true })).toBeFocused();
  await page.keyboard.press('Space');
  await told(page, 'The call was placed.');
  await page.getByRole('button', { name: /^Hang up on the phone/ }).first().focus();
  await page.keyboard.press('Enter');
  await told(page, 'Hung up.');
  expect(await violations(page)).toEqual([]);
  await page.emulateMedia({ colorScheme: 'dark' });
  expect(await violations(page, OF_COLOR)).toEqual([]);
  await page.emulateMedia({ colorScheme: 'light', forcedColors: 'active' });
  expect(await violations(page, OF_COLOR)).toEqual([]);
});
