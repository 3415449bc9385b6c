// The filters of a page, which stand in its address, and what the server is asked because of them.
import { useMemo, useRef, useState } from 'react';
import { useSearchParams } from 'react-router';
import type { Query } from '../api/history';
import { useSession } from '../app/session';
import { addressOf, allowedFilters, filtersOf, queryOf, type Field, type Filters, type Period } from './filters';

export interface Filtering {
  filters: Filters;
  query: Query;
  /** A look at another moment is another look. */
  askedAt: number;
  change: (next: (before: Filters) => Filters) => void;
  again: () => void;
}

export function useFilters(known: readonly Field[], usual: Period): Filtering {
  const { zone, me } = useSession();
  const [address, setAddress] = useSearchParams();
  // Not of `me` as a whole: it is read again now and then, and other filters are another look.
  const { agent_figures } = me.center;
  const filters = useMemo(() => allowedFilters(filtersOf(address, known, usual), me), [address, known, usual, me.account.agent_id, agent_figures]); // eslint-disable-line
  // The address follows a moment later: what is changed meanwhile builds on what was changed, not on what is shown.
  const latest = useRef(filters);
  const seen = useRef(filters);
  // Other filters are asked for together with their moment, not with two looks.
  const changedAt = useRef(0);
  if (seen.current !== filters) {
    seen.current = filters;
    latest.current = filters;
    changedAt.current = Date.now();
  }
  const [lookedAt, setLookedAt] = useState(() => Date.now());
  const askedAt = Math.max(lookedAt, changedAt.current);
  const query = useMemo(() => queryOf(filters, askedAt, zone), [filters, askedAt, zone]);
  return {
    filters,
    query,
    askedAt,
    again: () => setLookedAt(Date.now()),
    change: (next) => {
      latest.current = next(latest.current);
      setAddress(addressOf(latest.current, usual));
    },
  };
}
