// What the UI knows of the API. Paths are generated (`npm run types` writes schema.d.ts from docs/openapi.json); the views
// and the live topics, which OpenAPI does not describe, are written here, and the compiler holds the two together.
import type { RecordingRule } from '../admin/recording-rules';
import type { BalanceGroupInput } from '../routing/balance';
import type { Directed } from './direct';
import type { DirectoryTopic } from './directory';
import type { FlowInput, FlowNode, Prompt } from './flows';
import type { AgentFigures } from './privacy';
import type { PromptInput } from './prompts';
import type { Consent, RecordingView } from './recording';
import type * as schema from './schema';
import type { ScheduleInput } from './schedules';
import type { View } from './view';

/** A set of permissions with a name. */
export type Role = 'agent' | 'supervisor' | 'administrator' | 'queue_administrator' | 'quality' | 'analyst' | 'auditor';
/** What one kind of act needs. */
export type Permission =
  | 'take_contacts'
  | 'see_floor'
  | 'see_contacts'
  | 'hear_recordings'
  | 'export_contacts'
  | 'pause_recordings'
  | 'steer_waiting'
  | 'direct_agents'
  | 'close_hours'
  | 'keep_callbacks'
  | 'keep_do_not_call'
  | 'read_settings'
  | 'edit_queues'
  | 'edit_flows'
  | 'edit_settings'
  | 'read_events'
  | 'hold_recordings'
  | 'verify_recordings'
  | 'read_audit'
  | 'manage_access'
  | 'operate'
  | 'see_health';
export type Level = 'ok' | 'watch' | 'act';
export type AgentState =
  | 'signed_out'
  | 'available'
  | 'offering'
  | 'connecting'
  | 'on_contact'
  | 'wrap_up'
  | 'not_ready'
  | 'in_teams'
  | 'presence_unknown'
  | 'error';
export type ContactState = 'in_flow' | 'queued' | 'offering' | 'connecting' | 'dialing' | 'callback_pending' | 'connected' | 'outside' | 'wrap_up' | 'ended';
export type Channel = 'voice' | 'voicemail';

export interface Problem {
  type?: string;
  title?: string;
  status?: number;
  detail?: string;
  code?: string;
  trace_id?: string;
  errors?: { field: string; detail: string }[];
}

export interface CenterRef {
  id: string;
  name: string;
  time_zone: string;
}
export interface Info {
  product: string;
  version: string;
  centers: CenterRef[];
  notice?: string | null;
  setup_needed: boolean;
  tv: boolean;
}
export interface Account {
  id: number;
  username: string;
  name?: string | null;
  roles: Role[];
  /** What they allow together. */
  permissions?: string[];
  agent_id?: number | null;
}
export interface Me {
  /** Whoever is signed in, or the account that they look as. */
  account: Account;
  center: CenterRef & { agent_figures?: AgentFigures };
  server_time: string;
  view?: View | null;
}
export interface Session {
  token: string;
  expires_at: string;
  account: Account;
}

export interface Ref {
  id: number;
  name: string;
}
export interface LabelRef {
  id: number;
  label: string;
}
/** A reason that an agent can choose. */
export interface ReasonChoice extends LabelRef {
  /** Under which it stands. */
  heading?: LabelRef | null;
  needs_supervisor?: boolean;
  max_minutes?: number | null;
}
export type Attributes = Record<string, unknown>;

