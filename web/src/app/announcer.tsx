// One polite and one assertive live region for the whole app, at most one utterance in 3 s each.
import { useSyncExternalStore, type ReactNode } from 'react';

type Politeness = 'polite' | 'assertive';
const GAP_MS = 3_000;

interface Region {
  text: string;
  waiting: string[];
  free: number;
}
const regions: Record<Politeness, Region> = {
  polite: { text: '', waiting: [], free: 0 },
  assertive: { text: '', waiting: [], free: 0 },
};
const listeners = new Set<() => void>();

function speak(politeness: Politeness): void {
  const region = regions[politeness];
  const now = Date.now();
  if (region.waiting.length === 0) return;
  if (now < region.free) {
    setTimeout(() => speak(politeness), region.free - now);
    return;
  }
  // The newest news wins; what waited longer is out of date.
  region.text = region.waiting.at(-1) ?? '';
  region.waiting = [];
  region.free = now + GAP_MS;
  for (const listener of listeners) listener();
}

export function announce(text: string, politeness: Politeness = 'polite'): void {
  regions[politeness].waiting.push(text);
  speak(politeness);
}

function listen(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function LiveRegions(): ReactNode {
  const polite = useSyncExternalStore(listen, () => regions.polite.text);
  const assertive = useSyncExternalStore(listen, () => regions.assertive.text);
  return (
    <>
      <div className="visually-hidden" role="status" aria-live="polite">
        {polite}
      </div>
      <div className="visually-hidden" role="alert" aria-live="assertive">
        {assertive}
      </div>
    </>
  );
}
