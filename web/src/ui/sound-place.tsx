// Where in a sound one is: a slider, and the place in words.
import type { CSSProperties, ReactNode } from 'react';
import { useT } from '../i18n/t';
import { messageLength, place, PLACE_STEP_S, within } from './playback';
import css from './sound-place.module.css';

interface Props {
  className?: string;
  label: string;
  at: number;
  length: number;
  seek: (to: number) => void;
}

export function SoundPlace({ className = '', label, at, length, seek }: Props): ReactNode {
  const t = useT();
  const most = Math.max(1, length);
  return (
    <div className={`${css.line} ${className}`} dir="ltr">
      <input
        className={css.slider}
        type="range"
        min={0}
        max={most}
        step={PLACE_STEP_S}
        value={within(at, length)}
        style={{ '--played': `${(100 * within(at, length)) / most}%` } as CSSProperties}
        aria-label={label}
        aria-valuetext={t('sound.place.text', { at: place(at), length: messageLength(length) })}
        onChange={(event) => seek(Number(event.target.value))}
      />
      <span className={`${css.time} tabular`} aria-hidden="true">
        {place(at)} / {messageLength(length)}
      </span>
    </div>
  );
}
