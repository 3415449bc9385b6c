// Where the player is in the story. It moves with every painted frame: whoever shows it listens, and nothing else is drawn anew.
import { useState, useSyncExternalStore } from 'react';

export interface Cursor {
  /** Milliseconds of the epoch; null while nothing was played. */
  get: () => number | null;
  set: (at: number | null) => void;
  listen: (listener: () => void) => () => void;
  /** Asks whoever has the sound of that moment to go there. */
  ask: (at: number) => void;
  onAsk: (listener: (at: number) => void) => () => void;
}

export function cursor(): Cursor {
  let now: number | null = null;
  const listeners = new Set<() => void>();
  const askers = new Set<(at: number) => void>();
  return {
    get: () => now,
    set: (at) => {
      if (at === now) return;
      now = at;
      for (const each of listeners) each();
    },
    listen: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    ask: (at) => {
      for (const each of askers) each(at);
    },
    onAsk: (listener) => {
      askers.add(listener);
      return () => askers.delete(listener);
    },
  };
}

export function useCursor(): Cursor {
  const [own] = useState(cursor);
  return own;
}

export function useCursorAt(at: Cursor): number | null {
  return useSyncExternalStore(at.listen, at.get);
}
