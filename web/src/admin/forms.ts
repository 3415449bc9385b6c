// What every settings form contains, as data: sections of fields, their kinds and limits, and what a new object starts as.
import type { Area, CallbackRules, CallingOutRules, EndpointInput, Settings } from '../api/contract';
import { freshProfile } from '../capacity/profile';
import { freshSchedule } from '../hours/schedule';
import type { MessageId } from '../i18n/t';
import { freshPrompt } from '../prompts/prompt';
import { BOUND_S, borrowingProblem, freshGroup, membersProblem, OBJECTIVES, type Borrowing, type Member } from '../routing/balance';
import type { Condition } from '../routing/conditions';
import { conditionProblem, planProblems, preferencesProblem, type PlanStep, type Preference } from '../routing/plan';
import { missingRule, missingZone } from './calling-rules';
import { GUID } from './field-errors';
import { recordingProblems, type RecordingRule } from './recording-rules';

export type Kind =
  | { kind: 'text'; max?: number; ltr?: boolean }
  | { kind: 'guid' }
  | { kind: 'password' }
  | { kind: 'number'; min: number; max: number; unit?: MessageId }
  | { kind: 'select'; options: readonly (readonly [string, MessageId])[] }
  | { kind: 'ref'; area: Area; optional?: boolean }
  | { kind: 'refs'; area: Area }
  | { kind: 'lookup'; area: Area; none: MessageId }
  | { kind: 'switch' }
  | { kind: 'optionalNumber'; min: number; max: number; unit?: MessageId }
  | { kind: 'roles' }
  | { kind: 'music' }
  | { kind: 'announce' }
  | { kind: 'callingOut' }
  | { kind: 'callbacks' }
  | { kind: 'recording' }
  | { kind: 'strategy' }
  | { kind: 'chances' }
  | { kind: 'condition' }
  | { kind: 'preferences' }
  | { kind: 'plan' }
  | { kind: 'members' }
  | { kind: 'borrowing' }
  | { kind: 'preferred' }
  | { kind: 'demand' }
  | { kind: 'reached' }
  | { kind: 'phone' }
  | { kind: 'skills'; level: 'level' | 'min_level' };

export type FieldSpec = Kind & {
  /** Path inside the object: `wrap_up.mode`. */
  path: string;
  label: MessageId;
  hint?: MessageId;
  required?: boolean;
  /** Only when making a new object. */
  onlyNew?: boolean;
};
export interface Section {
  title: MessageId;
  fields: readonly FieldSpec[];
}

const name: FieldSpec = { path: 'name', label: 'field.name', kind: 'text', max: 80, required: true };

