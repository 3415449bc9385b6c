// Rows that each lead to a page: a grid with one place for the keyboard, which arrows move and Enter opens. Where it is narrow
// each row is a card, with the heads of its cells beside them.
import { useRef, useState, type KeyboardEvent, type MouseEvent, type ReactNode } from 'react';
import { Link, useNavigate } from 'react-router';
import css from './row-grid.module.css';

export interface GridColumn<R> {
  key: string;
  head: string;
  isNumber?: boolean;
  /** None where a card has nothing to say. */
  cell: (row: R) => ReactNode;
}
interface Props<R> {
  label: string;
  columns: readonly GridColumn<R>[];
  rows: readonly R[];
  to: (row: R) => string;
  /** What its first cell is, which leads there. */
  lead: { head: string; cell: (row: R) => ReactNode };
  isBusy: boolean;
  /** Stands at the end of each row. */
  verbs?: { head: string; of: (row: R) => ReactNode };
}

const PAGE = 10;

export function RowGrid<R extends { id: number }>({ label, columns, rows, to, lead, isBusy, verbs }: Props<R>): ReactNode {
  const navigate = useNavigate();
  const table = useRef<HTMLTableElement>(null);
  const [at, setAt] = useState(0);
  const current = Math.min(at, Math.max(0, rows.length - 1));
  const move = (next: number): void => {
    const to = Math.min(Math.max(0, next), rows.length - 1);
    setAt(to);
    table.current?.querySelectorAll<HTMLElement>('tbody > tr')[to]?.focus();
  };
  const pressed = (event: KeyboardEvent, row: R, i: number): void => {
    if (event.target !== event.currentTarget || event.ctrlKey || event.metaKey || event.altKey) return;
    const steps: Record<string, number> = { ArrowDown: i + 1, ArrowUp: i - 1, Home: 0, End: rows.length - 1, PageDown: i + PAGE, PageUp: i - PAGE };
    const next = steps[event.key];
    if (next !== undefined) {
      event.preventDefault();
      move(next);
    } else if (event.key === 'Enter') {
      event.preventDefault();
      void navigate(to(row));
    }
  };
  const clicked = (event: MouseEvent, row: R): void => {
    // Buttons and links of the row mean themselves, and text may be marked.
    if ((event.target as Element).closest('a, button, [role="menu"]') || getSelection()?.isCollapsed === false) return;
    void navigate(to(row));
  };
  return (
    <table ref={table} role="grid" aria-label={label} aria-busy={isBusy} aria-readonly="true" className={css.grid}>
      <thead role="rowgroup">
        <tr role="row">
          <th role="columnheader" scope="col">
            {lead.head}
          </th>
          {columns.map((column) => (
            <th key={column.key} role="columnheader" scope="col" className={column.isNumber ? css.number : undefined}>
              {column.head}
            </th>
          ))}
          {verbs ? (
            <th role="columnheader" scope="col" aria-label={verbs.head} />
          ) : null}
        </tr>
      </thead>
      <tbody role="rowgroup">
        {rows.map((row, i) => (
          <tr
            key={row.id}
            role="row"
            tabIndex={i === current ? 0 : -1}
            onFocus={() => setAt(i)}
            onKeyDown={(event) => pressed(event, row, i)}
            onClick={(event) => clicked(event, row)}
          >
            <td role="gridcell" className={css.lead}>
              <Link to={to(row)} tabIndex={-1}>
                {lead.cell(row)}
              </Link>
            </td>
            {columns.map((column) => {
              const cell = column.cell(row);
              return (
                <td key={column.key} role="gridcell" className={column.isNumber ? css.number : undefined} data-empty={cell === null || cell === ''}>
                  <span className={css.inline} aria-hidden="true">
                    {column.head}
                  </span>
                  <div>{cell}</div>
                </td>
              );
            })}
            {verbs ? (
              <td role="gridcell" className={css.verbs}>
                {verbs.of(row)}
              </td>
            ) : null}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
