// Whether the drawer is there, and whether it is open: what the banner, the palette and the drawer itself agree on.
import { useSyncExternalStore } from 'react';
import { store, stored } from '../app/preferences';

const KEY = 'tandem.teamDrawer';
export interface Standing {
  /** Whether this user has Teams here. */
  isHere: boolean;
  isOpen: boolean;
}
let standing: Standing = { isHere: false, isOpen: stored(KEY) === 'open' };
const listeners = new Set<() => void>();

function become(next: Partial<Standing>): void {
  standing = { ...standing, ...next };
  for (const listener of listeners) listener();
}
export function tellHere(isHere: boolean): void {
  if (isHere !== standing.isHere) become({ isHere });
}
export function setDrawer(isOpen: boolean): void {
  store(KEY, isOpen ? 'open' : 'closed');
  become({ isOpen });
}
export function useDrawer(): Standing {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => standing,
  );
}
