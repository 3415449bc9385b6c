// A form over one document with a version: what was typed, what is wrong with it, and what somebody else saved meanwhile.
import { useRef, useState, type RefObject } from 'react';
import { ApiError } from '../api/client';
import { announce } from '../app/announcer';
import { useT } from '../i18n/t';

/** A document before it was ever saved has version 0. */
export interface Versioned {
  version: number;
}
interface Ways<D extends Versioned, I> {
  loaded: D;
  inputOf: (document: D) => I;
  problemsOf: (input: I, over: D) => readonly string[];
  save: (over: D, input: I) => Promise<D>;
  reload: () => Promise<D>;
  /** Becomes what the page shows; the form begins anew with it. */
  hold: (document: D) => void;
  /** Whether a refusal is answered elsewhere than above the form. */
  refused?: (error: ApiError) => boolean;
}
export interface WholeForm<D extends Versioned, I> {
  input: I;
  isDirty: boolean;
  isSaving: boolean;
  error: unknown;
  /** What is wrong by path, once saving was tried. */
  problems: readonly string[];
  conflict: D | null;
  leaving: RefObject<boolean>;
  change: (part: Partial<I>) => void;
  discard: () => void;
  save: (over?: D) => void;
  dismiss: () => void;
  takeTheirs: () => void;
}

/** Leads to the first field that needs attention, once it is marked. */
function showFirstError(): void {
  requestAnimationFrame(() => requestAnimationFrame(() => document.querySelector<HTMLElement>('form [aria-invalid="true"]:not([role="radiogroup"]), form [role="radiogroup"][aria-invalid="true"] input')?.focus()));
}

export function useWholeForm<D extends Versioned, I extends object>({ loaded, inputOf, problemsOf, save, reload, hold, refused }: Ways<D, I>): WholeForm<D, I> {
  const t = useT();
  const [start] = useState(() => inputOf(loaded));
  const [input, setInput] = useState(start);
  const [isTried, setTried] = useState(false);
  const [isSaving, setSaving] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const [conflict, setConflict] = useState<D | null>(null);
  const leaving = useRef(false);
  const send = async (over: D): Promise<void> => {
    setSaving(true);
    setError(null);
    try {
      hold(await save(over, input));
      announce(t('form.saved'));
    } catch (failure) {
      if (failure instanceof ApiError && refused?.(failure)) return;
      setError(failure);
      showFirstError();
      if (failure instanceof ApiError && (failure.status === 409 || failure.status === 412)) {
        const theirs = await reload().catch(() => null);
        if (theirs !== null && theirs.version !== over.version) setConflict(theirs);
      }
    } finally {
      setSaving(false);
    }
  };
  return {
    input,
    isDirty: JSON.stringify(input) !== JSON.stringify(start),
    isSaving,
    error,
    problems: isTried ? problemsOf(input, loaded) : [],
    conflict,
    leaving,
    change: (part) => setInput((before) => ({ ...before, ...part })),
    discard: () => {
      setInput(start);
      setError(null);
      setTried(false);
    },
    save: (over = loaded) => {
      setTried(true);
      setConflict(null);
      if (problemsOf(input, over).length > 0) {
        announce(t('form.fix'), 'assertive');
        showFirstError();
      } else if (!isSaving) void send(over);
    },
    dismiss: () => setConflict(null),
    takeTheirs: () => conflict && hold(conflict),
  };
}
