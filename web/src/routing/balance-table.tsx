// How the agents whom the queue shares with others were shared in the last hour, against the weights of the group (B-004).
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Link } from 'react-router';
import { useSession } from '../app/session';
import { useT } from '../i18n/t';
import { Failed, Loading } from '../ui/states';
import { Elapsed } from '../ui/time';
import { balanceOf, balances, type Balance, type BalancedQueue } from './balance';
import css from './queue.module.css';
import { spanText } from './words';

const BALANCES_MS = 5_000;

export function QueueBalance({ id }: { id: number }): ReactNode {
  const t = useT();
  const { center, may } = useSession();
  const query = useQuery({ queryKey: ['balances', center], queryFn: () => balances(center), refetchInterval: BALANCES_MS });
  if (query.isError) return <Failed error={query.error} retry={() => void query.refetch()} />;
  if (query.isPending) return <Loading rows={[80]} />;
  const balance = balanceOf(query.data, id);
  if (!balance) return <p className={css.caption}>{t('balance.none')}</p>;
  const group = may('read_settings') ? <Link to={`/admin/balance-groups/${balance.group.id}`}>{balance.group.name}</Link> : balance.group.name;
  return (
    <>
      <p>
        {group} {'- '}
        {t(`decisions.objective.${balance.objective}`)}. {t('balance.bound', { bound: spanText(t, balance.bound_s) })}
      </p>
      <Table balance={balance} own={id} />
    </>
  );
}

function Table({ balance, own }: { balance: Balance; own: number }): ReactNode {
  const t = useT();
  return (
    <div className={css.scroll} tabIndex={0} role="region" aria-label={t('balance.title')}>
      <table className={css.table}>
        <thead>
          <tr>
            <th scope="col">{t('balance.queue')}</th>
            {(['balance.weight', 'balance.time', 'balance.contacts', 'balance.agents', 'board.waiting', 'board.longest', 'balance.inTime'] as const).map((head) => (
              <th key={head} scope="col" className={css.num}>
                {t(head)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {balance.queues.map((row) => (
            <Row key={row.queue.id} row={row} isOwn={row.queue.id === own} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Row({ row, isOwn }: { row: BalancedQueue; isOwn: boolean }): ReactNode {
  const t = useT();
  const percent = (permille: number | null): string => (permille === null ? '-' : t('balance.percent', { percent: Math.round(permille / 10) }));
  return (
    <tr>
      <th scope="row">
        {isOwn ? row.queue.name : <Link to={`/supervise/queues/${row.queue.id}`}>{row.queue.name}</Link>}
        {row.borrows_since === null ? null : <span className={css.note}>{t('balance.borrows', { weight: row.weight_in_force })}</span>}
      </th>
      <td className={css.num}>
        {row.weight} ({percent(row.weight_permille)})
      </td>
      <td className={css.num}>{percent(row.time_permille)}</td>
      <td className={css.num}>
        {row.contacts} ({percent(row.contacts_permille)})
      </td>
      <td className={css.num}>{row.agents_now}</td>
      <td className={css.num}>{row.waiting}</td>
      <td className={css.num}>{row.oldest_since === null ? '-' : <Elapsed since={row.oldest_since} />}</td>
      <td className={css.num}>{row.judged === 0 ? '-' : t('balance.inTime.value', { inTime: row.in_time, judged: row.judged })}</td>
    </tr>
  );
}
