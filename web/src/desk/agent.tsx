// The agent's commands and what is under way: shared by keys, palette, toast, strip and stage. Call control is never
// optimistic: a command is pending until the server's answer and the state that follows from it.
import { createContext, useCallback, useContext, useEffect, useMemo, useRef, useState, type ReactNode } from 'react';
import { announce } from '../app/announcer';
import { useSession } from '../app/session';
import { setBadge } from '../app/title';
import { api, ask } from '../api/client';
import type { ContactView, Customer, MeTopic, OfferView } from '../api/contract';
import { useT } from '../i18n/t';
import { useServerNow, useTopic } from '../live/hooks';
import { secondsLeft } from '../ui/durations';
import { useProblemText } from '../ui/states';
import { useCalling, type Calling } from './calling';
import { endsAtOnce, isTalk } from './dial';
import { useDirectedNews, type DirectedNews } from './directed-news';
import { notify } from './notify';
import { messageLength } from '../ui/playback';
import { soundUnlocked, startRinging, stopRinging, unlockSound } from './ringer';
import { completable, onStage } from './stage';
import { partOf, standingOf, wishVerb } from './talk';
import { useRecorder, type Recorder } from './recording-news';
import { useTalkNews } from './talk-news';

/** A dialog about the current call. */
export type Panel = 'transfer' | 'consult' | 'keypad';
export type TalkVerb = 'hold' | 'resume' | 'consult/swap' | 'consult/merge' | 'consult/complete' | 'consult/cancel' | 'wrap-up/ask' | 'wrap-up/waive';

export interface Draft {
  disposition: number | null;
  note: string;
}
export interface AgentDesk {
  me: MeTopic | undefined;
  pending: (key: string) => boolean;
  refusal: string | null;
  dismissRefusal: () => void;
  /** Offers that ended without our doing, shown for 4 s. */
  withdrawn: readonly OfferView[];
  armed: number | null;
  accept: (offer: OfferView) => void;
  decline: (offer: OfferView) => void;
  hangUp: (contact: ContactView, confirmed?: boolean) => void;
  goReady: () => void;
  goNotReady: (reason?: number) => void;
  signOutOfWork: () => void;
  complete: (contact: ContactView, then?: number) => void;
  extend: (contact: ContactView) => void;
  draft: (contact: number) => Draft;
  setDraft: (contact: number, change: Partial<Draft>) => void;
  connected: ContactView | undefined;
  wrapping: ContactView | undefined;
  /** Whether the connected contact is the agent's own, or a colleague's who asks the agent. */
  part: 'own' | 'third';
  talk: (verb: TalkVerb, contact: ContactView) => void;
  /** F9: hold and resume, or the other one of customer and third party. */
  holdOrSwap: (contact: ContactView) => void;
  panel: Panel | null;
  /** Whom the dialog begins to search for. */
  sought: string;
  openPanel: (panel: Panel | null, sought?: string) => void;
  /** What happened in the conversation without the agent's doing. */
  notice: string | null;
  dismissNotice: () => void;
  /** To be told when somebody was called for the contact: who, or null for a hold. */
  asked: (contact: number, who: string | null) => void;
  calling: Calling;
  recorder: Recorder;
  /** Somebody else set the agent's state. */
  directed: DirectedNews;
}

const Context = createContext<AgentDesk | null>(null);
const EMPTY_DRAFT: Draft = { disposition: null, note: '' };
const ARMED_MS = 2_000;
const WITHDRAWN_MS = 4_000;
const URGENT_S = 5;

export function useAgentDesk(): AgentDesk | null {
  return useContext(Context);
}
export function useDesk(): AgentDesk {
  const desk = useContext(Context);
  if (!desk) throw new Error('useDesk outside of AgentProvider');
  return desk;
}

export function useCustomerLabel(): (customer: Customer) => string {
  const t = useT();
  return useCallback((customer: Customer) => customer.name ?? customer.number ?? t('customer.withheld'), [t]);
}

export function AgentProvider({ children }: { children: ReactNode }): ReactNode {
  const { may } = useSession();
  return may('take_contacts') ? <Working>{children}</Working> : children;
}

