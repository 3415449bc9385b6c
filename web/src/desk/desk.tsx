// The agent workspace: contacts, call stage or wrap-up, and the customer.
import {
  Button,
  MessageBar,
  MessageBarActions,
  MessageBarBody,
  MessageBarTitle,
  Spinner,
  Textarea,
} from '@fluentui/react-components';
import { CallRegular } from '@fluentui/react-icons/svg/call';
import { DismissRegular } from '@fluentui/react-icons/svg/dismiss';
import { lazy, Suspense, useEffect, useRef, useState, type ReactNode } from 'react';
import type { AgentState, ContactView, MeTopic, OfferView } from '../api/contract';
import { useTitle } from '../app/title';
import { useT, type MessageId } from '../i18n/t';
import { useFreshness } from '../live/hooks';
import { Loading } from '../ui/states';
import { StateShape } from '../ui/shapes';
import { Elapsed, Ltr } from '../ui/time';
import { useCustomerLabel, useDesk } from './agent';
import { Countdown } from './agent-bar';
import { ContactList, Outgoing } from './contact-list';
import { CallControls, HoldBar } from './controls';
import css from './desk.module.css';
import { CallBack, CallLater, DialStrip, OutcomeStrip } from './dialing';
import { MessageStage } from './message';
import { MessageMark } from './message-mark';
import { RecordingBar, RecordingMark } from './recording-bar';
import { freeReason } from './reasons';
import { attributeName, attributeText, callbackQueue, inSentence, isSoundFile, shownAttributes, signOf } from './talk';
import { thirdName } from './talk-news';
import { ThirdStrip } from './third';
import { Timeline } from './timeline';

/** Few agents have callbacks of their own. */
const BookedBar = lazy(() => import('../callbacks/booked-bar').then((m) => ({ default: m.BookedBar })));
const PendingCallback = lazy(() => import('../callbacks/pending').then((m) => ({ default: m.PendingCallback })));
const OwnDue = lazy(() => import('../callbacks/own').then((m) => ({ default: m.OwnDue })));
const OwnCallbacks = lazy(() => import('../callbacks/own').then((m) => ({ default: m.OwnCallbacks })));

export function Page(): ReactNode {
  const t = useT();
  useTitle(t('desk.title'));
  const desk = useDesk();
  const fresh = useFreshness();
  const { me, connected, wrapping, refusal, dismissRefusal, notice, dismissNotice, calling, directed } = desk;
  useKeptFocus();
  if (!me) return <Loading rows={[120, 420]} />;
  const contact = connected ?? wrapping;
  const offered = me.offers[0];
  return (
    <div className={css.page} data-fresh={fresh}>
      <div className={css.bars}>
        {refusal ? (
          <MessageBar intent="error">
            <MessageBarBody>{refusal}</MessageBarBody>
            <MessageBarActions
              containerAction={
                <Button
                  appearance="transparent"
                  icon={<DismissRegular />}
                  aria-label={t('action.dismiss')}
                  onClick={dismissRefusal}
                />
              }
            />
          </MessageBar>
        ) : null}
        {directed.text === null ? null : (
          <MessageBar intent="warning" layout="multiline" data-directed>
            <MessageBarBody>{directed.text}</MessageBarBody>
            <MessageBarActions
              containerAction={
                <Button appearance="transparent" icon={<DismissRegular />} aria-label={t('action.dismiss')} onClick={directed.dismiss} />
              }
            />
          </MessageBar>
        )}
        {calling.booked ? (
          <Suspense>
            <BookedBar said={calling.booked} dismiss={calling.dismissBooked} />
          </Suspense>
        ) : null}
        {(connected || wrapping) && me.callbacks_due?.length ? (
          <Suspense>
            <OwnDue />
          </Suspense>
        ) : null}
        {me.agent.missed_offer ? <Missed /> : null}
        {notice ? (
          <MessageBar intent="warning" layout="multiline">
            <MessageBarBody>{notice}</MessageBarBody>
            <MessageBarActions
              containerAction={
                <Button appearance="transparent" icon={<DismissRegular />} aria-label={t('action.dismiss')} onClick={dismissNotice} />
              }
            />
          </MessageBar>
        ) : null}
      </div>
      <div className={css.desk}>
        <ContactList me={me} current={contact?.id} />
        <section className={`${css.card} ${css.stage}`} data-region data-stage tabIndex={-1} aria-label={t('desk.conversation')}>
          {calling.outcome && !connected ? <OutcomeStrip outcome={calling.outcome} /> : null}
          {connected?.channel === 'voicemail' ? (
            <MessageStage key={connected.id} contact={connected}>
              <div className={css.talk}>
                <Note contact={connected.id} />
              </div>
            </MessageStage>
          ) : connected ? (
            <CallStage key={connected.id} contact={connected} />
          ) : wrapping ? (
            <WrapUp key={wrapping.id} contact={wrapping} me={me} />
          ) : (
            <Idle me={me} />
          )}
        </section>
        <CustomerPanel contact={contact} offer={offered} />
      </div>
    </div>
  );
}

