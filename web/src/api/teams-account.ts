// The Teams account of a center over the API: the account itself, its test, its rights, and one's own switch.
import { ask, ApiError, loose } from './client';
import type * as schema from './schema';
import type { Told } from './told';

type Schemas = schema.components['schemas'];

export type Feature = Schemas['TeamsFeature'];
export const FEATURES = ['directory', 'presence_read', 'presence_write', 'presence_push', 'secret_expiry'] as const satisfies readonly Feature[];
export type NumberType = Schemas['NumberType'];
export const NUMBER_TYPES = ['business', 'mobile', 'fax', 'teams'] as const satisfies readonly NumberType[];
export type ShownType = Schemas['ShownType'];
export type Messages = Schemas['TeamsMessages'];
export type MessageName = keyof Messages;
export const MESSAGES = ['joined', 'left', 'invitation', 'yes', 'no', 'ended', 'bye'] as const satisfies readonly MessageName[];
export type LicensingMode = Schemas['LicensingMode'];
export const LICENSING_MODES = ['evaluation', 'production'] as const satisfies readonly LicensingMode[];

export type Credential = Schemas['TeamsCredential'];
export type Warning = Schemas['TeamsAccountWarning'];
/** What looks wrong comes with what was just applied, and with each look as long as it is so. */
export type TeamsAccount = Omit<Told<Schemas['TeamsAccount']>, 'warnings'> & { warnings?: Warning[] };
export type Applied = TeamsAccount;
/** Secrets go there and never come back; without one the account keeps what it has. */
export type TeamsAccountInput = Schemas['TeamsAccountSent'];

export type ConnectionTest = Told<Schemas['ConnectionTest']>;
export type TestStep = ConnectionTest['steps'][number];
export const STEPS = ['credentials', 'token', 'organization', 'directory', 'presence_read', 'presence_write', 'secret_expiry'] as const satisfies readonly TestStep['step'][];
export type Explanation = Schemas['TeamsExplanation'];
export const EXPLANATIONS = [
  'incomplete',
  'credential_unreadable',
  'secret_wrong',
  'secret_expired',
  'certificate_unknown',
  'clock_skew',
  'application_not_found',
  'application_disabled',
  'tenant_not_found',
  'tenant_malformed',
  'consent_missing',
  'credential_refused',
  'permission_missing',
  'object_id_unknown',
  'secret_not_listed',
  'throttled',
  'unreachable',
  'unexpected',
] as const satisfies readonly Explanation[];

export type Rights = Told<Schemas['TeamsRights']>;
export type RightOf = Rights['permissions'][number];
export type Consent = Told<Schemas['TeamsConsent']>;
export const RIGHTS_STATES = ['unknown', 'granted', 'partly', 'revoked', 'missing', 'unreachable'] as const satisfies readonly Rights['state'][];
export const PERMISSION_STATES = ['granted', 'missing', 'not_requested', 'granted_not_needed', 'unknown'] as const satisfies readonly RightOf['state'][];
export const CONSEQUENCES = [
  'nobody_is_listed',
  'numbers_lack_country',
  'teams_numbers_are_unknown',
  'status_is_unknown',
  'status_is_not_set',
  'changes_come_by_polling',
  'sign_in_again_daily',
  'expiry_is_unknown',
  'none',
] as const satisfies readonly RightOf['consequence'][];

/** Whether one is to sign in to Teams for the contact center: owner and back-up alone are. */
export type Login = Schemas['TeamsLogin'];
export const LOGINS = ['not_needed', 'needed', 'done'] as const satisfies readonly Login[];
export type MyTeams = Told<Schemas['MyTeams']>;
export type Delegates = Told<Schemas['TeamsDelegates']>;
export type Delegate = NonNullable<Delegates['owner']>;
export type Candidate = Told<Schemas['TeamsCandidate']>;
export type LoginProblem = Schemas['TeamsLoginProblem'];
export const LOGIN_PROBLEMS = [
  'redirect_unregistered',
  'expired',
  'sign_in_again',
  'consent_missing',
  'cancelled',
  'not_assigned',
  'conditional_access',
  'account_disabled',
  'other_tenant',
  'other_person',
  'code_spent',
  'credential_refused',
  'application_refused',
  'not_verified',
  'unreachable',
  'other',
] as const satisfies readonly LoginProblem[];

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

export async function myTeams(center: string): Promise<MyTeams> {
  return (await ask(loose.GET('/{center}/me/teams', at(center)))) as MyTeams;
}

export async function switchMyTeams(center: string, is_enabled: boolean): Promise<MyTeams> {
  return (await ask(loose.PUT('/{center}/me/teams', { ...at(center), body: { is_enabled } }))) as MyTeams;
}

export async function delegatesOf(center: string): Promise<Delegates> {
  return (await ask(loose.GET('/{center}/teams-account/delegates', at(center)))) as Delegates;
}

/** On the version of the account. */
export async function chooseDelegates(center: string, version: number, owner: number | null, backup: number | null): Promise<Delegates> {
  return (await ask(loose.PUT('/{center}/teams-account/delegates', { ...over(center, version), body: { owner, backup } }))) as Delegates;
}

/** People who may be chosen, twenty at most. */
export async function candidatesOf(center: string, search: string): Promise<Candidate[]> {
  return (await ask(loose.GET('/{center}/teams-account/candidates', { params: { path: { center }, query: { search } } }))) as Candidate[];
}

/** Where one signs in to Teams for Tandem. */
export async function teamsLogin(center: string): Promise<string> {
  return ((await ask(loose.POST('/{center}/me/teams/login', at(center)))) as { url: string }).url;
}
