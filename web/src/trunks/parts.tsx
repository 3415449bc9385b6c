// What several pages say of a trunk: its state as shape and word, its hosts one by one, and what no page with a trunk toward Teams
// may leave out (B-234).
import { MessageBar, MessageBarBody, MessageBarTitle } from '@fluentui/react-components';
import type { ReactNode } from 'react';
import { useIntl } from 'react-intl';
import { Link } from 'react-router';
import { sentence } from '../admin/field-errors';
import type { HostHealth, Trunk, TrunkHealth } from '../api/trunks';
import { useSession } from '../app/session';
import { useT } from '../i18n/t';
import { useServerNow } from '../live/hooks';
import { spanSince } from '../ui/durations';
import { figuresOf } from '../ui/figures';
import { Shape } from '../ui/shapes';
import { Ltr } from '../ui/time';
import { isUnheard, shapeOf, STANDING_SHAPE, type Told } from './standing';
import css from './trunks.module.css';

export function StandingMark({ told, size = 12 }: { told: Told; size?: number }): ReactNode {
  const t = useT();
  return (
    <span className={css.standing} data-told={told}>
      <Shape {...shapeOf(told)} size={size} />
      {t(`trunks.told.${told}`)}
    </span>
  );
}

export function Unsupported(): ReactNode {
  const t = useT();
  return <span className={css.unsupported}>{t('trunks.unsupported')}</span>;
}

/** A moment with how long that is past, as one piece whatever the direction of writing. */
function useAgo(): (at: string) => string {
  const t = useT();
  const intl = useIntl();
  const { zone } = useSession();
  const now = useServerNow(5_000);
  const figures = figuresOf(intl, zone);
  return (at) => `\u2068${t('trunks.at', { moment: figures.moment(at, now), ago: figures.ago(spanSince(at, now)) })}\u2069`;
}

function useHostText(): (host: HostHealth, isProbed: boolean) => string {
  const t = useT();
  const ago = useAgo();
  return ({ state, status, up_at }, isProbed) => {
    const last = up_at === null ? 'never' : ago(up_at);
    if (!isProbed) return t('trunks.host.unprobed');
    return t(`trunks.host.${state}`, { status: status ?? 'none', last });
  };
}

/** Every host with how it does, in the trunk's order. */
export function Hosts({ hosts, isProbed }: { hosts: readonly HostHealth[]; isProbed: boolean }): ReactNode {
  const t = useT();
  const text = useHostText();
  return (
    <ul className={css.hosts} aria-label={t('trunks.hosts')}>
      {hosts.map((host, i) => (
        <li key={`${i} ${host.host}`} data-state={host.state}>
          <Shape {...STANDING_SHAPE[host.state]} size={10} />
          <div>
            <Ltr>{host.host}</Ltr>
            <p>{text(host, isProbed)}</p>
            {host.is_heard ? <p>{t('trunks.host.heard')}</p> : null}
            {host.state !== 'up' && host.trouble !== null ? (
              <p>
                {t('trunks.host.trouble')} <Ltr>{host.trouble}</Ltr>
              </p>
            ) : null}
          </div>
        </li>
      ))}
    </ul>
  );
}

/** What to do, in the server's words, and what it leaves to those who know what is at the other end. */
export function useAdvice(): (trunk: Pick<Trunk, 'kind'>, health: TrunkHealth) => string | null {
  const t = useT();
  return (trunk, health) => {
    if (health.advice !== null) return sentence(health.advice);
    return isUnheard(trunk, health) ? t('trunks.unheard') : null;
  };
}

export function Calls({ trunk, health }: { trunk: Pick<Trunk, 'calls_max'>; health: TrunkHealth }): ReactNode {
  const t = useT();
  return <span className={`tabular ${css.figure}`}>{t('trunks.calls.value', { n: health.n_calls, max: trunk.calls_max })}</span>;
}

/** Trunks are kept, and nothing comes by them. */
export function NoListener(): ReactNode {
  const t = useT();
  return (
    <MessageBar intent="warning" layout="multiline" role="status">
      <MessageBarBody>
        <MessageBarTitle>{t('trunks.noListener')}</MessageBarTitle>
        {t('trunks.noListener.text')}{' '}
        <Link to="/admin/trunks/guide" className={css.link}>
          {t('trunks.noListener.how')}
        </Link>
      </MessageBarBody>
    </MessageBar>
  );
}
