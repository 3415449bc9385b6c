// How one trunk does now: its state, what to do about it, its hosts or phones, and what is still missing before it can be relied on.
import type { CSSProperties, ReactNode } from 'react';
import admin from '../admin/admin.module.css';
import type { Trunk, TrunkHealth } from '../api/trunks';
import { td } from '../app/theme';
import { useT } from '../i18n/t';
import { Loading } from '../ui/states';
import { Shape } from '../ui/shapes';
import { Calls, Hosts, NoListener, StandingMark, useAdvice } from './parts';
import { isListening, shapeOf, toldOf } from './standing';
import { Trial } from './trial';
import { lackingSecrets } from './trunk';
import css from './trunks.module.css';

function stripe(color: string): CSSProperties {
  const style: CSSProperties & Record<'--stripe', string> = { '--stripe': color };
  return style;
}

interface Props {
  trunk: Trunk;
  health: TrunkHealth | undefined;
  trunks: readonly Trunk[];
  isReadOnly: boolean;
}

export function Now({ trunk, health, trunks, isReadOnly }: Props): ReactNode {
  const t = useT();
  const adviceOf = useAdvice();
  if (health === undefined) return <Loading rows={[120]} />;
  const told = toldOf(health);
  const advice = adviceOf(trunk, health);
  const listens = isListening([health]);
  return (
    <>
      {listens === false ? <NoListener /> : null}
      <section className={`${admin.card} ${css.now}`} style={stripe(shapeOf(told).color)} aria-label={t('trunks.now')}>
        <div className={css.nowState}>
          <StandingMark told={told} size={20} />
          {advice === null || listens === false ? null : <p className={css.advice}>{advice}</p>}
          {trunk.enabled ? null : <p className={css.advice}>{t('trunks.disabled')}</p>}
          <p>
            {t('trunks.calls')} <Calls trunk={trunk} health={health} />
          </p>
        </div>
        <div className={css.part}>
          <h2>{t(trunk.kind === 'phones' ? 'trunks.phones' : 'trunks.hosts')}</h2>
          {trunk.kind === 'phones' ? <p>{t('trunks.registered.value', { n: health.registered.length, of: trunk.phones.length })}</p> : null}
          {trunk.kind !== 'phones' && health.hosts.length > 0 ? <Hosts hosts={health.hosts} isProbed={trunk.is_probed} /> : null}
          {trunk.kind !== 'phones' && health.hosts.length === 0 ? <p>{t('trunks.unasked')}</p> : null}
          {isReadOnly || trunk.kind === 'phones' || !trunk.enabled || listens === false ? null : <Trial trunk={trunk} />}
        </div>
        <Lacking trunk={trunk} trunks={trunks} />
      </section>
    </>
  );
}

/** What cannot be seen in how hosts answer. */
function Lacking({ trunk, trunks }: { trunk: Trunk; trunks: readonly Trunk[] }): ReactNode {
  const t = useT();
  const secrets = lackingSecrets(trunk);
  const { route, waived } = trunk.emergency ?? { route: null, waived: null };
  if (secrets.length === 0 && trunk.emergency === null) return null;
  return (
    <div className={css.part}>
      {trunk.emergency === null ? null : (
        <>
          <h2>{t('trunks.emergency')}</h2>
          <p className={css.mark}>
            <Shape shape={route ? 'circle' : 'triangle'} color={route ? td.tdLevelOk : td.tdLevelWatch} size={10} />
            {route ? t('trunks.emergency.goes', { numbers: route.numbers.join(', '), name: trunks.find((it) => it.id === route.trunk_id)?.name ?? '' }) : t('trunks.emergency.none', { name: waived?.signed_by ?? '' })}
          </p>
          {waived ? <p>{waived.why}</p> : null}
        </>
      )}
      {secrets.length === 0 ? null : (
        <>
          <h2>{t('trunks.secrets')}</h2>
          <p className={css.mark}>
            <Shape shape="triangle" color={td.tdLevelWatch} size={10} />
            {t('trunks.secrets.lacking', { n: secrets.length, users: secrets.slice(0, 5).join(', ') })}
          </p>
        </>
      )}
    </div>
  );
}