/** Buttons come and go with the conversation: a focus that is lost with one goes to what the conversation is now. */
function useKeptFocus(): void {
  const { connected, wrapping, panel, calling } = useDesk();
  const contact = connected ?? wrapping;
  const { outcome } = calling;
  const now = [contact?.id, contact?.state, signOf(contact?.conversation), panel, outcome?.contact, contact?.message?.state].join('|');
  const before = useRef(now);
  useEffect(() => {
    if (before.current === now) return;
    before.current = now;
    // After a dialog has given its focus back.
    const later = setTimeout(() => {
      const isLost = document.activeElement === null || document.activeElement === document.body;
      if (isLost) document.querySelector<HTMLElement>('[data-stage] :is([data-news], h1)')?.focus({ preventScroll: true });
    }, 50);
    return () => clearTimeout(later);
  }, [now]);
}

function Missed(): ReactNode {
  const t = useT();
  const { goReady, pending } = useDesk();
  const busy = pending('state');
  return (
    <MessageBar intent="warning" layout="multiline">
      <MessageBarBody>
        <MessageBarTitle>{t('desk.missed.title')}</MessageBarTitle>
        {t('desk.missed.text')}
      </MessageBarBody>
      <MessageBarActions>
        <Button appearance="primary" onClick={goReady} disabledFocusable={busy} aria-busy={busy}>
          {t('desk.missed.return')}
        </Button>
      </MessageBarActions>
    </MessageBar>
  );
}

function Idle({ me }: { me: MeTopic }): ReactNode {
  const t = useT();
  const { goReady, pending } = useDesk();
  const busy = pending('state');
  const { state } = me.agent;
  const waiting = me.queues.reduce((sum, queue) => sum + queue.waiting, 0);
  const longest = me.queues
    .map((queue) => queue.longest_since)
    .filter((since) => since !== null)
    .sort()[0];
  const resting = state === 'not_ready' || state === 'signed_out' || state === 'error';
  const text =
    state === 'available'
      ? t('desk.idle.available', { count: me.queues.length })
      : state === 'offering' || state === 'connecting'
        ? t('desk.idle.offering')
        : state === 'signed_out'
          ? t('desk.idle.signedOut')
          : t('desk.idle.notReady');
  return (
    <div className={css.idle}>
      <div className={css.idleMark}>
        <StateShape state={state} size={36} />
      </div>
      <h1 tabIndex={-1}>
        {state === 'not_ready' && me.agent.reason ? me.agent.reason.label : t(`agent.state.${state}` as MessageId)}
      </h1>
      <p>{text}</p>
      {resting ? (
        <Button appearance="primary" size="large" onClick={goReady} disabledFocusable={busy} aria-busy={busy}>
          {t('state.goAvailable')}
        </Button>
      ) : null}
      <div className={css.figures}>
        <Figure label={t('desk.figure.waiting')}>{waiting}</Figure>
        <Figure label={t('desk.figure.longest')}>{longest ? <Elapsed since={longest} /> : '0:00'}</Figure>
        <Figure label={t('desk.figure.handled')}>{me.handled_today}</Figure>
      </div>
      <Suspense>
        <OwnCallbacks hands={state === 'signed_out' || state === 'error' ? 'away' : state === 'available' || state === 'not_ready' ? 'free' : 'busy'} />
      </Suspense>
      <NotificationOffer />
    </div>
  );
}

