// The window title: page name, product, and the number of open offers in front.
import { useEffect } from 'react';

let page = '';
let badge = 0;

function write(): void {
  const name = page ? `${page} - Tandem` : 'Tandem';
  document.title = badge > 0 ? `(${badge}) ${name}` : name;
  const nav = navigator as Navigator & { setAppBadge?: (n: number) => Promise<void>; clearAppBadge?: () => Promise<void> };
  const done = badge > 0 ? nav.setAppBadge?.(badge) : nav.clearAppBadge?.();
  done?.catch(() => undefined);
}

export function useTitle(name: string): void {
  useEffect(() => {
    page = name;
    write();
  }, [name]);
}

export function setBadge(count: number): void {
  if (badge === count) return;
  badge = count;
  write();
}
