// A third party in the call, or being called into it: who that is, who hears whom, and what can be done. The same strip
// tells a colleague who is asked whose contact it is.
import { Button, Spinner } from '@fluentui/react-components';
import { ArrowSwapRegular } from '@fluentui/react-icons/svg/arrow-swap';
import { CallDismissRegular } from '@fluentui/react-icons/svg/call-dismiss';
import { CallTransferRegular } from '@fluentui/react-icons/svg/call-transfer';
import { PeopleAddRegular } from '@fluentui/react-icons/svg/people-add';
import type { ReactElement, ReactNode } from 'react';
import type { ContactView, Third } from '../api/contract';
import { td } from '../app/theme';
import { useT } from '../i18n/t';
import { Shape } from '../ui/shapes';
import { Elapsed, Ltr } from '../ui/time';
import { useDesk, type TalkVerb } from './agent';
import { inSentence, standingOf } from './talk';
import { thirdName, useStandingText } from './talk-news';
import css from './talk.module.css';

export function ThirdStrip({ contact, third, own }: { contact: ContactView; third: Third; own: number }): ReactNode {
  const { part } = useDesk();
  return part === 'own' ? <OwnStrip contact={contact} third={third} own={own} /> : <AskedStrip contact={contact} third={third} own={own} />;
}

function Mark({ third }: { third: Third }): ReactNode {
  return third.stage === 'ringing' ? (
    <Shape shape="bell" color={td.tdStateOffering} size={18} />
  ) : (
    <Shape shape="square" color={td.tdStateOnContact} size={18} />
  );
}

/** The name, or the number in the order of its digits. */
export function ThirdWho({ third }: { third: Third }): ReactNode {
  const t = useT();
  return third.agent || !third.number ? <bdi>{thirdName(t, third)}</bdi> : <Ltr>{third.number}</Ltr>;
}

function OwnStrip({ contact, third, own }: { contact: ContactView; third: Third; own: number }): ReactNode {
  const t = useT();
  const text = useStandingText();
  const who = inSentence(thirdName(t, third));
  const standing = standingOf(contact.conversation);
  const isRinging = standing === 'ringing';
  const held = contact.conversation?.held_since ?? null;
  return (
    <div className={css.strip} data-kind={third.stage} role="region" aria-label={t(`talk.strip.${third.purpose}`)}>
      <Mark third={third} />
      <div className={css.what}>
        <p className={css.lead} data-news tabIndex={-1}>
          <ThirdWho third={third} />
          <span className={css.stage}>{t(`talk.stage.${third.stage}`)}</span>
        </p>
        <p>{isRinging ? t(`talk.ringing.${third.purpose}`, { who }) : text(contact, own)}</p>
        {isRinging && third.purpose === 'transfer' ? <p className={css.stay}>{t('talk.stay', { who })}</p> : null}
        {held ? (
          <p className={css.sub}>
            {t('talk.customer.held')} <Elapsed since={held} />
          </p>
        ) : isRinging ? (
          <p className={css.sub}>{t('talk.customer.hears')}</p>
        ) : null}
      </div>
      <Elapsed since={third.since} className={css.clock} />
      <div className={css.verbs}>
        {isRinging ? null : (
          <>
            {standing === 'together' ? (
              <Verb contact={contact} verb="consult/swap" icon={<ArrowSwapRegular />} label={t('talk.apart', { who })} keys="F9" />
            ) : (
              <Verb contact={contact} verb="consult/swap" icon={<ArrowSwapRegular />} label={t('talk.swap')} keys="F9" />
            )}
            {standing === 'together' ? null : (
              <Verb contact={contact} verb="consult/merge" icon={<PeopleAddRegular />} label={t('talk.merge')} />
            )}
            <Verb contact={contact} verb="consult/complete" icon={<CallTransferRegular />} label={t('talk.complete')} isMain />
          </>
        )}
        <Verb
          contact={contact}
          verb="consult/cancel"
          icon={<CallDismissRegular />}
          label={isRinging ? t('talk.stop') : t('talk.takeOut', { who })}
        />
      </div>
    </div>
  );
}

function Verb(props: { contact: ContactView; verb: TalkVerb; icon: ReactElement; label: string; keys?: string; isMain?: boolean }): ReactNode {
  const { contact, verb, icon, label, keys, isMain = false } = props;
  const { talk, pending } = useDesk();
  const busy = pending(`${verb}:${contact.id}`);
  return (
    <Button
      appearance={isMain ? 'primary' : 'secondary'}
      icon={busy ? <Spinner size="tiny" appearance={isMain ? 'inverted' : 'primary'} /> : icon}
      aria-keyshortcuts={keys}
      aria-busy={busy}
      disabledFocusable={busy}
      onClick={() => talk(verb, contact)}
    >
      {label}
    </Button>
  );
}

function AskedStrip({ contact, third, own }: { contact: ContactView; third: Third; own: number }): ReactNode {
  const t = useT();
  const text = useStandingText();
  return (
    <div className={css.strip} data-kind={third.stage} role="region" aria-label={t('talk.strip.asked')}>
      <Mark third={third} />
      <div className={css.what}>
        <p className={css.lead}>
          <bdi>{contact.agent?.name ?? ''}</bdi>
          <span className={css.stage}>{t('talk.asked.whose')}</span>
        </p>
        <p>{text(contact, own)}</p>
        <p className={css.sub}>{t(third.stage === 'ringing' ? 'call.hangUp.inTeams' : 'talk.asked.leave')}</p>
      </div>
      <Elapsed since={third.since} className={css.clock} />
    </div>
  );
}