function Figure({ label, children }: { label: string; children: ReactNode }): ReactNode {
  return (
    <div className={css.figure}>
      <b>{children}</b>
      <span>{label}</span>
    </div>
  );
}

function NotificationOffer(): ReactNode {
  const t = useT();
  const [permission, setPermission] = useState(() =>
    typeof Notification === 'undefined' ? 'denied' : Notification.permission,
  );
  if (permission !== 'default') return null;
  return (
    <div className={css.notify}>
      <p>{t('desk.notify.text')}</p>
      <Button onClick={() => void Notification.requestPermission().then(setPermission)}>{t('desk.notify.button')}</Button>
    </div>
  );
}

function initials(name: string): string {
  const words = name.split(/\s+/).filter((word) => /\p{L}/u.test(word));
  return words
    .slice(0, 2)
    .map((word) => [...word][0])
    .join('')
    .toUpperCase();
}

export function Avatar({ name }: { name: string }): ReactNode {
  const letters = initials(name);
  return (
    <span className={css.avatar} aria-hidden="true">
      {letters || <CallRegular fontSize={20} />}
    </span>
  );
}

function CallStage({ contact }: { contact: ContactView }): ReactNode {
  const customerLabel = useCustomerLabel();
  const t = useT();
  const { me, part } = useDesk();
  const heading = useRef<HTMLHeadingElement>(null);
  // The only time that an event moves the focus: the call that the agent just accepted.
  useEffect(() => heading.current?.focus(), [contact.id]);
  const who = customerLabel(contact.customer);
  const hearing = (party: string): string | undefined => {
    const heard = contact.hearing.find((h) => h.party === party)?.text;
    return heard !== undefined && isSoundFile(heard) ? t('call.hears.sound') : heard;
  };
  const live = contact.state === 'connected';
  const third = contact.conversation?.third ?? null;
  const held = contact.conversation?.held_since ?? null;
  const own = me?.agent.id ?? 0;
  const isOutbound = contact.direction === 'outbound';
  const stage = contact.state === 'dialing' ? (contact.dialing?.stage ?? 'agent') : null;
  return (
    <>
      <Pending contact={contact} />
      {contact.dialing ? <DialStrip contact={contact} dialing={contact.dialing} /> : null}
      {third ? <ThirdStrip contact={contact} third={third} own={own} /> : held ? <HoldBar contact={contact} since={held} /> : null}
      <header className={css.stageHead}>
        <div>
          <h1 ref={heading} tabIndex={-1}>
            <bdi>{who}</bdi>
          </h1>
          <div className={css.meta}>
            {isOutbound ? <Outgoing isDialing={contact.state === 'dialing'} /> : null}
            {contact.state === 'dialing' ? null : <span>{t(`contact.state.${contact.state}` as MessageId)}</span>}
            {contact.queue ? <span>{contact.queue.name}</span> : null}
            <span>{contact.endpoint.name}</span>
          </div>
        </div>
        <div className={css.timers}>
          {contact.connected_at ? (
            <div className={css.timer}>
              <Elapsed since={contact.connected_at} />
              <span>{t('call.timer.talk')}</span>
            </div>
          ) : null}
          <div className={css.timer}>
            <Elapsed since={contact.arrived_at} />
            <span>{t(isOutbound ? 'call.timer.dialed' : 'call.timer.total')}</span>
          </div>
        </div>
      </header>
      {live ? <RecordingBar contact={contact} /> : null}
      <ul className={css.parties} aria-label={t('call.parties')}>
        <Party
          name={who}
          role={t('call.party.customer')}
          hears={hearing('customer')}
          is={contact.customer_left_at !== null ? 'left' : stage === 'agent' ? 'waiting' : stage === 'customer' ? 'ringing' : held ? 'held' : 'there'}
        />
        {part === 'third' ? (
          <Party name={contact.agent?.name ?? ''} role={t('call.party.colleague')} hears={hearing('agent')} is="there" />
        ) : (
          <Party name={me?.agent.name ?? ''} role={t('call.party.you')} hears={hearing('agent')} is={live || stage === 'customer' ? 'there' : stage === 'agent' ? 'ringing' : 'left'} />
        )}
        {third ? (
          <Party
            name={thirdName(t, third)}
            role={part === 'third' ? t('call.party.you') : third.agent ? t('call.party.colleague') : t('call.party.number')}
            hears={undefined}
            is={third.stage === 'ringing' ? 'ringing' : third.is_held ? 'held' : 'there'}
          />
        ) : null}
      </ul>
      {part === 'own' ? (
        <div className={css.talk}>
          <Note contact={contact.id} />
        </div>
      ) : null}
      {stage === null ? <CallControls contact={contact} /> : null}
    </>
  );
}

