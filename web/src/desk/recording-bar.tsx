// How the recording stands, in word and shape, wherever the agent looks: the bar on the stage with its pause, the short mark
// in lists and in the strip, and the alarm.
import { Button, Spinner } from '@fluentui/react-components';
import { DismissRegular } from '@fluentui/react-icons/svg/dismiss';
import { HourglassRegular } from '@fluentui/react-icons/svg/hourglass';
import { PauseCircleFilled } from '@fluentui/react-icons/svg/pause-circle';
import { PauseRegular } from '@fluentui/react-icons/svg/pause';
import { ProhibitedRegular } from '@fluentui/react-icons/svg/prohibited';
import { RecordRegular } from '@fluentui/react-icons/svg/record';
import { useEffect, useRef, type ReactNode } from 'react';
import type { ContactView } from '../api/contract';
import { td } from '../app/theme';
import { announce } from '../app/announcer';
import { useMaybeT, useT } from '../i18n/t';
import { useFreshness, useServerNow } from '../live/hooks';
import { clockSpan, isoSpan, secondsLeft } from '../ui/durations';
import { Shape } from '../ui/shapes';
import { Elapsed } from '../ui/time';
import { useDesk } from './agent';
import { adviceOf, believed, codeKey, failedInPause, markPassed, shownOf, verbOf, wordOf, type Shown } from './recording';
import css from './recording.module.css';

const COLOR: Record<Shown, string> = {
  off: td.tdStateOffline,
  unsure: td.tdLevelWatch,
  starting: td.tdStateOffering,
  recording: td.tdStateOnContact,
  pausing: td.tdLevelWatch,
  paused: td.tdLevelOk,
  resuming: td.tdLevelWatch,
  failed: td.tdLevelAct,
  not_allowed: td.tdStateOffline,
};

function Mark({ shown, size }: { shown: Shown; size: number }): ReactNode {
  const color = COLOR[shown];
  switch (shown) {
    case 'recording':
      return <RecordRegular fontSize={size} color={color} />;
    case 'paused':
      return <PauseCircleFilled fontSize={size} color={color} />;
    case 'starting':
    case 'pausing':
    case 'resuming':
      return <HourglassRegular fontSize={size} color={color} />;
    case 'unsure':
      return <Shape shape="triangle" color={color} size={size - 2} />;
    case 'failed':
      return <Shape shape="octagon" color={color} size={size - 2} />;
    case 'not_allowed':
    case 'off':
      return <ProhibitedRegular fontSize={size} color={color} />;
  }
}

/** As far as it may be believed now. */
function useShown(contact: ContactView | undefined): Shown | null {
  const fresh = useFreshness();
  const now = useServerNow();
  return contact ? believed(contact, fresh !== 'stale' && fresh !== 'lost', now) : null;
}

export function RecordingBar({ contact }: { contact: ContactView }): ReactNode {
  const t = useT();
  const { part } = useDesk();
  const shown = useShown(contact);
  if (shown === null) return null;
  const recording = contact.recording ?? null;
  const advice = adviceOf(shown, recording, contact.consent);
  return (
    <section className={css.bar} data-is={shown} aria-label={t('recording.title')}>
      <Mark shown={shown} size={shown === 'paused' ? 40 : 24} />
      <div className={css.what}>
        <p className={css.word}>{t(wordOf(shown, contact.consent))}</p>
        {recording?.state === 'failed' ? <Cause contact={contact} /> : null}
        {advice ? <p className={css.sub}>{t(advice)}</p> : null}
        {shown === 'recording' && (contact.consent === 'announced' || contact.consent === 'given') ? (
          <p className={css.sub}>{t(`recording.consent.${contact.consent}`)}</p>
        ) : null}
        {shown === 'paused' && recording?.resumes_at ? <GoesOn until={recording.resumes_at} from={recording.since} /> : null}
      </div>
      {part === 'own' && contact.state === 'connected' ? <Turn contact={contact} /> : null}
    </section>
  );
}

/** Why it failed, in our words for the code if there are any; the code itself for those who are asked about it. */
function Cause({ contact }: { contact: ContactView }): ReactNode {
  const t = useT();
  const maybe = useMaybeT();
  const { recording } = contact;
  if (!recording) return null;
  const text = maybe(codeKey(recording.code), t('recording.code.other'));
  return (
    <>
      <p className={css.cause}>
        {text} {recording.code === null ? null : <span className={css.code}>{t('recording.code', { code: recording.code })}</span>}
      </p>
      {failedInPause(recording) ? <p className={css.cause}>{t('recording.about.failed.pause')}</p> : null}
    </>
  );
}

