// The callback book: who is to be called back, in which state, and what came of those that are over.
import { Button, Field, Select } from '@fluentui/react-components';
import { AddRegular } from '@fluentui/react-icons/svg/add';
import { ArrowClockwiseRegular } from '@fluentui/react-icons/svg/arrow-clockwise';
import { useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query';
import { lazy, Suspense, useRef, useState, type ReactNode } from 'react';
import { Link } from 'react-router';
import admin from '../admin/admin.module.css';
import { RefSelect } from '../admin/ref-select';
import { useList } from '../admin/settings';
import { callbackFigures, callbackPage, type Callback, type CallbackPage, type Part } from '../api/callbacks';
import { useSession } from '../app/session';
import { useTitle } from '../app/title';
import { useT } from '../i18n/t';
import { Choices } from '../ui/choices';
import { clockSpan, isolated } from '../ui/durations';
import { More } from '../ui/more';
import { Empty, Failed, Loading } from '../ui/states';
import { isOpen, KINDS, STATES } from './book';
import { BookedBar } from './booked-bar';
import type { Said } from './booking';
import css from './callbacks.module.css';
import { Customer, useMoment, useWho } from './words';

const BookDialog = lazy(() => import('./book-dialog'));
const CancelDialog = lazy(() => import('./cancel-dialog'));
const RescheduleDialog = lazy(() => import('./reschedule').then((m) => ({ default: m.RescheduleDialog })));

const PARTS = ['pending', 'ended'] as const satisfies readonly Part[];
const FRESH_MS = 10_000;
const key = (center: string): string[] => ['callbacks', center];

export function Page(): ReactNode {
  const t = useT();
  const title = t('callbacks.title');
  useTitle(title);
  const client = useQueryClient();
  const { center } = useSession();
  const whoOf = useWho();
  const heading = useRef<HTMLHeadingElement>(null);
  const [of, setPart] = useState<Part>('pending');
  const [queue, setQueue] = useState(0);
  const [state, setState] = useState('');
  const [leaving, leave] = useState<Callback | null>(null);
  const [moving, move] = useState<Callback | null>(null);
  const [isBooking, setBooking] = useState(false);
  const [said, say] = useState<Said | null>(null);
  const again = (): void => void client.invalidateQueries({ queryKey: key(center) });
  const closed = (isDone: boolean): void => {
    leave(null);
    move(null);
    setBooking(false);
    if (!isDone) return;
    again();
    // Its button may be gone with it.
    setTimeout(() => heading.current?.focus(), 50);
  };
  const booked = (what: Said | null): void => {
    say(what);
    closed(what !== null);
  };
  return (
    <div className={css.page}>
      <div className={css.head}>
        <h1 ref={heading} tabIndex={-1}>
          {title}
        </h1>
        <div className={css.tools}>
          <Field label={t('callbacks.queue')}>
            <RefSelect area="queues" none={t('callbacks.queue.all')} value={queue} disabled={false} change={setQueue} />
          </Field>
          <Field label={t('callbacks.state')}>
            <Select value={state} onChange={(_, data) => setState(data.value)}>
              <option value="">{t('callbacks.state.all')}</option>
              {STATES.map((it) => (
                <option key={it} value={it}>
                  {t(`callbacks.is.${it}`)}
                </option>
              ))}
            </Select>
          </Field>
          <Button icon={<ArrowClockwiseRegular />} onClick={again}>
            {t('contacts.refresh')}
          </Button>
          <Button appearance="primary" icon={<AddRegular />} onClick={() => setBooking(true)}>
            {t('callbacks.new')}
          </Button>
        </div>
      </div>
      {said ? <BookedBar said={said} dismiss={() => say(null)} /> : null}
      <Figures />
      <Choices<Part> label={t('callbacks.part')} choices={PARTS} value={of} text={(part) => t(`callbacks.part.${part}`)} choose={setPart} />
      <Book of={of} queue={queue === 0 ? null : queue} state={state} title={title} leave={leave} move={move} />
      <Suspense>
        {leaving ? <CancelDialog id={leaving.id} who={whoOf(leaving)} close={closed} /> : null}
        {moving ? <RescheduleDialog callback={moving} close={closed} /> : null}
        {isBooking ? <Booking queue={queue} close={booked} /> : null}
      </Suspense>
    </div>
  );
}

/** By a queue that calls back, and any of the agents. */
function Booking({ queue, close }: { queue: number; close: (said: Said | null) => void }): ReactNode {
  const client = useQueryClient();
  const { center } = useSession();
  const queues = useList('queues');
  const agents = useList('agents');
  const pages = client.getQueriesData<{ pages: CallbackPage[] }>({ queryKey: [...key(center), 'pending'] });
  const known = pages.flatMap(([, data]) => data?.pages ?? []).flatMap(({ items }) => items);
  if (queues.isPending || agents.isPending) return null;
  const calling = (queues.data?.items ?? []).filter((it) => it.callbacks != null);
  const chosen = calling.length === 1 ? calling[0] : calling.find(({ id }) => id === queue);
  return (
    <BookDialog
      queues={calling.map(({ id, name, callbacks }) => ({ id, name, zones: callbacks?.zones ?? [] }))}
      queue={chosen?.id ?? 0}
      when="asap"
      owners={{ who: 'any', agents: agents.data?.items ?? [] }}
      known={new Set(known.map(({ id }) => id))}
      close={close}
    />
  );
}

/** Today's figures. None of them is among those of callers on the line. */
function Figures(): ReactNode {
  const t = useT();
  const { center, may } = useSession();
  const figures = useQuery({ queryKey: [...key(center), 'figures'], queryFn: () => callbackFigures(center), enabled: may('see_floor'), refetchInterval: FRESH_MS });
  if (!figures.data) return null;
  const { all } = figures.data;
  const shown: [string, string | number][] = [
    [t('callbacks.figure.pending'), all.pending],
    [t('callbacks.figure.requested'), all.requested],
    [t('callbacks.figure.attempted'), all.attempted],
    [t('callbacks.figure.connected'), all.connected],
    [t('callbacks.figure.virtualWait'), all.virtual_wait_s == null ? '–' : clockSpan(all.virtual_wait_s)],
    [t('callbacks.figure.promise'), all.promise_kept_percent == null ? '–' : `${all.promise_kept_percent} %`],
  ];
  return (
    <dl className={css.figures}>
      {shown.map(([label, value]) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd className="tabular">{value}</dd>
        </div>
      ))}
    </dl>
  );
}

