import { cleanup, fireEvent, render, screen, waitFor, within } from '@testing-library/react';
import { useState, type ComponentProps } from 'react';
import { IntlProvider } from 'react-intl';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { catalog, compact } from '../../scripts/messages.ts';
import { errorsFor } from '../admin/field-errors';
import type { Condition } from './conditions';
import type { Asking, PlanStep } from './plan';

const SKILLS = [{ id: 1, name: 'German' }, { id: 2, name: 'French' }];
const TEAMS = [{ id: 1, name: 'North' }, { id: 2, name: 'South' }];
vi.mock('../admin/settings', () => ({ useList: (area: string) => ({ data: { items: area === 'teams' ? TEAMS : SKILLS } }), titleOf: (it: { name: string }) => it.name }));
vi.mock('../app/session', () => ({ useSession: () => ({ center: 'contoso', may: () => true }) }));
const { ConditionField, PlanField } = await import('./fields');
const messages = compact(catalog('en')) as ComponentProps<typeof IntlProvider>['messages'];
afterEach(cleanup);

let now: { condition?: Condition | null; plan?: PlanStep[] } = {};
type Errors = readonly { field: string; detail: string }[];
function Form({ start, errors = [], disabled = false }: { start: Condition | null; errors?: Errors; disabled?: boolean }) {
  const [condition, setCondition] = useState(start);
  now = { condition };
  return (
    <IntlProvider locale="en" messages={messages}>
      <ConditionField label="Further condition" hint={undefined} value={condition} error={undefined} errorAt={(place, reach) => errorsFor(errors, place, reach)} disabled={disabled} change={(it) => setCondition(it ?? null)} />
    </IntlProvider>
  );
}
function Plan({ queue, errors = [] }: { queue: Asking; errors?: Errors }) {
  const [plan, setPlan] = useState(queue.plan ?? []);
  now = { plan };
  return (
    <IntlProvider locale="en" messages={messages}>
      <PlanField label="Plan" hint={undefined} error={undefined} errorAt={(place, reach) => errorsFor(errors, place, reach)} disabled={false} change={setPlan} queue={{ ...queue, plan }} />
    </IntlProvider>
  );
}
const press = (name: string, n = 0): void => {
  const found = screen.getAllByRole('button', { name })[n];
  if (!found) throw new Error(`no button ${name}`);
  fireEvent.click(found);
};
const choose = (name: string, value: string, n = 0): void => {
  const found = screen.getAllByRole('combobox', { name })[n];
  if (!found) throw new Error(`no list ${name}`);
  fireEvent.change(found, { target: { value } });
};
beforeEach(() => {
  now = {};
});

test('a condition is built line by line, and the line that comes has the focus', async () => {
  render(<Form start={null} />);
  press('Add a condition');
  expect(now.condition).toEqual({ all: [{ has: { skill_id: 1, min_level: 1 } }] });
  choose('Lowest level', '3');
  press('Add a group');
  await waitFor(() => expect(document.activeElement?.getAttribute('aria-label')).toBe('What must hold'));
  choose('Skill', '2', 1);
  choose('Highest level', '4', 1);
  press('Add a skill', 0);
  choose('Has the skill, or has it not', 'not', 2);
  expect(now.condition).toEqual({
    all: [{ has: { skill_id: 1, min_level: 3 } }, { any: [{ has: { skill_id: 2, min_level: 1, max_level: 4 } }, { not: { has: { skill_id: 1, min_level: 1 } } }] }],
  });
  choose('What must hold', 'none', 1);
  expect(now.condition).toMatchObject({ all: [{}, { not: { any: [{}, {}] } }] });
});

test('a lowest level above the highest takes it along', () => {
  render(<Form start={{ has: { skill_id: 1, min_level: 2, max_level: 4 } }} />);
  choose('Lowest level', '6');
  expect(now.condition).toEqual({ all: [{ has: { skill_id: 1, min_level: 6, max_level: 6 } }] });
});

test('what is taken out gives the focus to the line before, and the last one leaves nothing behind', async () => {
  render(<Form start={{ all: [{ has: { skill_id: 1 } }, { any: [{ has: { skill_id: 2 } }] }] }} />);
  press('Remove this group');
  await waitFor(() => expect(document.activeElement?.getAttribute('aria-label')).toBe('Has the skill, or has it not'));
  press('Remove this skill');
  expect(now.condition).toBeNull();
  expect(screen.getByRole('button', { name: 'Add a condition' })).toBeTruthy();
});

// The refusals of crates/core/src/condition.rs.
test('what the server refuses stands at its place', () => {
  const start: Condition = { all: [{ has: { skill_id: 1 } }, { not: { has: { skill_id: 2 } } }] };
  const { rerender } = render(<Form start={start} errors={[{ field: 'condition.all[1].not.has.skill_id', detail: 'there is no skill 2' }]} />);
  const [, second] = screen.getAllByRole('combobox', { name: 'Skill' });
  expect(second?.getAttribute('aria-invalid')).toBe('true');
  expect(screen.getAllByText('There is no skill 2')).toHaveLength(1);
  rerender(<Form start={start} errors={[{ field: 'condition', detail: 'nobody can ever meet it' }]} />);
  expect(screen.getAllByText('Nobody can ever meet it')).toHaveLength(1);
  expect(screen.getByRole('group', { name: 'Further condition', description: 'Nobody can ever meet it' })).toBeTruthy();
});

