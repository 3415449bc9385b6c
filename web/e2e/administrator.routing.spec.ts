// What a queue asks of agents, and who of them can do it: built in the queue's form, and typed into the matrix of all skills.
import { randomInt, randomUUID } from 'node:crypto';
import type { BrowserContext, Page } from '@playwright/test';
import { call, expect, signedIn, test, violations } from './demo';
import { center, ownQueue, type Person } from './own-line';

const undo: (() => Promise<void>)[] = [];
test.afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

async function ownSkill(admin: BrowserContext, name: string): Promise<number> {
  const { id } = await call<{ id: number }>(admin, 'POST', `/${center()}/skills`, { name });
  undo.push(() => remove(admin, 'skills', id));
  return id;
}

async function remove(admin: BrowserContext, area: string, id: number): Promise<void> {
  const { version } = await call<{ version: number }>(admin, 'GET', `/${center()}/${area}/${id}`);
  const headers = { 'x-tandem-request': '1', 'if-match': `"${version}"` };
  const answer = await admin.request.delete(`/api/v1/${center()}/${area}/${id}`, { headers });
  expect(answer.ok(), `DELETE ${area}/${id}: ${await answer.text()}`).toBe(true);
}

/** Saves with the key that every form has, which needs no button to be found. */
async function save(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Save' }).press('Enter');
}

//
test('conditions, preferences and a plan are built by the keyboard alone, refused at their places, and read in plain words', async ({ browser }) => {
  const { context: admin, page } = await signedIn(browser, 'administrator');
  undo.push(() => admin.close());
  const tag = String(randomInt(1e6));
  const german = await ownSkill(admin, `German ${tag}`);
  const loans = await ownSkill(admin, `Loans ${tag}`);
  const queue = await ownQueue<{ id: number; name: string }>(admin, undo, 'plan');
  await page.goto(`/admin/queues/${queue.id}`);

  const condition = page.getByRole('group', { name: 'Further condition' }).first();
  await condition.getByRole('button', { name: 'Add a condition' }).press('Enter');
  await condition.getByLabel('Skill', { exact: true }).selectOption(String(german));
  await condition.getByLabel('Lowest level').selectOption('3');
  await condition.getByRole('button', { name: 'Add a skill' }).press('Enter');
  await expect(condition.getByLabel('Has the skill, or has it not').nth(1)).toBeFocused();
  await condition.getByLabel('Has the skill, or has it not').nth(1).selectOption('not');
  await condition.getByLabel('Skill', { exact: true }).nth(1).selectOption(String(german));
  await save(page);
  await expect(condition.getByText('Nobody can ever meet it: its parts rule each other out')).toBeVisible();
  await condition.getByLabel('Skill', { exact: true }).nth(1).selectOption(String(loans));

  await page.getByRole('button', { name: 'Add a step' }).press('Enter');
  const step = page.getByRole('group', { name: 'Step 1' });
  await step.getByLabel('Who is asked for').selectOption('own');
  await step.getByRole('button', { name: 'Remove this skill' }).first().press('Enter');
  await step.getByLabel('Lowest level').first().selectOption('9');
  await save(page);
  await expect(step.getByText(/^Starves who waits: agents whom step 0 takes are not taken in the end/)).toBeVisible();
  expect(await violations(page)).toEqual([]);

  await step.getByLabel('Who is asked for').selectOption('none');
  await step.getByLabel('Who is offered first').selectOption('fewest_contacts');
  await step.getByLabel('Counts as older by, seconds').fill('60');
  await page.getByRole('button', { name: 'Add a preference' }).press('Enter');
  await page.getByRole('group', { name: 'Preferences' }).getByLabel('Skill', { exact: true }).selectOption(String(loans));
  await save(page);
  await expect(page.getByRole('button', { name: 'Save' })).toHaveCount(0);
  await page.reload();
  const rule = page.getByRole('group', { name: 'The whole rule in plain words' });
  await expect(rule).toContainText(`German ${tag} 3+ and no Loans ${tag}.`);
  await expect(rule).toContainText(`Preferably with Loans ${tag} (weight 10).`);
  await expect(rule).toContainText('After 30 s');
  await expect(rule).toContainText('Any agent.');
  await expect(rule).toContainText('Whoever had the fewest conversations since signing in comes first. The contact counts as 1 min older than it is.');
  const kept = await call<{ condition: unknown; plan: unknown[] }>(admin, 'GET', `/${center()}/queues/${queue.id}`);
  expect(kept.plan).toMatchObject([{ after_s: 30, condition: { all: [] }, strategy: 'fewest_contacts', boost_s: 60 }]);
});

