// The people of the directory as rows: what the live feed adds to them, who stands in which group, and where Teams is called. Pure.
import type { AgentHere, DirectoryPage, DirectoryTopic, Person } from '../api/directory';

export const GROUPS = ['mine', 'agents', 'teams'] as const;
export type Group = (typeof GROUPS)[number];
export type Entry = { kind: 'group'; group: Group; count: number } | { kind: 'person'; person: Person };

export function groupOf({ agent }: Person): Group {
  if (agent === null) return 'teams';
  return agent.is_mine ? 'mine' : 'agents';
}

/** What has just been told of somebody counts for more than the page that was asked for once. */
export function merged(people: readonly Person[], live: DirectoryTopic | undefined): readonly Person[] {
  if (!live) return people;
  return people.map((person) => {
    const now = live.people[person.id];
    if (!now) return person;
    const agent: AgentHere | null = person.agent && now.display ? { ...person.agent, display: now.display, since: now.since ?? person.agent.since } : person.agent;
    // A merge patch cannot say null: what is absent there is not known.
    return { ...person, agent, status: now.status ?? null, doing: now.doing ?? null, status_since: now.status_since ?? null, is_stale: now.is_stale ?? false };
  });
}

/** In the server's order within each group; a group without anybody is not there. */
export function entriesOf(people: readonly Person[]): Entry[] {
  return GROUPS.flatMap((group): Entry[] => {
    const own = people.filter((person) => groupOf(person) === group);
    return own.length === 0 ? [] : [{ kind: 'group', group, count: own.length }, ...own.map((person): Entry => ({ kind: 'person', person }))];
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
export const callLink = (upn: string): string => `https://teams.microsoft.com/l/call/0/0?users=${encodeURIComponent(upn)}`;

/** B-200: whether some are not shown, and only a search finds them. */
export const isCut = ({ n_people, n_shown }: Pick<DirectoryPage, 'n_people' | 'n_shown'>): boolean => n_shown < n_people;
