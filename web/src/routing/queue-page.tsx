// One queue for those who watch the floor: who waits and what for, which skills are missing, and who could serve.
import { Button } from '@fluentui/react-components';
import { ChatHistoryRegular } from '@fluentui/react-icons/svg/chat-history';
import { SettingsRegular } from '@fluentui/react-icons/svg/settings';
import { ToggleLeftRegular } from '@fluentui/react-icons/svg/toggle-left';
import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useState, type ReactNode } from 'react';
import { Link, useNavigate, useParams } from 'react-router';
import admin from '../admin/admin.module.css';
import { objectQuery, useList } from '../admin/settings';
import { api, ask } from '../api/client';
import type { BoardQueue, Queue } from '../api/contract';
import { useSession } from '../app/session';
import { useTitle } from '../app/title';
import { useT } from '../i18n/t';
import { useFreshness, useTopic } from '../live/hooks';
import { Failed, Loading, NotFound } from '../ui/states';
import { Elapsed } from '../ui/time';
import { QueueBalance } from './balance-table';
import css from './queue.module.css';
import { Rule } from './rule';
import { Servers, SkillGaps } from './servers';
import { switchesOf } from './switches';
import { WaitingList } from './waiting-list';
import { WouldGo } from './would';
import { accuracyText, errorText, spanText } from './words';

/** A figure, and what more there is to say of it. */
type Told = [label: string, value: ReactNode, more?: string];

const SwitchDialog = lazy(() => import('./switch-dialog'));
const SwitchBars = lazy(() => import('./switched').then((it) => ({ default: it.SwitchBars })));

export function Page(): ReactNode {
  const { id } = useParams();
  if (id === undefined || !/^\d+$/.test(id)) return <NotFound />;
  return <OneQueue key={id} id={Number(id)} />;
}

function OneQueue({ id }: { id: number }): ReactNode {
  const { center } = useSession();
  const board = useTopic('board');
  const queue = useQuery(objectQuery(center, 'queues', id));
  const agents = useList('agents');
  if (queue.isError || agents.isError) return <Failed error={queue.error ?? agents.error} retry={() => void Promise.all([queue.refetch(), agents.refetch()])} />;
  if (queue.isPending || agents.isPending || !board) return <Loading rows={[28, 90, 200, 240]} />;
  const now = board.queues.find((it) => it.id === id);
  const of = { queue: queue.data, agents: agents.data.items, board: board.agent_list };
  return <Whole {...of} now={now} />;
}

function Whole({ now, ...of }: Parameters<typeof Servers>[0] & { queue: Queue; now: BoardQueue | undefined }): ReactNode {
  const t = useT();
  const fresh = useFreshness();
  const navigate = useNavigate();
  const { may, look } = useSession();
  const [isSwitching, setSwitching] = useState(false);
  const { queue } = of;
  useTitle(queue.name);
  return (
    <div className={css.page} data-fresh={fresh}>
      <nav className={admin.crumb} aria-label={t('admin.crumb')}>
        <Link to="/supervise">{t('nav.floor')}</Link>
        <span aria-hidden="true">{'/'}</span>
        <span aria-current="page">{queue.name}</span>
      </nav>
      <div className={admin.head}>
        <h1>{queue.name}</h1>
        <div className={admin.tools}>
          {may('close_hours') && look.standing === 'none' ? (
            <Button icon={<ToggleLeftRegular />} onClick={() => setSwitching(true)}>
              {t('queue.switch.open')}
            </Button>
          ) : null}
          {may('see_contacts') ? (
            <Button icon={<ChatHistoryRegular />} onClick={() => void navigate(`/contacts?queue_id=${queue.id}`)}>
              {t('queue.contacts')}
            </Button>
          ) : null}
          {may('read_settings') ? (
            <Button icon={<SettingsRegular />} onClick={() => void navigate(`/admin/queues/${queue.id}`)}>
              {t('queue.settings')}
            </Button>
          ) : null}
        </div>
      </div>
      {now?.switches.length ? (
        <Suspense fallback={null}>
          <SwitchBars id={queue.id} switches={now.switches} />
        </Suspense>
      ) : null}
      <Figures id={queue.id} now={now} />
      <Part title={t('queue.line')} text={t('queue.line.text')}>
        <WaitingList queue={queue} now={now} />
      </Part>
      <div className={css.columns}>
        <Part title={t('queue.gap')} text={t('queue.gap.text')}>
          <SkillGaps {...of} />
        </Part>
        <Part title={t('queue.rule')} text={t('queue.rule.text')}>
          <Rule queue={queue} />
        </Part>
      </div>
      <Part title={t('queue.servers')} text={t('queue.servers.text')}>
        <Servers {...of} />
      </Part>
      <Part title={t('queue.would')} text={t('queue.would.text')}>
        <WouldGo {...of} />
      </Part>
      <Part title={t('balance.title')} text={t('balance.text')}>
        <QueueBalance id={queue.id} />
      </Part>
      <Suspense>{isSwitching ? <SwitchDialog queue={queue} close={() => setSwitching(false)} /> : null}</Suspense>
    </div>
  );
}

function Part({ title, text, children }: { title: string; text: string; children: ReactNode }): ReactNode {
  return (
    <section className={css.card}>
      <h2>{title}</h2>
      <p className={css.caption}>{text}</p>
      {children}
    </section>
  );
}

const WAITS_MS = 15_000;

function Figures({ id, now }: { id: number; now: BoardQueue | undefined }): ReactNode {
  const t = useT();
  const { center } = useSession();
  const fresh = useFreshness();
  const waits = useQuery({
    queryKey: ['waits', center, id],
    queryFn: () => ask(api.GET('/{center}/queues/{id}/waits', { params: { path: { center, id } } })),
    refetchInterval: WAITS_MS,
  });
  const switches = useQuery({ queryKey: ['switches', center, id], queryFn: () => switchesOf(center, id), refetchInterval: WAITS_MS });
  const isLost = fresh === 'lost' || !now;
  const newcomer = waits.data?.newcomer;
  const told = waits.data?.accuracy.p50;
  const figures: Told[] = [
    [t('queue.hours'), switches.data ? t(`queue.hours.${switches.data.hours}`) : '-'],
    [t('board.waiting'), isLost ? '-' : now.waiting],
    [t('board.longest'), isLost || now.longest_since == null ? '-' : <Elapsed since={now.longest_since} />],
    [t('queue.free'), isLost ? '-' : now.free],
    [t('queue.wanting'), waits.data?.servers ?? '-'],
    newcomer ? [t('queue.newcomer'), spanText(t, newcomer.p50_s), t('queue.newcomer.most', { most: spanText(t, newcomer.p80_s) })] : [t('queue.newcomer'), '-'],
    told && told.n > 0 ? [t('queue.accuracy'), errorText(t, told), accuracyText(t, told)] : [t('queue.accuracy'), '-', t('queue.accuracy.none')],
  ];
  return (
    <dl className={`${css.card} ${css.figures}`}>
      {figures.map(([label, value, more]) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd>{value}</dd>
          {more === undefined ? null : <dd className={css.more}>{more}</dd>}
        </div>
      ))}
    </dl>
  );
}
