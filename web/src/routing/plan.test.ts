// @vitest-environment node
import { createIntl } from 'react-intl';
import { describe, expect, test } from 'vitest';
import { catalog } from '../../scripts/messages.ts';
import type { T } from '../i18n/t';
import { EVERYBODY, type Condition } from './conditions';
import { askAt, askedSkills, asks, nextStep, planProblems, strategyAt, withPart, type Asking } from './plan';
import { accuracyText, askWords, errorText, spanText } from './words';

const intl = createIntl({ locale: 'en', messages: catalog('en') });
const t = ((id, values) => intl.formatMessage({ id }, values as Record<string, string>)) as T;
const NAMES = new Map([[1, 'German'], [2, 'French'], [3, 'Spanish'], [4, 'Billing']]);
const words = askWords(t, (id) => NAMES.get(id) ?? `skill ${id}`, (id) => (id === 1 ? 'North' : 'South'));

const has = (skill_id: number, min_level: number): Condition => ({ has: { skill_id, min_level } });
const queue: Asking = {
  requirements: [{ skill_id: 1, min_level: 3 }],
  condition: { all: [{ any: [has(2, 1), { not: has(3, 1) }] }] },
  preferences: [{ skill_id: 4, weight: 30 }],
  strategy: 'longest_idle',
  priority: 5,
  max_wait_s: 1800,
  plan: [
    { after_s: 30, condition: has(1, 2), boost_s: 60 },
    { after_s: 90, condition: EVERYBODY, preferences: [], strategy: 'random', priority: 2 },
  ],
};

//
describe('the steps of a plan', () => {
  test('a step may ask other teams, and says so in plain words', () => {
    const teams: Asking = { ...queue, requirements: [], condition: null, team_ids: [1], plan: [{ after_s: 30, team_ids: [1, 2] }, { after_s: 60, condition: has(1, 2), team_ids: [] }] };
    expect(asks(teams).map((it) => it.team_ids)).toEqual([[1], [1, 2], []]);
    expect(words.rule(teams).map((it) => it.sentences[0])).toEqual(['Agents of North.', 'Agents of North or South.', 'Agents with German 2+.']);
    expect(nextStep({ ...teams, plan: [] })).toEqual({ after_s: 30, team_ids: [] });
  });

  test('a step replaces what it names and keeps the rest of the step before', () => {
    const [own, first, second] = asks(queue);
    expect(own).toMatchObject({ after_s: 0, strategy: 'longest_idle', priority: 5, boost_s: 0 });
    expect(own.condition).toEqual({ all: [has(1, 3), { any: [has(2, 1), { not: has(3, 1) }] }] });
    expect(first).toMatchObject({ condition: has(1, 2), preferences: queue.preferences, strategy: 'longest_idle', priority: 5, boost_s: 60 });
    expect(second).toMatchObject({ condition: EVERYBODY, preferences: [], strategy: 'random', priority: 2, boost_s: 60 });
    expect(askAt(queue, 7)).toEqual(second);
    expect([0, 1, 2].map((step) => strategyAt(queue, step))).toEqual(['longest_idle', 'longest_idle', 'random']);
  });

  test('the next step asks anybody, and after that adds age', () => {
    expect(nextStep({ ...queue, plan: [] })).toEqual({ after_s: 30, condition: EVERYBODY });
    expect(nextStep(queue)).toEqual({ after_s: 120, boost_s: 120 });
  });

  test('what is kept is left out of what is sent', () => {
    expect(withPart({ after_s: 5, priority: 2 }, 'priority', null)).toEqual({ after_s: 5 });
    expect(withPart({ after_s: 5 }, 'priority', 0)).toEqual({ after_s: 5, priority: 0 });
  });

  test('a step before its time and a skill that is not chosen are said at their places', () => {
    expect(planProblems([{ after_s: 30 }, { after_s: 30, condition: { all: [has(0, 1)] } }, { after_s: 60, preferences: [{ skill_id: 0, weight: 1 }] }])).toEqual([
      { place: 'plan.1.after_s', id: 'ask.error.order' },
      { place: 'plan.1.condition', id: 'ask.error.skill' },
      { place: 'plan.2.preferences', id: 'ask.error.skill' },
    ]);
  });

  test('every skill that is asked anywhere is told once, with its levels', () => {
    expect(askedSkills(queue).map(({ skill_id, wanted, isPreferred }) => [skill_id, wanted.map((it) => [it.term.min_level, it.step]), isPreferred])).toEqual([
      [1, [[3, 0], [2, 1]], false],
      [2, [[1, 0]], false],
      [3, [], false],
      [4, [], true],
    ]);
  });
});

describe('the rule in plain words', () => {
  test('it says when what is asked of whom, and only what changes', () => {
    expect(words.rule(queue)).toEqual([
      { when: 'The first 30 s', sentences: ['Agents with German 3+ and (French or no Spanish).', 'Preferably with Billing (weight 30).', 'Whoever has been without a contact for longest comes first; breaks do not count.'] },
      { when: 'After 30 s', sentences: ['Agents with German 2+.', 'Preferably with Billing (weight 30).', 'The contact counts as 1 min older than it is.'] },
      { when: 'After 1 min 30 s', sentences: ['Any agent.', 'Chance says who comes first, each as likely.', 'Served with priority 2.'] },
    ]);
    expect(words.rule({ ...queue, requirements: [], condition: null, preferences: [], plan: [] })[0]).toMatchObject({ when: 'All the time' });
  });

  test('levels, alternatives and what must not be there keep their meaning', () => {
    expect(words.condition({ has: { skill_id: 1, min_level: 2, max_level: 5 } })).toBe('German 2 to 5');
    expect(words.condition({ has: { skill_id: 1, min_level: 4, max_level: 4 } })).toBe('German 4');
    expect(words.condition({ not: { any: [has(1, 1), has(2, 3)] } })).toBe('not (German or French 3+)');
    expect(words.condition({ not: { all: [has(1, 1), { any: [has(2, 1), has(3, 1)] }] } })).toBe('not (German and (French or Spanish))');
    expect(words.condition({ any: [] })).toBe('nothing that anybody can have');
    expect(words.condition(EVERYBODY)).toBe('anything at all');
  });

  test('spans are spoken', () => {
    expect([30, 60, 90, 3600].map((s) => spanText(t, s))).toEqual(['30 s', '1 min', '1 min 30 s', '60 min']);
  });

  test('how good estimates were is told with the error, the share and of how many', () => {
    const told = { n: 128, mean_absolute_error_ms: 61_000, within_20_percent_or_15_s_permille: 571 };
    expect(errorText(t, told)).toBe('1 min 1 s');
    expect(accuracyText(t, told)).toBe('on average; 57 % of 128 within 20 % or 15 s');
  });
});
