// The check of every recording that is kept: what came of the last one.
import { useQuery } from '@tanstack/react-query';
import { verification } from '../api/recordings';
import { useSession } from '../app/session';

const RUNNING_MS = 1_000;

export function useVerification() {
  const { center, may } = useSession();
  return useQuery({
    queryKey: ['verification', center],
    queryFn: () => verification(center),
    enabled: may('hear_recordings') || may('verify_recordings'),
    refetchInterval: (query) => (query.state.data?.state === 'running' ? RUNNING_MS : false),
  });
}
