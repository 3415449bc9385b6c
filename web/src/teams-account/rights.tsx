// What Tandem asks of the tenant and what it was given: each permission with the feature that fails without it, and the way to an
// administrator's consent (B-035 to B-041).
import { Button, MessageBar, MessageBarBody, MessageBarTitle, Spinner } from '@fluentui/react-components';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useId, type ReactNode } from 'react';
import access from '../access/access.module.css';
import { useMoment } from '../access/moment';
import admin from '../admin/admin.module.css';
import { askConsent, FEATURES, rightsOf, type Consent, type Feature, type RightOf, type Rights as RightsOf, type TeamsAccount } from '../api/teams-account';
import { useSession } from '../app/session';
import { td } from '../app/theme';
import { useT } from '../i18n/t';
import { Shape, type ShapeName } from '../ui/shapes';
import { Failed, Loading, useProblemText } from '../ui/states';
import { Ltr } from '../ui/time';
import css from './teams-account.module.css';

export function useRights(isWanted: boolean) {
  const { center } = useSession();
  return useQuery({ queryKey: ['teams-rights', center], queryFn: () => rightsOf(center), enabled: isWanted });
}

const STATE_SHAPE: Record<RightsOf['state'], { shape: ShapeName; color: string }> = {
  granted: { shape: 'circle', color: td.tdLevelOk },
  partly: { shape: 'triangle', color: td.tdLevelWatch },
  missing: { shape: 'octagon', color: td.tdLevelAct },
  revoked: { shape: 'octagon', color: td.tdLevelAct },
  unreachable: { shape: 'triangle', color: td.tdLevelWatch },
  unknown: { shape: 'ring', color: td.tdStateOffline },
};
const RIGHT_SHAPE: Record<RightOf['state'], { shape: ShapeName; color: string }> = {
  granted: { shape: 'circle', color: td.tdLevelOk },
  missing: { shape: 'octagon', color: td.tdLevelAct },
  not_requested: { shape: 'ring', color: td.tdStateOffline },
  granted_not_needed: { shape: 'diamond', color: td.tdLevelWatch },
  unknown: { shape: 'ring', color: td.tdStateOffline },
};

export function Rights({ account }: { account: TeamsAccount }): ReactNode {
  const t = useT();
  const id = useId();
  const rights = useRights(true);
  return (
    <section className={access.part} aria-labelledby={id}>
      <h2 id={id} className={access.sub}>
        {t('rights.title')}
      </h2>
      {rights.isPending ? <Loading rows={[80, 240]} /> : rights.isError ? <Failed error={rights.error} retry={() => void rights.refetch()} /> : <Told rights={rights.data} account={account} check={() => void rights.refetch()} isChecking={rights.isFetching} />}
    </section>
  );
}

function Told({ rights, account, check, isChecking }: { rights: RightsOf; account: TeamsAccount; check: () => void; isChecking: boolean }): ReactNode {
  const t = useT();
  const moment = useMoment();
  const { may } = useSession();
  const { state, checked_at, problem } = rights;
  return (
    <>
      <div className={`${admin.card} ${css.standing}`}>
        <div className={css.stepHead}>
          <Shape {...STATE_SHAPE[state]} size={18} />
          <b>{t(`rights.state.${state}`)}</b>
          <span>{t('rights.checked', { at: moment(checked_at) })}</span>
        </div>
        <p>{t(`rights.state.${state}.text`)}</p>
        {problem ? <p>{problem}</p> : null}
        <dl className={css.facts}>
          <div>
            <dt>{t('rights.publisher')}</dt>
            <dd>{rights.publisher ?? t('rights.publisher.unknown')}</dd>
          </div>
          <div>
            <dt>{t('rights.app')}</dt>
            <dd>
              {rights.app_name ?? account.name} {rights.client_id ? <Ltr>{rights.client_id}</Ltr> : null}
            </dd>
          </div>
        </dl>
        <p>{t('rights.trust')}</p>
        <div className={admin.tools}>
          {may('edit_settings') ? <AskConsent isAgain={state === 'granted' || rights.consent?.outcome === 'granted'} /> : null}
          <Button aria-busy={isChecking} disabledFocusable={isChecking} onClick={check}>
            {t('rights.check')}
          </Button>
        </div>
        {rights.consent ? <ConsentLine consent={rights.consent} /> : null}
      </div>
      <PermissionTable permissions={rights.permissions} />
    </>
  );
}

function AskConsent({ isAgain }: { isAgain: boolean }): ReactNode {
  const t = useT();
  const say = useProblemText();
  const { center } = useSession();
  const asking = useMutation({ mutationFn: () => askConsent(center), onSuccess: (url) => location.assign(url) });
  return (
    <>
      <Button appearance={isAgain ? 'secondary' : 'primary'} aria-busy={asking.isPending} disabledFocusable={asking.isPending} icon={asking.isPending ? <Spinner size="tiny" aria-hidden /> : undefined} onClick={() => asking.mutate()}>
        {t('rights.consent')}
      </Button>
      {asking.error ? (
        <MessageBar intent="error" layout="multiline" role="alert">
          <MessageBarBody>{say(asking.error)}</MessageBarBody>
        </MessageBar>
      ) : null}
    </>
  );
}

function ConsentLine({ consent }: { consent: Consent }): ReactNode {
  const t = useT();
  const moment = useMoment();
  const { outcome, asked_at, answered_at, error, tenant } = consent;
  if (outcome === null) return <p className={admin.hint}>{t('rights.consent.open', { at: moment(asked_at) })}</p>;
  if (outcome === 'granted') {
    return (
      <p className={admin.hint}>
        {t('rights.consent.granted', { at: moment(answered_at ?? asked_at) })} {tenant ? <Ltr>{tenant}</Ltr> : null}
      </p>
    );
  }
  return (
    <MessageBar intent="error" layout="multiline">
      <MessageBarBody>
        <MessageBarTitle>{t('rights.consent.refused', { at: moment(answered_at ?? asked_at) })}</MessageBarTitle>
        {error}
      </MessageBarBody>
    </MessageBar>
  );
}

function PermissionTable({ permissions }: { permissions: readonly RightOf[] }): ReactNode {
  const t = useT();
  const isFeature = (it: RightOf['features'][number]): it is Feature => FEATURES.some((known) => known === it);
  const featureText = (features: RightOf['features']): string => features.map((it) => (isFeature(it) ? t(`teamsAccount.feature.${it}`) : t(`rights.for.${it}`))).join(', ');
  return (
    <div className={`${admin.card} ${admin.list} ${access.list}`} tabIndex={0} role="region" aria-label={t('rights.permissions')}>
      <table className={admin.table}>
        <caption className="visually-hidden">{t('rights.permissions')}</caption>
        <thead>
          <tr>
            <th scope="col">{t('rights.permission')}</th>
            <th scope="col">{t('rights.state')}</th>
            <th scope="col">{t('rights.features')}</th>
            <th scope="col">{t('rights.without')}</th>
          </tr>
        </thead>
        <tbody>
          {permissions.map((right) => (
            <tr key={`${right.kind} ${right.name}`}>
              <td className={css.permission}>
                <Ltr>{right.name}</Ltr>
                <div className={access.under}>{t(`rights.kind.${right.kind}`)}</div>
              </td>
              <td>
                <span className={admin.status}>
                  <Shape {...RIGHT_SHAPE[right.state]} size={12} />
                  {t(`rights.is.${right.state}`)}
                </span>
              </td>
              <td>{right.used_by_tandem ? featureText(right.features) || t('rights.features.none') : t('rights.features.notUsed')}</td>
              <td>{t(`rights.without.${right.consequence}`)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