// --- settings ---------------------------------------------------------------------------------------------------
export interface Versioned {
  id: number;
  version: number;
}
export type WrapUpMode = 'none' | 'optional' | 'required' | 'required_timeboxed' | 'required_fixed' | 'on_request';
export interface QueueInput {
  name: string;
  short_name: string;
  requirements: { skill_id: number; min_level: number }[];
  /** What else is asked; nothing without. */
  condition?: schema.components['schemas']['Condition'] | null;
  /** Whose agents are asked; everybody's without. */
  team_ids?: number[];
  preferences?: schema.components['schemas']['Preference'][];
  /** What changes the longer a contact waits. */
  plan?: schema.components['schemas']['PlanStep'][];
  strategy: schema.components['schemas']['Strategy'];
  /** How likely each agent is where chance chooses by weights; who is not named weighs 1. */
  chances?: schema.components['schemas']['Chance'][];
  offer_by: 'tandem' | 'teams';
  offer_timeout_s: number;
  join_timeout_s: number;
  wrap_up: { mode: WrapUpMode; seconds: number };
  service_level: { threshold_s: number; target_percent: number };
  short_abandon_s: number;
  max_wait_s: number;
  max_waiting: number;
  priority: number;
  cooldown_s: number;
  message_misses: number;
  /** What becomes of agents whose Teams presence should be known and is not. */
  unknown_presence: 'do_not_offer' | 'offer';
  /** A text, an address, or one of the prompts. */
  music: string | { prompt_id: number };
  /** When it takes contacts; always without. */
  hours_id?: number | null;
  /** What becomes of those who wait when it closes. */
  at_closing?: 'finish_waiting' | 'leave';
  announce?: Announce | null;
  calling_out?: CallingOutRules | null;
  callbacks?: CallbackRules | null;
  /** Null: calls of the queue are not recorded by a rule. */
  recording?: RecordingRule | null;
  targets: { waiting: number; longest_wait_s: number };
  demand?: Demand;
  preferred?: PreferredRule | null;
}
export type CapacityProfileInput = schema.components['schemas']['CapacityProfileSent'];
/** What the contacts of a queue take of an agent. */
export type Demand = schema.components['schemas']['Demand'];
/** Whom the calls of a queue would rather have. */
export type PreferredRule = schema.components['schemas']['PreferredRule'];
export type CountryZone = schema.components['schemas']['CountryZone'];
/** How customers are called back. */
export interface CallbackRules {
  max_pending?: number;
  attempts?: number;
  attempts_per_day?: number;
  no_answer_s?: number;
  busy_s?: number;
  declined_s?: number;
  hours_id?: number | null;
  zones?: readonly CountryZone[];
  duplicate?: 'keep' | 'replace' | 'refuse';
  at_closing?: 'carry' | 'expire';
  expires_after_s?: number;
  promise_s?: number;
  /** Null: an agent is there first. */
  customer_first?: CustomerFirst | null;
}
/** How customers are called before an agent is free. */
export interface CustomerFirst {
  greeting: Prompt;
  nobody_free: Prompt;
  wait_s?: number;
  at_once_max?: number;
}
/** How customers are called from a queue; nobody is without. */
export type CallingOutRules = schema.components['schemas']['CallingOut'];
export interface SkillInput {
  name: string;
}
export interface SiteInput {
  name: string;
}
export interface TeamInput {
  name: string;
  site_id?: number | null;
}
export interface AgentInput {
  name: string;
  username: string;
  teams_user_id: string;
  skills: { skill_id: number; level: number }[];
  enabled: boolean;
  roles: Role[];
  /** Absent of agents from before there were teams. */
  team_id?: number | null;
  /** One contact at a time without. */
  capacity_profile_id?: number | null;
  /** What calls by trunks ring; without one they ring nobody. */
  phone?: schema.components['schemas']['Phone'] | null;
  password?: string;
}
export interface EndpointInput {
  name: string;
  /** Either a Teams resource account is called, or the number of a trunk. */
  resource_account_id: string | null;
  number?: string | null;
  flow_id: number;
  /** Told by the server: the first queue of the flow. */
  queue_id?: number | null;
}
/** As the server describes them: a kind that it learns does not compile here until the editor knows it. */
export type { FlowInput, FlowNode, Prompt };
export type SwitchCase = schema.components['schemas']['SwitchCase'];
export type AccuracyFigures = schema.components['schemas']['FiguresView'];
export type QueueStatusCase = schema.components['schemas']['QueueCase'];
export type Announce = schema.components['schemas']['Announce'];
export interface ReasonInput {
  label: string;
  /** The reason under which it stands. */
  heading_id?: number | null;
  productive: boolean;
  paid: boolean;
  max_minutes?: number | null;
  needs_supervisor: boolean;
}
export interface DispositionInput {
  label: string;
  queue_ids: number[];
}
export interface Settings {
  queues: QueueInput;
  'balance-groups': BalanceGroupInput;
  skills: SkillInput;
  sites: SiteInput;
  'capacity-profiles': CapacityProfileInput;
  teams: TeamInput;
  agents: AgentInput;
  endpoints: EndpointInput;
  flows: FlowInput;
  prompts: PromptInput;
  schedules: ScheduleInput;
  reasons: ReasonInput;
  dispositions: DispositionInput;
}
export type Area = keyof Settings;
export type Stored<A extends Area> = Settings[A] & Versioned;
export type Queue = Stored<'queues'>;
export type Skill = Stored<'skills'>;

