// One recording: heard with a reason, which goes on record before its first byte; what is known of it stands beside.
import { Button, Checkbox, MessageBar, MessageBarBody, Spinner } from '@fluentui/react-components';
import { PauseRegular } from '@fluentui/react-icons/svg/pause';
import { PlayRegular } from '@fluentui/react-icons/svg/play';
import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useEffect, useMemo, useRef, useState, type KeyboardEvent, type ReactNode } from 'react';
import { recordingSound, waveformOf, type Reason, type Recording } from '../api/recordings';
import { useSession } from '../app/session';
import { td } from '../app/theme';
import '../i18n/past';
import { useT } from '../i18n/t';
import type { Cursor } from '../story/cursor';
import { Choices } from '../ui/choices';
import { clockTime, isolated } from '../ui/durations';
import { keyTarget, messageLength, place, playerKey, RECORDING_SPEEDS, STEP_S } from '../ui/playback';
import { Shape } from '../ui/shapes';
import { useSound } from '../ui/sound';
import { SoundPlace } from '../ui/sound-place';
import { useProblemText } from '../ui/states';
import { useChannels, type Channels } from './channels';
import { HoldMark, Proof, StateMark, useLostText } from './facts';
import { likenessOf, type Likeness } from './fingerprint';
import css from './player.module.css';
import { Verbs } from './verbs';
import { pausesWithin, silences, skippedSeconds, skipTo } from './wave';
import { useChannelName, Waveform } from './waveform';

const PurposeDialog = lazy(() => import('./dialogs').then((m) => ({ default: m.PurposeDialog })));

interface Props {
  recording: Recording;
  at: Cursor;
  /** Which of how many. */
  place: { n: number; of: number };
  /** The one that somebody came for. */
  isWanted: boolean;
}

export default function Player({ recording, at, place: { n, of }, isWanted }: Props): ReactNode {
  const t = useT();
  const { zone, may } = useSession();
  const mayHear = may('take_contacts') || may('hear_recordings');
  const section = useRef<HTMLElement>(null);
  useEffect(() => {
    if (isWanted) section.current?.scrollIntoView({ block: 'center' });
  }, [isWanted]);
  const [likeness, setLikeness] = useState<Likeness | null>(null);
  const heard = async (blob: Blob): Promise<void> => setLikeness(await likenessOf(blob, recording.sha256));
  const title = of > 1 ? t('recording.title.of', { n, of }) : t('recording.title');
  const from = isolated(clockTime(recording.from, zone, true));
  return (
    <section ref={section} className={css.card} aria-label={title} data-recording={recording.id}>
      <div className={css.head}>
        <div>
          <h2>{title}</h2>
          <p>
            {recording.until === null ? t('story.since', { from }) : t('story.fromTo', { from, until: isolated(clockTime(recording.until, zone, true)) })}
            {recording.queue ? (
              <>
                {' \u00b7 '}
                <bdi>{recording.queue.name}</bdi>
              </>
            ) : null}
          </p>
        </div>
        <div className={css.marks}>
          <StateMark recording={recording} />
          <HoldMark recording={recording} />
        </div>
        <Verbs recording={recording} />
      </div>
      <OtherLength recording={recording} />
      {recording.state !== 'kept' ? <Absent recording={recording} /> : mayHear ? <Sound key={recording.id} recording={recording} at={at} heard={heard} /> : <p className={css.hint}>{t('recording.notHeard')}</p>}
      <Proof recording={recording} likeness={likeness} />
    </section>
  );
}

/** Nobody must take it for the whole conversation who is not told that something may be missing. */
function OtherLength({ recording }: { recording: Recording }): ReactNode {
  const t = useT();
  const { seconds, told_seconds: told } = recording;
  if (seconds === null || told == null) return null;
  return (
    <p className={css.doubt} role="note">
      <Shape shape="triangle" color={td.tdLevelWatch} size={16} />
      {t('recording.otherLength', { told: isolated(messageLength(told)), came: isolated(messageLength(seconds)) })}
    </p>
  );
}

function Absent({ recording }: { recording: Recording }): ReactNode {
  const t = useT();
  const lost = useLostText();
  const { state } = recording;
  if (state === 'kept') return null;
  return (
    <div className={css.absent} role="status">
      <p className={css.lead}>{t(`recording.absent.${state}`)}</p>
      <p>{state === 'lost' ? lost(recording.code) : t(`recording.absent.${state}.text`)}</p>
    </div>
  );
}

