// What somebody else said that the agent is: whether it is so already. Pure.
import type { Directed } from '../api/direct';
import type { MeTopic } from '../api/contract';

/** Whether it comes true only after what the agent has: a contact that is there since before it was said. */
export function isPending({ agent, contacts, offers }: Pick<MeTopic, 'agent' | 'contacts' | 'offers'>, { to, at }: Directed): boolean {
  switch (to) {
    case 'not_ready':
      return agent.next_reason != null;
    case 'ready': {
      const begun = [...offers.map((offer) => offer.offered_at), ...contacts.map((contact) => contact.connected_at ?? agent.since)];
      return begun.some((since) => Date.parse(since) < Date.parse(at));
    }
    case 'signed_out':
      return false;
  }
}
