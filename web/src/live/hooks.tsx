// React's view of the live state: the hub of the signed-in center, topics, freshness, and clocks that tick locally.
import { createContext, useContext, useEffect, useState, useSyncExternalStore, type ReactNode } from 'react';
import type { TopicName, Topics } from '../api/contract';
import type { Hub } from './hub';
import { clockOffset, EMPTY, freshness, type Freshness, type LiveState } from './reducer';

const HubContext = createContext<Hub | null>(null);

export function LiveProvider({ hub, children }: { hub: Hub | null; children: ReactNode }): ReactNode {
  return <HubContext.Provider value={hub}>{children}</HubContext.Provider>;
}

const noListener = (): (() => void) => () => undefined;
const empty = (): LiveState => EMPTY;

export function useLive(): LiveState {
  const hub = useContext(HubContext);
  return useSyncExternalStore(hub?.listen ?? noListener, hub?.get ?? empty);
}

/** The newest value of a topic, subscribed as long as the component lives. */
export function useTopic<K extends TopicName>(topic: K, enabled = true): Topics[K] | undefined {
  const hub = useContext(HubContext);
  const state = useLive();
  useEffect(() => (enabled && hub ? hub.want(topic) : undefined), [hub, topic, enabled]);
  return enabled ? state.topics[topic]?.data : undefined;
}

// One timer for every clock of the page.
const ticking = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;
let tick = Date.now();
function listenToTicks(listener: () => void): () => void {
  ticking.add(listener);
  timer ??= setInterval(() => {
    tick = Date.now();
    for (const each of ticking) each();
  }, 250);
  return () => {
    ticking.delete(listener);
    if (ticking.size === 0) {
      clearInterval(timer);
      timer = undefined;
    }
  };
}

/** The server's clock in whole steps of so many ms, seconds unless told otherwise; re-renders only when it goes on by one. */
export function useServerNow(step = 1000): number {
  return useNowUntil(null, step);
}

/** The same of something that may be over: then the instant at which it ended, without a clock. */
export function useNowUntil(end: number | null, step = 1000): number {
  const hub = useContext(HubContext);
  const offset = (): number => clockOffset(hub?.get() ?? EMPTY);
  return useSyncExternalStore(end === null ? listenToTicks : noListener, () => {
    if (end !== null) return end;
    const now = Math.max(tick, Date.now() - 250) - offset();
    return Math.floor(now / step) * step;
  });
}

export function useFreshness(): Freshness {
  const hub = useContext(HubContext);
  useSyncExternalStore(hub?.listen ?? noListener, hub?.get ?? empty);
  return useSyncExternalStore(listenToTicks, () => freshness(hub?.get() ?? EMPTY, performance.now()));
}

/** True once `ms` have passed since the component appeared: skeletons wait 200 ms before they show. */
export function useAfter(ms: number): boolean {
  const [passed, setPassed] = useState(false);
  useEffect(() => {
    const timeout = setTimeout(() => setPassed(true), ms);
    return () => clearTimeout(timeout);
  }, [ms]);
  return passed;
}
