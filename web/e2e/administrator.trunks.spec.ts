// Direct Routing as an administrator sets it up: trunks, their numbers, secrets and emergency calls, what they lead to, and the guide. What is
// made holds for the whole demo, so every test takes it away again.
import { randomInt, randomUUID } from 'node:crypto';
import type { BrowserContext, Page } from '@playwright/test';
import { call, confirm, expect, signedIn, test, violations } from './demo';
import { center, change, list, type Person } from './own-line';

interface Trunk {
  id: number;
  version: number;
  name: string;
  has_secret: string[];
  numbers: { first: string; last: string | null; note: string }[];
  emergency: { waived: { signed_by: string; why: string } | null } | null;
}
const undo: (() => Promise<void>)[] = [];
test.afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

/** So that no two tests name the same. */
const tagged = (name: string): string => `${name} ${randomInt(1e6)}`;
/** A range of a hundred numbers that nobody else has. */
const block = (): string => `+4969${randomInt(1e5, 1e6)}`;

async function remove(admin: BrowserContext, area: string, name: string): Promise<void> {
  const found = (await list<{ id: number; version: number; name: string }>(admin, area)).find((it) => it.name === name);
  if (!found) return;
  const headers = { 'x-tandem-request': '1', 'if-match': `"${found.version}"` };
  const answer = await admin.request.delete(`/api/v1/${center()}/${area}/${found.id}`, { headers });
  expect(answer.ok(), `DELETE ${area}/${name}: ${await answer.text()}`).toBe(true);
}
async function open(browser: Parameters<typeof signedIn>[0], path: string): Promise<{ context: BrowserContext; page: Page }> {
  const { context, page } = await signedIn(browser, 'administrator');
  undo.push(() => context.close());
  await page.goto(path);
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  return { context, page };
}
/** Over the API, where a test is about something else. */
async function made(context: BrowserContext, part: object): Promise<Trunk> {
  const name = tagged('Carrier');
  undo.push(() => remove(context, 'trunks', name));
  return call<Trunk>(context, 'POST', `/${center()}/trunks`, { name, kind: 'carrier', hosts: ['127.0.0.1:5999'], transport: 'udp', sources: ['127.0.0.1'], is_probed: false, ...part });
}
const stored = (context: BrowserContext, id: number): Promise<Trunk> => call<Trunk>(context, 'GET', `/${center()}/trunks/${id}`);
const idOf = (page: Page): number => Number(new URL(page.url()).pathname.split('/').at(-1));
const save = (page: Page): Promise<void> => page.getByRole('button', { name: 'Save', exact: true }).click();
async function saved(page: Page, name: string): Promise<number> {
  await expect(page).toHaveURL(/\/admin\/trunks\/\d+$/);
  await expect(page.getByRole('heading', { level: 1, name })).toBeVisible();
  return idOf(page);
}

// B-027, B-030
test('a trunk to a carrier is made by keyboard alone, and its state is told in words', async ({ browser }) => {
  const { context, page } = await open(browser, '/admin/trunks');
  const name = tagged('Carrier');
  undo.push(() => remove(context, 'trunks', name));
  await page.getByRole('button', { name: 'New trunk' }).first().focus();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('radio', { name: /^Carrier or SBC/ })).toBeChecked();
  await page.getByRole('radio', { name: /^Carrier or SBC/ }).focus();
  const next = async (label: RegExp | string, text: string): Promise<void> => {
    const field = page.getByRole('textbox', { name: label });
    for (let i = 0; i < 12 && !(await field.evaluate((it) => it === document.activeElement)); i += 1) await page.keyboard.press('Tab');
    await expect(field).toBeFocused();
    await page.keyboard.type(text);
  };
  await next(/^Name/, name);
  await next(/^Hosts/, '127.0.0.1:5999');
  await next(/^Networks/, '203.0.113.0/24');
  const first = block();
  await next(/^Add numbers/, `${first}00 - ${first}99, Main line`);
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('list', { name: 'Numbers' }).getByRole('listitem')).toContainText('Main line');
  await expect(page.getByText('100 numbers come by it')).toBeVisible();
  await page.getByRole('button', { name: 'Save', exact: true }).focus();
  await page.keyboard.press('Enter');
  const id = await saved(page, name);
  expect((await stored(context, id)).numbers).toEqual([{ first: `${first}00`, last: `${first}99`, note: 'Main line' }]);

  await page.getByRole('navigation', { name: 'Where you are' }).getByRole('link', { name: 'Direct Routing' }).click();
  const row = page.getByRole('row').filter({ has: page.getByRole('link', { name, exact: true }) });
  await expect(row).toContainText(/Off|Down|No answer yet/);
  await expect(row).toContainText('0 of 1,000');
  await expect(row).toContainText('100 (0 bound)');
  expect(await violations(page)).toEqual([]);
});

