import { call, expect, signedIn, test, violations } from './demo';
import { center, ownQueue } from './own-line';

interface Queue {
  id: number;
  name: string;
  announce?: { first_s: number; every_s: number; position?: string | null; wait?: unknown; may_grow?: boolean } | null;
}

const undo: (() => Promise<void>)[] = [];
test.afterEach(async () => {
  for (const step of undo.splice(0)) await step();
});

test('a queue tells those who wait where they stand, and shows in plain words what they hear', async ({ browser }) => {
  const { context, page } = await signedIn(browser, 'administrator');
  const queue = await ownQueue<Queue>(context, undo, 'announce');
  undo.push(() => context.close());
  const stored = async (): Promise<Queue['announce']> => (await call<Queue>(context, 'GET', `/${center()}/queues/${queue.id}`)).announce ?? null;
  await page.goto(`/admin/queues/${queue.id}`);
  const turn = page.getByRole('switch', { name: 'Tell those who wait where they stand' });
  await turn.check();
  await page.getByLabel('For the first time after').fill('10');
  await page.getByLabel('And again every').fill('45');
  await page.keyboard.press('Tab');
  const preview = page.getByRole('group', { name: 'What callers hear' });
  await expect(preview).toContainText('After 10 s, and again every 45 s:');
  await expect(preview).toContainText('You are number 3 in the line. It takes about 4 minutes.');

  // A sentence without its number is marked before the server is asked.
  const sentence = page.getByLabel('Sentence about the place');
  await sentence.fill('Please hold the line.');
  await expect(page.getByText('The sentence needs {position} where the number is said.')).toBeVisible();
  expect(await violations(page)).toEqual([]);
  await sentence.fill('{position} callers, you among them.');
  await page.getByRole('checkbox', { name: 'Say how long it takes' }).uncheck();
  await expect(preview).toContainText('3 callers, you among them.');
  await expect(preview).not.toContainText('minutes.');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByRole('button', { name: 'Save' })).toHaveCount(0);
  expect(await stored()).toMatchObject({ first_s: 10, every_s: 45, position: '{position} callers, you among them.' });

  // Switched off it is gone, and switched on again before saving it is as it was.
  await page.reload();
  await turn.uncheck();
  await expect(preview).toHaveCount(0);
  await turn.check();
  await expect(sentence).toHaveValue('{position} callers, you among them.');
  await turn.uncheck();
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByRole('button', { name: 'Save' })).toHaveCount(0);
  expect(await stored()).toBeNull();
});

test('what those who wait hear is said in further languages, each with its own sentences', async ({ browser }) => {
  const { context, page } = await signedIn(browser, 'administrator');
  const queue = await ownQueue<Queue>(context, undo, 'announce');
  undo.push(() => context.close());
  await page.goto(`/admin/queues/${queue.id}`);
  await page.getByRole('switch', { name: 'Tell those who wait where they stand' }).check();
  await page.getByRole('checkbox', { name: 'Say how long it takes' }).uncheck();
  await page.getByLabel('Language of these sentences').selectOption('en-US');
  const languages = page.getByRole('group', { name: 'In other languages' });
  const add = languages.getByRole('combobox', { name: 'Add a language' });
  await add.fill('german');
  await page.getByRole('option', { name: 'German (Germany) de-DE' }).click();
  const german = languages.getByRole('group', { name: /^German \(Germany\)/ });
  const sentence = german.getByLabel('Sentence about the place');
  await expect(sentence).toBeFocused();
  await sentence.fill('Sie sind gleich dran.');
  await expect(german.getByText('The sentence needs {position} where the number is said.')).toBeVisible();
  expect(await violations(page)).toEqual([]);
  await sentence.fill('Sie sind Nummer {position}.');
  const preview = page.getByRole('group', { name: 'What callers hear' });
  await expect(preview).toContainText('You are number 3 in the line.');
  await preview.getByLabel('Callers whose language is').selectOption('German (Germany)');
  await expect(preview).toContainText('Sie sind Nummer 3.');

  // What is said from now on is said in every language.
  await page.getByRole('checkbox', { name: 'Say how long it takes' }).check();
  await expect(german.getByLabel('When it takes minutes')).toHaveValue('');
  await page.getByRole('checkbox', { name: 'Say how long it takes' }).uncheck();
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByRole('button', { name: 'Save' })).toHaveCount(0);
  const stored = await call<Queue>(context, 'GET', `/${center()}/queues/${queue.id}`);
  expect(stored.announce).toMatchObject({ language: 'en-US', languages: { 'de-DE': { position: 'Sie sind Nummer {position}.' } } });

  await page.reload();
  await german.getByRole('button', { name: 'Remove German (Germany)' }).click();
  await expect(german).toHaveCount(0);
  await expect(add).toBeFocused();
});