/** What the customer calls about may be what somebody was to call back for. A call of ours has no such news: it may be the callback. */
function Pending({ contact }: { contact: ContactView }): ReactNode {
  const { me, part } = useDesk();
  const who = useCustomerLabel()(contact.customer);
  const isNews = contact.callback_id != null && contact.direction !== 'outbound' && part === 'own' && contact.channel === 'voice';
  if (!isNews || contact.callback_id == null) return null;
  const queue = callbackQueue(contact.attributes);
  return (
    <Suspense>
      <PendingCallback
        key={contact.callback_id}
        id={contact.callback_id}
        who={inSentence(who)}
        queue={me?.queues.find(({ id }) => id === queue)?.name ?? null}
        isThere={contact.state === 'connected' || contact.state === 'wrap_up'}
      />
    </Suspense>
  );
}

/** The note begins during the call and is still there in wrap-up. */
function Note({ contact }: { contact: number }): ReactNode {
  const t = useT();
  const { draft, setDraft } = useDesk();
  return (
    <div>
      <label className={css.label} htmlFor={`note-${contact}`}>
        {t('wrap.note')}
      </label>
      <Textarea
        id={`note-${contact}`}
        value={draft(contact).note}
        onChange={(_, data) => setDraft(contact, { note: data.value })}
        placeholder={t('wrap.note.placeholder')}
        rows={4}
        resize="vertical"
        style={{ inlineSize: '100%' }}
      />
    </div>
  );
}

/** Whether somebody is in the call. */
type Presence = 'there' | 'held' | 'ringing' | 'waiting' | 'left';
const PRESENCE: Record<Presence, AgentState> = { there: 'available', held: 'not_ready', ringing: 'offering', waiting: 'signed_out', left: 'signed_out' };

function Party({ name, role, hears, is }: { name: string; role: string; hears: string | undefined; is: Presence }): ReactNode {
  const t = useT();
  return (
    <li className={css.party}>
      <Avatar name={name} />
      <div>
        <div className={css.partyName}>
          <bdi>{name}</bdi>
        </div>
        <div className={css.hears}>{hears ? t('call.hears', { what: hears }) : role}</div>
      </div>
      <span className={css.hears}>
        <StateShape state={PRESENCE[is]} size={10} />
        {is === 'there' ? role : t(`call.party.${is}`)}
      </span>
    </li>
  );
}

