import { expect, test } from 'vitest';
import type { DirectoryTopic, Person } from '../api/directory';
import { callLink, chatLink, entriesOf, isCut, merged, narrowed, nextPerson, ROW_PX, topsOf } from './people';

const person = (id: string, more: Partial<Person> = {}): Person => ({
  id,
  name: id,
  mail: null,
  title: null,
  department: null,
  is_in_teams: true,
  has_teams_phone: false,
  status: 'available',
  doing: 'nothing',
  status_since: '2026-11-27T08:00:00Z',
  is_stale: false,
  agent: null,
  has_signed_in: false,
  numbers: [],
  is_favorite: false,
  upn: `${id}@contoso.com`,
  ...more,
});
const agent = (is_mine: boolean): Person['agent'] => ({ id: 1, name: 'A', display: 'available', since: '2026-11-27T08:00:00Z', team: null, is_mine });

// B-188, B-197
test('my team comes first, then other agents, then who only has Teams; who is both is one row', () => {
  const entries = entriesOf([person('t'), person('o', { agent: agent(false) }), person('m', { agent: agent(true) })]);
  expect(entries.map((it) => (it.kind === 'group' ? `${it.group} ${it.count}` : it.person.id))).toEqual(['mine 1', 'm', 'agents 1', 'o', 'teams 1', 't']);
  expect(entriesOf([person('t')]).length).toBe(2);
});

test('what the feed tells counts for more, and what it leaves out is not known', () => {
  const live: DirectoryTopic = { n_people: 2, people: { a: { status: 'busy', doing: 'call', display: 'in_teams', since: '2026-11-27T09:00:00Z' }, b: { is_stale: true } } };
  const [a, b, c] = merged([person('a', { agent: agent(true) }), person('b'), person('c')], live);
  expect([a?.status, a?.doing, a?.agent?.display]).toEqual(['busy', 'call', 'in_teams']);
  expect([b?.status, b?.is_stale]).toEqual([null, true]);
  expect(c?.status).toBe('available');
});

test('the keyboard goes from person to person, over headings, and stops at the ends', () => {
  const entries = entriesOf([person('t'), person('m', { agent: agent(true) })]);
  expect(nextPerson(entries, 1, 2)).toBe(3);
  expect(nextPerson(entries, 3, 2)).toBe(1);
  expect(nextPerson(entries, 1, 0)).toBe(1);
  expect(nextPerson(entries, 1, 99)).toBe(3);
  expect(nextPerson([], 0, 0)).toBe(0);
});

test('headings are lower than people, and whoever stands below one begins where it ends', () => {
  const topOf = topsOf(entriesOf([person('t'), person('m', { agent: agent(true) })]));
  const [first, mine, second, other, end] = [0, 1, 2, 3, 4].map(topOf);
  expect([first, mine]).toEqual([0, 36]);
  expect([second, other, end]).toEqual([36 + ROW_PX, 72 + ROW_PX, 72 + 2 * ROW_PX]);
});

// B-095, B-096
test('links into Teams name the person, whatever stands in the name', () => {
  expect(chatLink('o\'neil+x@contoso.com')).toBe('https://teams.microsoft.com/l/chat/0/0?users=o\'neil%2Bx%40contoso.com');
  expect(callLink({ upn: 'a@b.c' })).toBe('https://teams.microsoft.com/l/call/0/0?users=a%40b.c');
  expect(callLink({ number: '+14255550168' })).toBe('https://teams.microsoft.com/l/call/0/0?users=4%3A%2B14255550168');
});

test('whoever is not told of anew stays the same object, so that no row but the one that changed is drawn', () => {
  const people = [person('a'), person('b'), person('c')];
  const live: DirectoryTopic = { n_people: 3, people: { a: { status: 'away' }, b: { status: 'busy' } } };
  const before = merged(people, live);
  const after = merged(people, { ...live, people: { ...live.people, a: { status: 'offline' } } });
  expect(after.map((it, i) => it === before[i])).toEqual([false, true, true]);
});

test('what is typed narrows those who are here as the server does: beginnings of words, in any order', () => {
  const people = [person('a', { name: 'Ann-Sophie Übel' }), person('b', { name: 'Ben Anders' }), person('annex', { name: 'Zoe Quist' })];
  const found = (typed: string): string[] => narrowed(people, typed).map(({ name }) => name);
  expect(found('AN')).toEqual(['Ann-Sophie Übel', 'Ben Anders', 'Zoe Quist']);
  expect(found('üb ann')).toEqual(['Ann-Sophie Übel']);
  expect(found('soph')).toEqual(['Ann-Sophie Übel']);
  expect(found('nders')).toEqual([]);
  expect(found('  ').length).toBe(3);
});

// B-200
test('that some are not shown is known by the counts', () => {
  expect([isCut({ n_people: 1842, n_shown: 300 }), isCut({ n_people: 300, n_shown: 300 })]).toEqual([true, false]);
});