/** Flows, prompts, schedules and, but for the name, capacity profiles have editors of their own. */
export const FORMS: Record<Area, readonly Section[]> = {
  flows: [],
  prompts: [],
  schedules: [],
  'capacity-profiles': [{ title: 'section.identity', fields: [name] }],
  queues: [
    {
      title: 'section.identity',
      fields: [
        name,
        { path: 'short_name', label: 'field.shortName', hint: 'field.shortName.hint', kind: 'text', max: 10, required: true },
        { path: 'priority', label: 'field.priority', hint: 'field.priority.hint', kind: 'number', min: 0, max: 9 },
      ],
    },
    {
      title: 'section.routing',
      fields: [
        { path: 'strategy', label: 'field.strategy', kind: 'strategy' },
        { path: 'chances', label: 'ask.chances', hint: 'ask.chances.hint', kind: 'chances' },
        { path: 'requirements', label: 'field.requirements', hint: 'field.requirements.hint', kind: 'skills', level: 'min_level' },
        { path: 'condition', label: 'ask.condition', hint: 'ask.condition.hint', kind: 'condition' },
        { path: 'team_ids', label: 'ask.teams', hint: 'ask.teams.hint', kind: 'refs', area: 'teams' },
        { path: 'preferences', label: 'ask.preferences', hint: 'ask.preferences.hint', kind: 'preferences' },
        {
          path: 'offer_by',
          label: 'field.offerBy',
          hint: 'field.offerBy.hint',
          kind: 'select',
          options: [
            ['tandem', 'offerBy.tandem'],
            ['teams', 'offerBy.teams'],
          ],
        },
        { path: 'offer_timeout_s', label: 'field.offerTimeout', kind: 'number', min: 5, max: 120, unit: 'unit.seconds' },
        { path: 'join_timeout_s', label: 'field.joinTimeout', hint: 'field.joinTimeout.hint', kind: 'number', min: 5, max: 180, unit: 'unit.seconds' },
        { path: 'cooldown_s', label: 'field.cooldown', hint: 'field.cooldown.hint', kind: 'number', min: 0, max: 3600, unit: 'unit.seconds' },
        { path: 'message_misses', label: 'field.messageMisses', hint: 'field.messageMisses.hint', kind: 'number', min: 1, max: 10 },
        {
          path: 'unknown_presence',
          label: 'field.unknownPresence',
          hint: 'field.unknownPresence.hint',
          kind: 'select',
          options: [
            ['do_not_offer', 'unknownPresence.do_not_offer'],
            ['offer', 'unknownPresence.offer'],
          ],
        },
      ],
    },
    { title: 'section.plan', fields: [{ path: 'plan', label: 'ask.plan', hint: 'ask.plan.hint', kind: 'plan' }] },
    { title: 'section.preferred', fields: [{ path: 'preferred', label: 'preferred.on', hint: 'preferred.on.hint', kind: 'preferred' }] },
    { title: 'section.demand', fields: [{ path: 'demand', label: 'section.demand', kind: 'demand' }] },
    {
      title: 'section.waiting',
      fields: [
        { path: 'music', label: 'field.music', kind: 'music', required: true },
        { path: 'max_wait_s', label: 'field.maxWait', kind: 'number', min: 0, max: 86_400, unit: 'unit.seconds' },
        { path: 'max_waiting', label: 'field.maxWaiting', kind: 'number', min: 0, max: 100_000 },
        { path: 'short_abandon_s', label: 'field.shortAbandon', hint: 'field.shortAbandon.hint', kind: 'number', min: 0, max: 120, unit: 'unit.seconds' },
      ],
    },
    {
      title: 'section.hours',
      fields: [
        { path: 'hours_id', label: 'field.hours', hint: 'field.hours.hint', kind: 'ref', area: 'schedules', optional: true },
        {
          path: 'at_closing',
          label: 'field.atClosing',
          hint: 'field.atClosing.hint',
          kind: 'select',
          options: [
            ['finish_waiting', 'field.atClosing.finish_waiting'],
            ['leave', 'field.atClosing.leave'],
          ],
        },
      ],
    },
    { title: 'section.announce', fields: [{ path: 'announce', label: 'announce.on', hint: 'announce.on.hint', kind: 'announce' }] },
    { title: 'section.callingOut', fields: [{ path: 'calling_out', label: 'callOut.on', hint: 'callOut.on.hint', kind: 'callingOut' }] },
    { title: 'section.callbacks', fields: [{ path: 'callbacks', label: 'callbackRules.on', hint: 'callbackRules.on.hint', kind: 'callbacks' }] },
    { title: 'section.recording', fields: [{ path: 'recording', label: 'recordingRule.on', hint: 'recordingRule.on.hint', kind: 'recording' }] },
    {
      title: 'section.wrapUp',
      fields: [
        {
          path: 'wrap_up.mode',
          label: 'field.wrapUpMode',
          kind: 'select',
          options: [
            ['none', 'wrapUp.none'],
            ['optional', 'wrapUp.optional'],
            ['required', 'wrapUp.required'],
            ['required_timeboxed', 'wrapUp.required_timeboxed'],
            ['required_fixed', 'wrapUp.required_fixed'],
            ['on_request', 'wrapUp.on_request'],
          ],
        },
        { path: 'wrap_up.seconds', label: 'field.wrapUpSeconds', kind: 'number', min: 0, max: 900, unit: 'unit.seconds' },
      ],
    },
    {
      title: 'section.targets',
      fields: [
        { path: 'service_level.target_percent', label: 'field.slTarget', kind: 'number', min: 0, max: 100, unit: 'unit.percent' },
        { path: 'service_level.threshold_s', label: 'field.slThreshold', kind: 'number', min: 1, max: 3600, unit: 'unit.seconds' },
        { path: 'targets.waiting', label: 'field.targetWaiting', kind: 'number', min: 0, max: 10_000 },
        { path: 'targets.longest_wait_s', label: 'field.targetLongest', kind: 'number', min: 1, max: 86_400, unit: 'unit.seconds' },
      ],
    },
  ],
  agents: [
    {
      title: 'section.identity',
      fields: [
        name,
        { path: 'username', label: 'field.username', kind: 'text', max: 120, required: true, ltr: true },
        { path: 'password', label: 'field.password', hint: 'field.password.hint', kind: 'password', required: true, onlyNew: true },
        { path: 'teams_user_id', label: 'field.teamsUser', hint: 'field.teamsUser.hint', kind: 'guid', required: true },
        { path: 'enabled', label: 'field.enabled', kind: 'switch' },
      ],
    },
    { title: 'section.phone', fields: [{ path: 'phone', label: 'field.phone', hint: 'field.phone.hint', kind: 'phone' }] },
    { title: 'section.team', fields: [{ path: 'team_id', label: 'field.team', hint: 'field.team.hint', kind: 'lookup', area: 'teams', none: 'field.team.none' }] },
    {
      title: 'section.capacity',
      fields: [{ path: 'capacity_profile_id', label: 'field.capacity', hint: 'field.capacity.hint', kind: 'lookup', area: 'capacity-profiles', none: 'field.capacity.none' }],
    },
    { title: 'section.roles', fields: [{ path: 'roles', label: 'field.roles', kind: 'roles' }] },
    { title: 'section.skills', fields: [{ path: 'skills', label: 'field.skills', hint: 'field.skills.hint', kind: 'skills', level: 'level' }] },
  ],
  teams: [
    {
      title: 'section.identity',
      fields: [name, { path: 'site_id', label: 'field.site', hint: 'field.site.hint', kind: 'lookup', area: 'sites', none: 'field.site.none' }],
    },
  ],
  sites: [{ title: 'section.identity', fields: [name] }],
  'balance-groups': [
    {
      title: 'section.identity',
      fields: [
        name,
        { path: 'objective', label: 'balance.objective', hint: 'balance.objective.hint', kind: 'select', options: OBJECTIVES.map((it) => [it, `decisions.objective.${it}`] as const) },
        { path: 'bound_s', label: 'balance.boundField', hint: 'balance.boundField.hint', kind: 'number', min: BOUND_S[0], max: BOUND_S[1], unit: 'unit.seconds' },
      ],
    },
    { title: 'section.members', fields: [{ path: 'members', label: 'balance.members', hint: 'balance.members.hint', kind: 'members' }] },
    { title: 'section.borrowing', fields: [{ path: 'borrowing', label: 'balance.borrowing', hint: 'balance.borrowing.hint', kind: 'borrowing' }] },
  ],
  skills: [{ title: 'section.identity', fields: [name] }],
  endpoints: [
    {
      title: 'section.identity',
      fields: [
        name,
        { path: 'number', label: 'list.reachedBy', kind: 'reached' },
      ],
    },
    {
      title: 'section.routing',
      fields: [
        { path: 'flow_id', label: 'field.flow', hint: 'field.flow.hint', kind: 'ref', area: 'flows' },
      ],
    },
  ],
  reasons: [
    {
      title: 'section.identity',
      fields: [
        { ...name, path: 'label', label: 'field.label' },
        { path: 'heading_id', label: 'field.heading', hint: 'field.heading.hint', kind: 'ref', area: 'reasons', optional: true },
        { path: 'productive', label: 'field.productive', hint: 'field.productive.hint', kind: 'switch' },
        { path: 'paid', label: 'field.paid', hint: 'field.paid.hint', kind: 'switch' },
        { path: 'needs_supervisor', label: 'field.needsSupervisor', hint: 'field.needsSupervisor.hint', kind: 'switch' },
        { path: 'max_minutes', label: 'field.maxMinutes', hint: 'field.maxMinutes.hint', kind: 'optionalNumber', min: 1, max: 1440, unit: 'unit.minutes' },
      ],
    },
  ],
  dispositions: [
    {
      title: 'section.identity',
      fields: [
        { ...name, path: 'label', label: 'field.label' },
        { path: 'queue_ids', label: 'field.dispositionQueues', hint: 'field.dispositionQueues.hint', kind: 'refs', area: 'queues' },
      ],
    },
  ],
};

