// What an agent sees on every route: own state, the running call, and offers.
import { Button, Spinner } from '@fluentui/react-components';
import { CallRegular } from '@fluentui/react-icons/svg/call';
import { CallEndRegular } from '@fluentui/react-icons/svg/call-end';
import { CheckmarkRegular } from '@fluentui/react-icons/svg/checkmark';
import { ChevronDownRegular } from '@fluentui/react-icons/svg/chevron-down';
import { DialpadRegular } from '@fluentui/react-icons/svg/dialpad';
import { HeadsetRegular } from '@fluentui/react-icons/svg/headset';
import { VoicemailRegular } from '@fluentui/react-icons/svg/voicemail';
import { lazy, Suspense, useId, type ReactNode } from 'react';
import { Link, useNavigate } from 'react-router';
import type { ContactView, MeTopic, OfferView, ReasonChoice } from '../api/contract';
import { td } from '../app/theme';
import { useT, type MessageId } from '../i18n/t';
import { useServerNow } from '../live/hooks';
import { secondsLeft } from '../ui/durations';
import { OverTime } from '../ui/over-time';
import { PopMenu, type PopItem } from '../ui/pop-menu';
import { Shape, StateShape } from '../ui/shapes';
import { fractionLeft } from '../ui/thresholds';
import { Elapsed, Ltr } from '../ui/time';
import { hangUpBlocked, useCustomerLabel, useDesk } from './agent';
import css from './agent-bar.module.css';
import { MessageMark } from './message-mark';
import { PauseClock, RecordingAlarm, RecordingMark } from './recording-bar';
import { reasonGroups } from './reasons';
import { attributeName, attributeText, hasCallback, shownAttributes } from './talk';

const Transfer = lazy(() => import('./transfer'));
const DialPad = lazy(() => import('./dial-pad'));
const Keypad = lazy(() => import('./keypad'));
const CallLater = lazy(() => import('../callbacks/later'));

export default function AgentBar(): ReactNode {
  const { me } = useDesk();
  if (!me) return null;
  return (
    <>
      <CallStrip />
      <CallButton />
      <StateControl />
      <div className={css.corner}>
        <RecordingAlarm />
        <Offers />
      </div>
      <PauseClock />
      <Panels />
    </>
  );
}

/** The dialogs about the current call, or about the next one, on whatever page the agent is. */
function Panels(): ReactNode {
  const { me, connected, panel, sought, openPanel, calling } = useDesk();
  const later = me?.contacts.find(({ id }) => id === calling.later);
  if (me && later) {
    return (
      <Suspense>
        <CallLater contact={later} me={me} close={calling.closeLater} />
      </Suspense>
    );
  }
  if (calling.pad !== null) {
    return (
      <Suspense>
        <DialPad number={calling.pad} close={calling.closePad} />
      </Suspense>
    );
  }
  if (!connected || panel === null) return null;
  const close = (): void => openPanel(null);
  return (
    <Suspense>
      {panel === 'keypad' ? <Keypad contact={connected} close={close} /> : <Transfer contact={connected} first={panel} sought={sought} close={close} />}
    </Suspense>
  );
}

export function useStateName(): (state: string, reason?: { label: string } | null) => string {
  const t = useT();
  return (state, reason) => (state === 'not_ready' && reason ? reason.label : t(`agent.state.${state}` as MessageId));
}

function StateControl(): ReactNode {
  const t = useT();
  const name = useStateName();
  const { me, pending, goReady, goNotReady, signOutOfWork } = useDesk();
  if (!me) return null;
  const { agent } = me;
  const busy = pending('state');
  const resting = agent.state === 'not_ready' || agent.state === 'signed_out';
  const groups = reasonGroups(me.reasons);
  const loose = groups.find(({ heading }) => heading === null);
  const under = groups.flatMap(({ heading, reasons }) => (heading ? [{ heading, reasons }] : []));
  const items = (reasons: readonly ReasonChoice[]): PopItem[] =>
    reasons.map((reason) => ({
      key: String(reason.id),
      label: reason.needs_supervisor ? t('state.ask', { reason: reason.label }) : reason.label,
      icon: <StateShape state="not_ready" size={12} />,
      run: () => goNotReady(reason.id),
    }));
  const during = agent.state === 'on_contact' || agent.state === 'connecting' || agent.state === 'wrap_up';
  return (
    <div className={css.state}>
      <Petition petition={agent.petition ?? null} />
      <OverTime until={agent.not_ready_until} className={css.next} />
      {agent.next_reason ? <span className={css.next}>{t('state.next', { reason: agent.next_reason.label })}</span> : null}
      {resting ? (
        <Button
          appearance="primary"
          onClick={goReady}
          disabledFocusable={busy}
          aria-busy={busy}
          icon={busy ? <Spinner size="tiny" /> : undefined}
        >
          {t('state.goAvailable')}
        </Button>
      ) : null}
      <PopMenu
        menuLabel={t('state.set')}
        appearance="outline"
        icon={busy && !resting ? <Spinner size="tiny" /> : <StateShape state={agent.state} size={12} />}
        busy={busy}
        state={agent.state}
        groups={[
          {
            key: 'states',
            head: during ? t('state.after') : t('state.set'),
            items: [
              {
                key: 'ready',
                label: t('agent.state.available'),
                icon: <StateShape state="available" size={12} />,
                run: goReady,
              },
              ...items(loose?.reasons ?? []),
            ],
          },
          ...under.map(({ heading, reasons }) => ({ key: `under-${heading.id}`, head: heading.label, items: items(reasons) })),
          {
            key: 'end',
            items: [
              {
                key: 'out',
                label: t('state.endShift'),
                icon: <StateShape state="signed_out" size={12} />,
                disabled: agent.state === 'signed_out',
                run: signOutOfWork,
              },
            ],
          },
        ]}
      >
        <span className={css.stateLabel}>
          {name(agent.state, agent.reason)}
          <Elapsed since={agent.since} className={css.time} />
          <ChevronDownRegular fontSize={12} />
        </span>
      </PopMenu>
    </div>
  );
}

