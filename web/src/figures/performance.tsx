// Queue performance and agent performance: the same page about different rows. Every number can be followed to its contacts.
import { Button, Field, Select } from '@fluentui/react-components';
import { ArrowClockwiseRegular } from '@fluentui/react-icons/svg/arrow-clockwise';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { useIntl } from 'react-intl';
import { Link, useSearchParams } from 'react-router';
import { agentPerformance, figuresExport, queuePerformance, type Interval, type Performance, type Row, type Sums } from '../api/figures';
import { EXPORT_FORMATS, type ExportFormat, type Query } from '../api/history';
import { useSession } from '../app/session';
import { useTitle } from '../app/title';
import { useT, type MessageId } from '../i18n/t';
import { clockTime, isolated } from '../ui/durations';
import { ExportMenu, ExportProgress, useExporting } from '../ui/exporting';
import { figuresOf } from '../ui/figures';
import { Empty, Failed, Loading } from '../ui/states';
import { addressOf, askedOf, isBackwards, queryOf, type Asked } from './asked';
import { Asking } from './asking';
import { Bars } from './bars';
import { AGENT_COLUMNS, heightOf, listOf, QUEUE_COLUMNS, textOf, valueOf, type FigureColumn } from './columns';
import css from './figures.module.css';
import { FigureTable, type Line } from './table';

type Whose = 'queue' | 'agent';
const ASKS = { queue: queuePerformance, agent: agentPerformance } as const;
const TITLES: Record<Whose, MessageId> = { queue: 'figures.queues', agent: 'figures.agents' };
const OTHER = { queue: { to: '/figures/agents', title: TITLES.agent }, agent: { to: '/figures/queues', title: TITLES.queue } } as const;
/** The two that are drawn. */
const DRAWN = { queue: ['offered', 'service_level'], agent: ['handled', 'occupancy'] } as const;
const FRESH_MS = 30_000;
const WHOLE_PERMILLE = 1000;
const ONE_DAY_MS = 26 * 3_600_000;

export function PerformancePage({ whose }: { whose: Whose }): ReactNode {
  const t = useT();
  const title = t(TITLES[whose]);
  useTitle(title);
  const [address, setAddress] = useSearchParams();
  const [askedAt, setAskedAt] = useState(() => Date.now());
  const [isAll, setAll] = useState(false);
  const asked = askedOf(address);
  const { center, zone } = useSession();
  const query = { ...queryOf(asked, askedAt, zone), ...(whose === 'queue' ? { variant: asked.variant } : {}) };
  const exporting = useExporting<ExportFormat>(`${whose}-performance`, (format, signal) => figuresExport(center, whose, query, format, signal));
  const change = (next: Partial<Asked>): void => {
    setAskedAt(Date.now());
    setAddress((before) => addressOf({ ...askedOf(before), ...next }));
  };
  return (
    <div className={css.page}>
      <div className={css.head}>
        <h1>{title}</h1>
        <div className={css.tools}>
          <Link className={css.other} to={OTHER[whose].to}>
            {t(OTHER[whose].title)}
          </Link>
          <Button aria-pressed={isAll} onClick={() => setAll(!isAll)}>
            {t(isAll ? 'figures.fewer' : 'figures.more')}
          </Button>
          <Button icon={<ArrowClockwiseRegular />} onClick={() => setAskedAt(Date.now())}>
            {t('contacts.refresh')}
          </Button>
          {isBackwards(asked) ? null : <ExportMenu exporting={exporting} formats={EXPORT_FORMATS} />}
        </div>
      </div>
      <Asking asked={asked} hasVariants={whose === 'queue'} change={change} />
      <ExportProgress exporting={exporting} />
      {isBackwards(asked) ? null : <Found whose={whose} query={query} askedAt={askedAt} isAll={isAll} />}
    </div>
  );
}

function Found({ whose, query, askedAt, isAll }: { whose: Whose; query: Query; askedAt: number; isAll: boolean }): ReactNode {
  const t = useT();
  const { center } = useSession();
  const found = useQuery({
    queryKey: ['figures', whose, center, query, askedAt],
    queryFn: () => ASKS[whose](center, query),
    placeholderData: keepPreviousData,
    staleTime: FRESH_MS,
    refetchOnWindowFocus: false,
  });
  if (found.isPending) return <Loading rows={[96, 240, 320]} />;
  if (found.isError) return <Failed error={found.error} retry={() => void found.refetch()} />;
  if (found.data.rows.length === 0) {
    return (
      <div className={css.card}>
        <Empty title={t('figures.none')} text={t('figures.none.text')} />
      </div>
    );
  }
  return <Told whose={whose} performance={found.data} isAll={isAll} />;
}

