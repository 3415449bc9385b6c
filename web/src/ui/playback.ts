// A recording as it is listened to: places in it, in seconds, and how they are said.
import { clockSpan } from '../ui/durations';

/** Told to the window by whoever is not beside the player, and wants it to play or to pause. */
export const PLAY = 'tandem:play';
export const SPEEDS = [1, 1.25, 1.5, 2] as const;
/** Of what was said by two, who may have been fast. */
export const RECORDING_SPEEDS = [0.75, ...SPEEDS] as const;
export const STEP_S = 5;
/** Between two places of the slider: its last one may lie this far before the end. */
export const PLACE_STEP_S = 0.1;

/** A place that exists. */
export function within(seconds: number, length: number): number {
  if (!Number.isFinite(seconds)) return 0;
  return Math.min(Math.max(0, seconds), Math.max(0, length));
}

/** Where it begins to play: at the start again when nothing is left to be heard. */
export function beginAt(at: number, length: number): number {
  return length - at < PLACE_STEP_S ? 0 : at;
}

/** What the file says of its length, or what was told about it as long as the file says nothing. */
export function lengthOf(told: number, found: number): number {
  return Number.isFinite(found) && found > 0 ? found : told;
}

export function place(seconds: number): string {
  return clockSpan(seconds * 1000);
}

/** How long a message is: never 0:00, however short. */
export function messageLength(seconds: number): string {
  return place(Math.max(1, Math.round(seconds)));
}

export type KeyTarget = 'button' | 'choice' | 'slider' | 'other';

export function keyTarget(target: EventTarget): KeyTarget {
  if (target instanceof HTMLButtonElement) return 'button';
  if (target instanceof HTMLInputElement) return target.type === 'range' ? 'slider' : 'choice';
  return 'other';
}

export type PlayerKey = 'toggle' | 'back' | 'forward' | null;

/** Space and arrows mean the player wherever the focus is in it, but for what they mean to the part that has it. */
export function playerKey(key: string, on: KeyTarget): PlayerKey {
  if (key === ' ') return on === 'button' || on === 'choice' ? null : 'toggle';
  if (on === 'choice') return null;
  if (key === 'ArrowLeft') return 'back';
  return key === 'ArrowRight' ? 'forward' : null;
}