/** Runs commands one at a time per key; the key stays pending until the next state of the desk arrives. */
function useCommands(me: MeTopic | undefined) {
  const say = useProblemText();
  const [pendingKeys, setPending] = useState<ReadonlySet<string>>(new Set());
  const [refusal, setRefusal] = useState<string | null>(null);
  const settling = useRef(new Set<string>());
  const newest = useRef(me);
  newest.current = me;

  const settle = useCallback((keys: Iterable<string>) => {
    const done = new Set(keys);
    if (done.size > 0) setPending((before) => new Set([...before].filter((key) => !done.has(key))));
  }, []);

  useEffect(() => {
    if (settling.current.size === 0) return;
    settle(settling.current);
    settling.current.clear();
  }, [me, settle]);

  const run = useCallback(
    (key: string, request: () => Promise<unknown>) => {
      setRefusal(null);
      setPending((before) => new Set(before).add(key));
      const asked = newest.current;
      request().then(
        () => {
          if (newest.current !== asked) {
            settle([key]);
            return;
          }
          // Usually the new state is on its way; when nothing changed, the button must not stay busy.
          settling.current.add(key);
          setTimeout(() => {
            if (settling.current.delete(key)) settle([key]);
          }, 1_500);
        },
        (error: unknown) => {
          settle([key]);
          const text = say(error);
          setRefusal(text);
          announce(text, 'assertive');
        },
      );
    },
    [say, settle],
  );
  return { pendingKeys, refusal, setRefusal, run };
}

function useWithdrawn(me: MeTopic | undefined, mine: React.RefObject<Set<number>>): readonly OfferView[] {
  const before = useRef<readonly OfferView[]>([]);
  const [withdrawn, setWithdrawn] = useState<readonly OfferView[]>([]);
  useEffect(() => {
    const open = me?.offers ?? [];
    const gone = before.current.filter(
      (offer) => !open.some((o) => o.id === offer.id) && !mine.current.has(offer.id) && !me?.agent.missed_offer,
    );
    before.current = open;
    // Answered in Teams: the contact is ours now, nothing was withdrawn.
    const lost = gone.filter((offer) => !me?.contacts.some((c) => c.id === offer.contact_id));
    if (lost.length === 0) return;
    setWithdrawn((list) => [...list, ...lost]);
    setTimeout(() => setWithdrawn((list) => list.filter((o) => !lost.includes(o))), WITHDRAWN_MS);
  }, [me, mine]);
  return withdrawn;
}

/** Ring, desktop notification and title count of open offers. */
function useAttention(offers: readonly OfferView[]): void {
  const t = useT();
  const customerLabel = useCustomerLabel();
  const now = useServerNow();
  const first = offers[0];
  const ringing = offers.some((offer) => offer.mode === 'tandem');
  const urgent = first !== undefined && secondsLeft(Date.parse(first.expires_at), now) <= URGENT_S;
  useEffect(() => {
    if (ringing) startRinging(urgent);
    else stopRinging();
  }, [ringing, urgent]);
  useEffect(() => stopRinging, []);
  useEffect(() => setBadge(offers.length), [offers.length]);
  useEffect(() => () => setBadge(0), []);

  const spoken = useRef<number | null>(null);
  useEffect(() => {
    if (!first) return;
    const text = t(`offer.announce.${first.channel === 'voicemail' ? 'voicemail' : first.mode}`, {
      who: customerLabel(first.customer),
      queue: first.queue.name,
      length: first.message ? messageLength(first.message.seconds) : '',
    });
    if (spoken.current !== first.id) {
      spoken.current = first.id;
      announce(text, 'assertive');
    }
    let shown: Notification | undefined;
    const show = (): void => {
      shown ??= notify(text, `offer-${first.id}`);
    };
    show();
    document.addEventListener('visibilitychange', show);
    return () => {
      document.removeEventListener('visibilitychange', show);
      shown?.close();
    };
  }, [first?.id, t]); // eslint-disable-line
}

