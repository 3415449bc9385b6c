// Who and what a contact can be about, by name.
import { useList } from '../admin/settings';
import type { LabelRef, Ref } from '../api/contract';
import { useSession } from '../app/session';
import { useTopic } from '../live/hooks';

export interface NamesOf {
  queues: readonly Ref[];
  agents: readonly Ref[];
  dispositions: readonly LabelRef[];
}
/** Who and what can be chosen: all of it for supervisors, for agents what they work with. */
export function useNamesOf(): NamesOf {
  const { has } = useSession();
  const isSupervisor = has('supervisor');
  const mine = useTopic('me', !isSupervisor);
  const queues = useList('queues', isSupervisor);
  const agents = useList('agents', isSupervisor);
  const dispositions = useList('dispositions', isSupervisor);
  return {
    queues: queues.data?.items ?? mine?.queues ?? [],
    agents: agents.data?.items ?? [],
    dispositions: dispositions.data?.items ?? mine?.dispositions ?? [],
  };
}
