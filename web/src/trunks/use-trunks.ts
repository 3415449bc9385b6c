// What the pages of trunks load: the settings once, and how the trunks do every few seconds while somebody looks.
import { useQuery } from '@tanstack/react-query';
import { trunkHealthOf, trunksOf } from '../api/trunks';
import { useSession } from '../app/session';
import '../i18n/trunks';

/** A call that came or a host that answers is seen at the next look. */
const HEALTH_EVERY_MS = 5_000;

export function useTrunks() {
  const { center } = useSession();
  return useQuery({ queryKey: ['trunks', center], queryFn: () => trunksOf(center) });
}

export function useTrunkHealth() {
  const { center } = useSession();
  return useQuery({ queryKey: ['trunk-health', center], queryFn: () => trunkHealthOf(center), refetchInterval: HEALTH_EVERY_MS });
}