/** `zone` is that of the center: new business hours begin with it. */
export function fresh<A extends Area>(area: A, zone = 'UTC'): Settings[A] {
  const all: Settings = {
    queues: {
      name: '',
      short_name: '',
      requirements: [],
      condition: null,
      team_ids: [],
      preferences: [],
      plan: [],
      strategy: 'longest_idle',
      chances: [],
      offer_by: 'tandem',
      offer_timeout_s: 20,
      join_timeout_s: 60,
      wrap_up: { mode: 'required_timeboxed', seconds: 60 },
      service_level: { threshold_s: 20, target_percent: 80 },
      short_abandon_s: 5,
      max_wait_s: 1800,
      max_waiting: 100,
      priority: 5,
      cooldown_s: 30,
      message_misses: 3,
      unknown_presence: 'do_not_offer',
      music: 'Please stay on the line. Somebody will be with you soon.',
      hours_id: null,
      at_closing: 'finish_waiting',
      announce: null,
      calling_out: null,
      callbacks: null,
      recording: null,
      targets: { waiting: 10, longest_wait_s: 60 },
      demand: { units: 1, label: null, exclusive: 'calls', message_wrap_up: 'blocks' },
      preferred: null,
    },
    agents: { name: '', username: '', teams_user_id: '', skills: [], enabled: true, roles: ['agent'], team_id: null, capacity_profile_id: null, phone: null, password: '' },
    teams: { name: '', site_id: null },
    'capacity-profiles': freshProfile(),
    sites: { name: '' },
    'balance-groups': freshGroup(),
    skills: { name: '' },
    endpoints: { name: '', resource_account_id: '', number: null, flow_id: 0 },
    flows: {
      name: '',
      start: 'greeting',
      nodes: [
        { id: 'greeting', kind: 'play', prompt: { text: '' }, next: 'end', failed: 'end' },
        { id: 'end', kind: 'end' },
      ],
    },
    prompts: freshPrompt(),
    schedules: freshSchedule(zone),
    reasons: { label: '', heading_id: null, productive: false, paid: true, max_minutes: null, needs_supervisor: false },
    dispositions: { label: '', queue_ids: [] },
  };
  return all[area];
}