/** What the agent asks a supervisor for; that it was declined is said until the agent's next word. */
function Petition({ petition }: { petition: MeTopic['agent']['petition'] | null }): ReactNode {
  const t = useT();
  const declined = petition?.declined;
  const reason = petition?.reason.label ?? '';
  const text = petition ? (declined ? t('state.declined', { by: declined.by ?? t('desk.directed.somebody'), reason }) : t('state.asked', { reason })) : null;
  return <span role="status">{text === null ? null : <span className={css.next}>{text}</span>}</span>;
}

/** Begins a call to a customer; whoever is in a contact has other buttons in its place. */
function CallButton(): ReactNode {
  const t = useT();
  const { connected, calling } = useDesk();
  if (connected) return null;
  return (
    <Button icon={<DialpadRegular />} aria-keyshortcuts="Shift+F8" title={t('dial.open.keys')} onClick={() => calling.openPad()}>
      {t('dial.open')}
    </Button>
  );
}

function CallStrip(): ReactNode {
  const customerLabel = useCustomerLabel();
  const t = useT();
  const { connected, part, hangUp, pending, armed } = useDesk();
  if (!connected) return null;
  const busy = pending(`hang-up:${connected.id}`);
  const who = customerLabel(connected.customer);
  const blocked = hangUpBlocked(connected, part);
  const held = connected.conversation?.held_since;
  return (
    <div className={css.strip} role="group" aria-label={t('strip.label')}>
      {connected.channel === 'voicemail' ? (
        <MessageMark message={null} />
      ) : (
        <StateShape state={connected.state === 'connected' ? 'on_contact' : 'connecting'} size={12} />
      )}
      <Link to="/desk">
        <bdi>{who}</bdi>
      </Link>
      {held ? (
        <span>
          {t('talk.hold')} <Elapsed since={held} />
        </span>
      ) : connected.connected_at ? (
        <Elapsed since={connected.connected_at} />
      ) : (
        <span>{t(`contact.state.${connected.state}` as MessageId)}</span>
      )}
      <RecordingMark contact={connected} />
      <Button
        size="small"
        appearance={armed === connected.id ? 'primary' : 'subtle'}
        shape="circular"
        icon={busy ? <Spinner size="tiny" /> : connected.channel === 'voicemail' ? <CheckmarkRegular /> : <CallEndRegular />}
        onClick={() => hangUp(connected)}
        aria-keyshortcuts="F4"
        aria-busy={busy}
        aria-description={blocked ? t(`call.hangUp.${blocked}`) : undefined}
        title={blocked ? t(`call.hangUp.${blocked}`) : undefined}
        disabledFocusable={busy || blocked !== null}
      >
        {armed === connected.id ? t('call.hangUp.confirm') : t(endOf(connected, part))}
      </Button>
    </div>
  );
}

/** The word for how this ends. */
function endOf(contact: ContactView, part: 'own' | 'third'): MessageId {
  if (contact.state === 'dialing') return 'action.cancel';
  if (contact.channel === 'voicemail') return 'message.done.short';
  return part === 'third' ? 'call.leave.short' : 'call.hangUp.short';
}

const SHOWN = 3;

function Offers(): ReactNode {
  const customerLabel = useCustomerLabel();
  const t = useT();
  const { me, withdrawn } = useDesk();
  const offers = me?.offers ?? [];
  if (offers.length === 0 && withdrawn.length === 0) return null;
  return (
    <section className={css.offers} aria-label={t('offer.region')}>
        {offers.slice(0, SHOWN).map((offer) => (
          <Offer key={offer.id} offer={offer} />
        ))}
        {offers.length > SHOWN ? <div className={css.more}>{t('offer.more', { count: offers.length - SHOWN })}</div> : null}
        {withdrawn.map((offer) => (
          <div key={offer.id} className={css.gone} role="status">
            {t('offer.withdrawn', { who: customerLabel(offer.customer) })}
          </div>
        ))}
    </section>
  );
}

