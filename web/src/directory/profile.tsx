// One's own profile: who one is here, Teams switched on or off for oneself, and the sign-in to Teams (B-061, B-205, B-218).
import { Field, MessageBar, MessageBarBody, Spinner, Switch } from '@fluentui/react-components';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Link, useSearchParams } from 'react-router';
import { switchMyTeams, type MyTeams } from '../api/teams-account';
import { announce } from '../app/announcer';
import { useSession } from '../app/session';
import { td } from '../app/theme';
import { useTitle } from '../app/title';
import '../i18n/directory';
import { useT, type MessageId } from '../i18n/t';
import { useDay } from '../teams-account/words';
import { Shape } from '../ui/shapes';
import { Failed, Loading, useProblemText } from '../ui/states';
import { Ltr } from '../ui/time';
import { CAME } from './came';
import css from './directory.module.css';
import { LoginButton } from './login';
import { useMyTeams } from './use-directory';

export function Page(): ReactNode {
  const t = useT();
  const title = t('profile.title');
  useTitle(title);
  const { name, me } = useSession();
  const mine = useMyTeams();
  const [query] = useSearchParams();
  const came = CAME.find((it) => it === query.get('teams'));
  const roles = me.account.roles.map((role) => t(`role.${role}` as MessageId)).join(', ');
  return (
    <div className={css.page}>
      <h1>{title}</h1>
      {came ? (
        <MessageBar intent={came === 'done' ? 'success' : 'error'} layout="multiline" role={came === 'done' ? 'status' : 'alert'}>
          <MessageBarBody>{t(`profile.came.${came}`)}</MessageBarBody>
        </MessageBar>
      ) : null}
      <section className={css.card}>
        <h2>
          <bdi>{name}</bdi>
        </h2>
        <p>{roles}</p>
        <p>
          <Link to="/sessions">{t('sessions.title')}</Link>
        </p>
      </section>
      <section className={css.card} aria-label={t('profile.teams')}>
        <h2>{t('profile.teams')}</h2>
        {mine.isPending ? <Loading rows={[80]} /> : mine.isError ? <Failed error={mine.error} retry={() => void mine.refetch()} /> : <Teams mine={mine.data} />}
      </section>
    </div>
  );
}

function Teams({ mine }: { mine: MyTeams }): ReactNode {
  const t = useT();
  const say = useProblemText();
  const client = useQueryClient();
  const { center } = useSession();
  const turning = useMutation({
    mutationFn: (on: boolean) => switchMyTeams(center, on),
    onSuccess: (told) => {
      client.setQueryData(['my-teams', center], told);
      announce(t(told.is_enabled ? 'profile.isOn' : 'profile.isOff'));
    },
  });
  if (!mine.has_account) return <p>{t('profile.noAccount')}</p>;
  return (
    <>
      <Field hint={t('profile.switch.hint')}>
        <Switch checked={mine.is_enabled} disabled={turning.isPending} aria-busy={turning.isPending} label={t('profile.switch')} onChange={(_, data) => turning.mutate(data.checked)} />
      </Field>
      {turning.isPending ? <Spinner size="tiny" aria-hidden /> : null}
      {turning.error ? (
        <MessageBar intent="error" layout="multiline" role="alert">
          <MessageBarBody>{say(turning.error)}</MessageBarBody>
        </MessageBar>
      ) : null}
      {mine.upn ? (
        <p>
          {t('profile.upn')} <Ltr>{mine.upn}</Ltr>
        </p>
      ) : null}
      {mine.is_enabled || mine.login !== 'not_needed' ? <LoginState mine={mine} /> : null}
    </>
  );
}

function LoginState({ mine: { login, login_problem, login_redirect_uri, login_expires_at, is_owner } }: { mine: MyTeams }): ReactNode {
  const t = useT();
  const day = useDay();
  return (
    <>
      <p className={css.fact}>
        <Shape shape={login === 'needed' ? 'triangle' : login === 'done' ? 'circle' : 'ring'} color={login === 'needed' ? td.tdLevelWatch : login === 'done' ? td.tdLevelOk : td.tdStateOffline} size={14} />
        <span>
          {t(`profile.login.${login}`)} {is_owner !== null && login !== 'not_needed' ? t(`profile.duty.${is_owner}`) : ''} {login === 'done' && login_expires_at !== null ? t('profile.login.until', { day: day(login_expires_at) }) : ''}
        </span>
      </p>
      {login_problem === null ? null : (
        <p>
          {t(`profile.problem.${login_problem}`)} {login_problem === 'redirect_unregistered' ? <Ltr>{login_redirect_uri}</Ltr> : null}
        </p>
      )}
      {login === 'needed' ? (
        <div>
          <LoginButton />
        </div>
      ) : null}
    </>
  );
}
