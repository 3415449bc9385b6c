// The people of the tenant who have Teams, over the API: who they are, what Teams shows of them, and their numbers.
import { ask, loose } from './client';
import type { AgentState } from './contract';
import type { Login, NumberType } from './teams-account';

export const STATUSES = ['available', 'busy', 'do_not_disturb', 'be_right_back', 'away', 'offline'] as const;
export type Status = (typeof STATUSES)[number];
export const DOINGS = ['nothing', 'call', 'conference_call', 'meeting', 'presenting', 'out_of_office', 'other'] as const;
export type Doing = (typeof DOINGS)[number];

export interface PhoneNumber {
  type: NumberType;
  number: string;
  is_default: boolean;
}
/** A merge patch cannot say null: what became null in a delta is absent. */
export interface Seen {
  /** None: not known. */
  status?: Status | null;
  doing?: Doing | null;
  status_since?: string | null;
  is_stale?: boolean;
}
export interface AgentHere {
  id: number;
  name: string;
  /** As on the board. */
  display: AgentState;
  since: string;
  team: string | null;
  is_mine: boolean;
}
export interface Person extends Seen {
  /** The object id of Entra. */
  id: string;
  name: string;
  mail: string | null;
  title: string | null;
  department: string | null;
  is_in_teams: boolean;
  has_teams_phone: boolean;
  agent: AgentHere | null;
  has_signed_in: boolean;
  /** In the configured order. */
  numbers: PhoneNumber[];
  upn: string;
}
export interface DirectoryPage {
  synced_at: string | null;
  behind_since: string | null;
  problem: string | null;
  /** As many as there are, as many as are told here, and as many as may be told without a search. */
  n_people: number;
  n_shown: number;
  limit: number;
  login: Login;
  people: Person[];
}
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

export async function syncDirectory(center: string): Promise<void> {
  await ask(loose.POST('/{center}/directory/sync', { params: { path: { center } } }));
}
