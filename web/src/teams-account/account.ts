// The Teams account as data: what a new one begins with, what the server would refuse of it, and how far the way to a working
// one was gone. Pure.
import { GUID } from '../admin/field-errors';
import {
  MESSAGES,
  NUMBER_TYPES,
  type Credential,
  type Feature,
  type LicensingMode,
  type MessageName,
  type Messages,
  type Rights,
  type ShownType,
  type TeamsAccount,
  type TeamsAccountInput,
} from '../api/teams-account';

/** B-083 to B-089. */
export const DEFAULT_MESSAGES: Messages = {
  joined: 'joined the session',
  left: 'left the session',
  invitation: 'You are invited to customer chat session, would you like to accept (YES/NO)?',
  yes: 'YES',
  no: 'NO',
  ended: 'Customer chat session ended',
  bye: 'BYE',
};
/** What somebody answers with: each must be told from the others. */
export const COMMANDS = ['yes', 'no', 'bye'] as const satisfies readonly MessageName[];
export const MESSAGE_MAX = 500;
/** B-200. */
export const DRAWER_LIMIT = { usual: 300, min: 1, max: 20_000 } as const;
export const FEATURES_USUAL: readonly Feature[] = ['directory', 'presence_read', 'presence_write', 'secret_expiry'];

export interface AccountForm {
  name: string;
  object_id: string;
  tenant_id: string;
  client_id: string;
  /** How it proves who it is from now on; what is typed of it is empty as long as it stays. */
  proof: Credential['kind'];
  secret: string;
  pem: string;
  key_pem: string;
  /** A day; empty: as the directory says. */
  expires_on: string;
  licensing_mode: LicensingMode;
  licensing_acknowledged: boolean;
  features: Feature[];
  number_types: ShownType[];
  messages: Messages;
  drawer_limit: number | null;
}
export type Stored = TeamsAccount | { version: 0 };
export const isStored = (account: Stored): account is TeamsAccount => account.version > 0;

const FRESH: AccountForm = {
  name: '',
  object_id: '',
  tenant_id: '',
  client_id: '',
  proof: 'secret',
  secret: '',
  pem: '',
  key_pem: '',
  expires_on: '',
  licensing_mode: 'production',
  licensing_acknowledged: false,
  features: [...FEATURES_USUAL],
  number_types: NUMBER_TYPES.map((type) => ({ type, is_shown: true })),
  messages: DEFAULT_MESSAGES,
  drawer_limit: DRAWER_LIMIT.usual,
};

export function formOf(account: Stored): AccountForm {
  if (!isStored(account)) return FRESH;
  return {
    ...FRESH,
    name: account.name,
    object_id: account.object_id ?? '',
    tenant_id: account.tenant_id ?? '',
    client_id: account.client_id ?? '',
    proof: account.credential?.kind ?? 'secret',
    expires_on: account.expires_at_source === 'entered' ? (account.expires_at ?? '').slice(0, 10) : '',
    licensing_mode: account.licensing_mode,
    licensing_acknowledged: account.licensing_acknowledged_at !== null,
    features: account.features,
    number_types: account.number_types,
    messages: account.messages,
    drawer_limit: account.drawer_limit,
  };
}

/** What goes out: nothing of a proof that stays. */
export function inputOf(form: AccountForm): TeamsAccountInput {
  const { proof, secret, pem, key_pem, expires_on, object_id, tenant_id, client_id, drawer_limit, ...rest } = form;
  return {
    ...rest,
    object_id: object_id || null,
    tenant_id: tenant_id || null,
    client_id: client_id || null,
    drawer_limit: drawer_limit ?? DRAWER_LIMIT.usual,
    ...(proof === 'secret' && secret !== '' ? { secret } : {}),
    ...(proof === 'certificate' && pem !== '' ? { certificate: { pem, key_pem } } : {}),
    expires_at: expires_on === '' ? null : `${expires_on}T00:00:00Z`,
  };
}

