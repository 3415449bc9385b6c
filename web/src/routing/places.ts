// What the fields of a rule have in common: where errors stand, and where the focus goes when a line comes or goes.
import { useCallback, useRef, type RefObject } from 'react';

/** At the place alone, or anywhere inside it. */
export type Reach = 'here' | 'inside';
export type ErrorAt = (place: string, reach?: Reach) => string | undefined;

/** The focus of a list of lines: to be told which line is the next to have it, before that line is drawn. */
export function useLineFocus<E extends HTMLElement>(): { list: RefObject<E | null>; to: (line: number) => void } {
  const list = useRef<E>(null);
  const to = useCallback((line: number): void => {
    requestAnimationFrame(() => {
      const lines = [...(list.current?.children ?? [])];
      const at = lines[Math.max(0, Math.min(line, lines.length - 1))] ?? list.current?.parentElement;
      at?.querySelector<HTMLElement>('select, input, button')?.focus();
    });
  }, []);
  return { list, to };
}
