// That somebody else set the agent's state is said aloud when it comes, on the desktop too where the page is hidden, and stands on
// the desk until the agent's own word.
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { MeTopic } from '../api/contract';
import { announce } from '../app/announcer';
import { useSession } from '../app/session';
import { useT } from '../i18n/t';
import { clockTime, isolated } from '../ui/durations';
import { isPending } from './directed';
import { notify } from './notify';

/** A newer word takes the place of an older one. */
const DIRECTED_TAG = 'directed';

export interface DirectedNews {
  text: string | null;
  dismiss: () => void;
}

export function useDirectedNews(me: MeTopic | undefined): DirectedNews {
  const t = useT();
  const { zone, look } = useSession();
  const [dismissed, setDismissed] = useState<string | null>(null);
  const directed = me?.agent.directed;
  const at = directed?.at ?? null;
  const text =
    me && directed
      ? t(isPending(me, directed) ? 'desk.directed.after' : 'desk.directed', {
          by: directed.by ?? t('desk.directed.somebody'),
          to: directed.to,
          at: isolated(clockTime(directed.at, zone)),
          isTold: directed.why != null,
          why: isolated(directed.why ?? ''),
        })
      : null;
  // What stood there before the page was loaded is no news.
  const before = useRef<string | null | undefined>(undefined);
  const isLoaded = me !== undefined;
  const isOwn = look.standing === 'none';
  useEffect(() => {
    if (!isLoaded) return;
    const isNews = before.current !== undefined && before.current !== at;
    before.current = at;
    if (!isNews || text === null) return;
    announce(text, 'assertive');
    // Whoever only looks is not the one who was set.
    if (isOwn) notify(text, DIRECTED_TAG);
  }, [isLoaded, at, text, isOwn]);
  const dismiss = useCallback(() => setDismissed(at), [at]);
  return useMemo(() => ({ text: at === dismissed ? null : text, dismiss }), [at, dismissed, text, dismiss]);
}
