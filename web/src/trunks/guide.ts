// The way to calls by trunks, behind an SBC or directly toward Teams, step by step: what of each step can be seen in what the server
// tells, and the commands that Teams needs. Pure.
import type { Trunk, TrunkHealth } from '../api/trunks';
import { countOf, isAmong } from './numbers';
import { countUp, isListening } from './standing';
import { lackingSecrets, TEAMS_SOURCES } from './trunk';

export const WAYS = ['sbc', 'direct'] as const;
export type Way = (typeof WAYS)[number];
/** Which trunks a way is about. */
export const KIND_OF = { sbc: 'carrier', direct: 'teams' } as const;

export const STEPS = {
  sbc: ['listener', 'trunk', 'sources', 'secret', 'certificate', 'peer', 'outgoing', 'incoming', 'numbers', 'flow', 'agents', 'help', 'call'],
  direct: ['listener', 'name', 'certificate', 'emergency', 'trunk', 'sources', 'gateway', 'outgoing', 'incoming', 'numbers', 'flow', 'routing', 'agents', 'call'],
} as const satisfies Record<Way, readonly string[]>;
export type StepName = (typeof STEPS)[Way][number];

/** `waits` for a step before it; `unseen`: Tandem has no way to see it, and says so. */
export const PROGRESS = ['done', 'watch', 'open', 'waits', 'unseen'] as const;
export type Progress = (typeof PROGRESS)[number];

export const FINDINGS = [
  'listener.done', 'listener.open', 'listener.waits',
  'trunk.done', 'trunk.off', 'trunk.open',
  'sources.done', 'sources.wide', 'sources.teams',
  'secret.done', 'secret.none', 'secret.open', 'secret.asked',
  'certificate.none', 'certificate.unseen', 'certificate.trouble',
  'outgoing.done', 'outgoing.some', 'outgoing.open', 'outgoing.waits', 'outgoing.off',
  'incoming.done', 'incoming.open', 'incoming.quiet',
  'numbers.done', 'numbers.open',
  'flow.done', 'flow.open',
  'agents.done', 'agents.open', 'agents.some',
  'emergency.done', 'emergency.waived', 'emergency.open', 'emergency.ready',
  'gateway.done', 'gateway.open',
  'unseen', 'waits',
] as const;
export type Finding = (typeof FINDINGS)[number];

export interface Step {
  step: StepName;
  progress: Progress;
  finding: Finding;
  /** What the finding names: figures, and what the server said in its own words. */
  values: Record<string, string | number>;
}

export interface Facts {
  trunks: readonly Trunk[];
  health: readonly TrunkHealth[];
  endpoints: readonly { number?: string | null }[];
  agents: readonly { id: number; name: string; teams_user_id: string; enabled: boolean; phone?: { trunk_id: number; user: string } | null }[];
}

type Found = Omit<Step, 'step'>;
const found = (progress: Progress, finding: Finding, values: Step['values'] = {}): Found => ({ progress, finding, values });
const UNSEEN = found('unseen', 'unseen');
const WAITS = found('waits', 'waits');

/** The trunk that a way is about: the one that was asked for, else one that is on. */
export function trunkOfWay(way: Way, trunks: readonly Trunk[], id: number | null): Trunk | undefined {
  const all = trunks.filter((it) => it.kind === KIND_OF[way]);
  return all.find((it) => it.id === id) ?? all.find((it) => it.enabled) ?? all[0];
}

export function stepsOf(way: Way, trunk: Trunk | undefined, facts: Facts): Step[] {
  return STEPS[way].map((step) => ({ step, ...findingOf(step, way, trunk, facts) }));
}

