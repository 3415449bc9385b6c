// A recording as a picture: the loudness of each channel, what was played, where it was paused. All of it is one slider.
import type { CSSProperties, ReactNode } from 'react';
import { useMemo } from 'react';
import type { ChannelOf, Pause, Waveform as Wave } from '../api/recordings';
import { useT } from '../i18n/t';
import { isolated } from '../ui/durations';
import { messageLength, place, within } from '../ui/playback';
import { pathOf, pauseAt, peaks } from './wave';
import css from './player.module.css';

/** As many bars as can be told apart. */
const PARTS = 480;

interface Props {
  wave: Wave | undefined;
  channels: readonly ChannelOf[];
  pauses: readonly Pause[];
  at: number;
  length: number;
  seek: (to: number) => void;
}

export function useChannelName(): (channel: ChannelOf) => string {
  const t = useT();
  return (channel) => channel.agent?.name ?? t(`recording.who.${channel.who}`);
}

export function Waveform({ wave, channels, pauses, at, length, seek }: Props): ReactNode {
  const t = useT();
  const nameOf = useChannelName();
  const most = Math.max(1, length);
  const percent = (seconds: number): string => `${(100 * within(seconds, length)) / most}%`;
  const pause = pauseAt(at, pauses);
  const where = t('sound.place.text', { at: place(at), length: messageLength(length) });
  const style: CSSProperties & Record<'--played', string> = { '--played': percent(at) };
  return (
    <div className={css.wave} dir="ltr" style={style}>
      {channels.map((channel) => (
        <div key={channel.index} className={css.channel}>
          <span className={css.channelName}>
            <bdi>{nameOf(channel)}</bdi>
          </span>
          <Bars loudness={wave?.channels[channel.index] ?? []} />
        </div>
      ))}
      {pauses.map((it) => (
        <div key={it.from_s} className={css.pause} style={{ insetInlineStart: percent(it.from_s), inlineSize: `${(100 * (it.until_s - it.from_s)) / most}%` }} aria-hidden="true">
          <span>{t('recording.pauseSpan', { from: isolated(place(it.from_s)), until: isolated(place(it.until_s)) })}</span>
        </div>
      ))}
      <div className={css.place} aria-hidden="true" />
      <input
        className={css.slider}
        type="range"
        min={0}
        max={most}
        step={0.1}
        value={within(at, length)}
        aria-label={t('recording.place')}
        aria-valuetext={pause ? t('recording.place.paused', { where }) : where}
        onChange={(event) => seek(Number(event.target.value))}
      />
    </div>
  );
}

function Bars({ loudness }: { loudness: readonly number[] }): ReactNode {
  const [path, n] = useMemo(() => {
    const parts = peaks(loudness, PARTS);
    return [pathOf(parts), parts.length] as const;
  }, [loudness]);
  if (n === 0) return <div className={css.flat} />;
  return (
    <svg className={css.bars} viewBox={`0 0 ${n} 2`} preserveAspectRatio="none" aria-hidden="true" focusable="false">
      <path className={css.ahead} d={path} />
      <path className={css.played} d={path} />
    </svg>
  );
}
