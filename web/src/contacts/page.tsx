// Every contact there was and is, narrowed as its address says; the sums above it are of the very same contacts.
import { Button, Checkbox } from '@fluentui/react-components';
import { ArrowClockwiseRegular } from '@fluentui/react-icons/svg/arrow-clockwise';
import { ColumnEditRegular } from '@fluentui/react-icons/svg/column-edit';
import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useId, useState, type ReactNode } from 'react';
import { Link } from 'react-router';
import { contactExport, contactPage, contactSummary, EXPORT_FORMATS, type ExportFormat, type ContactRow, type Query } from '../api/history';
import { useSession } from '../app/session';
import { useTitle } from '../app/title';
import { useAgentDesk } from '../desk/agent';
import { CallNumber } from '../desk/call-number';
import { useT, type T } from '../i18n/t';
import { clockSpan, isolated } from '../ui/durations';
import { ExportMenu, ExportProgress, useExporting } from '../ui/exporting';
import { More } from '../ui/more';
import { RowGrid, type GridColumn } from '../ui/row-grid';
import { Empty, Failed, Loading } from '../ui/states';
import { Ltr } from '../ui/time';
import { COLUMNS, keepColumns, keptColumns, type ColumnId } from './columns';
import css from './contacts.module.css';
import { FilterBar } from './filter-bar';
import { addressOf, changed, CONTACT_FIELDS, END_REASONS, EVERYTHING, isBackwards, type Filters } from './filters';
import { useFilters } from './use-filters';
import { Direction, End, Marks, Moment, useCountText, Who } from './words';

const USUAL = 'today';
const FRESH_MS = 30_000;

export function Page(): ReactNode {
  const t = useT();
  const { center, may, me } = useSession();
  const title = t(may('see_contacts') ? 'contacts.title' : 'contacts.title.own');
  useTitle(title);
  const { filters, query, askedAt, change, again } = useFilters(CONTACT_FIELDS, USUAL);
  const exporting = useExporting<ExportFormat>('contacts', (format, signal) => contactExport(center, query, format, signal));
  const [columns, setColumns] = useState(() => keptColumns(me.account.id));
  const [isChoosing, setChoosing] = useState(false);
  const choosing = useId();
  const choose = (next: ColumnId[]): void => {
    keepColumns(me.account.id, next);
    setColumns(next);
  };
  return (
    <div className={css.page}>
      <div className={css.head}>
        <h1>{title}</h1>
        <div className={css.tools}>
          <Button icon={<ColumnEditRegular />} aria-expanded={isChoosing} aria-controls={isChoosing ? choosing : undefined} onClick={() => setChoosing(!isChoosing)}>
            {t('contacts.columns')}
          </Button>
          {may('export_contacts') ? <ExportMenu exporting={exporting} formats={EXPORT_FORMATS} /> : null}
          <Button icon={<ArrowClockwiseRegular />} onClick={again}>
            {t('contacts.refresh')}
          </Button>
        </div>
      </div>
      {isChoosing ? <ColumnChoice id={choosing} columns={columns} choose={choose} /> : null}
      <FilterBar filters={filters} known={CONTACT_FIELDS} change={change} />
      <ExportProgress exporting={exporting} />
      {isBackwards(filters) ? null : (
        <Found filters={filters} query={query} askedAt={askedAt} columns={columns} title={title} clear={() => change(() => EVERYTHING)} />
      )}
    </div>
  );
}

function ColumnChoice({ id, columns, choose }: { id: string; columns: readonly ColumnId[]; choose: (columns: ColumnId[]) => void }): ReactNode {
  const t = useT();
  return (
    <fieldset id={id} className={css.choice}>
      <legend>{t('contacts.columns.shown')}</legend>
      <div>
        {COLUMNS.map((column) => (
          <Checkbox
            key={column}
            label={t(`contacts.col.${column}`)}
            checked={columns.includes(column)}
            onChange={(_, data) => choose(COLUMNS.filter((it) => (it === column ? data.checked === true : columns.includes(it))))}
          />
        ))}
      </div>
    </fieldset>
  );
}

interface FoundProps {
  filters: Filters;
  query: Query;
  /** A look at another moment is another look. */
  askedAt: number;
  columns: readonly ColumnId[];
  title: string;
  clear: () => void;
}

function Found({ filters, query, askedAt, columns, title, clear }: FoundProps): ReactNode {
  const t = useT();
  const { center } = useSession();
  const desk = useAgentDesk();
  const countText = useCountText();
  const list = useInfiniteQuery({
    queryKey: ['contacts', center, query, askedAt],
    queryFn: ({ pageParam }) => contactPage(center, query, pageParam),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    placeholderData: keepPreviousData,
    staleTime: FRESH_MS,
    refetchOnWindowFocus: false,
  });
  if (list.isPending) return <Loading rows={[24, 400]} />;
  if (list.isError) return <Failed error={list.error} retry={() => void list.refetch()} />;
  const rows = list.data.pages.flatMap((page) => page.contacts);
  const count = list.data.pages[0]?.count ?? { exact: true, n: 0 };
  const isNarrowed = Object.keys(filters.fields).length > 0 || filters.period !== 'all';
  const all = columnsOf(t);
  return (
    <>
      <div className={css.sums}>
        <p className={css.count} role="status">
          {countText(count)}
        </p>
        <Sums filters={filters} query={query} askedAt={askedAt} />
      </div>
      {rows.length === 0 ? (
        <div className={css.card}>
          <Empty
            title={t(isNarrowed ? 'contacts.noMatch' : 'contacts.none')}
            text={t(isNarrowed ? 'contacts.noMatch.text' : 'contacts.none.text')}
            action={isNarrowed ? <Button onClick={clear}>{t('contacts.noMatch.all')}</Button> : null}
          />
        </div>
      ) : (
        <div className={`${css.card} ${css.list}`}>
          <RowGrid
            label={title}
            rows={rows}
            to={(row) => `/contacts/${row.id}`}
            lead={{ head: t('contacts.col.arrived'), cell: (row) => <Moment at={row.arrived_at} /> }}
            columns={columns.map((column) => ({ key: column, ...all[column] }))}
            isBusy={list.isPlaceholderData}
            {...(desk ? { verbs: { head: t('dial.call'), of: (row: ContactRow) => (row.end_reason === null ? null : <CallNumber number={row.customer.number} size="small" />) } } : {})}
          />
          <More list={list} text={t('contacts.more')} className={css.more}>
            <span>{t('contacts.shown', { n: rows.length })}</span>
          </More>
        </div>
      )}
    </>
  );
}

