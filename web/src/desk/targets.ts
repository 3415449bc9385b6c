// To whom a contact can go, as it stands now. The search is the server's.
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { api, ask } from '../api/client';
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
