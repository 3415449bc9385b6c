// The heading of a page, which takes the focus once a dialog is gone and what opened it with it.
import { useRef, type RefObject } from 'react';

/** A dialog that closes looks for what opened it first. */
const CLOSED_MS = 50;

export function useHeading(): [heading: RefObject<HTMLHeadingElement | null>, focus: () => void] {
  const heading = useRef<HTMLHeadingElement>(null);
  return [heading, () => void setTimeout(() => heading.current?.focus(), CLOSED_MS)];
}
