// Every recording, narrowed as the address says; a row opens the story of its contact at the player.
import { Button } from '@fluentui/react-components';
import { ArrowClockwiseRegular } from '@fluentui/react-icons/svg/arrow-clockwise';
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useIntl } from 'react-intl';
import { recordingPage, type RecordingRow } from '../api/recordings';
import type { Query } from '../api/history';
import { useSession } from '../app/session';
import { useTitle } from '../app/title';
import css from '../contacts/contacts.module.css';
import { FilterBar } from '../contacts/filter-bar';
import { EVERYTHING, isBackwards, RECORDING_FIELDS } from '../contacts/filters';
import { useFilters } from '../contacts/use-filters';
import { Moment, Who } from '../contacts/words';
import '../i18n/past';
import { useT, type T } from '../i18n/t';
import { figuresOf, type Figures } from '../ui/figures';
import { More } from '../ui/more';
import { messageLength, place } from '../ui/playback';
import { RowGrid, type GridColumn } from '../ui/row-grid';
import { Empty, Failed, Loading } from '../ui/states';
import { Ltr } from '../ui/time';
import { HoldMark, StateMark } from './facts';
import { Verbs } from './verbs';
import { Verify } from './verify';

const USUAL = 'week';

export function Page(): ReactNode {
  const t = useT();
  const title = t('nav.recordings');
  useTitle(title);
  const { filters, query, askedAt, change, again } = useFilters(RECORDING_FIELDS, USUAL);
  return (
    <div className={css.page}>
      <div className={css.head}>
        <h1>{title}</h1>
        <div className={css.tools}>
          <Button icon={<ArrowClockwiseRegular />} onClick={again}>
            {t('contacts.refresh')}
          </Button>
        </div>
      </div>
      <Verify />
      <FilterBar filters={filters} known={RECORDING_FIELDS} change={change} />
      {isBackwards(filters) ? null : (
        <Found
          query={query}
          askedAt={askedAt}
          title={title}
          isNarrowed={filters.period !== 'all' || Object.keys(filters.fields).length > 0}
          clear={() => change(() => EVERYTHING)}
        />
      )}
    </div>
  );
}

interface FoundProps {
  query: Query;
  askedAt: number;
  title: string;
  isNarrowed: boolean;
  clear: () => void;
}

function Found({ query, askedAt, title, isNarrowed, clear }: FoundProps): ReactNode {
  const t = useT();
  const intl = useIntl();
  const { center, zone } = useSession();
  const list = useInfiniteQuery({
    queryKey: ['recordings', center, query, askedAt],
    queryFn: ({ pageParam }) => recordingPage(center, query, pageParam),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    placeholderData: keepPreviousData,
    refetchOnWindowFocus: false,
  });
  if (list.isPending) return <Loading rows={[24, 400]} />;
  if (list.isError) return <Failed error={list.error} retry={() => void list.refetch()} />;
  const rows = list.data.pages.flatMap((page) => page.recordings);
  const { exact, n } = list.data.pages[0]?.count ?? { exact: true, n: 0 };
  return (
    <>
      <p className={css.count} role="status">
        {t(exact ? 'recordings.count' : 'recordings.count.more', { n })}
      </p>
      {rows.length === 0 ? (
        <div className={css.card}>
          <Empty
            title={t(isNarrowed ? 'recordings.noMatch' : 'recordings.none')}
            text={t(isNarrowed ? 'recordings.noMatch.text' : 'recordings.none.text')}
            action={isNarrowed ? <Button onClick={clear}>{t('recordings.noMatch.all')}</Button> : null}
          />
        </div>
      ) : (
        <div className={`${css.card} ${css.list}`}>
          <RowGrid
            label={title}
            rows={rows}
            to={(row) => `/contacts/${row.contact_id}?recording=${row.id}`}
            lead={{ head: t('recordings.col.from'), cell: (row) => <Moment at={row.from} /> }}
            columns={columnsOf(t, figuresOf(intl, zone))}
            isBusy={list.isPlaceholderData}
            verbs={{ head: t('recordings.col.verbs'), of: (row) => <Verbs recording={row} /> }}
          />
          <More list={list} text={t('contacts.more')} className={css.more}>
            <span>{t('contacts.shown', { n: rows.length })}</span>
          </More>
        </div>
      )}
    </>
  );
}

function columnsOf(t: T, figures: Figures): GridColumn<RecordingRow>[] {
  const paused = (row: RecordingRow): number => row.pauses.reduce((sum, it) => sum + it.until_s - it.from_s, 0);
  return [
    { key: 'customer', head: t('contacts.col.customer'), cell: (row) => (row.customer === null ? null : <Who customer={row.customer} />) },
    { key: 'agents', head: t('contacts.col.agents'), cell: (row) => (row.agents.length === 0 ? null : <bdi>{row.agents.map((it) => it.name).join(', ')}</bdi>) },
    { key: 'queue', head: t('contacts.col.queue'), cell: (row) => row.queue?.name ?? null },
    { key: 'length', head: t('recordings.col.length'), isNumber: true, cell: (row) => (row.seconds === null ? null : <Ltr>{messageLength(row.seconds)}</Ltr>) },
    { key: 'paused', head: t('recordings.col.paused'), isNumber: true, cell: (row) => (row.pauses.length === 0 ? null : <Ltr>{place(paused(row))}</Ltr>) },
    { key: 'state', head: t('recordings.col.state'), cell: (row) => <StateMark recording={row} /> },
    {
      key: 'keep',
      head: t('recording.keep'),
      cell: (row) =>
        row.hold !== null ? <HoldMark recording={row} /> : row.state !== 'kept' ? null : row.keep_until === null ? t('recording.keep.open') : <bdi>{figures.day(row.keep_until)}</bdi>,
    },
  ];
}
