import { randomUUID } from 'node:crypto';
import { call, expect, signedIn, signIns, test, violations } from './demo';

/** Two seconds of a tone as a WAV file. */
function tone(rate: number, channels: number, level = 0.7): Buffer {
  const count = rate * 2 * channels;
  const bytes = Buffer.alloc(44 + count * 2);
  bytes.write('RIFF', 0);
  bytes.writeUInt32LE(36 + count * 2, 4);
  bytes.write('WAVEfmt ', 8);
  bytes.writeUInt32LE(16, 16);
  bytes.writeUInt16LE(1, 20);
  bytes.writeUInt16LE(channels, 22);
  bytes.writeUInt32LE(rate, 24);
  bytes.writeUInt32LE(rate * channels * 2, 28);
  bytes.writeUInt16LE(channels * 2, 32);
  bytes.writeUInt16LE(16, 34);
  bytes.write('data', 36);
  bytes.writeUInt32LE(count * 2, 40);
  for (let i = 0; i < count; i += 1) bytes.writeInt16LE(Math.round(Math.sin((Math.floor(i / channels) * 2 * Math.PI * 440) / rate) * level * 32_767), 44 + i * 2);
  return bytes;
}
const wav = (buffer: Buffer) => ({ name: 'greeting.wav', mimeType: 'audio/wav', buffer });

interface Prompt {
  id: number;
  name: string;
  default_language: string;
  languages: Record<string, { text?: string; sound?: { seconds: number } }>;
}

test('a prompt is made in two languages, one of them recorded, and is known where it is used', async ({ browser }) => {
  const { context, page } = await signedIn(browser, 'administrator');
  const { center } = signIns().administrator;
  const name = `Greeting ${randomUUID().slice(0, 6)}`;
  await page.goto('/admin/prompts/new');
  await page.getByLabel('Name').fill(name);
  const english = page.getByRole('group', { name: /^English \(United States\)/ });
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(english).toContainText('Enter what is said in this language.');
  await expect(english.getByLabel('Text to say')).toBeFocused();
  await english.getByLabel('Text to say').fill('Welcome.');

  // A language is found by typing, and its card has the focus.
  const add = page.getByRole('combobox', { name: 'Add a language' });
  await add.click();
  await add.fill('german');
  await page.getByRole('option', { name: /German \(Germany\)/ }).click();
  const german = page.getByRole('group', { name: /^German \(Germany\)/ });
  await expect(german.getByLabel('What is heard')).toBeFocused();
  await expect(page.getByText('A caller whose language is \u2068German (Austria)\u2069 hears \u2068German (Germany)\u2069.')).toBeVisible();
  await german.getByLabel('What is heard').selectOption('sound');

  // What is no sound is refused with the way out, what is one is told plainly.
  const file = german.locator('input[type="file"]');
  await file.setInputFiles(wav(Buffer.from('\u0089PNG, or so')));
  await expect(german.getByRole('alert')).toContainText(/WAV/);
  await file.setInputFiles(wav(tone(44_100, 2)));
  await expect(german.getByRole('status').filter({ hasText: '16 kHz mono' })).toContainText(/44\.1.? kHz stereo was made 16 kHz mono; peak .?-3/);
  expect(await violations(page)).toEqual([]);
  await german.getByRole('button', { name: /^Listen/ }).click();
  await expect(german.getByRole('button', { name: /^Pause/ })).toBeVisible();
  await expect(german.getByRole('button', { name: /^Listen/ })).toBeVisible();

  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByRole('heading', { level: 1, name })).toBeVisible();
  const { items } = await call<{ items: Prompt[] }>(context, 'GET', `/${center}/prompts`);
  const stored = items.find((prompt) => prompt.name === name);
  expect(stored).toMatchObject({ default_language: 'en-US', languages: { 'en-US': { text: 'Welcome.' } } });
  expect(stored?.languages['de-DE']?.sound?.seconds).toBeCloseTo(2, 1);

  // Saved again it is a new version, which is said.
  await english.getByLabel('Text to say').fill('Welcome to us.');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByText('Saved as version 2. It is heard from the next time on, in calls that are under way too.')).toBeVisible();

  // A flow plays it; then it says so, and cannot be deleted.
  const nodes = [{ id: 'hello', kind: 'play', prompt: { prompt_id: stored?.id }, next: 'end', failed: 'end' }, { id: 'end', kind: 'end' }];
  await call(context, 'POST', `/${center}/flows`, { name: `${name} flow`, start: 'hello', nodes });
  await page.reload();
  await expect(page.getByRole('link', { name: `${name} flow` })).toBeVisible();
  await page.getByRole('button', { name: 'Delete', exact: true }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Delete' }).click();
  await expect(page.getByRole('alertdialog').getByRole('alert')).toBeVisible();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Cancel' }).click();
  await page.getByRole('link', { name: `${name} flow` }).click();
  await expect(page.getByRole('heading', { level: 1, name: `${name} flow` })).toBeVisible();
  await expect(page.getByRole('combobox', { name: 'What is heard' })).toHaveValue('prompt_id');
  await page.getByRole('button', { name: 'Delete', exact: true }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Delete' }).click();
  await expect(page).toHaveURL(/\/admin\/flows$/);
  await page.goto(`/admin/prompts/${stored?.id}`);
  await page.getByRole('button', { name: 'Delete', exact: true }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Delete' }).click();
  await expect(page).toHaveURL(/\/admin\/prompts$/);
  await context.close();
});

test('a file that is too large is refused before it is sent', async ({ browser }) => {
  const { context, page } = await signedIn(browser, 'administrator');
  const sent: string[] = [];
  page.on('request', (request) => request.url().endsWith('/sounds') && sent.push(request.url()));
  await page.goto('/admin/prompts/new');
  await page.getByLabel('What is heard').selectOption('sound');
  await page.locator('input[type="file"]').setInputFiles(wav(Buffer.alloc(26 * 1024 * 1024)));
  await expect(page.getByRole('alert').filter({ hasText: 'This file has 26 MB, and 25 MB are taken.' })).toBeVisible();
  expect(sent).toEqual([]);
  await context.close();
});