const RADIUS = 27;
const AROUND = 2 * Math.PI * RADIUS;

export function Countdown({ from, until, label }: { from: string; until: string; label: string }): ReactNode {
  const t = useT();
  const now = useServerNow();
  const left = secondsLeft(Date.parse(until), now, Date.parse(until) - Date.parse(from));
  const part = fractionLeft(Date.parse(from), Date.parse(until), now);
  const last = left <= 5;
  const width = last ? 6 : 4;
  return (
    <div className={css.ring} role="timer" aria-label={label}>
      <svg viewBox="0 0 60 60" aria-hidden="true">
        <circle cx="30" cy="30" r={RADIUS} fill="none" stroke="var(--colorNeutralStroke2)" strokeWidth={width} />
        <circle
          cx="30"
          cy="30"
          r={RADIUS}
          fill="none"
          stroke={last ? td.tdLevelWatch : td.tdStateOffering}
          strokeWidth={width}
          strokeDasharray={`${AROUND * part} ${AROUND}`}
        />
      </svg>
      <span className={`${css.ringText} tabular`}>
        {left}
        <span className={css.ringUnit}>{t('offer.seconds')}</span>
      </span>
    </div>
  );
}

function Offer({ offer }: { offer: OfferView }): ReactNode {
  const customerLabel = useCustomerLabel();
  const t = useT();
  const id = useId();
  const navigate = useNavigate();
  const { accept, decline, pending } = useDesk();
  const accepting = pending(`accept:${offer.id}`);
  const declining = pending(`decline:${offer.id}`);
  const teams = offer.mode === 'teams';
  const facts = shownAttributes(offer.attributes).slice(0, 3);
  return (
    <article className={css.offer} aria-labelledby={`${id}-who`} data-offer={offer.id}>
      <div className={css.top}>
        <div>
          <div className={css.kind}>
            <Shape shape="bell" color={td.tdStateOffering} size={12} />
            {offer.channel === 'voicemail' ? <MessageMark message={offer.message} /> : t('offer.kind')}
          </div>
          <h2 className={css.who} id={`${id}-who`}>
            <bdi>{customerLabel(offer.customer)}</bdi>
          </h2>
          {offer.customer.name && offer.customer.number ? (
            <p className={css.sub}>
              <Ltr>{offer.customer.number}</Ltr>
            </p>
          ) : null}
        </div>
        <Countdown from={offer.offered_at} until={offer.expires_at} label={t('offer.timer')} />
      </div>
      <dl className={css.facts}>
        <dt>{t('offer.queue')}</dt>
        <dd>{offer.queue.name}</dd>
        <dt>{t('offer.waited')}</dt>
        <dd>
          <Elapsed since={offer.enqueued_at} />
        </dd>
        {offer.skills.length > 0 ? (
          <>
            <dt>{t('offer.skills')}</dt>
            <dd>{offer.skills.join(', ')}</dd>
          </>
        ) : null}
        {hasCallback(offer.attributes) ? (
          <>
            <dt>{t('customer.callback')}</dt>
            <dd>{t('customer.callback.pending')}</dd>
          </>
        ) : null}
        {facts.map(([name, value]) => (
          <Fact key={name} name={name} value={value} />
        ))}
      </dl>
      {offer.message && offer.message.state !== 'ready' ? <p className={css.sub}>{t(`message.${offer.message.state}`)}</p> : null}
      {teams ? (
        <p className={css.teams}>
          <HeadsetRegular fontSize={20} />
          {t('offer.ringingInTeams')}
        </p>
      ) : null}
      <div className={css.buttons}>
        <Button
          appearance="primary"
          icon={accepting ? <Spinner size="tiny" appearance="inverted" /> : offer.channel === 'voicemail' ? <VoicemailRegular /> : <CallRegular />}
          aria-keyshortcuts="F2"
          aria-busy={accepting}
          disabled={teams}
          disabledFocusable={accepting || declining}
          onClick={() => {
            accept(offer);
            void navigate('/desk');
          }}
        >
          {t('offer.accept')}
        </Button>
        <Button
          icon={declining ? <Spinner size="tiny" /> : undefined}
          aria-keyshortcuts="Shift+F2"
          aria-busy={declining}
          disabledFocusable={accepting || declining}
          onClick={() => decline(offer)}
        >
          {t('offer.decline')}
        </Button>
      </div>
    </article>
  );
}

function Fact({ name, value }: { name: string; value: unknown }): ReactNode {
  return (
    <>
      <dt>{attributeName(name)}</dt>
      <dd>{attributeText(value)}</dd>
    </>
  );
}
