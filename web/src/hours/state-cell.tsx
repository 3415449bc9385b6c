// Whether it is open now, in the list of business hours.
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { previewStored } from '../api/schedules';
import { useSession } from '../app/session';
import { NowLine } from './preview';

const AGAIN_MS = 60_000;

export function StateCell({ id, version, zone }: { id: number; version: number; zone: string }): ReactNode {
  const { center } = useSession();
  const { data } = useQuery({
    queryKey: ['hours-now', center, id, version],
    queryFn: () => previewStored(center, id, 1),
    refetchInterval: AGAIN_MS,
    retry: false,
  });
  return data ? <NowLine now={data.now} zone={zone} /> : null;
}
