// As whom a tab sees Tandem: what it was loaded as stays on it until it is loaded anew, because what it shows is theirs. Pure,
// but for what one tab tells the others and itself after a new load.
import type { Me } from '../api/contract';

/** Told to the window to end the view. */
export const END_VIEW = 'tandem:end-view';

/** `on`: somebody looks as another. `over`: they no longer do, and the page still shows what it showed. */
export type Standing = 'none' | 'on' | 'over';
export interface Look {
  standing: Standing;
  /** Whom the view is of. */
  who: string;
  until: string;
}

export const nameOf = ({ account }: Me): string => account.name ?? account.username;

export function isSameLook(a: Me, b: Me): boolean {
  return a.account.id === b.account.id && a.view?.by.id === b.view?.by.id;
}

/** `first` is what the tab was loaded as, `now` what the server says. */
export function lookOf(first: Me, now: Me): Look {
  if (now.view) return { standing: 'on', who: nameOf(now), until: now.view.until };
  if (first.view) return { standing: 'over', who: nameOf(first), until: first.view.until };
  return { standing: 'none', who: nameOf(now), until: '' };
}

/** The server ends it a moment after its time; asked too early it would be asked again and again. */
const GRACE_MS = 1_000;
/** From its answer on until it is to be asked whether the view is over; null without a view. */
export function msUntilOver({ view, server_time }: Me): number | null {
  return view ? Math.max(0, Date.parse(view.until) - Date.parse(server_time)) + GRACE_MS : null;
}

const CHANNEL = 'tandem.view';
/** All tabs of a browser have one session: a view begins and ends in all of them. */
export function tellTabs(): void {
  if (!('BroadcastChannel' in globalThis)) return;
  const channel = new BroadcastChannel(CHANNEL);
  channel.postMessage('changed');
  channel.close();
}
export function onTold(heard: () => void): () => void {
  if (!('BroadcastChannel' in globalThis)) return () => undefined;
  const channel = new BroadcastChannel(CHANNEL);
  channel.onmessage = heard;
  return () => channel.close();
}

const OVER = 'tandem.view.over';
/** Whose view was over when this tab was loaded anew because of that. */
export function viewOver(): string | null {
  try {
    return sessionStorage.getItem(OVER);
  } catch {
    return null;
  }
}
export function noteOver(who: string | null): void {
  try {
    if (who === null) sessionStorage.removeItem(OVER);
    else sessionStorage.setItem(OVER, who);
  } catch {
    // Without storage it is not told; the banner is gone all the same.
  }
}
