// Sign-in with user name and password, to one of the centers that this server hosts. Leads back to where one came from.
import { Button, Field, Input, MessageBar, MessageBarBody, Select, Spinner } from '@fluentui/react-components';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState, type FormEvent, type ReactNode } from 'react';
import { Navigate, useNavigate, useParams, useSearchParams } from 'react-router';
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

export function Page(): ReactNode {
  const t = useT();
  useTitle(t('signIn.title'));
  const say = useProblemText();
  const navigate = useNavigate();
  const client = useQueryClient();
  const info = useInfo();
  const { center = '' } = useParams();
  const [query] = useSearchParams();
  const [username, setUsername] = useState('');
  const [password, setPassword] = useState('');
  const signIn = useMutation({
    mutationFn: () => ask(api.POST('/{center}/sign-in', { params: { path: { center } }, body: { username, password } })),
    onSuccess: async () => {
      store(LAST_CENTER, center);
      await client.resetQueries({ queryKey: ['me'] });
      void navigate(safeNext(query.get('next')), { replace: true });
    },
  });
  const centers = info.data?.centers ?? [];
  const known = centers.find((c) => c.id === center);
  if (info.data && centers.length === 0) return <Navigate to="/setup" replace />;
  if (info.data && !known) return <Navigate to={`/${centers[0]?.id ?? ''}/sign-in${location.search}`} replace />;
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (!signIn.isPending) signIn.mutate();
  };
  return (
    <EntryFrame title={t('signIn.title')} text={known ? t('signIn.text', { center: known.name }) : undefined}>
      <form className={css.form} onSubmit={submit}>
        {signIn.error ? (
          <MessageBar intent="error" role="alert">
            <MessageBarBody>{say(signIn.error)}</MessageBarBody>
          </MessageBar>
        ) : null}
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
        <Field label={t('signIn.username')} required>
          <Input
            size="large"
            autoComplete="username"
            autoCapitalize="none"
            spellCheck={false}
            value={username}
            onChange={(_, data) => setUsername(data.value)}
          />
        </Field>
        <Field label={t('signIn.password')} required>
          <Input
            size="large"
            type="password"
            autoComplete="current-password"
            value={password}
            onChange={(_, data) => setPassword(data.value)}
          />
        </Field>
        <Button
          className={css.submit}
          type="submit"
          appearance="primary"
          size="large"
          aria-busy={signIn.isPending}
          disabledFocusable={signIn.isPending}
          icon={signIn.isPending ? <Spinner size="tiny" appearance="inverted" /> : undefined}
        >
          {t('signIn.submit')}
        </Button>
      </form>
    </EntryFrame>
  );
}
