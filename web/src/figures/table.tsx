// Figures in rows and columns: the head of each column says what it means, and a number leads to the contacts behind it.
import { Tooltip } from '@fluentui/react-components';
import type { ReactNode } from 'react';
import { useIntl } from 'react-intl';
import { Link } from 'react-router';
import type { Metric, Sums } from '../api/figures';
import { useT } from '../i18n/t';
import { Ltr } from '../ui/time';
import { textOf, valueOf, type FigureColumn } from './columns';
import css from './figures.module.css';

export interface Line {
  key: string;
  name: ReactNode;
  figures: Sums;
  /** Where the contacts behind a figure are; none where they are not listed. */
  listed: ((column: FigureColumn) => string) | null;
}
interface Props {
  label: string;
  lead: string;
  columns: readonly FigureColumn[];
  metrics: readonly Metric[];
  /** By which version of the thresholds a figure is judged; beside its formula. */
  judged: string;
  lines: readonly Line[];
  all: Line | null;
}

export function FigureTable({ label, lead, columns, metrics, judged, lines, all }: Props): ReactNode {
  return (
    // What is wider than the page is reached by keyboard as well.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div className={css.scroll} role="region" aria-label={label} tabIndex={0}>
      <table className={css.table} aria-label={label}>
        <thead>
          <tr>
            <th scope="col">{lead}</th>
            {columns.map((column) => (
              <th key={column.field} scope="col">
                <Head column={column} metrics={metrics} judged={judged} />
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {lines.map((line) => (
            <FigureRow key={line.key} line={line} columns={columns} />
          ))}
        </tbody>
        {all ? (
          <tfoot>
            <FigureRow line={all} columns={columns} />
          </tfoot>
        ) : null}
      </table>
    </div>
  );
}

const JUDGED = new Set<string>(['service_level', 'answered_in_time', 'short_abandoned', 'abandoned']);

function Head({ column, metrics, judged }: { column: FigureColumn; metrics: readonly Metric[]; judged: string }): ReactNode {
  const t = useT();
  const name = t(`figures.col.${column.field}`);
  const metric = metrics.find((it) => it.field === column.field);
  if (!metric) return name;
  const about = t('figures.about', { formula: metric.formula, source: metric.source });
  const text = JUDGED.has(column.field) && judged !== '' ? `${about} ${judged}` : about;
  return (
    <Tooltip content={text} relationship="description" withArrow>
      <button type="button" className={css.explained}>
        {name}
      </button>
    </Tooltip>
  );
}

function FigureRow({ line, columns }: { line: Line; columns: readonly FigureColumn[] }): ReactNode {
  const intl = useIntl();
  const number = (value: number, isTenths: boolean): string => intl.formatNumber(value, isTenths ? { minimumFractionDigits: 1, maximumFractionDigits: 1 } : {});
  return (
    <tr>
      <th scope="row">{line.name}</th>
      {columns.map((column) => {
        const value = valueOf(line.figures, column.field);
        const text = <Ltr>{textOf(value, column.kind, number)}</Ltr>;
        const isListed = 'isListed' in column && line.listed !== null && typeof value === 'number' && value > 0;
        return <td key={column.field}>{isListed && line.listed ? <Link to={line.listed(column)}>{text}</Link> : text}</td>;
      })}
    </tr>
  );
}
