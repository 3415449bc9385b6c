// The presence rules over the API: what Tandem shows in Teams, what Teams changes in Tandem, and who wins.
import { ask, loose } from './client';
import type { Doing, Status } from './directory';
import type * as schema from './schema';

type Schemas = schema.components['schemas'];

export const SYSTEM_STANDINGS = ['available', 'on_contact', 'ringing', 'wrap_up', 'not_ready_signed_in', 'missed_offer', 'signed_out'] as const;
export type SystemStanding = (typeof SYSTEM_STANDINGS)[number];
type StandingOf<Kind extends Schemas['Standing']['kind']> = Extract<Schemas['Standing'], { kind: Kind }>;
/** Words that the description leaves open are named here. */
export type Standing = (StandingOf<'system'> & { standing: SystemStanding }) | StandingOf<'reason'>;
export type Target = Schemas['Target'];
export const PRECEDENCE = ['chosen_in_teams', 'calendar_and_calls', 'tandem'] as const;
export type Authority = (typeof PRECEDENCE)[number];
export type Route = 'route' | 'no_route';
export type Side = Schemas['Shown']['side'];

type Sent = Schemas['PresenceRulesSent'];
export type PresenceRulesInput = Omit<Sent, 'to_teams' | 'from_teams' | 'precedence' | 'gate' | 'allow_loop'> & {
  to_teams: Omit<Sent['to_teams'], 'map'> & { map: { from: Standing; to: Status | null }[] };
  from_teams: Omit<Sent['from_teams'], 'map' | 'doing'> & { map: { from: Status; to: Target | null }[]; doing: { from: Doing; to: Target | null }[] };
  precedence: Authority[];
  gate: { when: Status | Doing; voice: Route; messages: Route }[];
};
/** Version 0: nobody has saved it yet. */
export type PresenceRules = PresenceRulesInput & Pick<Schemas['PresenceRules'], 'version'>;
/** What one side shows. */
export type Shown = { side: 'teams'; status: Status } | { side: 'tandem'; standing: Standing };
export type ChainStep = Omit<Schemas['StepTold'], 'shows'> & { shows: Shown };
export type Chain = Pick<Schemas['ChainTold'], 'ends'> & { steps: ChainStep[]; cycle: Shown[] | null };

export async function presenceRulesOf(center: string): Promise<PresenceRules> {
  return (await ask(loose.GET('/{center}/presence-rules', { params: { path: { center } } }))) as PresenceRules;
}

/** A mapping that loops is refused, unless it is allowed. */
export async function savePresenceRules(center: string, version: number, input: PresenceRulesInput, loops: 'refused' | 'allowed'): Promise<PresenceRules> {
  const params = { path: { center }, header: { 'if-match': `"${version}"` } };
  const body = { ...input, allow_loop: loops === 'allowed' };
  return (await ask(loose.PUT('/{center}/presence-rules', { params, body }))) as PresenceRules;
}

/** What would follow, by these rules. */
export async function chainOf(center: string, rules: PresenceRulesInput, start: Shown): Promise<Chain> {
  return (await ask(loose.POST('/{center}/presence-rules/chain', { params: { path: { center } }, body: { rules, start } }))) as Chain;
}

/**
 * What follows each other for ever by these rules; nothing where all chains end. Every circle goes through something that
 * Tandem tells Teams; what a person chose in Teams may end a chain that goes round otherwise.
 */
export async function cycleOf(center: string, rules: PresenceRulesInput): Promise<readonly Shown[]> {
  const told = rules.to_teams.map.filter(({ to }) => to !== null);
  const chains = await Promise.all(told.map(({ from }) => chainOf(center, rules, { side: 'tandem', standing: from })));
  return chains.find(({ ends }) => ends === 'loops')?.cycle ?? [];
}