export const IDS = ['object_id', 'tenant_id', 'client_id'] as const;
export type IdField = (typeof IDS)[number];
/** Pasted ids come with spaces and braces. */
export const idTyped = (text: string): string => text.trim().replaceAll(/[{}]/g, '');

/** B-208: what people paste by mistake is the id of the secret, not its value. */
export const looksLikeId = (secret: string): boolean => GUID.test(secret.trim());

const plain = (text: string): string => text.trim().toLocaleLowerCase('en');
/** Of the answers, those that somebody could not tell from another one. */
export function sameCommands(messages: Messages): MessageName[] {
  return COMMANDS.filter((it) => COMMANDS.some((other) => other !== it && plain(messages[it]) === plain(messages[other])));
}

/** Paths of what the server would refuse. */
export function problemsOf(form: AccountForm, over: Stored): string[] {
  const same = sameCommands(form.messages);
  const isModeNew = !isStored(over) || over.licensing_mode !== form.licensing_mode || over.licensing_acknowledged_at === null;
  const limit = form.drawer_limit;
  return [
    ...(form.name.trim() === '' ? ['name'] : []),
    ...IDS.filter((id) => form[id] !== '' && !GUID.test(form[id])),
    ...(form.proof === 'certificate' && (form.pem === '') !== (form.key_pem === '') ? [form.pem === '' ? 'certificate.pem' : 'certificate.key_pem'] : []),
    ...(isModeNew && !form.licensing_acknowledged ? ['licensing_acknowledged'] : []),
    ...MESSAGES.filter((it) => form.messages[it].trim() === '' || form.messages[it].length > MESSAGE_MAX || same.includes(it)).map((it) => `messages.${it}`),
    ...(limit === null || !Number.isInteger(limit) || limit < DRAWER_LIMIT.min || limit > DRAWER_LIMIT.max ? ['drawer_limit'] : []),
  ];
}

/** B-072: a test is of what was applied, so what is only typed counts as missing. */
export function isTestable(stored: Stored, form: AccountForm): boolean {
  if (!isStored(stored) || stored.credential === null) return false;
  const before = formOf(stored);
  const isTyped = form.secret !== '' || form.pem !== '' || form.proof !== before.proof;
  return !isTyped && ['tenant_id', 'client_id', 'object_id'].every((id) => form[id as IdField] === before[id as IdField]) && before.tenant_id !== '' && before.client_id !== '';
}
/** B-072, word by word. */
export const INCOMPLETE = 'Error: Account credentials are incomplete';
/** B-071, word by word. */
export const NO_TOKEN = 'Error: Failed to request refresh token';

/** The steps of the guide, B-207 to B-211. */
export const GUIDE = ['register', 'ids', 'secret', 'permissions', 'consent'] as const;
export type GuideStep = (typeof GUIDE)[number];
export type Progress = 'done' | 'open' | 'failed' | 'unknown';

export function progressOf(step: GuideStep, stored: Stored, rights: Rights | undefined): Progress {
  const account = isStored(stored) ? stored : null;
  const has = (id: string | null | undefined): boolean => id != null && id !== '';
  switch (step) {
    case 'register':
      return has(account?.client_id) ? 'done' : 'open';
    case 'ids':
      // Without the object ID all works: what it is for is looked up by the client ID (B-064).
      return has(account?.client_id) && has(account?.tenant_id) ? 'done' : 'open';
    case 'secret':
      if (account?.credential == null) return 'open';
      return account.days_left !== null && account.days_left < 0 ? 'failed' : 'done';
    case 'permissions':
      if (!rights || rights.state === 'unknown' || rights.state === 'unreachable') return account ? 'unknown' : 'open';
      return rights.permissions.some((it) => it.state === 'missing') ? 'failed' : 'done';
    case 'consent':
      if (rights?.state === 'granted') return 'done';
      return rights?.consent?.outcome === 'refused' || rights?.state === 'revoked' ? 'failed' : 'open';
  }
}