// B-234, B-236
test('a trunk toward Teams is labelled, and saved only with a word on emergency calls', async ({ browser }) => {
  const { context, page } = await open(browser, '/admin/trunks/new');
  const name = tagged('Teams');
  undo.push(() => remove(context, 'trunks', name));
  await page.getByRole('radio', { name: /^Teams directly/ }).check();
  await expect(page.getByText('Not certified, unsupported by Microsoft').first()).toBeVisible();
  await expect(page.getByRole('textbox', { name: 'Hosts' })).toHaveValue('sip.pstnhub.microsoft.com\nsip2.pstnhub.microsoft.com\nsip3.pstnhub.microsoft.com');
  await expect(page.getByRole('textbox', { name: 'Networks that its calls come from' })).toHaveValue('52.112.0.0/14\n52.120.0.0/14');
  await expect(page.getByRole('combobox', { name: 'Transport' })).toBeDisabled();
  await expect(page.getByRole('combobox', { name: 'Encrypted sound (SRTP)' })).toHaveValue('required');
  await page.getByRole('textbox', { name: 'Name', exact: true }).fill(name);
  await save(page);
  await expect(page.getByText('Teams finds the tenant by it: write the FQDN')).toBeVisible();
  await expect(page.getByText('Choose one: a trunk toward Teams is not saved without.')).toBeVisible();
  await expect(page.getByRole('textbox', { name: 'Our name toward it' })).toBeFocused();
  await page.getByRole('textbox', { name: 'Our name toward it' }).fill('sbc.contoso.com');
  await page.getByRole('radio', { name: /^There is no way for them/ }).check();
  await page.getByRole('textbox', { name: 'Signed by' }).fill('Alex Weber');
  await page.getByRole('textbox', { name: 'How Teams users reach help instead' }).fill('By phone');
  await save(page);
  await expect(page.getByText('Write in at least 10 characters')).toBeVisible();
  await page.getByRole('textbox', { name: 'How Teams users reach help instead' }).fill('Emergency calls go by the SBC of the head office.');
  expect(await violations(page)).toEqual([]);
  await save(page);
  const id = await saved(page, name);
  expect((await stored(context, id)).emergency?.waived).toEqual({ signed_by: 'Alex Weber', why: 'Emergency calls go by the SBC of the head office.' });
  await expect(page.getByRole('region', { name: 'How it does now' })).toContainText('No way for them. Signed by Alex Weber');
  await page.goto('/admin/trunks');
  await expect(page.getByRole('row').filter({ hasText: name })).toContainText('Not certified, unsupported by Microsoft');
});

