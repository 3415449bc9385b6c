// A supervisor says what an agent is, and the agent reads who did it and why.
import { api, ask } from './client';

export const DIRECTIONS = ['ready', 'not_ready', 'signed_out'] as const;
/** What somebody else says that an agent is. */
export type DirectionWord = (typeof DIRECTIONS)[number];
/** As the agent is told of it, until the agent's own next word. */
export interface Directed {
  /** Null or absent: it is not known any more. */
  by?: string | null;
  at: string;
  to: DirectionWord;
  why?: string | null;
}
export type Direction = { state: 'ready' | 'signed_out'; why: string } | { state: 'not_ready'; reason_id: number; why: string };

export const PETITION_ANSWERS = ['granted', 'declined'] as const;
export type PetitionAnswer = (typeof PETITION_ANSWERS)[number];

/** What is said to a reason that the agent asks for; it names the reason, because the agent may ask for another by now. */
export async function answerPetition(center: string, id: number, body: { answer: PetitionAnswer; reason_id: number }): Promise<void> {
  await ask(api.POST('/{center}/agents/{id}/petition', { params: { path: { center, id } }, body }));
}

export async function directAgent(center: string, id: number, body: Direction): Promise<void> {
  await ask(api.POST('/{center}/agents/{id}/state', { params: { path: { center, id } }, body }));
}
