// The agent's contacts, grouped by what is to be done about them, and who waits in the agent's queues.
import { CallOutboundRegular } from '@fluentui/react-icons/svg/call-outbound';
import type { ReactNode } from 'react';
import type { ContactView, MeTopic } from '../api/contract';
import { useT } from '../i18n/t';
import { StateShape } from '../ui/shapes';
import { Elapsed } from '../ui/time';
import { useCustomerLabel } from './agent';
import css from './desk.module.css';
import { MessageMark } from './message-mark';
import { RecordingMark } from './recording-bar';
import { partOf } from './talk';

export function ContactList({ me, current }: { me: MeTopic; current: number | undefined }): ReactNode {
  const customerLabel = useCustomerLabel();
  const t = useT();
  const kindOf = (c: ContactView): ReactNode =>
    c.channel === 'voicemail' ? (
      <MessageMark message={c.message} />
    ) : (
      <>
        {c.direction === 'outbound' ? <Outgoing isDialing={c.state === 'dialing'} /> : null}
        {c.state === 'connected' ? <RecordingMark contact={c} /> : null}
      </>
    );
  const active = me.contacts.filter((c) => c.state === 'connected' || c.state === 'connecting' || c.state === 'dialing');
  const wrapping = me.contacts.filter((c) => c.state === 'wrap_up');
  const nothing = me.offers.length + active.length + wrapping.length === 0;
  return (
    <section className={`${css.card} ${css.list}`} data-region tabIndex={-1} aria-label={t('desk.contacts')}>
      <h2 className={css.heading}>{t('desk.contacts')}</h2>
      {nothing ? <p className={css.quiet}>{t('desk.contacts.none')}</p> : null}
      {me.offers.length > 0 ? (
        <Group name={t('desk.group.offered')}>
          {me.offers.map((offer) => (
            <Row
              key={offer.id}
              state="offering"
              who={customerLabel(offer.customer)}
              kind={offer.channel === 'voicemail' ? <MessageMark message={offer.message} /> : null}
              queue={offer.queue.name}
              since={offer.enqueued_at}
            />
          ))}
        </Group>
      ) : null}
      {active.length > 0 ? (
        <Group name={t('desk.group.active')}>
          {active.map((c) => (
            <Row
              key={c.id}
              state={c.state === 'connected' && !isAskedNow(c, me) ? 'on_contact' : 'connecting'}
              who={customerLabel(c.customer)}
              kind={kindOf(c)}
              queue={
                partOf(c, me.agent.id) === 'third'
                  ? t('desk.row.asked', { by: c.agent?.name ?? '' })
                  : c.conversation?.held_since
                    ? t('desk.row.held', { queue: c.queue?.name ?? '' })
                    : (c.queue?.name ?? '')
              }
              since={c.connected_at ?? c.arrived_at}
              current={c.id === current}
            />
          ))}
        </Group>
      ) : null}
      {wrapping.length > 0 ? (
        <Group name={t('desk.group.wrapUp')}>
          {wrapping.map((c) => (
            <Row
              key={c.id}
              state="wrap_up"
              who={customerLabel(c.customer)}
              kind={kindOf(c)}
              queue={c.queue?.name ?? ''}
              since={c.wrap_up?.started_at ?? c.arrived_at}
              current={c.id === current}
            />
          ))}
        </Group>
      ) : null}
      <h3 className={css.group}>{t('desk.myQueues')}</h3>
      {me.queues.length === 0 ? <p className={css.quiet}>{t('desk.myQueues.none')}</p> : null}
      <ul>
        {me.queues.map((queue) => (
          <li key={queue.id} className={css.queueRow}>
            <span title={queue.name}>{queue.name}</span>
            <span className={css.num}>{t('desk.waitingCount', { count: queue.waiting })}</span>
            <span className={css.num}>{queue.longest_since ? <Elapsed since={queue.longest_since} /> : '-'}</span>
          </li>
        ))}
      </ul>
      <div className={css.foot}>
        <span>{t('desk.capacity', { ...me.capacity.voice })}</span>
        <span>{t('desk.capacity.messages', { ...me.capacity.voicemail })}</span>
        <span>{t('desk.handled', { count: me.handled_today })}</span>
      </div>
    </section>
  );
}

/** Rings in the agent's client because a colleague asks. */
function isAskedNow(contact: ContactView, me: MeTopic): boolean {
  return partOf(contact, me.agent.id) === 'third' && contact.conversation?.third?.stage === 'ringing';
}

function Group({ name, children }: { name: string; children: ReactNode }): ReactNode {
  return (
    <>
      <h3 className={css.group}>{name}</h3>
      <ul aria-label={name}>{children}</ul>
    </>
  );
}

function Row(props: {
  state: 'offering' | 'on_contact' | 'connecting' | 'wrap_up';
  who: string;
  /** What it is, when it is not a call that came in. */
  kind?: ReactNode;
  queue: string;
  since: string;
  current?: boolean;
}): ReactNode {
  return (
    <li className={css.row} data-current={props.current ?? false}>
      <StateShape state={props.state} size={14} />
      <span className={css.rowWho}>
        <bdi>{props.who}</bdi>
      </span>
      <Elapsed since={props.since} />
      <span className={css.rowSub}>
        {props.kind} {props.queue}
      </span>
    </li>
  );
}

export function Outgoing({ isDialing }: { isDialing: boolean }): ReactNode {
  const t = useT();
  return (
    <span className={css.kind}>
      <CallOutboundRegular fontSize={16} />
      {t(isDialing ? 'contact.state.dialing' : 'call.outgoing')}
    </span>
  );
}