function Told({ whose, performance, isAll }: { whose: Whose; performance: Performance; isAll: boolean }): ReactNode {
  const t = useT();
  const intl = useIntl();
  const { may, zone } = useSession();
  const [chosen, setChosen] = useState('');
  const { rows, all, period, metrics, by } = performance;
  const known: readonly FigureColumn[] = whose === 'queue' ? QUEUE_COLUMNS : AGENT_COLUMNS;
  const columns = known.filter((column) => isAll || !('isMore' in column));
  const nameOf = (row: Row): string => row.of?.name ?? t('figures.noTeam');
  const linksOf = (row: Row | undefined, { from, to }: { from: string; to: string }): Line['listed'] => {
    const id = row?.of?.id;
    return id === undefined || by === 'team' || !may('see_contacts') ? null : (column) => listOf(whose, id, column.field, from, to);
  };
  const row = rows.find((it) => String(it.of?.id ?? 'none') === chosen);
  const whole = row ?? all;
  const judged = judgedText(performance, rows, t);
  const table = { columns, metrics, judged };
  const figures = figuresOf(intl, period.time_zone);
  return (
    <>
      <p className={css.quiet} role="status">
        {t(isOneDay(period) ? 'figures.period.day' : 'figures.period', { from: figures.day(period.from), to: figures.day(new Date(Date.parse(period.to) - 1).toISOString()), zone: isolated(period.time_zone), at: isolated(clockTime(period.as_of, zone)) })}
      </p>
      <section className={css.card}>
        <FigureTable
          {...table}
          label={t(TITLES[whose])}
          lead={t(`figures.by.${by}`)}
          lines={rows.map((it) => ({ key: String(it.of?.id ?? 'none'), name: <bdi>{nameOf(it)}</bdi>, figures: it.total, listed: linksOf(it, period) }))}
          all={{ key: 'all', name: t('figures.all'), figures: all.total, listed: null }}
        />
      </section>
      <div className={css.asked}>
        <Field label={t('figures.of')}>
          <Select value={row ? chosen : ''} onChange={(_, data) => setChosen(data.value)}>
            <option value="">{t('figures.all')}</option>
            {rows.map((it) => (
              <option key={it.of?.id ?? 'none'} value={String(it.of?.id ?? 'none')}>
                {nameOf(it)}
              </option>
            ))}
          </Select>
        </Field>
      </div>
      <div className={css.charts}>
        {DRAWN[whose].map((field) => (
          <Drawn key={field} field={field} columns={known} intervals={whole.intervals} total={whole.total} nameOf={(it) => beginText(it, period, figures)} />
        ))}
      </div>
      <section className={css.card}>
        <h2>{t('figures.byInterval')}</h2>
        <FigureTable
          {...table}
          label={t('figures.byInterval')}
          lead={t('figures.interval')}
          lines={whole.intervals.map((it) => ({ key: it.from, name: <bdi>{intervalText(it, period, figures)}</bdi>, figures: it.figures, listed: linksOf(row, it) }))}
          all={{ key: 'all', name: t('figures.total'), figures: whole.total, listed: linksOf(row, period) }}
        />
      </section>
    </>
  );
}

function Drawn({ field, columns, intervals, total, nameOf }: { field: FigureColumn['field']; columns: readonly FigureColumn[]; intervals: readonly Interval[]; total: Sums; nameOf: (interval: Interval) => string }): ReactNode {
  const t = useT();
  const intl = useIntl();
  const kind = columns.find((it) => it.field === field)?.kind ?? 'count';
  const title = t(`figures.col.${field}`);
  const number = (value: number): string => intl.formatNumber(value, { maximumFractionDigits: 1 });
  const value = textOf(valueOf(total, field), kind, number);
  const bars = intervals.map((it) => {
    const of = valueOf(it.figures, field);
    return { height: heightOf(of), name: nameOf(it), value: textOf(of, kind, number) };
  });
  const whole = { height: WHOLE_PERMILLE, value: textOf({ part: 1, of: 1, permille: WHOLE_PERMILLE }, kind, number) };
  return <Bars title={title} label={t('figures.chart', { title, n: intervals.length, value: isolated(value) })} bars={bars} {...(kind === 'share' ? { top: whole } : {})} />;
}
/** When an interval begins, as short as a chart wants it. */
function beginText({ from }: Interval, { time_zone: zone, grain, ...period }: Performance['period'], figures: ReturnType<typeof figuresOf>): string {
  if (grain === 'day') return figures.day(from);
  return isOneDay(period) ? clockTime(from, zone) : `${figures.day(from)} ${clockTime(from, zone)}`;
}

/** Also one of 25 hours. */
function isOneDay({ from, to }: Pick<Performance['period'], 'from' | 'to'>): boolean {
  return Date.parse(to) - Date.parse(from) < ONE_DAY_MS;
}

/** A day is a day; a part of one has its clock times, and its day where there are several. */
function intervalText({ from, to }: Interval, { time_zone: zone, grain, ...period }: Performance['period'], figures: ReturnType<typeof figuresOf>): string {
  if (grain === 'day') return figures.day(from);
  const times = `${clockTime(from, zone)}–${clockTime(to, zone)}`;
  return isOneDay(period) ? times : `${figures.day(from)} ${times}`;
}

/** Which thresholds were in force, by version of each queue's settings. */
function judgedText({ serviceLevel }: Performance, rows: readonly Row[], t: ReturnType<typeof useT>): string {
  if (!serviceLevel) return '';
  const each = serviceLevel.in_force.map((it) => {
    const queue = rows.find((row) => row.of?.id === it.queue_id)?.of?.name ?? String(it.queue_id);
    return t('figures.judged.one', { queue, version: it.version, threshold: it.threshold_s, short: it.short_abandon_s });
  });
  const by = serviceLevel.threshold === 'of_today' ? t('figures.judged.today') : t('figures.judged');
  return `${serviceLevel.variant}. ${by} ${each.slice(0, 6).join('; ')}${each.length > 6 ? '…' : ''}`;
}
