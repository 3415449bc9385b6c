// The people of the tenant who have Teams, over the API: who they are, what Teams shows of them, and their numbers.
import { api, ask, loose } from './client';
import type { AgentState } from './contract';
import type * as schema from './schema';
import type { Login } from './teams-account';
import type { Told } from './told';

type Schemas = schema.components['schemas'];

export const STATUSES = ['available', 'busy', 'do_not_disturb', 'be_right_back', 'away', 'offline'] as const;
export type Status = (typeof STATUSES)[number];
export const DOINGS = ['nothing', 'call', 'conference_call', 'meeting', 'presenting', 'out_of_office', 'other'] as const;
export type Doing = (typeof DOINGS)[number];

export type PhoneNumber = Schemas['PersonNumber'];
/** A merge patch cannot say null: what became null in a delta is absent. */
export interface Seen {
  /** None: not known. */
  status?: Status | null;
  doing?: Doing | null;
  status_since?: string | null;
  is_stale?: boolean;
}
export type AgentHere = Omit<Told<Schemas['DirectoryAgent']>, 'display'> & { display: AgentState };
export type Person = Omit<Told<Schemas['DirectoryPerson']>, keyof Seen | 'agent'> & Seen & { agent: AgentHere | null };
export type DirectoryPage = Omit<Told<Schemas['DirectoryPage']>, 'login' | 'people'> & { login: Login; people: Person[] };
/** The live topic, which OpenAPI does not describe. */
export interface DirectoryTopic {
  synced_at?: string | null;
  behind_since?: string | null;
  n_people: number;
  people: Record<string, Seen & { display?: AgentHere['display'] | null; since?: string | null }>;
}

export async function directoryOf(center: string, search: string): Promise<DirectoryPage> {
  const query = search === '' ? {} : { search };
  return (await ask(loose.GET('/{center}/directory', { params: { path: { center }, query } }))) as DirectoryPage;
}

/** Keeps somebody at the top for oneself, or no longer. */
export async function setFavorite(center: string, person: string, to: 'kept' | 'dropped'): Promise<void> {
  const at = { params: { path: { center, person } } };
  await ask(to === 'kept' ? api.PUT('/{center}/me/favorites/{person}', at) : api.DELETE('/{center}/me/favorites/{person}', at));
}

export async function syncDirectory(center: string): Promise<void> {
  await ask(loose.POST('/{center}/directory/sync', { params: { path: { center } } }));
}