function findingOf(step: StepName, way: Way, trunk: Trunk | undefined, facts: Facts): Found {
  const health = facts.health.find((it) => it.trunk_id === trunk?.id);
  switch (step) {
    case 'listener':
      return listener(facts.health);
    case 'trunk':
      if (trunk === undefined) return found('open', 'trunk.open');
      return trunk.enabled ? found('done', 'trunk.done', { name: trunk.name }) : found('open', 'trunk.off', { name: trunk.name });
    case 'emergency':
      return emergency(trunk, facts.trunks);
    case 'agents':
      return agents(way, facts);
    case 'name':
    case 'peer':
    case 'help':
    case 'call':
    case 'routing':
      return UNSEEN;
    case 'sources':
    case 'secret':
    case 'certificate':
    case 'gateway':
    case 'outgoing':
    case 'incoming':
    case 'numbers':
    case 'flow':
      if (trunk !== undefined) return ofTrunk(step, trunk, health, facts);
      return step === 'certificate' ? UNSEEN : WAITS;
  }
}

type OfTrunk = 'sources' | 'secret' | 'certificate' | 'gateway' | 'outgoing' | 'incoming' | 'numbers' | 'flow';
function ofTrunk(step: OfTrunk, trunk: Trunk, health: TrunkHealth | undefined, facts: Facts): Found {
  switch (step) {
    case 'sources':
      return sources(trunk);
    case 'secret':
      return secret(trunk, health);
    case 'certificate':
      return certificate(trunk, health);
    case 'gateway':
      return gateway(health);
    case 'outgoing':
      return outgoing(trunk, health);
    case 'incoming':
      return incoming(trunk, health);
    case 'numbers':
      return trunk.numbers.length === 0 ? found('open', 'numbers.open') : found('done', 'numbers.done', { n: countOf(trunk.numbers) });
    case 'flow':
      return flow(trunk, facts);
  }
}

function listener(health: readonly TrunkHealth[]): Found {
  const listens = isListening(health);
  if (listens === null) return found('waits', 'listener.waits');
  return listens ? found('done', 'listener.done') : found('open', 'listener.open');
}

/** A network that lets in whoever tries: fewer bits than any company has. */
const BITS_MIN = 8;
function sources({ kind, sources: all }: Trunk): Found {
  const wide = all.find((it) => Number(it.split('/')[1] ?? '32') < BITS_MIN);
  if (wide !== undefined) return found('watch', 'sources.wide', { source: wide });
  const lacking = kind === 'teams' ? TEAMS_SOURCES.filter((it) => !all.includes(it)) : [];
  if (lacking.length > 0) return found('watch', 'sources.teams', { sources: lacking.join(', ') });
  return found('done', 'sources.done', { n: all.length });
}

function secret(trunk: Trunk, health: TrunkHealth | undefined): Found {
  const isAsked = health?.hosts.some(({ status }) => status === 401 || status === 407) ?? false;
  if (trunk.digest_user === null) return isAsked ? found('open', 'secret.asked') : found('done', 'secret.none');
  if (lackingSecrets(trunk).includes(trunk.digest_user)) return found('open', 'secret.open', { user: trunk.digest_user });
  return isAsked ? found('open', 'secret.asked') : found('done', 'secret.done', { user: trunk.digest_user });
}

function certificate(trunk: Trunk, health: TrunkHealth | undefined): Found {
  if (trunk.transport !== 'tls') return found('done', 'certificate.none');
  // Of what the server says of connections that failed, what was said of TLS.
  const trouble = health?.hosts.find((it) => it.state !== 'up' && it.trouble?.includes('TLS'))?.trouble;
  return trouble ? found('open', 'certificate.trouble', { trouble }) : found('unseen', 'certificate.unseen');
}

/** Whether there can be an answer yet. */
const isAwake = (health: TrunkHealth | undefined): health is TrunkHealth => health !== undefined && health.state !== 'off';

function gateway(health: TrunkHealth | undefined): Found {
  if (!isAwake(health)) return UNSEEN;
  if (countUp(health.hosts) > 0) return found('done', 'gateway.done');
  return health.hosts.some(({ status }) => status === 403) ? found('open', 'gateway.open') : UNSEEN;
}

function outgoing(trunk: Trunk, health: TrunkHealth | undefined): Found {
  if (!trunk.is_probed) return found('unseen', 'outgoing.off');
  if (!isAwake(health)) return WAITS;
  const { hosts, advice } = health;
  const n = countUp(hosts);
  if (n > 0) return n === hosts.length ? found('done', 'outgoing.done', { n }) : found('watch', 'outgoing.some', { n, of: hosts.length });
  if (hosts.some((it) => it.state === 'unknown')) return found('waits', 'outgoing.waits');
  return found('open', 'outgoing.open', { advice: advice ?? '' });
}