interface BookProps {
  of: Part;
  queue: number | null;
  state: string;
  title: string;
  leave: (callback: Callback) => void;
  move: (callback: Callback) => void;
}

function Book({ of, queue, state, title, leave, move }: BookProps): ReactNode {
  const t = useT();
  const { center } = useSession();
  const list = useInfiniteQuery({
    queryKey: [...key(center), of, queue],
    queryFn: ({ pageParam }) => callbackPage(center, of, queue, pageParam),
    initialPageParam: null as number | null,
    getNextPageParam: (page) => page.next_after ?? null,
    refetchInterval: FRESH_MS,
  });
  if (list.isPending) return <Loading rows={[32, 240]} />;
  if (list.isError) return <Failed error={list.error} retry={() => void list.refetch()} />;
  const all = list.data.pages.flatMap((page) => page.items);
  const rows = all.filter((it) => state === '' || it.state === state);
  if (rows.length === 0) {
    return (
      <div className={admin.card}>
        <Empty title={t(all.length === 0 ? 'callbacks.none' : 'callbacks.noMatch')} text={t(of === 'pending' ? 'callbacks.none.text' : 'callbacks.none.ended')} />
      </div>
    );
  }
  return (
    <div className={`${admin.card} ${admin.list}`} tabIndex={0} role="region" aria-label={title}>
      <table className={`${admin.table} ${css.book}`}>
        <thead>
          <tr>
            <th scope="col">{t('callbacks.customer')}</th>
            <th scope="col">{t('callbacks.queue')}</th>
            <th scope="col">{t('callbacks.kind')}</th>
            <th scope="col">{t('callbacks.state')}</th>
            <th scope="col">{t('callbacks.attempts')}</th>
            <th scope="col">{t(of === 'pending' ? 'callbacks.next' : 'callbacks.ended')}</th>
            <th scope="col">
              <span className="visually-hidden">{t('action.actions')}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <Row key={row.id} row={row} leave={leave} move={move} />
          ))}
        </tbody>
      </table>
      <More list={list} text={t('callbacks.more')} className={css.verbs} />
    </div>
  );
}

function Row({ row, leave, move }: { row: Callback; leave: (it: Callback) => void; move: (it: Callback) => void }): ReactNode {
  const t = useT();
  const moment = useMoment();
  const { window } = row;
  const by = window?.time_zone ?? null;
  // A clock that shows the same needs no word.
  const isOther = window !== null && by !== null && moment(window.from, by) !== moment(window.from);
  const theirs = isOther ? t('callbacks.theirs', { from: isolated(moment(window.from, by)), zone: isolated(by) }) : null;
  const kind = KINDS.find((it) => it === row.kind) ?? 'asap';
  // An agent's own waits for the agent, from the begin of its time on.
  const at = row.ended_at ?? (row.owner != null ? row.window?.from : row.next_at);
  const who = useWho()(row);
  return (
    <tr>
      <td>{row.contact_id == null ? <Customer callback={row} /> : <Link to={`/contacts/${row.contact_id}`}><Customer callback={row} /></Link>}</td>
      <td>
        <bdi>{row.queue.name}</bdi>
      </td>
      <td>
        {t(`callbacks.kind.${kind}`)}
        {row.owner == null ? null : (
          <div className={css.why}>
            <bdi>{row.owner.agent.name}</bdi>
          </div>
        )}
      </td>
      <td>
        {t(`callbacks.is.${row.state}`)}
        {row.why == null ? null : <div className={css.why}>{t(`callbacks.why.${row.why}` as 'callbacks.why.busy')}</div>}
      </td>
      <td className="tabular">{row.attempts}</td>
      <td>
        {at == null ? t('callbacks.now') : <bdi>{moment(at)}</bdi>}
        {theirs !== null ? <div className={css.why}>{theirs}</div> : null}
        {row.owner != null && isOpen(row) ? <div className={css.why}>{t('callbacks.owned', { at: isolated(moment(row.owner.until)) })}</div> : null}
      </td>
      <td>
        {isOpen(row) ? (
          <div className={css.verbs}>
            <Button size="small" aria-label={t('callbacks.reschedule.label', { who })} onClick={() => move(row)}>
              {t('callbacks.reschedule')}
            </Button>
            <Button size="small" aria-label={t('callbacks.cancel.label', { who })} onClick={() => leave(row)}>
              {t('callbacks.cancel')}
            </Button>
          </div>
        ) : null}
      </td>
    </tr>
  );
}