function WrapUp({ contact, me }: { contact: ContactView; me: MeTopic }): ReactNode {
  const customerLabel = useCustomerLabel();
  const t = useT();
  const { draft, setDraft, complete, extend, pending } = useDesk();
  const { disposition } = draft(contact.id);
  const wrap = contact.wrap_up;
  const options = me.dispositions.filter(
    (d) => d.queue_ids.length === 0 || (contact.queue !== null && d.queue_ids.includes(contact.queue.id)),
  );
  const completing = pending(`complete:${contact.id}`);
  const extending = pending(`extend:${contact.id}`);
  const rest = freeReason(me.reasons);
  return (
    <>
      <Pending contact={contact} />
      <header className={css.stageHead}>
        <div>
          <h1 tabIndex={-1}>{t('wrap.title')}</h1>
          <div className={css.meta}>
            <bdi>{customerLabel(contact.customer)}</bdi>
            {contact.channel === 'voicemail' ? <MessageMark message={contact.message} /> : null}
            {contact.queue ? <span>{contact.queue.name}</span> : null}
            {contact.recording?.state === 'failed' ? <RecordingMark contact={contact} /> : null}
          </div>
        </div>
        {wrap ? (
          <div className={css.wrapTop}>
            {wrap.until ? (
              <Countdown from={wrap.started_at} until={wrap.until} label={t('wrap.timer')} />
            ) : (
              <div className={css.timer}>
                <Elapsed since={wrap.started_at} />
                <span>{t('wrap.elapsed')}</span>
              </div>
            )}
            {wrap.can_extend ? (
              <Button onClick={() => extend(contact)} disabledFocusable={extending} aria-busy={extending}>
                {t('wrap.extend')}
              </Button>
            ) : null}
          </div>
        ) : null}
      </header>
      <div className={css.wrap}>
        {options.length > 0 ? (
          <fieldset className={css.fieldset}>
            <legend className={css.label}>{t('wrap.disposition')}</legend>
            <div className={css.dispositions}>
              {options.map((option) => (
                <label key={option.id} className={css.choice}>
                  <input
                    type="radio"
                    name={`disposition-${contact.id}`}
                    checked={disposition === option.id}
                    onChange={() => setDraft(contact.id, { disposition: option.id })}
                  />
                  {option.label}
                </label>
              ))}
            </div>
          </fieldset>
        ) : null}
        <Note contact={contact.id} />
      </div>
      <div className={css.controls}>
        <Button
          appearance="primary"
          size="large"
          aria-keyshortcuts="Control+Enter"
          icon={completing ? <Spinner size="tiny" appearance="inverted" /> : undefined}
          aria-busy={completing}
          disabledFocusable={completing}
          onClick={() => complete(contact)}
        >
          {t('wrap.complete')}
        </Button>
        {rest ? (
          <Button size="large" disabledFocusable={completing} onClick={() => complete(contact, rest.id)}>
            {t('wrap.completeThen', { reason: rest.label })}
          </Button>
        ) : null}
        <CallBack contact={contact.id} standing="over" isWithheld={contact.customer.number === null} size="large" />
        <CallLater contact={contact} size="large" />
        <span className={css.mute}>{t('key.ctrlEnter')}</span>
      </div>
    </>
  );
}

function CustomerPanel({ contact, offer }: { contact: ContactView | undefined; offer: OfferView | undefined }): ReactNode {
  const customerLabel = useCustomerLabel();
  const t = useT();
  const customer = contact?.customer ?? offer?.customer;
  const attributes = shownAttributes(contact?.attributes ?? offer?.attributes ?? {});
  return (
    <aside className={`${css.card} ${css.customer} ${css.side}`} data-region tabIndex={-1} aria-label={t('customer.title')}>
      <h2 className={css.heading} style={{ padding: 0 }}>
        {t('customer.title')}
      </h2>
      {customer ? (
        <>
          <div className={css.identity}>
            <Avatar name={customer.name ?? ''} />
            <div>
              <div className={css.name}>
                <bdi>{customerLabel(customer)}</bdi>
              </div>
              {customer.name && customer.number ? (
                <div className={css.hears}>
                  <Ltr>{customer.number}</Ltr>
                </div>
              ) : null}
            </div>
          </div>
          {attributes.length > 0 ? (
            <div>
              <h3 className={css.section}>{t('customer.attributes')}</h3>
              <dl className={css.facts}>
                {attributes.map(([name, value]) => (
                  <div key={name}>
                    <dt>{attributeName(name)}</dt>
                    <dd>{attributeText(value)}</dd>
                  </div>
                ))}
              </dl>
            </div>
          ) : null}
          {contact ? <Timeline key={contact.id} contact={contact} /> : null}
        </>
      ) : (
        <p className={css.quiet} style={{ padding: 0 }}>
          {t('customer.none')}
        </p>
      )}
    </aside>
  );
}