function incoming(trunk: Trunk, health: TrunkHealth | undefined): Found {
  if (!isAwake(health)) return WAITS;
  const n = health.hosts.filter((it) => it.is_heard).length;
  if (n > 0) return found('done', 'incoming.done', { n });
  return trunk.kind === 'teams' ? found('open', 'incoming.open') : found('watch', 'incoming.quiet');
}

function flow(trunk: Trunk, { endpoints }: Facts): Found {
  const n = endpoints.filter(({ number }) => number != null && isAmong(trunk.numbers, number)).length;
  return n === 0 ? found('open', 'flow.open') : found('done', 'flow.done', { n });
}

/** The ways have one thing in common: whoever is to be rung has a phone by a trunk that is on; which one is the administrator's choice. */
function agents(way: Way, { agents: all, trunks, health }: Facts): Found {
  const reached = all.filter(({ enabled, phone }) => enabled && phone != null && trunks.some((it) => it.id === phone.trunk_id && it.enabled));
  if (reached.length === 0) return found('open', 'agents.open', { way });
  const isSilent = ({ phone }: Facts['agents'][number]): boolean =>
    trunks.find((it) => it.id === phone?.trunk_id)?.kind === 'phones' && !(health.find((it) => it.trunk_id === phone?.trunk_id)?.registered.includes(phone?.user ?? '') ?? false);
  const silent = reached.filter(isSilent).length;
  return silent > 0 ? found('watch', 'agents.some', { n: reached.length, silent }) : found('done', 'agents.done', { n: reached.length });
}

function emergency(trunk: Trunk | undefined, trunks: readonly Trunk[]): Found {
  const route = trunk?.emergency?.route;
  if (route) return found('done', 'emergency.done', { numbers: route.numbers.join(', '), name: trunks.find((it) => it.id === route.trunk_id)?.name ?? '' });
  const waived = trunk?.emergency?.waived;
  if (waived) return found('watch', 'emergency.waived', { name: waived.signed_by });
  const carrier = trunks.find((it) => it.kind === 'carrier' && it.enabled);
  return carrier ? found('waits', 'emergency.ready', { name: carrier.name }) : found('open', 'emergency.open');
}

/** The first step that somebody has to do something about. */
export function nextOf(steps: readonly Step[]): Step | undefined {
  return steps.find(({ progress }) => progress === 'open') ?? steps.find(({ progress }) => progress === 'watch');
}

// --- what Teams is told -------------------------------------------------------------------------------------------------

/** What everything in Teams is called that belongs to calls of Tandem. */
const USAGE = 'Tandem';
const EMERGENCY = 'Tandem emergency';
/** Agents that commands are written for; the rest is said to be more. */
export const AGENTS_SHOWN = 20;

/** In single quotes nothing but a quote means anything to PowerShell, and it knows typographic ones as quotes too. */
const quoted = (text: string): string => `'${text.replaceAll(/['\u2018\u2019\u201a\u201b]/g, '$&$&')}'`;
/** Behind a # until the end of the line. */
const comment = (text: string): string => `# ${text.replaceAll(/[\r\n]+/g, ' ')}`;

/** The trunk's end in Teams (A.1, A.4, A.5): the port must be that of the TLS listener. */
export function gatewayCommands({ own_name, calls_max, emergency: of }: Pick<Trunk, 'own_name' | 'calls_max' | 'emergency'>): string {
  const fqdn = quoted(own_name ?? 'sbc.example.com');
  const location = of?.route ? ' -PidfLoSupported $true' : '';
  return [
    'Connect-MicrosoftTeams',
    `New-CsOnlinePSTNGateway -Fqdn ${fqdn} -SipSignalingPort 5061 -MaxConcurrentSessions ${calls_max} -SendSipOptions $true -ForwardCallHistory $true -ForwardPai $true${location} -Enabled $true`,
    `Get-CsOnlinePSTNGateway -Identity ${fqdn}`,
  ].join('\n');
}

