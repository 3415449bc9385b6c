// Times on screen: spans that tick locally against the server's clock, and clock times of the center's zone.
import type { ReactNode } from 'react';
import { useServerNow } from '../live/hooks';
import { clockSpan, clockTime, isoSpan, spanSince } from './durations';

export function Elapsed({ since, className }: { since: string; className?: string }): ReactNode {
  const span = spanSince(since, useServerNow());
  return (
    <time className={`tabular ${className ?? ''}`} dateTime={isoSpan(span)} dir="ltr">
      {clockSpan(span)}
    </time>
  );
}

export function At({ at, zone, seconds = false }: { at: string; zone?: string; seconds?: boolean }): ReactNode {
  return (
    <time className="tabular" dateTime={at} dir="ltr">
      {clockTime(at, zone, seconds)}
    </time>
  );
}

export function Ltr({ children }: { children: ReactNode }): ReactNode {
  return <bdi className="ltr">{children}</bdi>;
}
