// Dialogs of single areas: a test call to an endpoint, a new password for an agent.
import {
  Button,
  DialogActions,
  DialogBody,
  DialogContent,
  DialogSurface,
  DialogTitle,
  Field,
  Input,
  MessageBar,
  MessageBarBody,
  Spinner,
} from '@fluentui/react-components';
import { useMutation } from '@tanstack/react-query';
import { useState, type FormEvent, type ReactNode } from 'react';
import { api, ask } from '../api/client';
import { useSession } from '../app/session';
import { useT } from '../i18n/t';
import { Modal } from '../ui/modal';
import { useProblemText } from '../ui/states';
import css from './admin.module.css';

function ToolDialog(props: {
  title: string;
  submit: string;
  busy: boolean;
  error: unknown;
  done: string | undefined;
  close: () => void;
  onSubmit: () => void;
  children: ReactNode;
}): ReactNode {
  const t = useT();
  const say = useProblemText();
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (!props.busy) props.onSubmit();
  };
  return (
    <Modal open onOpenChange={(_, data) => !data.open && props.close()}>
      <DialogSurface>
        <form onSubmit={submit}>
          <DialogBody>
            <DialogTitle>{props.title}</DialogTitle>
            <DialogContent>
              <div className={css.fields}>
                {props.children}
                {props.error ? (
                  <MessageBar intent="error" role="alert">
                    <MessageBarBody>{say(props.error)}</MessageBarBody>
                  </MessageBar>
                ) : null}
                {props.done ? (
                  <MessageBar intent="success" role="status">
                    <MessageBarBody>{props.done}</MessageBarBody>
                  </MessageBar>
                ) : null}
              </div>
            </DialogContent>
            <DialogActions>
              <Button onClick={props.close}>{t('action.close')}</Button>
              <Button
                type="submit"
                appearance="primary"
                aria-busy={props.busy}
                disabledFocusable={props.busy}
                icon={props.busy ? <Spinner size="tiny" appearance="inverted" /> : undefined}
              >
                {props.submit}
              </Button>
            </DialogActions>
          </DialogBody>
        </form>
      </DialogSurface>
    </Modal>
  );
}

interface ToolProps {
  id: number;
  close: () => void;
}

export function TestCallDialog({ id, close }: ToolProps): ReactNode {
  const t = useT();
  const { center } = useSession();
  const [from, setFrom] = useState('');
  const call = useMutation({
    mutationFn: () =>
      ask(
        api.POST('/{center}/endpoints/{id}/test-call', {
          params: { path: { center, id } },
          body: from.trim() === '' ? {} : { from: from.trim() },
        }),
      ),
  });
  return (
    <ToolDialog
      title={t('testCall.title')}
      submit={t('testCall.place')}
      busy={call.isPending}
      error={call.error}
      done={call.data ? t('testCall.done') : undefined}
      close={close}
      onSubmit={() => call.mutate()}
    >
      <p>{t('testCall.text')}</p>
      <Field label={t('testCall.from')} hint={t('testCall.from.hint')}>
        <Input type="tel" dir="ltr" value={from} onChange={(_, data) => setFrom(data.value)} />
      </Field>
    </ToolDialog>
  );
}

export function PasswordDialog({ id, close }: ToolProps): ReactNode {
  const t = useT();
  const { center } = useSession();
  const [password, setPassword] = useState('');
  const change = useMutation({
    mutationFn: () => ask(api.POST('/{center}/agents/{id}/password', { params: { path: { center, id } }, body: { password } })),
    onSuccess: () => setPassword(''),
  });
  return (
    <ToolDialog
      title={t('password.title')}
      submit={t('password.set')}
      busy={change.isPending}
      error={change.error}
      done={change.isSuccess ? t('password.done') : undefined}
      close={close}
      onSubmit={() => change.mutate()}
    >
      <Field label={t('password.new')} required hint={t('setup.password.hint')}>
        <Input type="password" autoComplete="new-password" value={password} onChange={(_, data) => setPassword(data.value)} />
      </Field>
    </ToolDialog>
  );
}