type Tree = { [name: string]: unknown };

export function valueAt(object: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>((at, key) => (typeof at === 'object' && at !== null ? (at as Tree)[key] : undefined), object);
}

export function withValue<T>(object: T, path: string, value: unknown): T {
  const [first, ...rest] = path.split('.');
  if (first === undefined) return object;
  const tree = (object ?? {}) as Tree;
  const next = rest.length === 0 ? value : withValue(tree[first], rest.join('.'), value);
  return { ...tree, [first]: next } as T;
}

/** What can be said before asking the server. The server decides. */
export function check(spec: FieldSpec, value: unknown, form?: unknown): MessageId | undefined {
  const empty = value === '' || value === null || value === undefined;
  if (spec.required && empty) return 'field.error.required';
  if (spec.kind === 'music' && typeof value === 'object' && !((value as { prompt_id?: number } | null)?.prompt_id ?? 0)) return 'field.error.required';
  if (spec.kind === 'reached') return reachedProblem(form as Partial<EndpointInput> | undefined);
  if (spec.kind === 'phone' && value !== null && value !== undefined && (value as { user: string }).user === '') return 'field.error.required';
  if (spec.kind === 'callingOut') return missingRule(value as CallingOutRules | null | undefined);
  if (spec.kind === 'callbacks') return missingZone(value as CallbackRules | null | undefined);
  if (spec.kind === 'recording') return Object.values(recordingProblems(value as RecordingRule | null | undefined))[0];
  if (spec.kind === 'condition') return conditionProblem(value as Condition | null | undefined);
  if (spec.kind === 'preferences') return preferencesProblem(value as Preference[] | undefined);
  if (spec.kind === 'plan') return planProblems((value ?? []) as PlanStep[])[0]?.id;
  if (spec.kind === 'members') return membersProblem(value as Member[] | undefined);
  if (spec.kind === 'borrowing') return borrowingProblem(value as Borrowing | null | undefined);
  if (spec.kind === 'guid' && !empty && !GUID.test(String(value))) return 'field.error.guid';
  if (spec.kind === 'ref' && !spec.optional && !(Number(value) > 0)) return 'field.error.required';
  if (spec.kind === 'number' && (typeof value !== 'number' || !Number.isInteger(value))) return 'field.error.number';
  if (spec.kind === 'number' && typeof value === 'number' && (value < spec.min || value > spec.max)) return 'field.error.range';
  return undefined;
}

/** A number is chosen, an account is written. */
function reachedProblem({ number, resource_account_id }: Partial<EndpointInput> = {}): MessageId | undefined {
  if (number != null) return number === '' ? 'field.error.required' : undefined;
  if (!resource_account_id) return 'field.error.required';
  return GUID.test(resource_account_id) ? undefined : 'field.error.guid';
}