test('nothing deeper than the server takes can be added', () => {
  const has: Condition = { has: { skill_id: 1 } };
  render(<Form start={{ all: [{ any: [{ all: [{ any: [{ all: [has] }] }] }] }] }} />);
  const groups = screen.getAllByRole('button', { name: 'Add a group' });
  const isOff = (it: HTMLElement): boolean => (it as HTMLButtonElement).disabled;
  expect(groups.map(isOff)).toEqual([true, false, false, false, false]);
  const skills = screen.getAllByRole('button', { name: 'Add a skill' });
  expect(skills.map(isOff)).toEqual([false, false, false, false, false]);
});

test('whoever may only read adds and removes nothing', () => {
  render(<Form start={{ has: { skill_id: 1 } }} disabled />);
  expect(screen.queryAllByRole('button')).toEqual([]);
  expect(screen.getAllByRole('combobox').every((it) => (it as HTMLSelectElement).disabled)).toBe(true);
});

const queue: Asking = { requirements: [{ skill_id: 1, min_level: 3 }], condition: null, preferences: [], plan: [], strategy: 'longest_idle', priority: 5, max_wait_s: 600 };

test('a plan is built step by step, begins with what was asked until then, and is told in plain words', () => {
  render(<Plan queue={queue} />);
  press('Add a step');
  expect(now.plan).toEqual([{ after_s: 30, condition: { all: [] } }]);
  const step = within(screen.getByRole('group', { name: 'Step 1' }));
  fireEvent.change(step.getByRole('combobox', { name: 'Who is asked for' }), { target: { value: 'own' } });
  expect(now.plan?.[0]?.condition).toEqual({ all: [{ has: { skill_id: 1, min_level: 3 } }] });
  fireEvent.change(step.getByRole('combobox', { name: 'Lowest level' }), { target: { value: '2' } });
  fireEvent.change(step.getByRole('combobox', { name: 'Who is offered first' }), { target: { value: 'random' } });
  fireEvent.change(step.getByRole('combobox', { name: 'Priority' }), { target: { value: '1' } });
  expect(now.plan).toEqual([{ after_s: 30, condition: { all: [{ has: { skill_id: 1, min_level: 2 } }] }, strategy: 'random', priority: 1 }]);
  const rule = screen.getByRole('group', { name: 'The whole rule in plain words' });
  expect(rule.textContent).toContain('The first 30 sAgents with German 3+.');
  expect(rule.textContent).toContain('After 30 sAgents with German 2+. Chance says who comes first, each as likely. Served with priority 1.');
  expect(rule.textContent).toContain('After 10 min of waiting the call flow goes on.');
  expect(step.getByRole('combobox', { name: 'Priority' }).querySelectorAll('option')).toHaveLength(7);
});

//
test('a step asks the agents of some teams, and says something to whoever enters it', () => {
  render(<Plan queue={{ ...queue, requirements: [], team_ids: [1], plan: [{ after_s: 30, boost_s: 60 }] }} />);
  const step = within(screen.getByRole('group', { name: 'Step 1' }));
  fireEvent.change(step.getByRole('combobox', { name: 'Whose agents are asked' }), { target: { value: 'own' } });
  expect(now.plan).toEqual([{ after_s: 30, boost_s: 60, team_ids: [1] }]);
  fireEvent.click(step.getByRole('checkbox', { name: 'South' }));
  fireEvent.click(step.getByRole('switch', { name: 'Say something on entering this step' }));
  const said = within(step.getByRole('group', { name: 'What is said' }));
  fireEvent.change(said.getByRole('textbox'), { target: { value: 'We ask our colleagues too.' } });
  expect(now.plan).toEqual([{ after_s: 30, boost_s: 60, team_ids: [1, 2], prompt: 'We ask our colleagues too.' }]);
  const rule = screen.getByRole('group', { name: 'The whole rule in plain words' });
  expect(rule.textContent).toContain('The first 30 sAgents of North.');
  expect(rule.textContent).toContain('After 30 sAgents of North or South.');
  fireEvent.change(step.getByRole('combobox', { name: 'Whose agents are asked' }), { target: { value: 'none' } });
  expect(now.plan?.[0]?.team_ids).toEqual([]);
});

test('what the server refuses of a plan stands at the step, and what was wrong before asking too', () => {
  const plan = [{ after_s: 30, condition: { all: [{ has: { skill_id: 2 } }] } }];
  render(<Plan queue={{ ...queue, plan }} errors={[{ field: 'plan[0].condition', detail: 'starves who waits' }, { field: 'plan[0].after_s', detail: 'is never entered' }]} />);
  const step = within(screen.getByRole('group', { name: 'Step 1' }));
  expect(step.getByText('Starves who waits')).toBeTruthy();
  expect(step.getByText('Is never entered')).toBeTruthy();
});
