// How loud each channel of a recording is heard: a customer who whispers beside an agent who does not.
import { useCallback, useEffect, useRef, useState } from 'react';

interface Graph {
  context: AudioContext;
  gains: GainNode[];
}
export interface Channels {
  volumes: readonly number[];
  setVolume: (channel: number, volume: number) => void;
  /** To be told what plays, once. */
  opened: (audio: HTMLAudioElement) => void;
}

export function useChannels(n: number): Channels {
  const graph = useRef<Graph | null>(null);
  const [volumes, setVolumes] = useState<number[]>(() => Array.from({ length: n }, () => 1));
  const now = useRef(volumes);
  now.current = volumes;
  useEffect(
    () => () => {
      void graph.current?.context.close();
      graph.current = null;
    },
    [],
  );
  const opened = useCallback(
    (audio: HTMLAudioElement): void => {
      if (n < 2 || typeof AudioContext === 'undefined') return;
      // A browser allows few of them, and what played before is not heard again.
      void graph.current?.context.close();
      const context = new AudioContext();
      const splitter = context.createChannelSplitter(n);
      context.createMediaElementSource(audio).connect(splitter);
      const gains = now.current.map((volume, i) => {
        const gain = context.createGain();
        gain.gain.value = volume;
        splitter.connect(gain, i);
        // One channel each, which is heard on both ears.
        gain.connect(context.destination);
        return gain;
      });
      graph.current = { context, gains };
      audio.addEventListener('play', () => void context.resume());
    },
    [n],
  );
  const setVolume = useCallback((channel: number, volume: number) => {
    setVolumes((before) => before.with(channel, volume));
    const gain = graph.current?.gains[channel];
    if (gain) gain.gain.value = volume;
  }, []);
  return { volumes, setVolume, opened };
}