test('what the server refuses stands beside its field, with its line and the reason', async ({ browser }) => {
  const { context, page } = await open(browser, '/admin/trunks/new');
  const name = tagged('Carrier');
  undo.push(() => remove(context, 'trunks', name));
  await page.getByRole('textbox', { name: 'Name', exact: true }).fill(name);
  await page.getByRole('textbox', { name: 'Hosts' }).fill('sip.example.com\nnot a host');
  await page.getByRole('textbox', { name: 'Networks that its calls come from' }).fill('203.0.113.7');
  await save(page);
  const hosts = page.getByRole('textbox', { name: 'Hosts' });
  await expect(hosts).toHaveAttribute('aria-invalid', 'true');
  await expect(hosts).toBeFocused();
  await expect(hosts).toHaveAccessibleDescription(/Line 2, .*not a host.*: Write a name or an address/);
  await hosts.fill('sip.example.com');
  await page.getByRole('textbox', { name: 'Networks that its calls come from' }).fill('203.0.113.7\n203.0.113.0/99');
  await save(page);
  await expect(page.getByText(/^Line 2, .*203\.0\.113\.0\/99.*: Write an address or a network/)).toBeVisible();
  await page.getByRole('textbox', { name: 'Networks that its calls come from' }).fill('203.0.113.7');

  // What is pasted and not understood stays with its reason, and is not lost by saving.
  const first = block();
  const add = page.getByRole('textbox', { name: 'Add numbers' });
  await add.fill(`${first}01\nnine to five\n${first}20 – ${first}10`);
  await expect(page.getByText('Understood: 1 number on 1 line.')).toBeVisible();
  await page.getByRole('button', { name: 'Add these numbers' }).click();
  await expect(add).toHaveValue(`nine to five\n${first}20 – ${first}10`);
  await expect(page.getByText('The range ends before it begins')).toBeVisible();
  await save(page);
  await expect(page.getByText('This was typed and not added.')).toBeVisible();
  await add.fill('');
  await expect(page.getByText('This was typed and not added.')).toBeHidden();

  // A number comes by one trunk.
  const other = await made(context, { numbers: [{ first: `${first}00`, last: `${first}09` }] });
  const refused = page.waitForResponse((it) => it.request().method() === 'POST' && it.url().endsWith('/trunks'));
  await save(page);
  expect((await refused).status()).toBe(422);
  await expect(page.getByRole('list', { name: 'Numbers' })).toContainText(`Are numbers of the trunk "${other.name}" too`);
  expect(await violations(page)).toEqual([]);
  await page.getByRole('button', { name: `Take out ${first}01` }).click();
  await save(page);
  await saved(page, name);
});

test('a secret is set, and never shown', async ({ browser }) => {
  const { context, page } = await open(browser, '/admin/trunks');
  const name = tagged('Desks');
  undo.push(() => remove(context, 'trunks', name));
  const trunk = await call<Trunk>(context, 'POST', `/${center()}/trunks`, { name, kind: 'phones', transport: 'udp', sources: ['127.0.0.0/8'], phones: ['anna'] });
  await page.goto(`/admin/trunks/${trunk.id}`);
  const phones = page.getByRole('list', { name: 'Phones' });
  await expect(phones).toContainText('Secret not set');
  await expect(phones).toContainText('Not registered');
  await page.getByRole('button', { name: 'Set the secret of anna' }).click();
  const dialog = page.getByRole('dialog', { name: 'Secret of anna' });
  const secret = dialog.getByLabel('Secret', { exact: false }).first();
  await expect(secret).toHaveAttribute('type', 'password');
  await dialog.getByRole('button', { name: 'Set the secret' }).click();
  await expect(secret).toHaveAttribute('aria-invalid', 'true');
  await dialog.getByRole('button', { name: 'Make one up' }).click();
  await expect(secret).toHaveValue(/^[A-Za-z0-9]{24}$/);
  const value = await secret.inputValue();
  expect(await violations(page)).toEqual([]);
  await dialog.getByRole('button', { name: 'Set the secret' }).click();
  await expect(dialog).toHaveCount(0);
  await expect(phones).toContainText('Secret set');
  const answer = await stored(context, trunk.id);
  expect(answer.has_secret).toEqual(['anna']);
  expect(JSON.stringify(answer)).not.toContain(value);
  expect(await page.content()).not.toContain(value);

  await page.getByRole('textbox', { name: 'Add phones' }).fill('bert, carl\ndo ra!');
  await page.getByRole('button', { name: 'Add these phones' }).click();
  await expect(phones.getByRole('listitem')).toHaveCount(4);
  await expect(page.getByText(/ra!.* has to be 1 to 64 letters/)).toBeVisible();
  await page.getByRole('textbox', { name: 'Add phones' }).fill('');
  await page.getByRole('button', { name: 'Take out do' }).click();
  await save(page);
  await expect(page.getByRole('button', { name: 'Set the secret of bert' })).toBeVisible();
  await page.getByRole('button', { name: 'Delete' }).click();
  await confirm(page, 'Delete');
  await expect(page).toHaveURL(/\/admin\/trunks$/);
});