/** Calls of agents in Teams go by the trunk, and each agent has a number. */
export function routingCommands({ id, own_name }: Pick<Trunk, 'id' | 'own_name'>, agents: Facts['agents']): string {
  const fqdn = quoted(own_name ?? 'sbc.example.com');
  const own = agents.filter(({ phone }) => phone?.trunk_id === id);
  const lines = [
    `Set-CsOnlinePstnUsage -Identity Global -Usage @{Add=${quoted(USAGE)}}`,
    `New-CsOnlineVoiceRoute -Identity ${quoted(USAGE)} -NumberPattern '.*' -OnlinePstnGatewayList ${fqdn} -OnlinePstnUsages ${quoted(USAGE)}`,
    `New-CsOnlineVoiceRoutingPolicy -Identity ${quoted(USAGE)} -OnlinePstnUsages ${quoted(USAGE)}`,
  ];
  const people = own.length > 0 ? own : [{ name: 'each agent', teams_user_id: 'agent@example.com', phone: { trunk_id: id, user: '+14255550123' } }];
  for (const { name, teams_user_id, phone } of people.slice(0, AGENTS_SHOWN)) {
    const user = quoted(teams_user_id);
    lines.push(comment(name), `Set-CsPhoneNumberAssignment -Identity ${user} -PhoneNumber ${quoted(phone?.user ?? '')} -PhoneNumberType DirectRouting`, `Grant-CsOnlineVoiceRoutingPolicy -Identity ${user} -PolicyName ${quoted(USAGE)}`);
  }
  if (people.length > AGENTS_SHOWN) lines.push(comment(`and ${people.length - AGENTS_SHOWN} more`));
  return lines.join('\n');
}

/** Emergency calls of Teams users are sent to the trunk, with the location; Tandem sends them on (B-236). */
export function emergencyCommands({ own_name, emergency: of }: Pick<Trunk, 'own_name' | 'emergency'>): string | null {
  const numbers = of?.route?.numbers.map((it) => it.replace(/^\+/, '')) ?? [];
  if (numbers.length === 0) return null;
  const fqdn = quoted(own_name ?? 'sbc.example.com');
  return [
    `Set-CsOnlinePstnUsage -Identity Global -Usage @{Add=${quoted(EMERGENCY)}}`,
    `New-CsOnlineVoiceRoute -Identity ${quoted(EMERGENCY)} -NumberPattern '^\\+?(${numbers.join('|')})$' -OnlinePstnGatewayList ${fqdn} -OnlinePstnUsages ${quoted(EMERGENCY)}`,
    ...numbers.map((it, i) => `$n${i + 1} = New-CsTeamsEmergencyNumber -EmergencyDialString ${quoted(it)} -OnlinePSTNUsage ${quoted(EMERGENCY)}`),
    `New-CsTeamsEmergencyCallRoutingPolicy -Identity ${quoted(USAGE)} -EmergencyNumbers @{Add=${numbers.map((_, i) => `$n${i + 1}`).join(',')}}`,
    comment('for each Teams user who may call for help'),
    `Grant-CsTeamsEmergencyCallRoutingPolicy -Identity 'user@example.com' -PolicyName ${quoted(USAGE)}`,
  ].join('\n');
}

/** What Tandem's configuration file needs to listen. Addresses are for documents: each machine has its own. */
export function configuration(way: Way, ownName: string | null): string {
  const name = JSON.stringify(ownName ?? (way === 'direct' ? 'sbc.example.com' : '198.51.100.7'));
  const tls = ['tls = "0.0.0.0:5061"', 'certificate = "/etc/tandem/sbc.pem"   # with its chain; RSA for Teams', 'key = "/etc/tandem/sbc.key"', 'trust_root = "/etc/ssl/certs/ca-certificates.crt"'];
  const plain = ['udp = "0.0.0.0:5060"', 'tcp = "0.0.0.0:5060"'];
  return ['[direct_routing]', `name = ${name}`, ...(way === 'direct' ? tls : plain), 'media_address = "203.0.113.10"   # of this machine', 'media_public_address = "198.51.100.7"   # what others are told, where it is another one', 'media_ports = "20000-39999"'].join('\n');
}
