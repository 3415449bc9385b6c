// A recorded sound: chosen or dropped, sent with its progress, and told plainly what was made of it; and how it sounds.
import { Button, MessageBar, MessageBarBody, ProgressBar, Spinner } from '@fluentui/react-components';
import { PauseRegular } from '@fluentui/react-icons/svg/pause';
import { PlayRegular } from '@fluentui/react-icons/svg/play';
import { useEffect, useRef, useState, type ReactNode } from 'react';
import { useIntl, type IntlShape } from 'react-intl';
import { ApiError } from '../api/client';
import { promptSound, SOUND_MAX_BYTES, uploadSound, type Sound, type Uploaded } from '../api/prompts';
import admin from '../admin/admin.module.css';
import { announce } from '../app/announcer';
import { useSession } from '../app/session';
import { useT } from '../i18n/t';
import { isolated } from '../ui/durations';
import { FileDrop } from '../ui/file-drop';
import { useSound } from '../ui/sound';
import { SoundPlace } from '../ui/sound-place';
import { useProblemText } from '../ui/states';
import { doneTo } from './prompt';
import css from './prompts.module.css';

const MEGABYTE = 1024 * 1024;
/** A figure that keeps its sign and digits in order in any direction of writing. */
const figureOf = (intl: IntlShape, figure: number): string => isolated(intl.formatNumber(figure));
type Sending = { name: string; share: number } | null;

interface Props {
  /** The language in words, for names of what is pressed. */
  language: string;
  sound: Sound;
  error: string | undefined;
  disabled: boolean;
  change: (sound: Sound) => void;
}

/** One upload at a time: the next takes the place of the one before. Leaving the page ends it. */
function useUpload(done: (made: Uploaded) => void) {
  const t = useT();
  const say = useProblemText();
  const { center } = useSession();
  const [sending, setSending] = useState<Sending>(null);
  const [refused, setRefused] = useState<string | null>(null);
  const stop = useRef<AbortController | null>(null);
  useEffect(() => () => stop.current?.abort(), []);
  const send = async (file: File): Promise<void> => {
    stop.current?.abort();
    setRefused(file.size === 0 ? t('prompts.sound.empty') : file.size > SOUND_MAX_BYTES ? t('prompts.sound.large', { size: Math.ceil(file.size / MEGABYTE) }) : null);
    if (file.size === 0 || file.size > SOUND_MAX_BYTES) return;
    const mine = new AbortController();
    stop.current = mine;
    setSending({ name: file.name, share: 0 });
    try {
      const made = await uploadSound(center, file, (share) => stop.current === mine && setSending({ name: file.name, share }), mine.signal);
      done(made);
      announce(t('prompts.sound.done'));
    } catch (failure) {
      if (failure instanceof ApiError) setRefused(say(failure));
      else if (!mine.signal.aborted) setRefused(t('problem.unexpected'));
    } finally {
      if (stop.current === mine) {
        stop.current = null;
        setSending(null);
      }
    }
  };
  const cancel = (): void => {
    stop.current?.abort();
    announce(t('prompts.sound.cancelled'));
  };
  return { send, cancel, sending, refused };
}

export function SoundField({ language, sound, error, disabled, change }: Props): ReactNode {
  const t = useT();
  const choose = useRef<HTMLButtonElement>(null);
  const [made, setMade] = useState<Uploaded | null>(null);
  const { send, cancel, sending, refused } = useUpload((next) => {
    setMade(next);
    change({ id: next.id, seconds: next.seconds, peak_dbfs: next.peak_dbfs });
  });
  const stop = useRef<HTMLButtonElement>(null);
  const isSending = sending !== null;
  // What was pressed has made room for the other: the focus goes on there.
  const wasSending = useRef(false);
  useEffect(() => {
    if (wasSending.current !== isSending && document.activeElement === document.body) (isSending ? stop : choose).current?.focus();
    wasSending.current = isSending;
  }, [isSending]);
  const said = refused ?? error;
  const isNew = sound.id === '';
  return (
    <div className={css.sound} data-wrong={said !== undefined}>
      {sound.id === '' ? null : (
        <div className={css.heard}>
          <Player key={sound.id} sound={sound} language={language} />
          <Facts sound={sound} />
        </div>
      )}
      {made !== null && made.id === sound.id ? <Report made={made} /> : null}
      {sending ? (
        <div className={css.sending}>
          <span className={css.file}>{t('prompts.sound.sending', { name: `\u2068${sending.name}\u2069`, percent: Math.round(sending.share * 100) })}</span>
          <Button ref={stop} size="small" onClick={cancel}>
            {t('action.cancel')}
          </Button>
          <ProgressBar className={css.progress} value={sending.share} aria-label={t('prompts.sound.progress', { language })} />
        </div>
      ) : disabled ? null : (
        <FileDrop
          button={choose}
          choose={t(isNew ? 'prompts.sound.choose' : 'prompts.sound.replace')}
          label={t(isNew ? 'prompts.sound.choose.for' : 'prompts.sound.replace.for', { language })}
          drop={t('prompts.sound.drop')}
          takes={t('prompts.sound.takes', { size: SOUND_MAX_BYTES / MEGABYTE })}
          accept=".wav,.mp3,audio/wav,audio/x-wav,audio/mpeg"
          take={(file) => void send(file)}
        />
      )}
      {said ? (
        <p className={admin.error} role="alert">
          {said}
        </p>
      ) : null}
    </div>
  );
}

function Facts({ sound }: { sound: Sound }): ReactNode {
  const t = useT();
  const intl = useIntl();
  return <span className="tabular">{t('prompts.sound.facts', { seconds: figureOf(intl, Math.round(sound.seconds * 10) / 10), peak: figureOf(intl, sound.peak_dbfs) })}</span>;
}

function Report({ made }: { made: Uploaded }): ReactNode {
  const t = useT();
  const intl = useIntl();
  const { id, values } = doneTo(made);
  return (
    <MessageBar intent={made.loudness_note == null ? 'success' : 'warning'} layout="multiline" role="status">
      <MessageBarBody>
        {t(id, { ...values, rate: figureOf(intl, values.rate), peak: figureOf(intl, made.peak_dbfs) })}
        {made.loudness_note == null ? null : <p>{t(`prompts.sound.${made.loudness_note}`)}</p>}
      </MessageBarBody>
    </MessageBar>
  );
}

/** Plays what callers hear. */
function Player({ sound, language }: { sound: Sound; language: string }): ReactNode {
  const t = useT();
  const say = useProblemText();
  const { center } = useSession();
  const { isPlaying, isLoading, at, length, trouble, toggle, seek } = useSound(() => promptSound(center, sound.id), sound.seconds);
  return (
    <div className={css.player}>
      <Button
        icon={isLoading ? <Spinner size="tiny" /> : isPlaying ? <PauseRegular /> : <PlayRegular />}
        aria-label={t(isPlaying ? 'prompts.pause' : 'prompts.listen.to', { language })}
        aria-busy={isLoading}
        disabledFocusable={isLoading}
        onClick={() => void toggle()}
      >
        {t(isPlaying ? 'sound.pause' : 'prompts.listen')}
      </Button>
      <SoundPlace label={t('prompts.place', { language })} at={at} length={length} seek={seek} />
      {trouble ? (
        <p className={admin.error} role="alert">
          {trouble.kind === 'fetch' ? say(trouble.error) : t('sound.unplayable')} {t('prompts.listen.again')}
        </p>
      ) : null}
    </div>
  );
}