// B-024, B-027
test('a number is bound to a call flow, and an agent is given a phone', async ({ browser }) => {
  const { context, page } = await open(browser, '/admin/trunks');
  const first = block();
  const trunk = await made(context, { numbers: [{ first: `${first}00`, last: `${first}09` }] });
  await page.goto(`/admin/trunks/${trunk.id}`);
  await page.getByRole('list', { name: 'Numbers' }).getByRole('link', { name: 'Bind to a call flow' }).click();
  await expect(page.getByRole('radio', { name: 'A number of a trunk' })).toBeChecked();
  const number = page.getByRole('combobox', { name: 'Number' });
  await expect(number).toHaveValue(`${first}00`);
  await number.fill(`${first.slice(3)}07`);
  await page.getByRole('option', { name: `${first}07` }).click();
  await expect(page.getByText(`Comes by ${trunk.name}.`)).toBeVisible();
  const name = tagged('Line');
  undo.push(() => remove(context, 'endpoints', name));
  await page.getByRole('textbox', { name: 'Name' }).fill(name);
  await page.getByRole('combobox', { name: 'Call flow' }).selectOption({ index: 1 });
  expect(await violations(page)).toEqual([]);
  await save(page);
  await expect(page).toHaveURL(/\/admin\/endpoints\/\d+$/);
  await page.goto('/admin/endpoints/new?number=');
  await page.getByRole('combobox', { name: 'Number' }).fill(`${first.slice(3)}07`);
  await expect(page.getByRole('option', { name: 'Nothing matches' })).toBeVisible();

  // While a number of it is bound a trunk stays, and says for whom.
  await page.goto(`/admin/trunks/${trunk.id}`);
  await expect(page.getByRole('list', { name: 'Numbers' }).getByRole('link', { name })).toBeVisible();
  await page.getByRole('button', { name: 'Delete' }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Delete' }).click();
  await expect(page.getByRole('alertdialog').getByRole('alert')).toContainText(name);
  await page.getByRole('alertdialog').getByRole('button', { name: 'Cancel' }).click();

  const agents = await list<Person & { phone: unknown }>(context, 'agents');
  const agent = agents.at(-1);
  if (!agent) throw new Error('the demo has agents');
  undo.push(async () => {
    const now = await call<Person>(context, 'GET', `/${center()}/agents/${agent.id}`);
    await change(context.request, 'agents', { ...now, phone: null });
  });
  await page.goto(`/admin/agents/${agent.id}`);
  const models = page.getByRole('list', { name: 'How calls reach this agent' });
  await expect(models).toContainText('Not now: the agent has no phone.');
  await page.getByRole('combobox', { name: 'Phone for calls by trunks' }).selectOption({ label: `${trunk.name} (Carrier or SBC)` });
  await save(page);
  await expect(page.getByRole('textbox', { name: 'Number' })).toHaveAttribute('aria-invalid', 'true');
  await page.getByRole('textbox', { name: 'Number' }).fill('0049 69 123456');
  await save(page);
  await expect(page.getByRole('region', { name: 'Unsaved changes' })).toHaveCount(0);
  expect((await call<{ phone: { user: string } }>(context, 'GET', `/${center()}/agents/${agent.id}`)).phone.user).toBe('+4969123456');
});

// B-030, B-234, B-236
test('the guide checks each step for both ways, and says what it cannot see', async ({ browser, baseURL }) => {
  const { context, page } = await open(browser, '/admin/trunks/guide?way=direct');
  await expect(page.getByText('Not certified, unsupported by Microsoft').first()).toBeVisible();
  const step = (name: string) => page.getByRole('list', { name: 'Steps', exact: true }).getByRole('listitem').filter({ has: page.getByRole('heading', { name: new RegExp(`^\\d+\\. ${name}$`) }) });
  await expect(step('A name for this SBC')).toContainText('Tandem cannot see this');
  const carrier = await made(context, {});
  const name = tagged('Teams');
  undo.push(() => remove(context, 'trunks', name));
  const emergency = { route: { trunk_id: carrier.id, numbers: ['112', '911'], call_back_minutes: 60 } };
  const teams = await call<Trunk>(context, 'POST', `/${center()}/trunks`, { name, kind: 'teams', hosts: ['sip.pstnhub.microsoft.com'], transport: 'tls', srtp: 'required', own_name: 'sbc.contoso.com', sources: ['52.112.0.0/14'], emergency });
  await page.goto(`/admin/trunks/guide?way=direct&trunk=${teams.id}`);
  await expect(step('A trunk')).toContainText('Done');
  await expect(step('Emergency calls')).toContainText(`112, 911 go straight to ${carrier.name}.`);
  await expect(step('From where calls may come')).toContainText('52.120.0.0/14 is missing');
  await expect(step('The gateway in Teams')).toContainText("New-CsOnlinePSTNGateway -Fqdn 'sbc.contoso.com' -SipSignalingPort 5061");
  await expect(step('Emergency calls')).toContainText('New-CsTeamsEmergencyCallRoutingPolicy');
  await expect(step('Numbers')).toContainText('To do');
  await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: new URL(baseURL ?? '').origin });
  await page.getByRole('button', { name: 'Copy: PowerShell: make the gateway, and look at it' }).click();
  await expect(step('The gateway in Teams').getByText('Copied')).toBeVisible();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toContain('-PidfLoSupported $true');
  expect(await violations(page)).toEqual([]);
  await page.getByRole('radio', { name: 'Behind an SBC or a carrier' }).click();
  await expect(page).toHaveURL(/way=sbc/);
  await expect(step('The other side’s own trunk')).toContainText('Tandem cannot see this');
  await expect(step('Password')).toContainText('Done');
});

