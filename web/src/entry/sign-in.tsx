// Sign-in to one of the centers that this server hosts: with a Microsoft account, with a local one, or with either. Leads back
// to where one came from.
import { Button, Field, Input, MessageBar, MessageBarBody, Select, Spinner } from '@fluentui/react-components';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState, type FormEvent, type ReactNode } from 'react';
import { Navigate, useNavigate, useParams, useSearchParams } from 'react-router';
import { waysOf } from '../api/access';
import { api, ask } from '../api/client';
import { store } from '../app/preferences';
import { LAST_CENTER, useInfo } from '../app/session';
import { useTitle } from '../app/title';
import { useT } from '../i18n/t';
import { useProblemText } from '../ui/states';
import css from './entry.module.css';
import { EntryFrame } from './frame';

/** Only a path of ours: a link must not send a freshly signed-in user elsewhere. */
export function safeNext(next: string | null): string {
  return next !== null && /^\/(?![/\\])/.test(next) ? next : '/';
}

/** Where signing in with Microsoft begins: the server leads there, and back to the page that was wanted. */
export function microsoftHref(center: string, next: string | null): string {
  return `/sign-in/${encodeURIComponent(center)}/microsoft?return_to=${encodeURIComponent(safeNext(next))}`;
}

export function Page(): ReactNode {
  const t = useT();
  useTitle(t('signIn.title'));
  const navigate = useNavigate();
  const info = useInfo();
  const { center = '' } = useParams();
  const [query] = useSearchParams();
  const centers = info.data?.centers ?? [];
  const known = centers.find((c) => c.id === center);
  if (info.data && centers.length === 0) return <Navigate to="/setup" replace />;
  if (info.data && !known) return <Navigate to={`/${centers[0]?.id ?? ''}/sign-in${location.search}`} replace />;
  const ways = waysOf(info.data, center);
  return (
    <EntryFrame title={t('signIn.title')} text={known ? t('signIn.text', { center: known.name }) : undefined}>
      {centers.length > 1 ? (
        <Field label={t('signIn.center')}>
          <Select value={center} onChange={(_, data) => void navigate(`/${data.value}/sign-in${location.search}`)}>
            {centers.map((c) => (
              <option key={c.id} value={c.id}>
                {c.name}
              </option>
            ))}
          </Select>
        </Field>
      ) : null}
      {ways.microsoft ? (
        <Button as="a" className={css.submit} appearance="primary" size="large" icon={<MicrosoftMark />} href={microsoftHref(center, query.get('next'))}>
          {t('signIn.microsoft')}
        </Button>
      ) : null}
      {ways.microsoft && ways.password ? <h2 className={css.or}>{t('signIn.local')}</h2> : null}
      {ways.password ? <PasswordForm center={center} next={query.get('next')} isMain={!ways.microsoft} /> : null}
      {ways.microsoft || ways.password ? null : (
        <MessageBar intent="warning" layout="multiline">
          <MessageBarBody>{t('signIn.none')}</MessageBarBody>
        </MessageBar>
      )}
    </EntryFrame>
  );
}

/** Four squares in the color of the text: the mark that people look for. */
function MicrosoftMark(): ReactNode {
  return (
    <svg viewBox="0 0 20 20" width="20" height="20" fill="currentColor" aria-hidden="true">
      <path d="M1 1h8.5v8.5H1zM10.5 1H19v8.5h-8.5zM1 10.5h8.5V19H1zM10.5 10.5H19V19h-8.5z" />
    </svg>
  );
}

function PasswordForm({ center, next, isMain }: { center: string; next: string | null; isMain: boolean }): ReactNode {
  const t = useT();
  const say = useProblemText();
  const navigate = useNavigate();
  const client = useQueryClient();
  const [username, setUsername] = useState('');
  const [password, setPassword] = useState('');
  const signIn = useMutation({
    mutationFn: () => ask(api.POST('/{center}/sign-in', { params: { path: { center } }, body: { username, password } })),
    onSuccess: async () => {
      store(LAST_CENTER, center);
      await client.resetQueries({ queryKey: ['me'] });
      void navigate(safeNext(next), { replace: true });
    },
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (!signIn.isPending) signIn.mutate();
  };
  return (
    <form className={css.form} onSubmit={submit}>
      {signIn.error ? (
        <MessageBar intent="error" role="alert">
          <MessageBarBody>{say(signIn.error)}</MessageBarBody>
        </MessageBar>
      ) : null}
      <Field label={t('signIn.username')} required>
        <Input size="large" autoComplete="username" autoCapitalize="none" spellCheck={false} value={username} onChange={(_, data) => setUsername(data.value)} />
      </Field>
      <Field label={t('signIn.password')} required>
        <Input size="large" type="password" autoComplete="current-password" value={password} onChange={(_, data) => setPassword(data.value)} />
      </Field>
      <Button
        className={css.submit}
        type="submit"
        appearance={isMain ? 'primary' : 'secondary'}
        size="large"
        aria-busy={signIn.isPending}
        disabledFocusable={signIn.isPending}
        icon={signIn.isPending ? <Spinner size="tiny" appearance={isMain ? 'inverted' : 'primary'} aria-hidden /> : undefined}
      >
        {t('signIn.submit')}
      </Button>
    </form>
  );
}
