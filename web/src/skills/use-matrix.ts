// The matrix while somebody works in it: edits and their way back, and saving with its progress.
import { useQueryClient } from '@tanstack/react-query';
import { useCallback, useMemo, useRef, useState, type RefObject } from 'react';
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
/** How often progress is shown. */
const SHOW_MS = 200;

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
  const took = useCallback((rows: readonly Agent[]) => {
    setAgents((now) => new Map([...now, ...rows.map((row): [number, Agent] => [row.id, row])]));
    setMatrix((now) => rebased(now, rows));
  }, []);
  const list = useMemo(() => [...agents.values()], [agents]);
  const saving = useSaving(agents, matrix, took);
  return {
    ...saving,
    agents: list,
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

function useSaving(agents: ReadonlyMap<number, Agent>, matrix: Matrix, took: (rows: readonly Agent[]) => void): Saving {
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
    const saved: Agent[] = [];
    let done = 0;
    let shown = performance.now();
    /** Drawn a few times a second, however many come. */
    const show = (): void => {
      shown = performance.now();
      took(saved.splice(0));
      setProgress({ done, of: ids.length });
    };
    const told = (it: Saved<Agent>): void => {
      done += 1;
      if (it.is === 'saved') saved.push(it.row);
      else failed.push({ id: it.id, name: agents.get(it.id)?.name ?? '', why: textOf(it.error) });
      if (performance.now() - shown > SHOW_MS) show();
    };
    // What somebody else saved meanwhile is shown, and what was typed is kept on it.
    const again = async (id: number, error: unknown): Promise<never> => {
      if (isConflict(error)) await client.fetchQuery({ ...objectQuery(center, 'agents', id), staleTime: 0 }).then((row) => void saved.push(row), () => undefined);
      throw error;
    };
    isStopped.current = false;
    setRefused([]);
    show();
    await saveRows(ids, (id) => store(id).catch((error: unknown) => again(id, error)), told, () => isStopped.current);
    show();
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
