// The recording of a conversation as data: what an agent sees of it, what can be done, and what is news. Pure.
import type { ContactView } from '../api/contract';
import type { Consent, PausedBy, RecordingState, RecordingView } from '../api/recording';
import type { MessageId } from '../i18n/t';

/** `off`: nothing wants this contact to be recorded. `unsure`: it was paused when this page heard of it last. */
export type Shown = RecordingState | 'off' | 'unsure';
export const SHOWN: readonly Shown[] = ['off', 'unsure', 'starting', 'recording', 'pausing', 'paused', 'resuming', 'failed', 'not_allowed'];
export const PAUSERS: readonly PausedBy[] = ['agent', 'supervisor', 'flow', 'payment_page'];

/** Null where there is nothing to say: no call that people talk in, or a server that does not tell. */
export function shownOf(contact: ContactView): Shown | null {
  if (contact.channel === 'voicemail' || contact.recording === undefined) return null;
  return contact.recording?.state ?? 'off';
}

/**
 * The same as it may be believed: card numbers are said on its word. A pause that this page cannot follow, or whose time is over,
 * is none.
 */
export function believed(contact: ContactView, isFollowed: boolean, nowMs: number): Shown | null {
  const shown = shownOf(contact);
  if (shown !== 'paused') return shown;
  if (!isFollowed) return 'unsure';
  const until = contact.recording?.resumes_at ?? null;
  return until !== null && Date.parse(until) <= nowMs ? 'resuming' : 'paused';
}

/** What the agent can ask for now. */
export function verbOf(recording: RecordingView | null | undefined): 'pause' | 'resume' | null {
  if (recording?.state === 'recording') return 'pause';
  return recording?.state === 'paused' ? 'resume' : null;
}

/** The state in words, with the reason where it is none of the machinery's. */
export function wordOf(shown: Shown, consent: Consent | undefined): MessageId {
  if (shown === 'not_allowed') return consent === 'refused' ? 'recording.is.not_allowed.refused' : 'recording.is.not_allowed.unasked';
  return `recording.is.${shown}`;
}

/** What follows from it for the agent. */
export function adviceOf(shown: Shown, recording: RecordingView | null | undefined, consent: Consent | undefined): MessageId | null {
  if (!recording || shown === 'off') return null;
  switch (shown) {
    case 'paused':
      return `recording.by.${recording.paused_by ?? 'somebody'}`;
    case 'not_allowed':
      return consent === 'refused' ? 'recording.about.not_allowed.refused' : 'recording.about.not_allowed.unasked';
    case 'failed':
      return recording.required ? 'recording.about.failed.required' : 'recording.about.failed.free';
    default:
      return `recording.about.${shown}`;
  }
}

/** Whether a failed recording failed at its pause: then what the customer said last may have been recorded. */
export function failedInPause(recording: RecordingView): boolean {
  return recording.state === 'failed' && /pause/.test(recording.code ?? '');
}

/** The key of the words for a code: servers write them with hyphens or underscores. */
export function codeKey(code: string | null): string {
  return `recording.code.${(code ?? '').replaceAll('-', '_')}`;
}

/** Before the end of a pause it is said how long it goes on, at these seconds. */
const MARKS: readonly number[] = [60, 30, 10];

/** The mark that was passed between two looks at what is left, the last if there were several. */
export function markPassed(before: number | null, left: number): number | null {
  if (before === null) return null;
  return MARKS.findLast((mark) => before > mark && left <= mark) ?? null;
}

/** What asks for attention on every page, with a sound. */
export const ALARMS = ['pause_failed', 'failed', 'goes_on'] as const;
export type Alarm = (typeof ALARMS)[number];

/**
 * What became of a recording between two looks at it. A pause that ends in anything but a pause has failed, whatever the state
 * is called then; a pause that ended without this agent's doing is to be heard, for the agent may not look.
 */
export function alarmOf(was: RecordingView | null | undefined, now: RecordingView | null | undefined, isOwnDoing: boolean): Alarm | null {
  // What was so before this page looked is no news.
  if (was === undefined) return null;
  if (was?.state === 'pausing' && (now?.state === 'failed' || !now)) return 'pause_failed';
  if (was?.state !== 'failed' && now?.state === 'failed') return failedInPause(now) ? 'pause_failed' : 'failed';
  const wasSafe = was?.state === 'paused' || was?.state === 'pausing';
  const isOver = wasSafe && (now?.state === 'resuming' || now?.state === 'recording');
  return isOver && !isOwnDoing ? 'goes_on' : null;
}