// --- contacts and routing ---------------------------------------------------------------------------------------
export interface Customer {
  /** None when withheld or erased. */
  number: string | null;
  name: string | null;
}
/** What a caller left, of a contact of channel `voicemail`. */
export interface MessageView {
  seconds: number;
  /** Whether its sound is there: on its way, there, or lost for good. */
  state: 'arriving' | 'ready' | 'missing';
  from_contact_id: number;
}
export interface OfferView {
  id: number;
  contact_id: number;
  channel: Channel;
  message?: MessageView | null;
  customer: Customer;
  queue: Ref;
  enqueued_at: string;
  offered_at: string;
  expires_at: string;
  mode: 'tandem' | 'teams';
  skills: string[];
  attributes: Attributes;
}
/** Somebody in a conversation beside the customer and the agent who has it, or being called into it. */
export interface Third {
  /** A colleague; none when it is a number outside. */
  agent: Ref | null;
  number: string | null;
  purpose: 'transfer' | 'consult';
  stage: 'ringing' | 'talking';
  since: string;
  is_held: boolean;
}
export interface Conversation {
  /** Since when the customer is on hold. */
  held_since: string | null;
  third: Third | null;
  /** Whether the agent asked for wrap-up; nothing where the queue does not have it on request. */
  wrap_up_wish?: 'wanted' | 'not_wanted' | null;
}
export interface TimelineRow {
  at: string;
  what: string;
  detail: Record<string, unknown>;
}
export type TransferTargets = schema.components['schemas']['TransferTargets'];
export type QueueTarget = schema.components['schemas']['QueueTarget'];
export type ColleagueTarget = schema.components['schemas']['ColleagueTarget'];
export type Whom = { queue_id: number } | { agent_id: number } | { number: string };
/** A call to a customer that is not up yet: the agent's client rings first, then the customer's phone. */
export interface Dialing {
  stage: 'agent' | 'customer';
  since: string;
}
export interface ContactView {
  id: number;
  channel: Channel;
  /** Who called whom; absent of contacts from before there was a choice. */
  direction?: 'inbound' | 'outbound';
  message?: MessageView | null;
  dialing?: Dialing | null;
  state: ContactState;
  customer: Customer;
  queue: Ref | null;
  agent: Ref | null;
  endpoint: Ref;
  arrived_at: string;
  enqueued_at: string | null;
  connected_at: string | null;
  customer_left_at: string | null;
  /** The callback that the customer has pending, or of which this is an attempt. */
  callback_id?: number | null;
  attributes: Attributes;
  hearing: { party: 'customer' | 'agent'; text: string }[];
  wrap_up: { started_at: string; until: string | null; mode: string; can_extend: boolean } | null;
  conversation: Conversation | null;
  /** Null when nothing wants it recorded; absent where the server does not tell. */
  recording?: RecordingView | null;
  consent?: Consent;
  correlation_id: string;
}
export interface Decision {
  at: string;
  contact_id: number;
  queue_id: number;
  plan_step: number;
  /** The contact's place among those who wait. */
  key: string | { priority: number; since: string; seq: number };
  chosen?: { agent_id: number; name: string } | null;
  next: { agent_id: number; name: string; idle_since: string; rank: number; order: number }[];
  considered: number;
  excluded: { reason: string; count: number }[];
  /** Why it came before the others of its balance group, where an agent who became free got it. */
  balanced?: { objective: string; by: string; slack_s: number; weight: number; rivals: { queue_id: number; slack_s: number; weight: number }[] } | null;
}
export interface TvToken {
  id: number;
  board: string;
  created_at?: string;
  url?: string;
}

