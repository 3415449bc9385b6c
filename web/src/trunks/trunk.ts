// A trunk as a form: what a new one begins with, by who is at the other end, and what can be seen to be wrong before the server is
// asked. Pure: the server decides.
import type { Codec, Emergency, NumberFormat, NumberRange, Srtp, Transport, Trunk, TrunkInput, TrunkKind } from '../api/trunks';

/** Before it is saved a trunk has version 0. */
export type Stored = Trunk | { id: 0; version: 0; kind: TrunkKind };
export const isStored = (trunk: Stored): trunk is Trunk => trunk.version > 0;

/** What becomes of emergency calls; nothing before somebody has chosen. */
export type EmergencyWay = 'route' | 'waived';
export const EMERGENCY_WAYS = ['route', 'waived'] as const satisfies readonly EmergencyWay[];

export interface TrunkForm {
  name: string;
  enabled: boolean;
  kind: TrunkKind;
  /** One on each line, as it was typed. */
  hosts: string[];
  transport: Transport;
  is_probed: boolean;
  sources: string[];
  certificate_names: string[];
  own_name: string;
  digest_user: string;
  /** All of them, the preferred one first; those that are off come last. */
  codecs: { codec: Codec; is_on: boolean }[];
  srtp: Srtp;
  number_format: NumberFormat;
  numbers: NumberRange[];
  phones: string[];
  /** What was typed to be added to the numbers, or to the phones, and was not added yet. */
  pending: string;
  calls_max: number | null;
  emergency_way: EmergencyWay | null;
  emergency_trunk: number;
  emergency_numbers: string[];
  call_back_minutes: number | null;
  signed_by: string;
  why: string;
}

/** A.1: in this order, by names and never by addresses. */
export const TEAMS_HOSTS = ['sip.pstnhub.microsoft.com', 'sip2.pstnhub.microsoft.com', 'sip3.pstnhub.microsoft.com'] as const;
/** A.1: Teams calls from anywhere in these, not only from what its names resolve to. */
export const TEAMS_SOURCES = ['52.112.0.0/14', '52.120.0.0/14'] as const;
export const CALLS_MAX = { least: 1, usual: 1000, most: 20_000 } as const;
export const CALL_BACK_MINUTES = { least: 1, usual: 60, most: 1440 } as const;
export const REASON_CHARS_MIN = 10;
export const NAME_MAX = 80;

const ALL_CODECS: readonly Codec[] = ['pcma', 'pcmu', 'g722'];
function withCodecs(on: readonly Codec[]): TrunkForm['codecs'] {
  return [...on, ...ALL_CODECS.filter((it) => !on.includes(it))].map((codec) => ({ codec, is_on: on.includes(codec) }));
}

const PLAIN: Omit<TrunkForm, 'kind'> = {
  name: '',
  enabled: true,
  hosts: [],
  transport: 'udp',
  is_probed: true,
  sources: [],
  certificate_names: [],
  own_name: '',
  digest_user: '',
  codecs: withCodecs(['pcma', 'pcmu']),
  srtp: 'offered',
  number_format: { style: 'international', country: '', prefix: '', international_prefix: '' },
  numbers: [],
  phones: [],
  pending: '',
  calls_max: CALLS_MAX.usual,
  emergency_way: null,
  emergency_trunk: 0,
  emergency_numbers: ['112'],
  call_back_minutes: CALL_BACK_MINUTES.usual,
  signed_by: '',
  why: '',
};
/** What each kind begins with where it differs; of Teams it is what Teams demands (A.1, A.4, A.9). */
const BY_KIND: Record<TrunkKind, Partial<TrunkForm>> = {
  carrier: { transport: 'udp' },
  teams: {
    name: 'Microsoft Teams',
    hosts: [...TEAMS_HOSTS],
    transport: 'tls',
    sources: [...TEAMS_SOURCES],
    codecs: withCodecs(['pcmu', 'pcma']),
    srtp: 'required',
  },
  phones: { transport: 'udp', codecs: withCodecs(['g722', 'pcma', 'pcmu']) },
};

export function freshForm(kind: TrunkKind): TrunkForm {
  return { ...PLAIN, ...BY_KIND[kind], kind };
}

/** Another kind begins anew, but for what somebody wrote that every kind has. */
export function asKind(form: TrunkForm, kind: TrunkKind): TrunkForm {
  const fresh = freshForm(kind);
  const isOwn = form.name !== '' && form.name !== freshForm(form.kind).name;
  return { ...fresh, name: isOwn ? form.name : fresh.name, enabled: form.enabled, numbers: kind === 'phones' ? [] : form.numbers };
}

export function formOf(stored: Stored): TrunkForm {
  if (!isStored(stored)) return freshForm(stored.kind);
  const { name, enabled, kind, hosts, transport, is_probed, sources, certificate_names, own_name, digest_user, codecs, srtp, number_format, numbers, phones, calls_max, emergency } = stored;
  return {
    ...PLAIN,
    name,
    enabled,
    kind,
    hosts,
    transport,
    is_probed,
    sources,
    certificate_names,
    own_name: own_name ?? '',
    digest_user: digest_user ?? '',
    codecs: withCodecs(codecs),
    srtp,
    number_format,
    numbers,
    phones,
    calls_max,
    ...(emergency === null ? {} : emergencyForm(emergency)),
  };
}