function Working({ children }: { children: ReactNode }): ReactNode {
  const { center, look } = useSession();
  const t = useT();
  const me = useTopic('me');
  const { pendingKeys, refusal, setRefusal, run } = useCommands(me);
  const [armed, setArmed] = useState<number | null>(null);
  const [drafts, setDrafts] = useState<Readonly<Record<number, Draft>>>({});
  const mine = useRef(new Set<number>());
  const withdrawn = useWithdrawn(me, mine);
  const offers = me?.offers ?? NO_OFFERS;
  // Whoever only looks cannot accept: it rings at the desk that it is put to.
  useAttention(look.standing === 'none' ? offers : NO_OFFERS);

  const { connected, wrapping } = useMemo(() => onStage(me), [me]);

  const offerCommand = useCallback(
    (verb: 'accept' | 'decline', offer: OfferView) => {
      mine.current.add(offer.id);
      run(`${verb}:${offer.id}`, () =>
        ask(api.POST(`/{center}/offers/{offer_id}/${verb}`, { params: { path: { center, offer_id: offer.id } } })),
      );
    },
    [center, run],
  );
  const accept = useCallback((offer: OfferView) => offerCommand('accept', offer), [offerCommand]);
  const decline = useCallback((offer: OfferView) => offerCommand('decline', offer), [offerCommand]);

  const part = connected && me ? partOf(connected, me.agent.id) : 'own';
  const [{ panel, sought }, setPanel] = useState<Pick<AgentDesk, 'panel' | 'sought'>>(NO_PANEL);
  // What the dialog is about is over: the customer left, or the contact is somebody else's.
  const talking = connected && isTalk(connected) && part === 'own' ? connected.id : null;
  useEffect(() => setPanel(NO_PANEL), [talking]);
  const openPanel = useCallback((wanted: Panel | null, name = '') => setPanel(talking === null ? NO_PANEL : { panel: wanted, sought: name }), [talking]);
  const { notice, dismissNotice, asked } = useTalkNews(me, connected);
  const customerLabel = useCustomerLabel();
  const calling = useCalling(me, connected, run, useCallback((contact: ContactView) => customerLabel(contact.customer), [customerLabel]));
  const recorder = useRecorder(me, connected, run);
  const directed = useDirectedNews(me);
  const talk = useCallback(
    (verb: TalkVerb, contact: ContactView) =>
      run(`${verb}:${contact.id}`, async () => {
        await ask(api.POST(`/{center}/contacts/{id}/${verb}`, { params: { path: { center, id: contact.id } } }));
        if (verb === 'hold') asked(contact.id, null);
      }),
    [asked, center, run],
  );
  const holdOrSwap = useCallback(
    (contact: ContactView) => {
      const standing = standingOf(contact.conversation);
      if (standing === 'ringing') announce(t('call.hold.ringing'), 'assertive');
      else if (standing === 'alone') talk('hold', contact);
      else if (standing === 'held') talk('resume', contact);
      else talk('consult/swap', contact);
    },
    [t, talk],
  );

  const hangUp = useCallback(
    (contact: ContactView, confirmed = false) => {
      const blocked = hangUpBlocked(contact, part);
      if (blocked) {
        announce(t(`call.hangUp.${blocked}`), 'assertive');
        return;
      }
      if (!confirmed && !endsAtOnce(contact) && armed !== contact.id) {
        setArmed(contact.id);
        announce(t('call.hangUp.again'), 'assertive');
        setTimeout(() => setArmed((now) => (now === contact.id ? null : now)), ARMED_MS);
        return;
      }
      setArmed(null);
      run(`hang-up:${contact.id}`, () =>
        ask(api.POST('/{center}/contacts/{id}/hang-up', { params: { path: { center, id: contact.id } } })),
      );
    },
    [armed, center, part, run, t],
  );

  const state = useCallback(
    (intent: 'ready' | 'not_ready' | 'signed_out', reason_id?: number) =>
      run('state', () =>
        ask(
          api.POST('/{center}/me/state', {
            params: { path: { center } },
            body: reason_id === undefined ? { intent } : { intent, reason_id },
          }),
        ),
      ),
    [center, run],
  );
  const goReady = useCallback(() => {
    unlockSound(true);
    state('ready');
  }, [state]);
  const goNotReady = useCallback((reason?: number) => state('not_ready', reason), [state]);
  const signOutOfWork = useCallback(() => state('signed_out'), [state]);

  const setDraft = useCallback((contact: number, change: Partial<Draft>) => {
    setDrafts((all) => ({ ...all, [contact]: { ...(all[contact] ?? EMPTY_DRAFT), ...change } }));
  }, []);
  const complete = useCallback(
    (contact: ContactView, then?: number) => {
      const draft = drafts[contact.id] ?? EMPTY_DRAFT;
      run(`complete:${contact.id}`, () =>
        ask(
          api.POST('/{center}/contacts/{id}/wrap-up/complete', {
            params: { path: { center, id: contact.id } },
            body: {
              ...(draft.disposition === null ? {} : { disposition_id: draft.disposition }),
              ...(draft.note.trim() === '' ? {} : { note: draft.note.trim() }),
              ...(then === undefined ? {} : { then: { intent: 'not_ready' as const, reason_id: then } }),
            },
          }),
        ),
      );
    },
    [center, drafts, run],
  );
  const extend = useCallback(
    (contact: ContactView) =>
      run(`extend:${contact.id}`, () =>
        ask(api.POST('/{center}/contacts/{id}/wrap-up/extend', { params: { path: { center, id: contact.id } } })),
      ),
    [center, run],
  );

  // A browser unlocks sound only on a gesture; after a reload the first click anywhere serves as one.
  const working = me !== undefined && me.agent.state !== 'signed_out';
  useEffect(() => {
    if (!working || soundUnlocked()) return;
    const unlock = (): void => unlockSound(false);
    addEventListener('pointerdown', unlock, { once: true });
    return () => removeEventListener('pointerdown', unlock);
  }, [working]);

  const desk = useMemo<AgentDesk>(
    () => ({
      me,
      pending: (key) => pendingKeys.has(key),
      refusal,
      dismissRefusal: () => setRefusal(null),
      withdrawn,
      armed,
      accept,
      decline,
      hangUp,
      goReady,
      goNotReady,
      signOutOfWork,
      complete,
      extend,
      draft: (contact) => drafts[contact] ?? EMPTY_DRAFT,
      setDraft,
      connected,
      wrapping,
      part,
      talk,
      holdOrSwap,
      panel,
      sought,
      openPanel,
      notice,
      dismissNotice,
      asked,
      calling,
      recorder,
      directed,
    }),
    [
      me, pendingKeys, refusal, setRefusal, withdrawn, armed, accept, decline, hangUp, goReady, goNotReady, signOutOfWork,
      complete, extend, drafts, setDraft, connected, wrapping, part, talk, holdOrSwap, panel, sought, openPanel, notice, dismissNotice,
      asked, calling, recorder, directed,
    ],
  );
  useCallKeys(desk);
  return <Context.Provider value={desk}>{children}</Context.Provider>;
}

