// Calls that the agent makes: the dial pad that is open, the call that is being dialed, and how it went when nobody was
// reached. The number stays with the server: another try names the contact.
import { useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { callBack } from '../api/calling';
import { api, ask } from '../api/client';
import type { ContactView, MeTopic, TimelineRow } from '../api/contract';
import { announce } from '../app/announcer';
import type { Said } from '../callbacks/booking';
import { useSession } from '../app/session';
import { useT } from '../i18n/t';
import { isOwnDoing, notReached, type NotReached } from './dial';
import { inSentence } from './talk';
import { storyOf } from './talk-news';

export interface Outcome {
  contact: number;
  /** As people call the customer; none when the contact was over before it was seen. */
  who: string | null;
  why: NotReached;
}
export interface Calling {
  /** What the dial pad began with; none while it is closed. */
  pad: string | null;
  /** Opens the dial pad, with a number or empty. Nothing is dialed by that. */
  openPad: (number?: string) => void;
  closePad: () => void;
  /** Calls the customer of a contact: one in wrap-up, one who was not reached, or that of a message, which is done by it. */
  callBack: (contact: number, standing: Standing) => void;
  /** To be told that a call was asked for. */
  asked: (contact: number) => void;
  outcome: Outcome | null;
  dismissOutcome: () => void;
  /** The contact whose customer is to be called back later, while that is being said. */
  later: number | null;
  openLater: (contact: number) => void;
  closeLater: (said: Said | null) => void;
  /** What became of it. */
  booked: Said | null;
  dismissBooked: () => void;
}
/** A call back is for contacts that are over: a message that is still open is closed first. */
export type Standing = 'over' | 'open';
type Run = (key: string, request: () => Promise<unknown>) => void;

/** A call may be over before it was ever seen. */
const SEEN_MS = 2_500;
const isDialed = (contact: ContactView): boolean => contact.state === 'dialing';

export function useCalling(me: MeTopic | undefined, connected: ContactView | undefined, run: Run, label: (contact: ContactView) => string): Calling {
  const t = useT();
  const { center } = useSession();
  const [pad, setPad] = useState<string | null>(null);
  const [outcome, setOutcome] = useState<Outcome | null>(null);
  const [later, setLater] = useState<number | null>(null);
  const [booked, setBooked] = useState<{ said: Said; contact: number | null } | null>(null);
  const asked = useDialNews(me, label, setOutcome);
  const busy = connected !== undefined;
  // Whoever takes an offer has no use for the dial pad now.
  useEffect(() => {
    if (busy) setPad(null);
  }, [busy]);
  useEffect(() => {
    if (!connected) return;
    setOutcome(null);
    // News of the last customer is none beside the next one.
    setBooked((before) => (before?.contact === connected.id ? before : null));
  }, [connected?.id]); // eslint-disable-line
  const openPad = useCallback(
    (number = '') => {
      if (busy) announce(t('problem.agent_not_free'), 'assertive');
      else setPad(number);
    },
    [busy, t],
  );
  const again = useCallback(
    (contact: number, standing: Standing) =>
      run(`call-back:${contact}`, async () => {
        if (standing === 'open') await ask(api.POST('/{center}/contacts/{id}/hang-up', { params: { path: { center, id: contact } } }));
        asked(await callBack(center, contact));
        setOutcome(null);
      }),
    [asked, center, run],
  );
  return useMemo(
    () => ({
      pad,
      openPad,
      closePad: () => setPad(null),
      callBack: again,
      asked,
      outcome,
      dismissOutcome: () => setOutcome(null),
      later,
      openLater: setLater,
      closeLater: (said) => {
        setLater(null);
        setBooked(said && { said, contact: later });
      },
      booked: booked?.said ?? null,
      dismissBooked: () => setBooked(null),
    }),
    [pad, openPad, again, asked, outcome, later, booked],
  );
}

/** Follows a call from the first ring, and looks into its story when it ends without the customer. */
function useDialNews(me: MeTopic | undefined, label: (contact: ContactView) => string, tell: (outcome: Outcome) => void): (contact: number) => void {
  const t = useT();
  const { center } = useSession();
  const client = useQueryClient();
  const before = useRef<{ id: number; who: string; stage: string } | null>(null);
  const known = useRef(new Set<number>());
  const look = useCallback(
    async (contact: number, who: string | null): Promise<void> => {
      // Without its story it is still known that nobody was reached.
      const story = await client.fetchQuery({ ...storyOf(center, contact), staleTime: 0 }).catch(() => null);
      const why = story ? notReached(story.timeline as TimelineRow[]) : 'unknown';
      if (why === null) return;
      announce(t(`dial.over.${why}`, { who: inSentence(who ?? t('dial.customer')) }), 'assertive');
      // Who took it back knows.
      if (!isOwnDoing(why)) tell({ contact, who, why });
    },
    [center, client, t, tell],
  );
  useEffect(() => {
    const was = before.current;
    const now = me?.contacts.find(isDialed);
    before.current = now ? { id: now.id, who: label(now), stage: now.dialing?.stage ?? 'agent' } : null;
    if (now) known.current.add(now.id);
    if (now && (was?.id !== now.id || was.stage !== before.current?.stage)) {
      announce(t(`dial.stage.${now.dialing?.stage ?? 'agent'}`));
    }
    if (!me || !was || was.id === now?.id) return;
    const isUp = me.contacts.some((it) => it.id === was.id && it.connected_at !== null);
    if (isUp) announce(t('dial.reached', { who: inSentence(was.who) }), 'assertive');
    else void look(was.id, was.who);
  }, [me, label, t, look]);
  return useCallback(
    (contact: number) => {
      setTimeout(() => {
        if (!known.current.has(contact)) void look(contact, null);
      }, SEEN_MS);
    },
    [look],
  );
}
