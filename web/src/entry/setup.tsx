// First run: the one-time link makes the first administrator. Without a link, or without a center, it says what to do.
import { Button, Field, Input, MessageBar, MessageBarBody, Select, Spinner } from '@fluentui/react-components';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState, type FormEvent, type ReactNode } from 'react';
import { useNavigate, useSearchParams } from 'react-router';
import { errorsFor } from '../admin/field-errors';
import { api, ApiError, ask } from '../api/client';
import { store } from '../app/preferences';
import { LAST_CENTER, useInfo } from '../app/session';
import { useTitle } from '../app/title';
import { useT } from '../i18n/t';
import { Failed, Loading, useProblemText } from '../ui/states';
import css from './entry.module.css';
import { EntryFrame } from './frame';

export function Page(): ReactNode {
  const t = useT();
  useTitle(t('setup.title'));
  const info = useInfo();
  const navigate = useNavigate();
  const [query] = useSearchParams();
  const token = query.get('token');
  if (info.isPending) return <Loading />;
  if (info.isError) return <Failed error={info.error} retry={() => void info.refetch()} />;
  const { centers } = info.data;
  const first = centers[0];
  if (!first) {
    return (
      <EntryFrame title={t('setup.noCenter')} text={t('setup.noCenter.text')}>
        <code className={css.code}>{t('setup.command')}</code>
      </EntryFrame>
    );
  }
  if (!token) {
    return (
      <EntryFrame title={t('setup.noToken')} text={t('setup.noToken.text')}>
        <code className={css.code}>{t('setup.command')}</code>
        <Button appearance="primary" onClick={() => void navigate(`/${first.id}/sign-in`)}>
          {t('signIn.submit')}
        </Button>
      </EntryFrame>
    );
  }
  const asked = query.get('center');
  return <FirstAdministrator token={token} centers={centers} first={centers.find((c) => c.id === asked)?.id ?? first.id} />;
}

function FirstAdministrator(props: { token: string; centers: { id: string; name: string }[]; first: string }): ReactNode {
  const t = useT();
  const say = useProblemText();
  const navigate = useNavigate();
  const client = useQueryClient();
  const [center, setCenter] = useState(props.first);
  const [form, setForm] = useState({ name: '', username: '', password: '' });
  const make = useMutation({
    mutationFn: async () => {
      await ask(api.POST('/{center}/setup', { params: { path: { center } }, body: { token: props.token, ...form } }));
      const { username, password } = form;
      await ask(api.POST('/{center}/sign-in', { params: { path: { center } }, body: { username, password } }));
    },
    onSuccess: async () => {
      store(LAST_CENTER, center);
      await client.resetQueries();
      void navigate('/admin/queues', { replace: true });
    },
  });
  const errors = make.error instanceof ApiError ? (make.error.problem.errors ?? []) : [];
  const problem = (field: string): string | undefined => errorsFor(errors, field);
  const change = (field: keyof typeof form) => (_: unknown, data: { value: string }) =>
    setForm((before) => ({ ...before, [field]: data.value }));
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (!make.isPending) make.mutate();
  };
  return (
    <EntryFrame title={t('setup.title')} text={t('setup.text')}>
      <form className={css.form} onSubmit={submit}>
        {make.error ? (
          <MessageBar intent="error" role="alert">
            <MessageBarBody>{say(make.error)}</MessageBarBody>
          </MessageBar>
        ) : null}
        {props.centers.length > 1 ? (
          <Field label={t('signIn.center')}>
            <Select value={center} onChange={(_, data) => setCenter(data.value)}>
              {props.centers.map((c) => (
                <option key={c.id} value={c.id}>
                  {c.name}
                </option>
              ))}
            </Select>
          </Field>
        ) : null}
        <Field label={t('setup.name')} required validationMessage={problem('name')}>
          <Input size="large" autoComplete="name" value={form.name} onChange={change('name')} />
        </Field>
        <Field label={t('signIn.username')} required validationMessage={problem('username')}>
          <Input size="large" autoComplete="username" spellCheck={false} value={form.username} onChange={change('username')} />
        </Field>
        <Field label={t('signIn.password')} required hint={t('setup.password.hint')} validationMessage={problem('password')}>
          <Input size="large" type="password" autoComplete="new-password" value={form.password} onChange={change('password')} />
        </Field>
        <Button
          className={css.submit}
          type="submit"
          appearance="primary"
          size="large"
          aria-busy={make.isPending}
          disabledFocusable={make.isPending}
          icon={make.isPending ? <Spinner size="tiny" appearance="inverted" /> : undefined}
        >
          {t('setup.submit')}
        </Button>
      </form>
    </EntryFrame>
  );
}
