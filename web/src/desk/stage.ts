// Which of the agent's contacts stands on the stage, and is meant by keys: never more than one. Pure.
import type { ContactView, MeTopic } from '../api/contract';

export interface OnStage {
  /** In a call, or on the way into one. */
  connected: ContactView | undefined;
  /** Waits for wrap-up to be completed; behind the call while there is one. */
  wrapping: ContactView | undefined;
}

/** Who calls back out of the wrap-up has two: what ended last is fresh in mind, and the earlier one comes after it. */
export function onStage(me: MeTopic | undefined): OnStage {
  const contacts = me?.contacts ?? [];
  const connected = contacts.find(({ state }) => state === 'connected') ?? contacts.find(({ state }) => state === 'connecting' || state === 'dialing');
  const since = (contact: ContactView): number => Date.parse(contact.wrap_up?.started_at ?? contact.arrived_at);
  const [wrapping] = contacts.filter(({ state }) => state === 'wrap_up').sort((a, b) => since(b) - since(a) || b.id - a.id);
  return { connected, wrapping };
}

/** The wrap-up that a key completes: the one that is seen. */
export function completable({ connected, wrapping }: OnStage): ContactView | undefined {
  return connected ? undefined : wrapping;
}
