// All trunks with how they do now: what is down says what to do, and what is unsupported says so.
import { Button, MessageBar, MessageBarBody } from '@fluentui/react-components';
import { AddRegular } from '@fluentui/react-icons/svg/add';
import { ClipboardTaskRegular } from '@fluentui/react-icons/svg/clipboard-task';
import type { ReactNode } from 'react';
import { Link, useNavigate } from 'react-router';
import admin from '../admin/admin.module.css';
import { AdminFrame } from '../admin/frame';
import { useList } from '../admin/settings';
import type { Trunk, TrunkHealth } from '../api/trunks';
import { useSession } from '../app/session';
import { useTitle } from '../app/title';
import { useT } from '../i18n/t';
import { clockTime, isolated } from '../ui/durations';
import { Empty, Failed, Loading } from '../ui/states';
import { Ltr } from '../ui/time';
import { countOf, isAmong } from './numbers';
import { Calls, Hosts, NoListener, StandingMark, Unsupported, useAdvice } from './parts';
import { isListening, toldOf } from './standing';
import css from './trunks.module.css';
import { useTrunkHealth, useTrunks } from './use-trunks';

export function Page(): ReactNode {
  return (
    <AdminFrame>
      <Trunks />
    </AdminFrame>
  );
}

function Trunks(): ReactNode {
  const t = useT();
  const title = t('admin.trunks.title');
  useTitle(title);
  const { may } = useSession();
  const navigate = useNavigate();
  const trunks = useTrunks();
  const health = useTrunkHealth();
  if (trunks.isPending) return <Loading rows={[32, 320]} />;
  if (trunks.isError) return <Failed error={trunks.error} retry={() => void trunks.refetch()} />;
  const add = may('edit_settings') ? (
    <Button appearance="primary" icon={<AddRegular />} onClick={() => void navigate('/admin/trunks/new')}>
      {t('trunks.add')}
    </Button>
  ) : null;
  const guide = (
    <Button icon={<ClipboardTaskRegular />} onClick={() => void navigate('/admin/trunks/guide')}>
      {t('trunks.guide')}
    </Button>
  );
  const isNone = trunks.data.length === 0;
  return (
    <>
      <div className={admin.head}>
        <h1>{title}</h1>
        {isNone ? null : (
          <div className={admin.tools}>
            {guide}
            {add}
          </div>
        )}
      </div>
      <p className={admin.about}>{t('admin.trunks.about')}</p>
      {health.data && isListening(health.data) === false ? <NoListener /> : null}
      {isNone ? (
        <div className={admin.card}>
          <Empty
            title={t('trunks.none')}
            text={t('trunks.none.text')}
            action={
              <>
                {add}
                {guide}
              </>
            }
          />
        </div>
      ) : (
        <>
          {health.isError ? <HealthFailed at={health.dataUpdatedAt} retry={() => void health.refetch()} /> : null}
          <Table trunks={trunks.data} health={health.data ?? []} />
          {health.data ? <AsOf at={health.dataUpdatedAt} /> : null}
        </>
      )}
    </>
  );
}

function HealthFailed({ at, retry }: { at: number; retry: () => void }): ReactNode {
  const t = useT();
  const { zone } = useSession();
  return (
    <MessageBar intent="error" layout="multiline" role="alert">
      <MessageBarBody>
        {t('trunks.healthFailed', { known: at > 0 ? 'yes' : 'no', at: isolated(clockTime(at, zone, true)) })}{' '}
        <Button size="small" onClick={retry}>
          {t('state.error.retry')}
        </Button>
      </MessageBarBody>
    </MessageBar>
  );
}

function AsOf({ at }: { at: number }): ReactNode {
  const t = useT();
  const { zone } = useSession();
  return <p className={css.asOf}>{t('trunks.asOf', { at: isolated(clockTime(at, zone, true)) })}</p>;
}

function Table({ trunks, health }: { trunks: readonly Trunk[]; health: readonly TrunkHealth[] }): ReactNode {
  const t = useT();
  const endpoints = useList('endpoints').data?.items ?? [];
  const bound = endpoints.flatMap(({ number }) => (number == null ? [] : [number]));
  return (
    <div className={`${admin.card} ${admin.list} ${css.list}`} tabIndex={0} role="region" aria-label={t('admin.trunks.title')}>
      <table className={admin.table}>
        <thead>
          <tr>
            <th scope="col">{t('trunks.trunk')}</th>
            <th scope="col">{t('trunks.state')}</th>
            <th scope="col">{t('trunks.reached')}</th>
            <th scope="col">{t('trunks.calls')}</th>
            <th scope="col">{t('trunks.numbers')}</th>
          </tr>
        </thead>
        <tbody>
          {trunks.map((trunk) => (
            <Row key={trunk.id} trunk={trunk} health={health.find((it) => it.trunk_id === trunk.id)} bound={bound} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Row({ trunk, health, bound }: { trunk: Trunk; health: TrunkHealth | undefined; bound: readonly string[] }): ReactNode {
  const t = useT();
  const adviceOf = useAdvice();
  const advice = health ? adviceOf(trunk, health) : null;
  const n = countOf(trunk.numbers);
  return (
    <tr>
      <td>
        <div className={css.cell}>
          <Link to={`/admin/trunks/${trunk.id}`}>{trunk.name}</Link>
          <span className={css.quiet}>{t(`trunks.kind.${trunk.kind}`)}</span>
          {trunk.support === null ? null : <Unsupported />}
        </div>
      </td>
      <td>
        <div className={css.cell}>
          {health ? <StandingMark told={toldOf(health)} /> : <span className={css.quiet}>{t('trunks.told.asked')}</span>}
          {advice === null || health?.state === 'off' ? null : <p className={css.advice}>{advice}</p>}
          {trunk.enabled ? null : <p className={css.quiet}>{t('trunks.disabled')}</p>}
        </div>
      </td>
      <td>
        <Reached trunk={trunk} health={health} />
      </td>
      <td>{health ? <Calls trunk={trunk} health={health} /> : null}</td>
      <td>{trunk.kind === 'phones' ? null : <span className={`tabular ${css.figure}`}>{t('trunks.numbers.value', { n, bound: bound.filter((it) => isAmong(trunk.numbers, it)).length })}</span>}</td>
    </tr>
  );
}

/** Hosts as they answer; of phones how many are registered. What is off is not asked, and is only named. */
function Reached({ trunk, health }: { trunk: Trunk; health: TrunkHealth | undefined }): ReactNode {
  const t = useT();
  if (trunk.kind === 'phones') return <span className="tabular">{t('trunks.registered.value', { n: health?.registered.length ?? 0, of: trunk.phones.length })}</span>;
  if (health && health.hosts.length > 0 && health.state !== 'off') return <Hosts hosts={health.hosts} isProbed={trunk.is_probed} />;
  return (
    <ul className={css.hosts} aria-label={t('trunks.hosts')}>
      {trunk.hosts.map((host) => (
        <li key={host}>
          <Ltr>{host}</Ltr>
        </li>
      ))}
    </ul>
  );
}
