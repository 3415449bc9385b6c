// Tones into a call, in the order of pressing, and the keys to press them with. The caller says where they go.
import { useCallback, useEffect, useRef, useState, type KeyboardEvent, type ReactNode } from 'react';
import { useT } from '../i18n/t';
import { KEY_LETTERS, nextTones, TONES } from './talk';
import css from './talk.module.css';

export interface Tones {
  press: (tone: string) => void;
  count: { pressed: number; sent: number };
  error: unknown;
}

/** Sends in the order of pressing, one request at a time; what is pressed meanwhile goes with the next. */
export function useTones(send: (digits: string) => Promise<unknown>): Tones {
  const waiting = useRef('');
  const isSending = useRef(false);
  const isOpen = useRef(true);
  const sending = useRef(send);
  useEffect(() => {
    sending.current = send;
  });
  useEffect(() => {
    isOpen.current = true;
    return () => {
      isOpen.current = false;
      waiting.current = '';
    };
  }, []);
  const [count, setCount] = useState({ pressed: 0, sent: 0 });
  const [error, setError] = useState<unknown>(null);
  const flush = useCallback(async (): Promise<void> => {
    if (isSending.current) return;
    isSending.current = true;
    while (waiting.current !== '' && isOpen.current) {
      const [digits, later] = nextTones(waiting.current);
      waiting.current = later;
      try {
        await sending.current(digits);
        setCount((before) => ({ ...before, sent: before.sent + digits.length }));
      } catch (failure) {
        // What follows would reach the other side out of its place.
        waiting.current = '';
        setCount((before) => ({ ...before, pressed: before.sent }));
        setError(failure);
      }
    }
    isSending.current = false;
  }, []);
  const press = (tone: string): void => {
    setError(null);
    waiting.current += tone;
    setCount((before) => ({ ...before, pressed: before.pressed + 1 }));
    void flush();
  };
  return { press, count, error };
}

/** A key of the keyboard that is a tone is pressed, unless it is part of a shortcut. */
export function pressedTone(event: KeyboardEvent, press: (tone: string) => void): void {
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
  if (!(TONES as readonly string[]).includes(event.key)) return;
  event.preventDefault();
  press(event.key);
}

export function TonePad({ press, focusFirst = false }: { press: (tone: string) => void; focusFirst?: boolean }): ReactNode {
  const t = useT();
  return (
    <div className={css.pad} dir="ltr" role="group" aria-label={t('keypad.keys')}>
      {TONES.map((tone, i) => (
        <button key={tone} type="button" className={css.key} autoFocus={focusFirst && i === 0} onClick={() => press(tone)}>
          <span>{tone}</span>
          <span className={css.letters} aria-hidden="true">
            {KEY_LETTERS[tone] ?? ''}
          </span>
        </button>
      ))}
    </div>
  );
}