function emergencyForm({ route, waived }: Emergency): Partial<TrunkForm> {
  if (route !== null) return { emergency_way: 'route', emergency_trunk: route.trunk_id, emergency_numbers: route.numbers, call_back_minutes: route.call_back_minutes };
  return waived === null ? {} : { emergency_way: 'waived', signed_by: waived.signed_by, why: waived.why };
}

/** Lines with something on them. */
export const linesOf = (lines: readonly string[]): string[] => lines.map((it) => it.trim()).filter((it) => it !== '');

export function inputOf(form: TrunkForm): TrunkInput {
  const isTls = form.transport === 'tls';
  return {
    name: form.name.trim(),
    enabled: form.enabled,
    kind: form.kind,
    hosts: form.kind === 'phones' ? [] : linesOf(form.hosts),
    transport: form.transport,
    is_probed: form.is_probed,
    sources: linesOf(form.sources),
    certificate_names: isTls ? linesOf(form.certificate_names) : [],
    own_name: form.own_name.trim() || null,
    digest_user: form.digest_user.trim() || null,
    codecs: form.codecs.filter(({ is_on }) => is_on).map(({ codec }) => codec),
    srtp: form.srtp,
    headers: 'hidden',
    number_format: form.number_format.style === 'national' ? form.number_format : { style: form.number_format.style, country: '', prefix: '', international_prefix: '' },
    numbers: form.numbers,
    phones: form.kind === 'phones' ? form.phones : [],
    calls_max: form.calls_max ?? CALLS_MAX.usual,
    emergency: form.kind === 'teams' ? emergencyOf(form) : null,
  };
}

function emergencyOf(form: TrunkForm): TrunkInput['emergency'] {
  switch (form.emergency_way) {
    case 'route':
      return { route: { trunk_id: form.emergency_trunk, numbers: linesOf(form.emergency_numbers), call_back_minutes: form.call_back_minutes ?? CALL_BACK_MINUTES.usual }, waived: null };
    case 'waived':
      return { route: null, waived: { signed_by: form.signed_by.trim(), why: form.why.trim() } };
    case null:
      return null;
  }
}

const isWithin = (value: number | null, { least, most }: { least: number; most: number }): boolean => value !== null && value >= least && value <= most;

/** Paths of what is missing or out of range, as the server names them. */
export function problemsOf(form: TrunkForm): string[] {
  const { kind } = form;
  const isNational = form.number_format.style === 'national';
  const checks: [string, boolean][] = [
    ['name', form.name.trim() !== ''],
    ['hosts', kind === 'phones' || linesOf(form.hosts).length > 0],
    ['own_name', kind !== 'teams' || form.own_name.trim() !== ''],
    ['sources', linesOf(form.sources).length > 0],
    ['codecs', form.codecs.some(({ is_on }) => is_on)],
    ['pending', form.pending.trim() === ''],
    ['calls_max', isWithin(form.calls_max, CALLS_MAX)],
    ['number_format.country', !isNational || /^\d{1,4}$/.test(form.number_format.country)],
    ...(kind === 'teams' ? emergencyChecks(form) : []),
  ];
  return checks.filter(([, isGood]) => !isGood).map(([path]) => path);
}

function emergencyChecks(form: TrunkForm): [string, boolean][] {
  switch (form.emergency_way) {
    case null:
      return [['emergency', false]];
    case 'waived':
      return [
        ['emergency.waived.signed_by', form.signed_by.trim() !== ''],
        ['emergency.waived.why', form.why.trim().length >= REASON_CHARS_MIN],
      ];
    case 'route':
      return [
        ['emergency.route.trunk_id', form.emergency_trunk > 0],
        ['emergency.route.numbers', linesOf(form.emergency_numbers).length > 0],
        ['emergency.route.call_back_minutes', isWithin(form.call_back_minutes, CALL_BACK_MINUTES)],
      ];
  }
}

/** Whose secrets a saved trunk needs. */
export const usersOf = ({ digest_user, phones }: Pick<Trunk, 'digest_user' | 'phones'>): string[] => [...(digest_user ? [digest_user] : []), ...phones];
export const lackingSecrets = (trunk: Trunk): string[] => usersOf(trunk).filter((user) => !trunk.has_secret.includes(user));

/** Users that register, one on each line, or with commas: besides those that are there. */
export function pastedUsers(text: string, there: readonly string[]): { users: string[]; wrong: string[] } {
  const typed = text.split(/[\s,;]+/).filter((it) => it !== '');
  const wrong = typed.filter((it) => !/^[A-Za-z0-9\-_.+]{1,64}$/.test(it));
  const users = [...new Set(typed)].filter((it) => !wrong.includes(it) && !there.includes(it));
  return { users, wrong };
}

/** Letters and digits that are told apart when they are read aloud or from a slip of paper. */
const SECRET_LETTERS = 'abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789';
const SECRET_CHARS = 24;
/** A secret that nobody guesses: about 138 bits. */
export function madeUp(fill: (bytes: Uint8Array) => Uint8Array = (bytes) => crypto.getRandomValues(bytes)): string {
  // Bytes past the last whole multiple are drawn anew: every letter is as likely as another.
  const bound = 256 - (256 % SECRET_LETTERS.length);
  let secret = '';
  while (secret.length < SECRET_CHARS) {
    for (const byte of fill(new Uint8Array(SECRET_CHARS))) {
      if (byte < bound && secret.length < SECRET_CHARS) secret += SECRET_LETTERS[byte % SECRET_LETTERS.length];
    }
  }
  return secret;
}