function Sound({ recording, at, heard }: { recording: Recording; at: Cursor; heard: (blob: Blob) => Promise<void> }): ReactNode {
  const t = useT();
  const say = useProblemText();
  const { center } = useSession();
  const reason = useRef<Reason | null>(null);
  const [isAsked, ask] = useState(false);
  const [isSkipping, setSkipping] = useState(false);
  const channels = useChannels(recording.channels.length);
  const fetched = async (): Promise<Blob> => {
    if (reason.current === null) throw new Error('heard without a purpose');
    const blob = await recordingSound(center, recording.id, reason.current, false);
    void heard(blob);
    return blob;
  };
  const sound = useSound(fetched, recording.seconds ?? 0, channels.opened);
  const wave = useQuery({ queryKey: ['waveform', center, recording.id], queryFn: () => waveformOf(center, recording.id), staleTime: Number.POSITIVE_INFINITY, retry: false });
  const silent = useMemo(() => (wave.data ? silences(wave.data) : []), [wave.data]);
  const pauses = useMemo(() => pausesWithin(recording.pauses, sound.length), [recording.pauses, sound.length]);
  const begin = Date.parse(recording.from);
  // The story's cursor goes where the sound is.
  useEffect(() => {
    if (sound.at > 0 || sound.isPlaying) at.set(begin + sound.at * 1000);
  }, [at, begin, sound.at, sound.isPlaying]);
  const { seek } = sound;
  useEffect(() => {
    const to = isSkipping && sound.isPlaying ? skipTo(sound.at, silent) : null;
    if (to !== null) seek(to);
  });
  const section = useRef<HTMLDivElement>(null);
  const toggle = (): void => {
    if (reason.current === null) ask(true);
    else void sound.toggle();
  };
  const isWithin = (moment: number): boolean => moment >= begin && moment < begin + sound.length * 1000;
  const asked = useRef((_: number): void => undefined);
  asked.current = (moment) => {
    if (!isWithin(moment)) return;
    seek((moment - begin) / 1000);
    section.current?.scrollIntoView({ block: 'nearest' });
    if (!sound.isPlaying) toggle();
  };
  useEffect(() => at.onAsk((moment) => asked.current(moment)), [at]);
  const step = (by: number): void => seek(sound.at + by);
  const pressed = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    if ((event.target as Element).closest('[data-volume]')) return;
    const key = playerKey(event.key, keyTarget(event.target));
    if (key === null) return;
    event.preventDefault();
    if (key === 'toggle') toggle();
    else step(key === 'back' ? -STEP_S : STEP_S);
  };
  return (
    <div ref={section} className={css.player} role="group" aria-label={t('recording.player')} onKeyDown={pressed}>
      {wave.isError ? (
        <>
          <SoundPlace label={t('recording.place')} at={sound.at} length={sound.length} seek={seek} />
          <p className={css.hint}>{t('recording.wave.failed')}</p>
        </>
      ) : (
        <Waveform wave={wave.data} channels={recording.channels} pauses={pauses} at={sound.at} length={sound.length} seek={seek} />
      )}
      {pauses.length > 0 ? (
        <ul className={css.pauses} aria-label={t('recording.pauses')}>
          {pauses.map((it) => (
            <li key={it.from_s}>
              <Button size="small" appearance="subtle" onClick={() => seek(it.from_s)}>
                {t('recording.pause.by', { from: isolated(place(it.from_s)), until: isolated(place(it.until_s)), cause: it.cause })}
              </Button>
            </li>
          ))}
        </ul>
      ) : null}
      <div className={css.controls}>
        <div className={css.transport} dir="ltr" role="group" aria-label={t('message.controls')}>
          <Button onClick={() => step(-STEP_S)} aria-label={t('message.back', { seconds: STEP_S })}>
            {t('message.back.short', { seconds: STEP_S })}
          </Button>
          <Button
            appearance="primary"
            size="large"
            className={css.play}
            icon={sound.isLoading ? <Spinner size="tiny" appearance="inverted" /> : sound.isPlaying ? <PauseRegular /> : <PlayRegular />}
            aria-busy={sound.isLoading}
            disabledFocusable={sound.isLoading}
            onClick={toggle}
          >
            {t(sound.isPlaying ? 'sound.pause' : 'sound.play')}
          </Button>
          <Button onClick={() => step(STEP_S)} aria-label={t('message.forward', { seconds: STEP_S })}>
            {t('message.forward.short', { seconds: STEP_S })}
          </Button>
          <span className={`${css.time} tabular`} aria-hidden="true">
            {place(sound.at)} / {messageLength(sound.length)}
          </span>
        </div>
        <Choices label={t('message.speed')} choices={RECORDING_SPEEDS} value={sound.speed} text={(speed) => t('message.speed.value', { speed })} choose={sound.hasten} dir="ltr" />
        {silent.length > 0 ? (
          <Checkbox
            checked={isSkipping}
            onChange={(_, data) => setSkipping(data.checked === true)}
            label={t('recording.skip', { length: messageLength(skippedSeconds(silent)) })}
          />
        ) : null}
        <Volumes recording={recording} channels={channels} />
      </div>
      <p className={css.hint}>{t('message.keys')}</p>
      {sound.trouble ? (
        <MessageBar intent="error" layout="multiline" role="alert">
          <MessageBarBody>
            {sound.trouble.kind === 'fetch' ? say(sound.trouble.error) : t('sound.unplayable')} {t('message.retry')}
          </MessageBarBody>
        </MessageBar>
      ) : null}
      {isAsked ? (
        <Suspense>
          <PurposeDialog
            kind="listen"
            close={() => ask(false)}
            given={(given) => {
              reason.current = given;
              ask(false);
              void sound.toggle();
            }}
          />
        </Suspense>
      ) : null}
    </div>
  );
}

const PERCENT = 100;

/** Only where there is one for each. */
function Volumes({ recording, channels }: { recording: Recording; channels: Channels }): ReactNode {
  const t = useT();
  const nameOf = useChannelName();
  if (recording.channels.length < 2) return null;
  return (
    <fieldset className={css.volumes} data-volume>
      <legend>{t('recording.volume')}</legend>
      <div>
        {recording.channels.map((channel, i) => (
          <label key={channel.index}>
            <bdi>{nameOf(channel)}</bdi>
            <span className={css.loudness}>
              {channels.volumes[i] === 0 ? <Shape shape="cross" color={td.tdStateOffline} size={12} /> : null}
              <input
                type="range"
                min={0}
                max={PERCENT}
                step={5}
                value={Math.round((channels.volumes[i] ?? 1) * PERCENT)}
                aria-valuetext={t('recording.volume.value', { percent: Math.round((channels.volumes[i] ?? 1) * PERCENT) })}
                onChange={(event) => channels.setVolume(i, Number(event.target.value) / PERCENT)}
              />
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
