// A line, and below it what is wrong with it: the field that is meant carries the mark, and so tells the text.
import { useId, type ReactNode } from 'react';
import admin from '../admin/admin.module.css';

/** What marks a field as wrong. */
export interface Mark {
  'aria-invalid'?: true;
  'aria-describedby'?: string;
}

interface Props {
  className: string | undefined;
  wrong: string | undefined;
  children: (mark: Mark) => ReactNode;
}

export function MarkedLine({ className, wrong, children }: Props): ReactNode {
  const id = useId();
  const mark: Mark = wrong ? { 'aria-invalid': true, 'aria-describedby': id } : {};
  return (
    <>
      <div className={className}>{children(mark)}</div>
      {wrong ? (
        <p id={id} className={admin.error}>
          {wrong}
        </p>
      ) : null}
    </>
  );
}