const NO_OFFERS: readonly OfferView[] = [];
const NO_PANEL = { panel: null, sought: '' };

const HOLDS: readonly TalkVerb[] = ['hold', 'resume', 'consult/swap'];

/** Why the agent cannot hang up now: whoever leaves while somebody else is there must say to whom the customer is left. */
export function hangUpBlocked(contact: ContactView, part: 'own' | 'third'): 'ringing' | 'third' | 'inTeams' | null {
  const third = contact.conversation?.third;
  if (!third) return null;
  if (part === 'third') return third.stage === 'ringing' ? 'inTeams' : null;
  return third.stage === 'ringing' ? 'ringing' : 'third';
}

/** F2, Shift+F2, F4 twice, Shift+F4, Shift+F8, F9, Shift+F9, Ctrl+Enter. F8 alone stays free for the sound of the agent. */
function useCallKeys(desk: AgentDesk): void {
  const current = useRef(desk);
  current.current = desk;
  useEffect(() => {
    const pressed = (event: KeyboardEvent): void => {
      if (event.altKey || event.repeat) return;
      const { me, connected, part, accept, decline, hangUp, holdOrSwap, talk, complete, pending, calling, recorder } = current.current;
      const oldest = me?.offers[0];
      if (event.key === 'F2' && !event.ctrlKey && !event.metaKey) {
        event.preventDefault();
        if (!oldest) return;
        if (event.shiftKey) {
          if (!pending(`decline:${oldest.id}`)) decline(oldest);
        } else if (oldest.mode === 'tandem' && !pending(`accept:${oldest.id}`)) accept(oldest);
      } else if (event.key === 'F4' && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
        event.preventDefault();
        if (connected && !pending(`hang-up:${connected.id}`)) hangUp(connected);
      } else if (event.key === 'F4' && event.shiftKey && !event.ctrlKey && !event.metaKey) {
        event.preventDefault();
        const verb = connected && wishVerb(connected, part);
        if (verb && !pending(`${verb}:${connected.id}`)) talk(verb, connected);
      } else if (event.key === 'F8' && event.shiftKey && !event.ctrlKey && !event.metaKey) {
        event.preventDefault();
        if (me && document.querySelector('[role="dialog"]') === null) calling.openPad();
      } else if (event.key === 'F9' && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
        event.preventDefault();
        const isOurs = connected !== undefined && isTalk(connected) && part === 'own';
        if (isOurs && !HOLDS.some((verb) => pending(`${verb}:${connected.id}`))) holdOrSwap(connected);
      } else if (event.key === 'F9' && event.shiftKey && !event.ctrlKey && !event.metaKey) {
        event.preventDefault();
        const isOurs = connected !== undefined && isTalk(connected) && part === 'own';
        if (isOurs && !pending(`recording:${connected.id}`)) recorder.turn(connected);
      } else if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
        const wrapping = completable(current.current);
        if (!wrapping || pending(`complete:${wrapping.id}`)) return;
        event.preventDefault();
        complete(wrapping);
      }
    };
    addEventListener('keydown', pressed);
    return () => removeEventListener('keydown', pressed);
  }, []);
}
