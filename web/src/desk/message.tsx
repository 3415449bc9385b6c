// A message that a caller left: heard here, at the agent's pace. Its sound is fetched when it is first played, and once:
// each time goes on record.
import { Button, MessageBar, MessageBarBody, Spinner } from '@fluentui/react-components';
import { CheckmarkRegular } from '@fluentui/react-icons/svg/checkmark';
import { PauseRegular } from '@fluentui/react-icons/svg/pause';
import { PlayRegular } from '@fluentui/react-icons/svg/play';
import { useEffect, useRef, type KeyboardEvent, type ReactNode } from 'react';
import { messageSound } from '../api/messages';
import type { ContactView } from '../api/contract';
import { useSession } from '../app/session';
import { td } from '../app/theme';
import { useT } from '../i18n/t';
import { Choices } from '../ui/choices';
import { keyTarget, PLAY, playerKey, SPEEDS, STEP_S } from '../ui/playback';
import { Shape } from '../ui/shapes';
import { useSound } from '../ui/sound';
import { SoundPlace } from '../ui/sound-place';
import { useProblemText } from '../ui/states';
import { At, Elapsed } from '../ui/time';
import { useCustomerLabel, useDesk } from './agent';
import desk from './desk.module.css';
import { CallBack, CallLater } from './dialing';
import css from './message.module.css';
import { MessageMark } from './message-mark';
import talk from './talk.module.css';
import { WrapUpWish } from './wrap-up-wish';

/** What the agent has in place of a call. */
export function MessageStage({ contact, children }: { contact: ContactView; children: ReactNode }): ReactNode {
  const t = useT();
  const { zone } = useSession();
  const customerLabel = useCustomerLabel();
  const heading = useRef<HTMLHeadingElement>(null);
  // As with a call: what the agent just accepted.
  useEffect(() => heading.current?.focus(), [contact.id]);
  return (
    <>
      <header className={desk.stageHead}>
        <div>
          <h1 ref={heading} tabIndex={-1}>
            <bdi>{customerLabel(contact.customer)}</bdi>
          </h1>
          <div className={desk.meta}>
            <MessageMark message={contact.message} size={20} />
            {contact.queue ? <span>{contact.queue.name}</span> : null}
            <span>
              {t('message.leftAt')} <At at={contact.arrived_at} zone={zone} />
            </span>
          </div>
        </div>
        <div className={desk.timers}>
          <div className={desk.timer}>
            <Elapsed since={contact.arrived_at} />
            <span>{t('message.age')}</span>
          </div>
        </div>
      </header>
      <Message contact={contact} />
      {children}
      <Leave contact={contact} />
    </>
  );
}

function Message({ contact }: { contact: ContactView }): ReactNode {
  const t = useT();
  const { message } = contact;
  const state = message?.state ?? 'arriving';
  if (message && state === 'ready') return <Player key={contact.id} contact={contact.id} told={message.seconds} />;
  return (
    <div className={css.absent} role="status">
      {state === 'arriving' ? <Shape shape="half" color={td.tdStateOffering} size={20} /> : <Shape shape="triangle" color={td.tdLevelWatch} size={20} />}
      <div>
        <p className={css.lead}>{t(`message.${state === 'arriving' ? 'arriving' : 'missing'}`)}</p>
        <p>{t(state === 'arriving' ? 'message.arriving.text' : 'message.missing.text')}</p>
      </div>
    </div>
  );
}

function Leave({ contact }: { contact: ContactView }): ReactNode {
  const t = useT();
  const { hangUp, pending } = useDesk();
  const ending = pending(`hang-up:${contact.id}`);
  return (
    <div className={talk.foot}>
      <div className={talk.leave}>
        <Button
          appearance="primary"
          icon={ending ? <Spinner size="tiny" appearance="inverted" /> : <CheckmarkRegular />}
          aria-keyshortcuts="F4"
          aria-busy={ending}
          disabledFocusable={ending}
          onClick={() => hangUp(contact)}
        >
          {t('message.done')}
        </Button>
        <CallBack contact={contact.id} standing="open" isWithheld={contact.customer.number === null} />
        <CallLater contact={contact} />
        <WrapUpWish contact={contact} />
        <div className={talk.notes}>
          <p>{t('message.done.text')}</p>
        </div>
      </div>
    </div>
  );
}

function Player({ contact, told }: { contact: number; told: number }): ReactNode {
  const t = useT();
  const say = useProblemText();
  const { center } = useSession();
  const { isPlaying, isLoading, at, length, speed, trouble, toggle, seek, hasten } = useSound(() => messageSound(center, contact), told);
  const step = (by: number): void => seek(at + by);
  const turn = useRef(toggle);
  turn.current = toggle;
  useEffect(() => {
    const asked = (): void => void turn.current();
    addEventListener(PLAY, asked);
    return () => removeEventListener(PLAY, asked);
  }, []);
  const pressed = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    const key = playerKey(event.key, keyTarget(event.target));
    if (key === null) return;
    event.preventDefault();
    if (key === 'toggle') void toggle();
    else step(key === 'back' ? -STEP_S : STEP_S);
  };
  return (
    <section className={css.player} aria-label={t('message.player')} onKeyDown={pressed}>
      <SoundPlace className={css.line} label={t('message.place')} at={at} length={length} seek={seek} />
      <div className={css.controls}>
        <div className={css.transport} dir="ltr" role="group" aria-label={t('message.controls')}>
          <Button onClick={() => step(-STEP_S)} aria-label={t('message.back', { seconds: STEP_S })}>
            {t('message.back.short', { seconds: STEP_S })}
          </Button>
          <Button
            appearance="primary"
            size="large"
            className={css.play}
            icon={isLoading ? <Spinner size="tiny" appearance="inverted" /> : isPlaying ? <PauseRegular /> : <PlayRegular />}
            aria-busy={isLoading}
            disabledFocusable={isLoading}
            onClick={() => void toggle()}
          >
            {t(isPlaying ? 'sound.pause' : 'sound.play')}
          </Button>
          <Button onClick={() => step(STEP_S)} aria-label={t('message.forward', { seconds: STEP_S })}>
            {t('message.forward.short', { seconds: STEP_S })}
          </Button>
        </div>
        <Choices label={t('message.speed')} choices={SPEEDS} value={speed} text={(it) => t('message.speed.value', { speed: it })} choose={hasten} dir="ltr" />
      </div>
      <p className={css.hint}>{t('message.keys')}</p>
      {trouble ? (
        <MessageBar intent="error" layout="multiline" role="alert">
          <MessageBarBody>
            {trouble.kind === 'fetch' ? say(trouble.error) : t('sound.unplayable')} {t('message.retry')}
          </MessageBarBody>
        </MessageBar>
      ) : null}
    </section>
  );
}
