// To whom a contact can go, as it stands now. The search is the server's.
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { api, ask } from '../api/client';
import type { ColleagueTarget } from '../api/contract';
import { useSession } from '../app/session';

export function useTargets(search: string, isWanted: boolean, again: number | false) {
  const { center } = useSession();
  return useQuery({
    queryKey: ['transfer-targets', center, search],
    queryFn: () => ask(api.GET('/{center}/transfer-targets', { params: { path: { center }, query: { search } } })),
    placeholderData: keepPreviousData,
    enabled: isWanted,
    refetchInterval: again,
    retry: false,
  });
}

/**
 * Those who can be asked first, then by name. Whoever is known keeps the place, whatever the colleague does meanwhile: no row
 * goes from under the pointer.
 */
export function inOrder(colleagues: readonly ColleagueTarget[], before: readonly number[]): ColleagueTarget[] {
  const known = new Map(before.map((id, place) => [id, place]));
  const list = [...colleagues];
  if (list.every(({ id }) => known.has(id))) return list.sort((a, b) => (known.get(a.id) ?? 0) - (known.get(b.id) ?? 0));
  const rank = ({ is_free: isFree, state }: ColleagueTarget): number => (isFree ? (state === 'available' ? 0 : 1) : 2);
  return list.sort((a, b) => rank(a) - rank(b) || a.name.localeCompare(b.name));
}