test('skills are typed, pasted, undone and saved in the matrix, and what somebody else changed meanwhile is said', async ({ browser }) => {
  const { context: admin, page } = await signedIn(browser, 'administrator');
  undo.push(() => admin.close());
  await admin.grantPermissions(['clipboard-read', 'clipboard-write']);
  const tag = String(randomInt(1e6));
  const skills = [await ownSkill(admin, `Aa sheet ${tag}`), await ownSkill(admin, `Ab sheet ${tag}`)];
  const people: number[] = [];
  for (const name of [`Ada Sheet ${tag}`, `Ben Sheet ${tag}`]) {
    const body = { name, username: `${name.slice(0, 3)}.${tag}`, password: `tandem-${randomUUID()}`, teams_user_id: randomUUID(), skills: [], enabled: true, roles: ['agent'], team_id: null };
    const { id } = await call<{ id: number }>(admin, 'POST', `/${center()}/agents`, body);
    people.push(id);
    undo.push(() => remove(admin, 'agents', id));
  }
  const skillsOf = async (i: number): Promise<Person['skills']> => (await call<Person>(admin, 'GET', `/${center()}/agents/${people[i]}`)).skills;

  await page.goto('/admin/skills');
  await page.getByRole('button', { name: 'Skills of all agents' }).click();
  const grid = page.getByRole('grid', { name: 'Skills of all agents' });
  await expect(grid).toBeVisible();
  await page.getByRole('searchbox').fill(`sheet ${tag}`);
  await expect(grid.getByRole('rowheader')).toHaveCount(2);
  await grid.focus();
  const active = async (): Promise<string> => grid.evaluate((it) => document.getElementById(it.getAttribute('aria-activedescendant') ?? '')?.getAttribute('aria-label') ?? '');
  // Both stand somewhere among the skills of the center.
  await expect(async () => {
    if ((await active()).includes(`Aa sheet ${tag}`)) return;
    await page.keyboard.press('ArrowRight');
    expect(await active()).toContain(`Aa sheet ${tag}`);
    // poll: until the column is reached
  }).toPass({ intervals: [10] });

  await page.keyboard.type('10');
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('4');
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('Shift+ArrowRight');
  await page.keyboard.press('Control+C');
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe('10\t4');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('Control+V');
  await expect(page.getByText('2 agents changed')).toBeVisible();
  await page.keyboard.press('Control+Z');
  await expect(page.getByText('1 agent changed')).toBeVisible();
  await page.keyboard.press('Control+Y');
  expect(await violations(page)).toEqual([]);
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByText('Nothing changed')).toBeVisible();
  expect(await skillsOf(0)).toEqual(await skillsOf(1));
  expect(await skillsOf(1)).toEqual([{ skill_id: skills[0], level: 10 }, { skill_id: skills[1], level: 4 }]);

  // Somebody else is quicker.
  const { id, version, ...ben } = await call<Person>(admin, 'GET', `/${center()}/agents/${people[1]}`);
  const headers = { 'x-tandem-request': '1', 'if-match': `"${version}"` };
  await admin.request.put(`/api/v1/${center()}/agents/${id}`, { headers, data: { ...ben, skills: [{ skill_id: skills[0], level: 2 }] } });
  await grid.focus();
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('7');
  await page.getByRole('button', { name: 'Save' }).click();
  const alert = page.getByRole('alert').filter({ hasText: '1 agent was not saved' });
  await expect(alert).toContainText(`Ben Sheet ${tag}: Somebody else changed this agent meanwhile.`);
  expect(await violations(page)).toEqual([]);
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByText('Nothing changed')).toBeVisible();
  expect(await skillsOf(1)).toEqual([{ skill_id: skills[0], level: 2 }, { skill_id: skills[1], level: 7 }]);

  const { context: reading, page: read } = await signedIn(browser, 'supervisor');
  undo.push(() => reading.close());
  await read.goto('/admin/skills/matrix');
  const shown = read.getByRole('grid', { name: 'Skills of all agents' });
  await expect(shown).toHaveAttribute('aria-readonly', 'true');
  await shown.press('9');
  await expect(read.getByRole('button', { name: 'Save' })).toHaveCount(0);
});
