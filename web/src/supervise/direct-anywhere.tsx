// Setting an agent's state from any page: the palette says whom and what, and the dialog that asks opens here.
import { lazy, Suspense, useEffect, useState, type ReactNode } from 'react';
import type { BoardAgent } from '../api/contract';
import type { DirectionWord } from '../api/direct';
import { useSession } from '../app/session';
import { useTopic } from '../live/hooks';

const DirectDialog = lazy(() => import('./direct-dialog'));

export interface Directing {
  agent: BoardAgent;
  to: DirectionWord;
}
const DIRECT = 'tandem:direct';

export function directAnywhere(directing: Directing): void {
  dispatchEvent(new CustomEvent(DIRECT, { detail: directing }));
}

/** Whether somebody may set the states of others, and does not look as another account. */
export function useMayDirect(): boolean {
  const { may, look } = useSession();
  return may('direct_agents') && look.standing === 'none';
}

export function DirectAnywhere(): ReactNode {
  const [directing, setDirecting] = useState<Directing | null>(null);
  useEffect(() => {
    const asked = (event: Event): void => setDirecting((event as CustomEvent<Directing>).detail);
    addEventListener(DIRECT, asked);
    return () => removeEventListener(DIRECT, asked);
  }, []);
  return directing ? <Asked directing={directing} close={() => setDirecting(null)} /> : null;
}

/** What will happen follows from what the agent does now. */
function Asked({ directing, close }: { directing: Directing; close: () => void }): ReactNode {
  const { agent, to } = directing;
  const known = useTopic('board')?.agent_list.find(({ id }) => id === agent.id);
  return (
    <Suspense>
      <DirectDialog agent={known ?? agent} to={to} close={close} />
    </Suspense>
  );
}