// --- system health ----------------------------------------------------------------------------------------------
export type HealthCheck = schema.components['schemas']['HealthCheck'];
export type SystemHealth = schema.components['schemas']['SystemHealth'];

// --- live topics ------------------------------------------------------------------------------------------------
export interface MeTopic {
  agent: {
    id: number;
    name: string;
    state: AgentState;
    since: string;
    reason: LabelRef | null;
    next_reason: LabelRef | null;
    missed_offer: boolean;
    /** Until when the agent should be not ready at most, where the reason says so. */
    not_ready_until?: string | null;
    /** What the agent asks a supervisor for, or was declined. */
    petition?: { reason: LabelRef; since: string; declined?: { by?: string | null; at: string } | null } | null;
    /** Whether somebody else said so last; absent where the server does not tell. */
    directed?: Directed | null;
  };
  offers: OfferView[];
  contacts: ContactView[];
  queues: { id: number; name: string; waiting: number; longest_since: string | null }[];
  reasons: ReasonChoice[];
  dispositions: { id: number; label: string; queue_ids: number[] }[];
  handled_today: number;
  /** The agent's own callbacks whose time has come. */
  callbacks_due?: number[];
  capacity: { voice: SlotsView; voicemail: SlotsView };
}
/** How many contacts of a channel an agent has, and may have. */
export interface SlotsView {
  used: number;
  max: number;
}
export interface BoardQueue {
  id: number;
  name: string;
  short_name: string;
  waiting: number;
  longest_since: string | null;
  service_level_percent: number | null;
  free: number;
  offered: number;
  answered: number;
  abandoned: number;
  level: Level;
  /** What holds of it for a while. */
  switches: schema.components['schemas']['SwitchView'][];
}
export interface BoardAgent {
  id: number;
  name: string;
  state: AgentState;
  since: string;
  reason: string | LabelRef | null;
  /** Until when that should last at most, where the reason says so. */
  not_ready_until?: string | null;
  /** What the agent asks a supervisor for. */
  petition?: { reason: Ref; since: string } | null;
  queue: string | Ref | null;
}
/** A merge patch cannot say null: what became null in a delta is absent here. */
export interface BoardTopic {
  as_of: string;
  center: { id: string; name: string };
  headlines: {
    waiting: { value: number; target: number; level: Level };
    longest_wait: { since?: string | null; target_s: number; level: Level };
    service_level: {
      percent?: number | null;
      target_percent: number;
      threshold_s: number;
      variant: string;
      level: Level;
    };
    available: { value: number; of: number; level: Level };
  };
  queues: BoardQueue[];
  agents: Partial<Record<AgentState, number>>;
  agent_list: BoardAgent[];
  series: { target: number; minutes: { at: string; waiting: number }[] };
  today: {
    offered: number;
    answered: number;
    abandoned: number;
    short_abandoned: number;
    in_flow: number;
    asa_s?: number | null;
    aht_s?: number | null;
  };
}
export interface Topics {
  me: MeTopic;
  board: BoardTopic;
  health: SystemHealth;
  directory: DirectoryTopic;
}
export type TopicName = keyof Topics;
export interface Frame {
  topic: TopicName | '';
  seq: number;
  kind: 'snapshot' | 'delta' | 'heartbeat' | 'error';
  data: unknown;
  ts: string;
}

// --- paths ------------------------------------------------------------------------------------------------------
/** The generated paths without the common prefix, which is the client's base address. */
export type paths = {
  [P in keyof schema.paths as P extends `/api/v1${infer Rest}` ? Rest : never]: schema.paths[P];
};
