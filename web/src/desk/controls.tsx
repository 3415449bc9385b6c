// What an agent does in a call beside talking: hold, transfer, consult, tones, hang up.
import { Button, Spinner } from '@fluentui/react-components';
import { CallEndRegular } from '@fluentui/react-icons/svg/call-end';
import { CallTransferRegular } from '@fluentui/react-icons/svg/call-transfer';
import { DialpadRegular } from '@fluentui/react-icons/svg/dialpad';
import { PauseRegular } from '@fluentui/react-icons/svg/pause';
import { PeopleCallRegular } from '@fluentui/react-icons/svg/people-call';
import { PlayRegular } from '@fluentui/react-icons/svg/play';
import { useId, type ReactNode } from 'react';
import type { ContactView } from '../api/contract';
import { useSession } from '../app/session';
import { td } from '../app/theme';
import { useT } from '../i18n/t';
import { useServerNow } from '../live/hooks';
import { spanSince } from '../ui/durations';
import { Shape } from '../ui/shapes';
import { At, Elapsed } from '../ui/time';
import { hangUpBlocked, useDesk } from './agent';
import desk from './desk.module.css';
import css from './talk.module.css';
import { CallLater } from './dialing';
import { standingOf } from './talk';
import { WrapUpWish } from './wrap-up-wish';

/** From then on a customer on hold is to be looked after. */
const LONG_HOLD_MS = 60_000;

export function CallControls({ contact }: { contact: ContactView }): ReactNode {
  const t = useT();
  const id = useId();
  const { part, hangUp, armed, pending, openPanel, holdOrSwap } = useDesk();
  const standing = standingOf(contact.conversation);
  const isUp = contact.state === 'connected';
  const blocked = hangUpBlocked(contact, part);
  const hasThird = contact.conversation?.third != null;
  const holding = ['hold', 'resume', 'consult/swap'].some((verb) => pending(`${verb}:${contact.id}`));
  const ending = pending(`hang-up:${contact.id}`);
  const why = blocked ? `${id}-why` : undefined;
  const spinner = <Spinner size="tiny" />;
  return (
    <div className={css.foot}>
      {part === 'own' && isUp ? (
        <div className={css.controls} role="group" aria-label={t('call.controls')}>
          {/* With a third party in the call, its strip has what can be done. */}
          {hasThird ? null : (
            <>
              <Button
                icon={holding ? spinner : standing === 'held' ? <PlayRegular /> : <PauseRegular />}
                aria-keyshortcuts="F9"
                aria-busy={holding}
                disabledFocusable={holding}
                onClick={() => holdOrSwap(contact)}
              >
                {standing === 'held' ? t('call.resume') : t('call.hold')}
              </Button>
              <Button icon={<CallTransferRegular />} onClick={() => openPanel('transfer')}>
                {t('call.transfer')}
              </Button>
              <Button icon={<PeopleCallRegular />} onClick={() => openPanel('consult')}>
                {t('call.consult')}
              </Button>
            </>
          )}
          <Button icon={<DialpadRegular />} onClick={() => openPanel('keypad')}>
            {t('call.keypad')}
          </Button>
          <WrapUpWish contact={contact} />
          <CallLater contact={contact} />
        </div>
      ) : null}
      <div className={css.leave}>
        <Button
          className={blocked ? undefined : desk.hangUp}
          appearance={blocked ? 'secondary' : 'primary'}
          icon={ending ? <Spinner size="tiny" appearance="inverted" /> : <CallEndRegular />}
          aria-keyshortcuts="F4"
          aria-describedby={why}
          aria-busy={ending}
          disabledFocusable={ending || blocked !== null}
          onClick={() => hangUp(contact)}
        >
          {armed === contact.id
            ? t(part === 'third' ? 'call.leave.confirm' : 'call.hangUp.confirmLong')
            : t(part === 'third' ? 'call.leave.label' : 'call.hangUp.label')}
        </Button>
        <div className={css.notes}>
          {blocked ? <p id={why}>{t(`call.hangUp.${blocked}`)}</p> : <p>{t('call.muteInTeams')}</p>}
        </div>
      </div>
    </div>
  );
}

/** Stands above the call as long as the customer is on hold and nobody else is there. */
export function HoldBar({ contact, since }: { contact: ContactView; since: string }): ReactNode {
  const t = useT();
  const { zone } = useSession();
  const { talk, pending } = useDesk();
  const now = useServerNow();
  const isLong = spanSince(since, now) >= LONG_HOLD_MS;
  const busy = pending(`resume:${contact.id}`);
  return (
    <div className={css.strip} data-kind="hold" data-long={isLong} role="region" aria-label={t('talk.hold')}>
      <Shape shape={isLong ? 'triangle' : 'half'} color={isLong ? td.tdLevelWatch : td.tdStateBreak} size={18} />
      <div className={css.what}>
        <p className={css.lead}>
          {t('talk.hold.since')} <At at={since} zone={zone} seconds />
        </p>
        <p className={css.sub}>{isLong ? t('talk.hold.long') : t('talk.hold.text')}</p>
      </div>
      <Elapsed since={since} className={css.clock} />
      <div className={css.verbs}>
        <Button
          appearance="primary"
          icon={busy ? <Spinner size="tiny" appearance="inverted" /> : <PlayRegular />}
          aria-keyshortcuts="F9"
          aria-busy={busy}
          disabledFocusable={busy}
          onClick={() => talk('resume', contact)}
        >
          {t('call.resume')}
        </Button>
      </div>
    </div>
  );
}

