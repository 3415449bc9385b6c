// Pause and resume of the recording, and what is said of it: every change aloud, and what the agent must not miss with a sound
// and on every page.
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { ContactView, MeTopic } from '../api/contract';
import { turnRecording } from '../api/recording';
import { announce } from '../app/announcer';
import { useSession } from '../app/session';
import { useT } from '../i18n/t';
import { notify } from './notify';
import { alarmOf, shownOf, verbOf, wordOf, type Alarm } from './recording';
import { soundAlarm } from './ringer';

export interface Recorder {
  /** Pauses or resumes; says how it stands when neither is possible. */
  turn: (contact: ContactView) => void;
  raised: Alarm | null;
  dismiss: () => void;
}
type Run = (key: string, request: () => Promise<unknown>) => void;

/** The second press of a double click must not undo the first; the button is seen to be busy for as long. */
const PRESS_GAP_MS = 600;
const gapIsOver = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, PRESS_GAP_MS));

export function useRecorder(me: MeTopic | undefined, connected: ContactView | undefined, run: Run): Recorder {
  const t = useT();
  const { center } = useSession();
  const [raised, setRaised] = useState<Alarm | null>(null);
  const resumed = useRef<number | null>(null);
  const pressedAt = useRef(0);
  useRecordingNews(me, connected, resumed, setRaised);
  const turn = useCallback(
    (contact: ContactView) => {
      const verb = verbOf(contact.recording);
      if (verb === null) {
        const shown = shownOf(contact);
        if (shown !== null) announce(t(wordOf(shown, contact.consent)), 'assertive');
        return;
      }
      const now = performance.now();
      if (now - pressedAt.current < PRESS_GAP_MS) return;
      pressedAt.current = now;
      if (verb === 'resume') resumed.current = contact.id;
      run(`recording:${contact.id}`, async () => {
        try {
          await Promise.all([turnRecording(center, contact.id, verb), gapIsOver()]);
        } catch (refused) {
          resumed.current = null;
          throw refused;
        }
      });
    },
    [center, run, t],
  );
  const dismiss = useCallback(() => setRaised(null), []);
  return useMemo(() => ({ turn, raised, dismiss }), [turn, raised, dismiss]);
}

function useRecordingNews(me: MeTopic | undefined, connected: ContactView | undefined, resumed: React.RefObject<number | null>, raise: (raised: Alarm | null) => void): void {
  const t = useT();
  const before = useRef<ContactView | undefined>(undefined);
  useEffect(() => {
    const was = before.current;
    // A recording whose failure ends the call is news of a contact that is in wrap-up by then.
    const now = connected ?? me?.contacts.find(({ id }) => id === was?.id);
    before.current = now;
    if (!now) return;
    if (was?.id !== now.id) {
      resumed.current = null;
      raise(null);
    }
    const same = was?.id === now.id ? was : undefined;
    // With the call every recording ends, and every pause.
    const isOn = now.state === 'connected' || now.recording?.state === 'failed';
    const alarm = isOn ? alarmOf(same?.recording, now.recording, resumed.current === now.id) : null;
    if (now.recording?.state === 'recording' || now.recording?.state === 'failed') resumed.current = null;
    const text = alarm ? t(`recording.alarm.${alarm}`) : saidOf(same, now, t);
    if (text === null) return;
    const isUrgent = alarm !== null || now.recording?.state === 'paused';
    announce(text, isUrgent ? 'assertive' : 'polite');
    if (alarm === null) return;
    raise(alarm);
    soundAlarm();
    notify(text, `recording-${now.id}`);
  }, [me, connected, resumed, raise, t]);
}

/** The new state in words; nothing while it is as it was, or before there is anything to say. */
function saidOf(was: ContactView | undefined, now: ContactView, t: ReturnType<typeof useT>): string | null {
  const shown = shownOf(now);
  if (shown === null || now.state === 'wrap_up') return null;
  const before = was ? shownOf(was) : 'off';
  return shown === before ? null : t(wordOf(shown, now.consent));
}
