// Privacy of a center, over the API: whose figures are shown, and how long what is personal is kept.
import { ask, loose } from './client';

/** Figures of each agent, or of teams only. */
export type AgentFigures = 'each' | 'team';
export interface PrivacyInput {
  agent_figures: AgentFigures;
  /** Null: for good. */
  keep_customers_days: number | null;
  keep_messages_days: number | null;
}
export interface Privacy extends PrivacyInput {
  /** 0: nobody has saved it yet. */
  version: number;
}

export async function privacyOf(center: string): Promise<Privacy> {
  return (await ask(loose.GET('/{center}/privacy', { params: { path: { center } } }))) as Privacy;
}

export async function savePrivacy(center: string, version: number, body: PrivacyInput): Promise<Privacy> {
  const params = { path: { center }, header: { 'if-match': `"${version}"` } };
  return (await ask(loose.PUT('/{center}/privacy', { params, body }))) as Privacy;
}
