// Which asked skills are there, and who could serve: agents held against what a queue asks. Pure.
import type { BoardAgent } from '../api/contract';
import { meets, type SkillLevel, type Term } from './conditions';
import { askedSkills, asks, type Asking } from './plan';

export interface Able {
  id: number;
  name: string;
  skills: readonly SkillLevel[];
  enabled: boolean;
}

export interface Counts {
  /** Signed in and ready for a contact. */
  free: number;
  signedIn: number;
  all: number;
}
export interface Gap extends Counts {
  skill_id: number;
  /** Null where any level does, as of what is only preferred. */
  term: Term | null;
  /** The first step that asks for it. */
  step: number;
}

const isHere = (now: BoardAgent | undefined): boolean => now !== undefined && now.state !== 'signed_out';

function counted(agents: readonly Able[], now: ReadonlyMap<number, BoardAgent>): Counts {
  const here = agents.filter(({ id }) => isHere(now.get(id)));
  return { all: agents.length, signedIn: here.length, free: here.filter(({ id }) => now.get(id)?.state === 'available').length };
}

/** Each skill as it is asked, with who has it so; those that nobody has first. */
export function gaps(queue: Asking, agents: readonly Able[], board: readonly BoardAgent[]): Gap[] {
  const now = new Map(board.map((it) => [it.id, it]));
  const able = agents.filter(({ enabled }) => enabled);
  const found = askedSkills(queue).flatMap(({ skill_id, wanted, isPreferred }): Gap[] => {
    const asked = wanted.map(({ term, step }): Gap => ({ skill_id, term, step, ...counted(able.filter(({ skills }) => meets({ has: term }, skills)), now) }));
    if (asked.length > 0 || !isPreferred) return asked;
    return [{ skill_id, term: null, step: 0, ...counted(able.filter(({ skills }) => meets({ has: { skill_id } }, skills)), now) }];
  });
  const urgency = ({ term, signedIn, free }: Gap): number => (term === null ? 3 : signedIn === 0 ? 0 : free === 0 ? 1 : 2);
  return found.sort((a, b) => urgency(a) - urgency(b));
}

export interface Server extends Able {
  now: BoardAgent | undefined;
}
/** Who meets what is asked at each step: the free first, then who is here. */
export function servers(queue: Asking, agents: readonly Able[], board: readonly BoardAgent[]): { list: Server[]; counts: Counts }[] {
  const now = new Map(board.map((it) => [it.id, it]));
  const able = agents.filter(({ enabled }) => enabled);
  const order = ({ now: it }: Server): number => (it?.state === 'available' ? 0 : isHere(it) ? 1 : 2);
  return asks(queue).map((ask) => {
    const list = able.filter(({ skills }) => meets(ask.condition, skills));
    const shown = list.map((it): Server => ({ ...it, now: now.get(it.id) }));
    return { list: shown.sort((a, b) => order(a) - order(b) || a.name.localeCompare(b.name)), counts: counted(list, now) };
  });
}
