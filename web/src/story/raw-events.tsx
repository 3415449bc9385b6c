// What the journal says of a contact, record by record, for administrators. Who looks at it is on record.
import { Button } from '@fluentui/react-components';
import { CopyRegular } from '@fluentui/react-icons/svg/copy';
import { useInfiniteQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { rawEvents } from '../api/history';
import { useSession } from '../app/session';
import '../i18n/past';
import { useT } from '../i18n/t';
import { useCopy } from '../ui/copy';
import { More } from '../ui/more';
import { Empty, Failed, Loading } from '../ui/states';
import { At } from '../ui/time';
import css from './story.module.css';

export default function RawEvents({ id }: { id: number }): ReactNode {
  const t = useT();
  const { center, zone } = useSession();
  const [isCopied, copy] = useCopy();
  const events = useInfiniteQuery({
    queryKey: ['raw-events', center, id],
    queryFn: ({ pageParam }) => rawEvents(center, id, pageParam),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    // Each look goes on record.
    refetchOnWindowFocus: false,
    staleTime: Number.POSITIVE_INFINITY,
  });
  if (events.isPending) return <Loading rows={[320]} />;
  if (events.isError) return <Failed error={events.error} retry={() => void events.refetch()} />;
  const rows = events.data.pages.flatMap((page) => page.events);
  if (rows.length === 0) return <Empty title={t('story.raw.none')} />;
  return (
    <>
      <div className={css.rawHead}>
        <p>{t('story.raw.about')}</p>
        <Button size="small" icon={<CopyRegular />} onClick={() => copy(JSON.stringify(rows, null, 2))}>
          {t(isCopied ? 'action.copied' : 'story.raw.copy')}
        </Button>
      </div>
      <ol className={css.raw} dir="ltr" tabIndex={0} aria-label={t('story.view.raw')}>
        {rows.map((row) => (
          <li key={row.seq}>
            <span>
              <b>{row.seq}</b> <At at={row.at} zone={zone} seconds />
            </span>
            <pre>{JSON.stringify(row.event, null, 2)}</pre>
          </li>
        ))}
      </ol>
      <More list={events} text={t('contacts.more')} className={css.more} />
    </>
  );
}
