// What happens in the conversation is said once: aloud, and on screen when it was not the agent's doing.
import { useCallback, useEffect, useRef, useState } from 'react';
import { api, ask } from '../api/client';
import type { ContactView, MeTopic, Third, TimelineRow } from '../api/contract';
import { announce } from '../app/announcer';
import { useSession } from '../app/session';
import { useT, type T } from '../i18n/t';
import { holdFailed, partOf, signOf, standingOf, thirdEndOf } from './talk';

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
      const who = third ? thirdName(t, third) : '';
      return t(`talk.is.${standing}`, { who });
    },
    [t],
  );
}

interface News {
  notice: string | null;
  dismissNotice: () => void;
}

export function useTalkNews(me: MeTopic | undefined, connected: ContactView | undefined): News {
  const t = useT();
  const { center } = useSession();
  const text = useStandingText();
  const [notice, setNotice] = useState<{ contact: number; text: string } | null>(null);
  const before = useRef<ContactView | undefined>(undefined);
  const own = me?.agent.id;
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
    if (!isLost && !isOffHold) return;
    const tell = (timeline: readonly TimelineRow[]): void => {
      const why = isLost ? thirdEndOf(timeline) : null;
      const failed = isOffHold && holdFailed(timeline);
      const parts = [
        why !== null && why !== 'withdrawn' && lost ? t(`talk.returned.${why}`, { who: thirdName(t, lost) }) : '',
        failed ? t('talk.holdFailed') : '',
      ];
      const said = parts.filter(Boolean).join(' ');
      if (said === '') return;
      setNotice({ contact: connected.id, text: said });
      announce(said);
    };
    ask(api.GET('/{center}/contacts/{id}', { params: { path: { center, id: connected.id } } })).then(
      (contact) => tell(contact.timeline as TimelineRow[]),
      // Without its story it is still known that somebody is gone.
      () => tell([]),
    );
  }, [connected, own, center, t, text]);
  const shown = notice !== null && notice.contact === connected?.id ? notice.text : null;
  const dismissNotice = useCallback(() => setNotice(null), []);
  return { notice: shown, dismissNotice };
}