function GoesOn({ until, from }: { until: string; from: string }): ReactNode {
  const t = useT();
  const now = useServerNow();
  const left = secondsLeft(Date.parse(until), now, Date.parse(until) - Date.parse(from));
  return (
    <p className={css.left} data-soon={left <= 30} role="timer">
      {t('recording.goesOn')}{' '}
      <time className={`tabular ${css.clock}`} dateTime={isoSpan(left * 1000)} dir="ltr">
        {clockSpan(left * 1000)}
      </time>
    </p>
  );
}

/** One button from the first press to the last: the focus stays where it is while its word changes. */
function Turn({ contact }: { contact: ContactView }): ReactNode {
  const t = useT();
  const shown = shownOf(contact);
  const { recorder, pending } = useDesk();
  if (shown !== 'recording' && shown !== 'pausing' && shown !== 'paused' && shown !== 'resuming') return null;
  const busy = pending(`recording:${contact.id}`) || verbOf(contact.recording) === null;
  const isPaused = shown === 'paused' || shown === 'resuming';
  const icon = isPaused ? <RecordRegular /> : <PauseRegular />;
  return (
    <Button
      className={css.turn}
      size={isPaused ? 'large' : 'medium'}
      appearance="secondary"
      icon={busy ? <Spinner size="tiny" aria-hidden /> : icon}
      aria-keyshortcuts="Shift+F9"
      aria-busy={busy}
      disabledFocusable={busy}
      onClick={() => recorder.turn(contact)}
    >
      {t(isPaused ? 'recording.resume' : 'recording.pause')}
    </Button>
  );
}

/** In a list or a strip: shape and word, and the time that a pause still has. */
export function RecordingMark({ contact }: { contact: ContactView }): ReactNode {
  const t = useT();
  const shown = useShown(contact);
  if (shown === null || shown === 'off') return null;
  return (
    <span className={css.mark} data-is={shown}>
      <Mark shown={shown} size={16} />
      {t(`recording.short.${shown}`)}
      {shown === 'paused' && contact.recording?.since ? <Elapsed since={contact.recording.since} /> : null}
    </span>
  );
}

/** Says how long a pause still goes on, on whatever page the agent is. */
export function PauseClock(): ReactNode {
  const t = useT();
  const { connected } = useDesk();
  const now = useServerNow();
  const shown = useShown(connected);
  const last = useRef(shown);
  useEffect(() => {
    if (shown === 'unsure') announce(`${t('recording.is.unsure')}. ${t('recording.about.unsure')}`, 'assertive');
    else if (shown === 'paused' && last.current === 'unsure') announce(t('recording.is.paused'), 'assertive');
    last.current = shown;
  }, [shown, t]);
  const until = shown === 'paused' ? (connected?.recording?.resumes_at ?? null) : null;
  const left = until ? secondsLeft(Date.parse(until), now) : null;
  const before = useRef<number | null>(null);
  useEffect(() => {
    const mark = left === null ? null : markPassed(before.current, left);
    before.current = left;
    if (mark !== null) announce(t('recording.left', { seconds: mark }));
  }, [left, t]);
  return null;
}

/** Above everything, until somebody has taken note of it: what the agent relied on is not so any more. */
export function RecordingAlarm(): ReactNode {
  const t = useT();
  const { recorder } = useDesk();
  const { raised } = recorder;
  if (!raised) return null;
  const isFailure = raised !== 'goes_on';
  return (
    <section className={css.alarm} data-what={raised} aria-label={t('recording.alarm')}>
      <Shape shape={isFailure ? 'octagon' : 'triangle'} color={isFailure ? td.tdLevelAct : td.tdLevelWatch} size={20} />
      <div className={css.what}>
        <p className={css.word}>{t(`recording.alarm.${raised}`)}</p>
        <p className={css.sub}>{t(`recording.alarm.${raised}.text`)}</p>
      </div>
      <Button appearance="transparent" icon={<DismissRegular />} aria-label={t('action.dismiss')} onClick={recorder.dismiss} />
    </section>
  );
}
