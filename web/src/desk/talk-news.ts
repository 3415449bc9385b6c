// What happens in the conversation is said once: aloud, and on screen when it was not the agent's doing.
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useRef, useState } from 'react';
import { api, ask } from '../api/client';
import type { ContactView, MeTopic, Third, TimelineRow } from '../api/contract';
import { announce } from '../app/announcer';
import { useSession } from '../app/session';
import { useT, type T } from '../i18n/t';
import { holdFailed, inSentence, partOf, signOf, standingOf, thirdEndOf } from './talk';

/** Who the third party is, for people. */
export function thirdName(t: T, third: Third): string {
  return third.agent?.name ?? third.number ?? t('talk.number');
}

/** Who talks to whom from now on, as one sentence. */
export function useStandingText(): (contact: ContactView, own: number) => string {
  const t = useT();
  return useCallback(
    (contact, own) => {
      const third = contact.conversation?.third;
      const by = contact.agent?.name ?? '';
      if (third && partOf(contact, own) === 'third') {
        if (third.stage === 'ringing') return t(`talk.asked.${third.purpose}`, { by });
        if (third.is_held) return t('talk.asked.held', { by });
        return t(contact.conversation?.held_since ? 'talk.asked.with_third' : 'talk.asked.together', { by });
      }
      const standing = standingOf(contact.conversation);
      const who = third ? inSentence(thirdName(t, third)) : '';
      return t(`talk.is.${standing}`, { who });
    },
    [t],
  );
}

interface News {
  notice: string | null;
  dismissNotice: () => void;
  /** Looks a little later what came of a hold, or of calling somebody: it may be over before it was ever seen. */
  asked: (contact: number, who: string | null) => void;
}
const SEEN_MS = 1_500;

export function useStory(contact: number) {
  const { center } = useSession();
  return useQuery(storyOf(center, contact));
}
export function storyOf(center: string, id: number) {
  return {
    queryKey: ['contact', center, id],
    queryFn: () => ask(api.GET('/{center}/contacts/{id}', { params: { path: { center, id } } })),
    retry: false,
  };
}

/** What did not come to be, in words, each of it once. */
function useTold(): (contact: number, who: string | null, timeline: readonly TimelineRow[], isLost: boolean) => string {
  const t = useT();
  const told = useRef(new Set<string>());
  return useCallback(
    (contact, who, timeline, isLost) => {
      const isNew = (what: string): boolean => {
        const key = `${contact} ${what}`;
        if (told.current.has(key)) return false;
        told.current.add(key);
        return true;
      };
      const end = thirdEndOf(timeline);
      const failed = holdFailed(timeline);
      const said: string[] = [];
      if (who !== null && end && end.why !== 'withdrawn' && isNew(end.at)) said.push(t(`talk.returned.${end.why}`, { who: inSentence(who) }));
      if (who !== null && !end && isLost) said.push(t('talk.returned.gone', { who: inSentence(who) }));
      if (failed !== null && isNew(failed)) said.push(t('talk.holdFailed'));
      return said.join(' ');
    },
    [t],
  );
}

export function useTalkNews(me: MeTopic | undefined, connected: ContactView | undefined): News {
  const t = useT();
  const { center } = useSession();
  const client = useQueryClient();
  const text = useStandingText();
  const [notice, setNotice] = useState<{ contact: number; text: string } | null>(null);
  const before = useRef<ContactView | undefined>(undefined);
  const own = me?.agent.id;
  const inWords = useTold();
  const look = useCallback(
    async (contact: number, who: string | null, isLost: boolean): Promise<void> => {
      // Without its story it is still known that somebody is gone.
      const story = await client.fetchQuery({ ...storyOf(center, contact), staleTime: 0 }).catch(() => null);
      const said = inWords(contact, who, (story?.timeline ?? []) as TimelineRow[], isLost);
      if (said === '' || before.current?.id !== contact) return;
      setNotice({ contact, text: said });
      announce(said);
    },
    [center, client, inWords],
  );
  useEffect(() => {
    const was = before.current;
    before.current = connected;
    if (own === undefined) return;
    const lost = was?.conversation?.third;
    if (!connected) {
      if (was && partOf(was, own) === 'third') announce(t('talk.over', { by: was.agent?.name ?? '' }));
      return;
    }
    if (was?.id !== connected.id) {
      if (partOf(connected, own) === 'third') announce(text(connected, own), 'assertive');
      return;
    }
    if (partOf(was, own) === 'third' && partOf(connected, own) === 'own') {
      announce(t('talk.yours', { by: was.agent?.name ?? '' }));
      return;
    }
    if (signOf(was.conversation) === signOf(connected.conversation)) return;
    announce(text(connected, own));
    const third = connected.conversation?.third;
    if (third && !lost) setNotice(null);
    if (partOf(connected, own) === 'third') return;
    const isLost = lost != null && !third;
    const isOffHold = was.conversation?.held_since != null && connected.conversation?.held_since == null;
    if (isLost || isOffHold) void look(connected.id, lost && isLost ? thirdName(t, lost) : null, isLost);
  }, [connected, own, t, text, look]);
  const asked = useCallback(
    (contact: number, who: string | null) => {
      setTimeout(() => {
        const now = before.current;
        const isThere = who === null ? now?.conversation?.held_since != null : now?.conversation?.third != null;
        if (now?.id === contact && !isThere) void look(contact, who, false);
      }, SEEN_MS);
    },
    [look],
  );
  const shown = notice !== null && notice.contact === connected?.id ? notice.text : null;
  const dismissNotice = useCallback(() => setNotice(null), []);
  return { notice: shown, dismissNotice, asked };
}
