// One sound that is listened to: fetched when it is first played, and once; released with the page.
import { useCallback, useEffect, useRef, useState } from 'react';
import { beginAt, lengthOf, within } from './playback';

interface Sound {
  audio: HTMLAudioElement;
  url: string;
}
export type Trouble = { kind: 'fetch'; error: unknown } | { kind: 'play' } | null;
export interface Listening {
  isPlaying: boolean;
  isLoading: boolean;
  at: number;
  length: number;
  speed: number;
  trouble: Trouble;
  toggle: () => Promise<void>;
  seek: (to: number) => void;
  hasten: (speed: number) => void;
}

/**
 * `told` is its length in seconds as far as it is known before; `opened` is given what plays, once. Another sound is another
 * component: give it a key.
 */
export function useSound(fetchIt: () => Promise<Blob>, told: number, opened?: (audio: HTMLAudioElement) => void): Listening {
  const sound = useRef<Sound | null>(null);
  const isThere = useRef(true);
  const [isPlaying, setPlaying] = useState(false);
  const [isLoading, setLoading] = useState(false);
  const [at, setAt] = useState(0);
  const [length, setLength] = useState(told);
  const [speed, setSpeed] = useState<number>(1);
  const [trouble, setTrouble] = useState<Trouble>(null);
  const drop = useCallback(() => {
    sound.current?.audio.pause();
    if (sound.current) URL.revokeObjectURL(sound.current.url);
    sound.current = null;
  }, []);
  useEffect(() => {
    isThere.current = true;
    return () => {
      isThere.current = false;
      drop();
    };
  }, [drop]);
  // A place for each frame that is painted: the element itself tells four times a second.
  useEffect(() => {
    if (!isPlaying) return;
    let frame = requestAnimationFrame(function look() {
      if (sound.current) setAt(sound.current.audio.currentTime);
      frame = requestAnimationFrame(look);
    });
    return () => cancelAnimationFrame(frame);
  }, [isPlaying]);

  const load = async (from: number): Promise<Sound | null> => {
    if (sound.current) return sound.current;
    setLoading(true);
    const blob = await fetchIt().catch((error: unknown) => {
      setTrouble({ kind: 'fetch', error });
      return null;
    });
    setLoading(false);
    if (!blob || !isThere.current) return null;
    const url = URL.createObjectURL(blob);
    const audio = new Audio(url);
    audio.playbackRate = speed;
    audio.onloadedmetadata = () => {
      setLength(lengthOf(told, audio.duration));
      if (from > 0) audio.currentTime = beginAt(within(from, audio.duration), audio.duration);
    };
    audio.onplay = () => setPlaying(true);
    audio.onpause = () => setPlaying(false);
    audio.onended = () => setAt(lengthOf(told, audio.duration));
    audio.onerror = () => {
      setTrouble({ kind: 'play' });
      drop();
      setPlaying(false);
    };
    opened?.(audio);
    sound.current = { audio, url };
    return sound.current;
  };
  const toggle = async (): Promise<void> => {
    if (isLoading) return;
    setTrouble(null);
    const from = beginAt(at, length);
    const ready = await load(from);
    if (!ready) return;
    if (!ready.audio.paused) {
      ready.audio.pause();
      return;
    }
    if (from !== at) seek(from);
    await ready.audio.play().catch(() => setTrouble({ kind: 'play' }));
  };
  const seek = (to: number): void => {
    const next = within(to, length);
    setAt(next);
    if (sound.current) sound.current.audio.currentTime = next;
  };
  const hasten = (next: number): void => {
    setSpeed(next);
    if (sound.current) sound.current.audio.playbackRate = next;
  };
  return { isPlaying, isLoading, at, length, speed, trouble, toggle, seek, hasten };
}
