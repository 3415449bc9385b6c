// Who and what a contact can be about, by name.
import { useList } from '../admin/settings';
import type { LabelRef, Ref } from '../api/contract';
import { useSession } from '../app/session';
import { useTopic } from '../live/hooks';

export interface NamesOf {
  queues: readonly Ref[];
  teams: readonly Ref[];
  agents: readonly Ref[];
  dispositions: readonly LabelRef[];
}
/** Who and what can be chosen: all that is in the scope of whoever reads contacts or
 *  settings, for agents what they work with. */
export function useNamesOf(): NamesOf {
  const { may } = useSession();
  const isTold = may('read_settings') || may('see_floor') || may('see_contacts');
  const mine = useTopic('me', !isTold);
  const queues = useList('queues', isTold);
  const teams = useList('teams', may('read_settings'));
  const agents = useList('agents', isTold);
  const dispositions = useList('dispositions', isTold);
  return {
    queues: queues.data?.items ?? mine?.queues ?? [],
    teams: teams.data?.items ?? [],
    agents: agents.data?.items ?? [],
    dispositions: dispositions.data?.items ?? mine?.dispositions ?? [],
  };
}
