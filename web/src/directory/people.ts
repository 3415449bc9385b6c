// The people of the directory as rows: what the live feed adds to them, who stands in which group, and where Teams is called. Pure.
import type { AgentHere, DirectoryPage, DirectoryTopic, Person } from '../api/directory';

export const GROUPS = ['favorites', 'mine', 'agents', 'teams'] as const;
export type Group = (typeof GROUPS)[number];
export type Entry = { kind: 'group'; group: Group; count: number } | { kind: 'person'; person: Person };

/** Of one group each: whoever is a favorite stands there alone. */
export function groupOf({ agent, is_favorite: isFavorite }: Person): Group {
  if (isFavorite) return 'favorites';
  if (agent === null) return 'teams';
  return agent.is_mine ? 'mine' : 'agents';
}

type Now = DirectoryTopic['people'][string];
/** What became of a person by what was told last: as long as neither changes, it is the same object, and its row is not drawn again. */
const made = new WeakMap<Person, readonly [now: Now, person: Person]>();

function nowOf(person: Person, now: Now): Person {
  const before = made.get(person);
  if (before?.[0] === now) return before[1];
  const { display, since } = now;
  const agent: AgentHere | null = person.agent && display ? { ...person.agent, display, since: since ?? person.agent.since } : person.agent;
  // A merge patch cannot say null: what is absent there is not known.
  const next: Person = { ...person, agent, status: now.status ?? null, doing: now.doing ?? null, status_since: now.status_since ?? null, is_stale: now.is_stale ?? false };
  made.set(person, [now, next]);
  return next;
}

/** What has just been told of somebody counts for more than the page that was asked for once. */
export function merged(people: readonly Person[], live: DirectoryTopic | undefined): readonly Person[] {
  if (!live) return people;
  return people.map((person) => {
    const now = live.people[person.id];
    return now ? nowOf(person, now) : person;
  });
}

/** In the server's order within each group; a group without anybody is not there. */
export function entriesOf(people: readonly Person[]): Entry[] {
  const within = new Map<Group, Entry[]>(GROUPS.map((group) => [group, []]));
  for (const person of people) within.get(groupOf(person))?.push({ kind: 'person', person });
  return [...within].flatMap(([group, own]): Entry[] => (own.length === 0 ? [] : [{ kind: 'group', group, count: own.length }, ...own]));
}

/** As in directory.module.css. */
export const ROW_PX = 56;
const GROUP_PX = 36;
/** Where a row begins, in pixels from the first one; of the row after the last one: how high all of them are. */
export function topsOf(entries: readonly Entry[]): (row: number) => number {
  const groups = entries.flatMap(({ kind }, row) => (kind === 'group' ? [row] : []));
  return (row) => row * ROW_PX - groups.filter((it) => it < row).length * (ROW_PX - GROUP_PX);
}

const wordsIn = (text: string): string[] => [...text.toLowerCase().split(/\s+/), ...text.toLowerCase().split(/[^\p{L}\p{N}]+/u)].filter((word) => word !== '');

/** Those who are here already and whom a search finds, as the server searches: each word begins one of theirs. */
export function narrowed(people: readonly Person[], typed: string): readonly Person[] {
  const wanted = wordsIn(typed);
  if (wanted.length === 0) return people;
  return people.filter(({ name, upn, mail }) => {
    const own = wordsIn(`${name} ${upn} ${mail ?? ''}`);
    return wanted.every((word) => own.some((it) => it.startsWith(word)));
  });
}

/** The next row with a person, from one row on in a direction; the same where there is none. */
export function nextPerson(entries: readonly Entry[], from: number, to: number): number {
  const step = to < from ? -1 : 1;
  const within = Math.min(Math.max(0, to), entries.length - 1);
  for (let at = within; at >= 0 && at < entries.length; at += step) if (entries[at]?.kind === 'person') return at;
  for (let at = within; at >= 0 && at < entries.length; at -= step) if (entries[at]?.kind === 'person') return at;
  return from;
}

/** Teams opens these itself where it is installed. */
export const chatLink = (upn: string): string => `https://teams.microsoft.com/l/chat/0/0?users=${encodeURIComponent(upn)}`;
/** By name whoever has Teams, with or without a number; by the number of a phone whoever has none. */
export const callLink = (whom: { upn: string } | { number: string }): string => `https://teams.microsoft.com/l/call/0/0?users=${encodeURIComponent('upn' in whom ? whom.upn : `4:${whom.number}`)}`;

/** B-200: whether some are not shown, and only a search finds them. */
export const isCut = ({ n_people, n_shown }: Pick<DirectoryPage, 'n_people' | 'n_shown'>): boolean => n_shown < n_people;
