// The matrix while somebody works in it: edits and their way back, and saving with its progress.
import { useQueryClient } from '@tanstack/react-query';
import { useCallback, useRef, useState, type RefObject } from 'react';
import { objectQuery, save as put } from '../admin/settings';
import { ApiError } from '../api/client';
import type { Stored } from '../api/contract';
import { announce } from '../app/announcer';
import { useSession } from '../app/session';
import { useT } from '../i18n/t';
import { useProblemText } from '../ui/states';
import { saveRows, type Saved } from './saving';
import { changedAgents, discarded, edited, rebased, redone, matrixOf, skillsOf, undone, type Cell, type Matrix } from './matrix';

type Agent = Stored<'agents'>;
export interface Refused {
  id: number;
  name: string;
  why: string;
}
export interface Progress {
  done: number;
  of: number;
}
export interface MatrixState {
  /** As they were read or saved last. */
  agents: readonly Agent[];
  matrix: Matrix;
  nChanged: number;
  write: (cells: readonly Cell[]) => void;
  /** Instead of what was written last. */
  rewrite: (cells: readonly Cell[]) => void;
  turn: (to: 'back' | 'forth') => void;
  discard: () => void;
  save: () => Promise<void>;
  stop: () => void;
  /** While it is being saved. */
  progress: Progress | null;
  refused: readonly Refused[];
  leaving: RefObject<boolean>;
}

export function useMatrix(loaded: readonly Agent[]): MatrixState {
  const [agents, setAgents] = useState(() => new Map(loaded.map((it) => [it.id, it])));
  const [matrix, setMatrix] = useState(() => matrixOf(loaded));
  const before = useRef(matrix);
  const leaving = useRef(false);
  const took = useCallback((row: Agent) => {
    setAgents((now) => new Map(now).set(row.id, row));
    setMatrix((now) => rebased(now, row.id, row.skills));
  }, []);
  const saving = useSaving(agents, matrix, took);
  return {
    ...saving,
    agents: [...agents.values()],
    matrix,
    nChanged: matrix.changes.size,
    leaving,
    write: (cells) => {
      before.current = matrix;
      setMatrix(edited(matrix, cells));
    },
    rewrite: (cells) => setMatrix(edited(before.current, cells)),
    turn: (to) => setMatrix(to === 'back' ? undone(matrix) : redone(matrix)),
    discard: () => {
      setMatrix(discarded(matrix));
      saving.forget();
    },
  };
}

type Saving = Pick<MatrixState, 'save' | 'stop' | 'progress' | 'refused'> & { forget: () => void };

function useSaving(agents: ReadonlyMap<number, Agent>, matrix: Matrix, took: (row: Agent) => void): Saving {
  const t = useT();
  const { center } = useSession();
  const client = useQueryClient();
  const textOf = useRefusalText();
  const [progress, setProgress] = useState<Progress | null>(null);
  const [refused, setRefused] = useState<readonly Refused[]>([]);
  const isStopped = useRef(false);

  /** Roles and team stay as they are where nothing is said of them. */
  const store = async (id: number): Promise<Agent> => {
    const agent = agents.get(id);
    if (!agent) throw new Error('what is changed is a row of the matrix');
    const { name, teams_user_id, enabled } = agent;
    return (await put(center, 'agents', id, agent.version, { name, teams_user_id, enabled, skills: skillsOf(matrix, id) })) as unknown as Agent;
  };
  const save = async (): Promise<void> => {
    const ids = changedAgents(matrix);
    const failed: Refused[] = [];
    let done = 0;
    isStopped.current = false;
    setRefused([]);
    setProgress({ done, of: ids.length });
    const told = async (it: Saved<Agent>): Promise<void> => {
      done += 1;
      setProgress({ done, of: ids.length });
      if (it.is === 'saved') return took(it.row);
      failed.push({ id: it.id, name: agents.get(it.id)?.name ?? '', why: textOf(it.error) });
      // What somebody else saved meanwhile is shown, and what was typed is kept on it.
      if (isConflict(it.error)) await client.fetchQuery({ ...objectQuery(center, 'agents', it.id), staleTime: 0 }).then(took, () => undefined);
    };
    const open: Promise<void>[] = [];
    await saveRows(ids, store, (it) => void open.push(told(it)), () => isStopped.current);
    await Promise.all(open);
    setRefused(failed);
    setProgress(null);
    announce(t('matrix.saved', { n: done - failed.length, failed: failed.length }), failed.length > 0 ? 'assertive' : 'polite');
    await client.invalidateQueries({ queryKey: ['settings', center, 'agents'] });
  };
  return { save, stop: () => void (isStopped.current = true), progress, refused, forget: () => setRefused([]) };
}

const isConflict = (error: unknown): boolean => error instanceof ApiError && (error.status === 409 || error.status === 412);

/** Why a row was not saved: what is wrong with its fields says more than that something is. */
function useRefusalText(): (error: unknown) => string {
  const t = useT();
  const say = useProblemText();
  return (error) => {
    if (isConflict(error) && error instanceof ApiError && error.code === 'conflict') return t('matrix.conflict');
    const fields = error instanceof ApiError ? (error.problem.errors ?? []) : [];
    return fields.length > 0 ? fields.map(({ field, detail }) => `${field}: ${detail}`).join(' ') : say(error);
  };
}