test('two administrators who change a trunk at once both see what the other wrote', async ({ browser }) => {
  const { context, page } = await open(browser, '/admin/trunks');
  const trunk = await made(context, {});
  await page.goto(`/admin/trunks/${trunk.id}`);
  await page.getByRole('textbox', { name: 'Name', exact: true }).fill(`${trunk.name} mine`);
  const now = await stored(context, trunk.id);
  const { has_secret: _secrets, support: _support, ...body } = now as Trunk & { support: unknown };
  const theirs = `${trunk.name} theirs`;
  await change(context.request, 'trunks', { ...body, name: theirs });
  undo.push(() => remove(context, 'trunks', theirs));
  undo.push(() => remove(context, 'trunks', `${trunk.name} mine`));
  await save(page);
  const dialog = page.getByRole('alertdialog');
  await expect(dialog).toContainText(theirs);
  await dialog.getByRole('button', { name: 'Save mine anyway' }).click();
  await expect(page.getByRole('heading', { level: 1, name: `${trunk.name} mine` })).toBeVisible();
});

test('ids in addresses that are no trunk lead to a page that says so', async ({ browser }) => {
  const { page } = await open(browser, '/admin/trunks');
  await page.goto(`/admin/trunks/${randomUUID()}`);
  await expect(page.getByRole('heading', { name: 'There is nothing here' })).toBeVisible();
});