/** How they ended, each a way to just those; together they are the number beside them. */
function Sums({ filters, query, askedAt }: { filters: Filters; query: Query; askedAt: number }): ReactNode {
  const t = useT();
  const { center } = useSession();
  const sums = useQuery({
    queryKey: ['contacts-summary', center, query, askedAt],
    queryFn: () => contactSummary(center, query),
    placeholderData: keepPreviousData,
    staleTime: FRESH_MS,
    refetchOnWindowFocus: false,
  });
  if (sums.isError) return <p className={css.quiet}>{t('contacts.sums.failed')}</p>;
  if (!sums.data || sums.data.contacts === 0) return null;
  const linkOf = (reason: string | null): string => {
    const next = reason === null ? changed(filters, 'open', 'true') : changed(filters, 'end_reason', reason);
    return `?${addressOf(next, USUAL).toString()}`;
  };
  const isKnown = (reason: string | null): boolean => reason === null || (END_REASONS as readonly string[]).includes(reason);
  return (
    <ul className={css.reasons} aria-label={t('contacts.sums')}>
      {sums.data.by_end_reason
        .filter((it) => it.contacts > 0)
        .toSorted((a, b) => b.contacts - a.contacts)
        .map(({ end_reason, contacts: n }) => (
          <li key={end_reason ?? 'open'}>
            {isKnown(end_reason) ? (
              <Link to={linkOf(end_reason)}>
                <End reason={end_reason} /> <b>{t('contacts.n', { n })}</b>
              </Link>
            ) : (
              <span>
                <End reason={end_reason} /> <b>{t('contacts.n', { n })}</b>
              </span>
            )}
          </li>
        ))}
      <li className={css.quiet}>{t('contacts.sums.talk', { span: isolated(clockSpan(sums.data.talk_s * 1000)) })}</li>
    </ul>
  );
}

function Span({ seconds }: { seconds: number }): ReactNode {
  return <Ltr>{clockSpan(seconds * 1000)}</Ltr>;
}

function columnsOf(t: T): Record<ColumnId, Omit<GridColumn<ContactRow>, 'key'>> {
  const span = (seconds: number): ReactNode => (seconds === 0 ? null : <Span seconds={seconds} />);
  return {
    customer: { head: t('contacts.col.customer'), cell: (row) => <Who customer={row.customer} /> },
    direction: { head: t('contacts.col.direction'), cell: (row) => <Direction direction={row.direction} /> },
    queue: { head: t('contacts.col.queue'), cell: (row) => row.queue?.name ?? null },
    agents: { head: t('contacts.col.agents'), cell: (row) => (row.agents.length === 0 ? null : <Agents row={row} />) },
    menu: { head: t('contacts.col.menu'), cell: (row) => (row.menu.length === 0 ? null : <Ltr>{row.menu.join(' \u203a ')}</Ltr>) },
    wait: { head: t('contacts.col.wait'), isNumber: true, cell: (row) => <Span seconds={row.wait_s} /> },
    talk: { head: t('contacts.col.talk'), isNumber: true, cell: (row) => span(row.talk_s) },
    hold: { head: t('contacts.col.hold'), isNumber: true, cell: (row) => span(row.hold_s) },
    consult: { head: t('contacts.col.consult'), isNumber: true, cell: (row) => span(row.consult_s) },
    wrapUp: { head: t('contacts.col.wrapUp'), isNumber: true, cell: (row) => span(row.wrap_up_s) },
    end: { head: t('contacts.col.end'), cell: (row) => <End reason={row.end_reason} /> },
    disposition: { head: t('contacts.col.disposition'), cell: (row) => row.disposition?.label ?? null },
    transfers: { head: t('contacts.col.transfers'), isNumber: true, cell: (row) => (row.transfers === 0 ? null : t('contacts.n', { n: row.transfers })) },
    endpoint: { head: t('contacts.col.endpoint'), cell: (row) => row.endpoint.name },
    marks: { head: t('contacts.col.marks'), cell: (row) => (row.has_recording || row.has_message ? <Marks row={row} /> : null) },
  };
}

/** With the talk time of each, where there were several and it is shown. */
function Agents({ row }: { row: ContactRow }): ReactNode {
  return (
    <ul className={css.agents}>
      {row.agents.map((agent) => (
        <li key={agent.id}>
          <bdi>{agent.name}</bdi>
          {row.agents.length > 1 && agent.talk_s != null ? (
            <>
              {' '}
              <span className={css.quiet}>
                <Ltr>{clockSpan(agent.talk_s * 1000)}</Ltr>
              </span>
            </>
          ) : null}
        </li>
      ))}
    </ul>
  );
}
