// The Teams account of a center over the API: the account itself, its test, its rights, whoever signs in for it, and one's own switch.
import { ask, ApiError, loose } from './client';

export const FEATURES = ['directory', 'presence_read', 'presence_write', 'presence_push', 'secret_expiry'] as const;
export type Feature = (typeof FEATURES)[number];
export const NUMBER_TYPES = ['business', 'mobile', 'fax', 'teams'] as const;
export type NumberType = (typeof NUMBER_TYPES)[number];
export interface ShownType {
  type: NumberType;
  is_shown: boolean;
}
export const MESSAGES = ['joined', 'left', 'invitation', 'yes', 'no', 'ended', 'bye'] as const;
export type MessageName = (typeof MESSAGES)[number];
export type Messages = Record<MessageName, string>;
export const LICENSING_MODES = ['evaluation', 'production'] as const;
export type LicensingMode = (typeof LICENSING_MODES)[number];

export type Credential = { kind: 'secret'; hint: string | null; set_at: string | null } | { kind: 'certificate'; thumbprint: string; not_after: string; set_at: string | null };
/** What somebody writes and everybody reads. */
interface Written {
  name: string;
  object_id: string | null;
  tenant_id: string | null;
  client_id: string | null;
  licensing_mode: LicensingMode;
  features: Feature[];
  number_types: ShownType[];
  messages: Messages;
  drawer_limit: number;
}
export interface TeamsAccount extends Written {
  version: number;
  credential: Credential | null;
  expires_at: string | null;
  expires_at_source: 'directory' | 'entered' | 'unknown';
  expiry_uncertain: boolean;
  days_left: number | null;
  licensing_acknowledged_at: string | null;
  n_enabled: number;
  n_agents: number;
}
/** Secrets go there and never come back; without one the account keeps what it has. */
export interface TeamsAccountInput extends Written {
  secret?: string;
  certificate?: { pem: string; key_pem: string };
  expires_at?: string | null;
  licensing_acknowledged: boolean;
}
export interface Warning {
  field: string;
  code: string;
}
export type Applied = TeamsAccount & { warnings?: Warning[] };

export const STEPS = ['credentials', 'token', 'organization', 'directory', 'presence_read', 'presence_write', 'secret_expiry'] as const;
export interface TestStep {
  step: (typeof STEPS)[number];
  outcome: 'passed' | 'failed' | 'skipped';
  took_ms: number;
  /** Entra's or Graph's own. */
  code: string | null;
  explanation: string | null;
  permission: string | null;
}
export interface ConnectionTest {
  message: string;
  steps: TestStep[];
}

export const RIGHTS_STATES = ['unknown', 'granted', 'partly', 'revoked', 'missing', 'unreachable'] as const;
export const PERMISSION_STATES = ['granted', 'missing', 'not_requested', 'granted_not_needed'] as const;
export interface RightOf {
  name: string;
  kind: 'application' | 'delegated';
  id: string;
  features: string[];
  state: (typeof PERMISSION_STATES)[number];
  consequence: string;
  used_by_tandem: boolean;
}
export interface Consent {
  asked_at: string;
  answered_at: string | null;
  outcome: 'granted' | 'refused' | null;
  error: string | null;
  tenant: string | null;
}
export interface Rights {
  client_id: string;
  publisher: string | null;
  app_name: string | null;
  checked_at: string | null;
  state: (typeof RIGHTS_STATES)[number];
  problem: string | null;
  permissions: RightOf[];
  consent: Consent | null;
}

export const LOGINS = ['not_needed', 'needed', 'done'] as const;
export type Login = (typeof LOGINS)[number];
export interface Delegate {
  account: number;
  name: string;
  login: 'needed' | 'done';
  expires_at: string | null;
  is_due: boolean;
}
export interface Delegates {
  owner: Delegate | null;
  backup: Delegate | null;
  is_needed: boolean;
}
export interface MyTeams {
  has_account: boolean;
  is_enabled: boolean;
  login: Login;
  login_expires_at: string | null;
  upn: string | null;
  is_owner: 'owner' | 'backup' | null;
}

const at = (center: string) => ({ params: { path: { center } } });
const over = (center: string, version: number) => ({ params: { path: { center }, header: { 'if-match': `"${version}"` } } });

/** Null where there is none yet. */
export async function teamsAccountOf(center: string): Promise<TeamsAccount | null> {
  try {
    return (await ask(loose.GET('/{center}/teams-account', at(center)))) as TeamsAccount;
  } catch (error) {
    if (error instanceof ApiError && error.code === 'no_teams_account') return null;
    throw error;
  }
}

/** Version 0: there was none. */
export async function applyTeamsAccount(center: string, version: number, body: TeamsAccountInput): Promise<Applied> {
  if (version === 0) return (await ask(loose.POST('/{center}/teams-account', { ...at(center), body }))) as Applied;
  return (await ask(loose.PUT('/{center}/teams-account', { ...over(center, version), body }))) as Applied;
}

export async function deleteTeamsAccount(center: string, version: number): Promise<void> {
  await ask(loose.DELETE('/{center}/teams-account', over(center, version)));
}

/** Of what was applied, never of what is typed. */
export async function testConnection(center: string): Promise<ConnectionTest> {
  return (await ask(loose.POST('/{center}/teams-account/test', at(center)))) as ConnectionTest;
}

export async function rightsOf(center: string): Promise<Rights> {
  return (await ask(loose.GET('/{center}/teams-account/rights', at(center)))) as Rights;
}

/** Where an administrator of the tenant consents. */
export async function askConsent(center: string): Promise<string> {
  return ((await ask(loose.POST('/{center}/teams-account/consent', at(center)))) as { url: string }).url;
}

export async function delegatesOf(center: string): Promise<Delegates> {
  return (await ask(loose.GET('/{center}/teams-account/delegates', at(center)))) as Delegates;
}

/** Over the version of the Teams account. */
export async function nameDelegates(center: string, version: number, body: { owner: number | null; backup: number | null }): Promise<Delegates> {
  return (await ask(loose.PUT('/{center}/teams-account/delegates', { ...over(center, version), body }))) as Delegates;
}

export async function myTeams(center: string): Promise<MyTeams> {
  return (await ask(loose.GET('/{center}/me/teams', at(center)))) as MyTeams;
}

export async function switchMyTeams(center: string, is_enabled: boolean): Promise<MyTeams> {
  return (await ask(loose.PUT('/{center}/me/teams', { ...at(center), body: { is_enabled } }))) as MyTeams;
}

/** Where one signs in to Teams for Tandem. */
export async function teamsLogin(center: string): Promise<string> {
  return ((await ask(loose.POST('/{center}/me/teams/login', at(center)))) as { url: string }).url;
}
