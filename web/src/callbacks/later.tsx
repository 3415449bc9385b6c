// "Call back later" on the desk: for the customer of a contact, by the agent or by a queue that the agent serves.
import type { ReactNode } from 'react';
import type { ContactView, MeTopic } from '../api/contract';
import BookDialog from './book-dialog';
import type { Said } from './booking';

interface Props {
  contact: ContactView;
  me: MeTopic;
  close: (said: Said | null) => void;
}

export default function CallLater({ contact, me, close }: Props): ReactNode {
  const { number, name } = contact.customer;
  if (number === null) return null;
  const served = me.queues.map(({ id, name: queue }) => ({ id, name: queue }));
  const queues = contact.queue && !served.some(({ id }) => id === contact.queue?.id) ? [contact.queue, ...served] : served;
  return (
    <BookDialog
      customer={{ number, name }}
      queues={queues}
      queue={contact.queue?.id ?? queues[0]?.id ?? 0}
      when="scheduled"
      owners={{ who: 'self', agent: me.agent.id }}
      known={new Set(contact.callback_id == null ? [] : [contact.callback_id])}
      close={close}
    />
  );
}
