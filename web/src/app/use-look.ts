// Keeps a tab to what it was loaded as: when a view begins or ends, by itself or in another tab, everything is loaded anew.
import { useEffect, useMemo, useState } from 'react';
import type { Me } from '../api/contract';
import { VIEWING } from '../api/client';
import { isSameLook, lookOf, msUntilOver, nameOf, noteOver, onTold, type Look } from './look';

/** Where those who end a view were before it. */
export const PEOPLE = '/admin/people';

/**
 * `me` is what the page is to be of. Somebody with unsaved changes is asked by the browser before it is loaded anew, and may
 * stay: then it is still of whom it was, and `look` says how things are.
 */
export function useLook(read: Me | undefined, again: () => void): { me: Me; look: Look } | null {
  const [first, setFirst] = useState(read);
  if (first === undefined && read !== undefined) setFirst(read);
  const isOther = first !== undefined && read !== undefined && !isSameLook(first, read);
  useEffect(() => {
    if (!isOther || !first || !read) return;
    if (first.view && !read.view) noteOver(nameOf(first));
    location.assign(first.view && !read.view ? PEOPLE : '/');
    // Once: what it is called by may change, who it is may not.
  }, [isOther]); // eslint-disable-line
  useEffect(() => onTold(again), [again]);
  useEffect(() => {
    addEventListener(VIEWING, again);
    return () => removeEventListener(VIEWING, again);
  }, [again]);
  useEffect(() => {
    const ms = read ? msUntilOver(read) : null;
    if (ms === null) return;
    const timer = setTimeout(again, ms);
    return () => clearTimeout(timer);
  }, [read, again]);
  return useMemo(() => (first && read ? { me: isOther ? first : read, look: lookOf(first, read) } : null), [first, read, isOther]);
}
