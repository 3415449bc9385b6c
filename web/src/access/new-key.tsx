// A new key: whose it is, what it may do, and how long.
import {
  Button,
  Checkbox,
  DialogActions,
  DialogBody,
  DialogContent,
  DialogSurface,
  DialogTitle,
  Field,
  Input,
  MessageBar,
  MessageBarBody,
  Select,
  Spinner,
} from '@fluentui/react-components';
import { useMutation } from '@tanstack/react-query';
import { useRef, useState, type FormEvent, type ReactNode } from 'react';
import admin from '../admin/admin.module.css';
import { errorsFor } from '../admin/field-errors';
import { makeApiKey } from '../api/access';
import { ApiError } from '../api/client';
import { useSession } from '../app/session';
import { useT, type MessageId } from '../i18n/t';
import { useServerNow } from '../live/hooks';
import { Modal } from '../ui/modal';
import { useProblemText } from '../ui/states';
import { endOf, keyProblems, LIFETIMES, NAME_MAX, SCOPES, toggled, type Lifetime } from './access';
import css from './access.module.css';

export function NewKey({ close }: { close: (key: string | null) => void }): ReactNode {
  const t = useT();
  const say = useProblemText();
  const { center } = useSession();
  const now = useServerNow();
  const form = useRef<HTMLFormElement>(null);
  const [name, setName] = useState('');
  const [scopes, setScopes] = useState<string[]>([]);
  const [lifetime, setLifetime] = useState<Lifetime>('90');
  const [isTried, setTried] = useState(false);
  const making = useMutation({
    mutationFn: () => makeApiKey(center, { name: name.trim(), scopes, expires_at: endOf(lifetime, now) }),
    onSuccess: (key) => close(key),
  });
  const wrong = keyProblems({ name, scopes });
  const refused = making.error instanceof ApiError ? (making.error.problem.errors ?? []) : [];
  const errorOf = (field: 'name' | 'scopes'): string | undefined => (isTried && wrong[field] ? t(wrong[field]) : errorsFor(refused, field));
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    setTried(true);
    if (wrong.name) form.current?.querySelector<HTMLElement>('[name="name"]')?.focus();
    else if (wrong.scopes) form.current?.querySelector<HTMLElement>('input[type="checkbox"]')?.focus();
    else if (!making.isPending) making.mutate();
  };
  return (
    <Modal open onOpenChange={(_, data) => !data.open && close(null)}>
      <DialogSurface>
        <form ref={form} onSubmit={submit} noValidate>
          <DialogBody>
            <DialogTitle>{t('apiKeys.add')}</DialogTitle>
            <DialogContent>
              <div className={css.stack}>
                <Field label={t('field.name')} hint={t('apiKeys.name.hint')} required validationMessage={errorOf('name')}>
                  <Input name="name" autoComplete="off" maxLength={NAME_MAX} value={name} onChange={(_, data) => setName(data.value)} />
                </Field>
                <fieldset className={admin.group}>
                  <legend>{t('apiKeys.scopes')}</legend>
                  {SCOPES.map((scope) => (
                    <div key={scope}>
                      <Checkbox label={t(`apiKeys.scope.${scope}` as MessageId)} checked={scopes.includes(scope)} onChange={() => setScopes(toggled(SCOPES, scopes, scope))} />
                    </div>
                  ))}
                  {errorOf('scopes') ? (
                    <p className={admin.error} role="alert">
                      {errorOf('scopes')}
                    </p>
                  ) : null}
                </fieldset>
                <Field label={t('apiKeys.lifetime')} hint={lifetime === 'never' ? t('apiKeys.lifetime.never.hint') : undefined}>
                  <Select value={lifetime} onChange={(_, data) => setLifetime(data.value as Lifetime)}>
                    {LIFETIMES.map((each) => (
                      <option key={each} value={each}>
                        {each === 'never' ? t('apiKeys.lifetime.never') : t('apiKeys.lifetime.days', { days: each })}
                      </option>
                    ))}
                  </Select>
                </Field>
                {making.error && refused.length === 0 ? (
                  <MessageBar intent="error" layout="multiline" role="alert">
                    <MessageBarBody>{say(making.error)}</MessageBarBody>
                  </MessageBar>
                ) : null}
              </div>
            </DialogContent>
            <DialogActions>
              <Button onClick={() => close(null)}>{t('action.cancel')}</Button>
              <Button
                type="submit"
                appearance="primary"
                icon={making.isPending ? <Spinner size="tiny" appearance="inverted" aria-hidden /> : undefined}
                aria-busy={making.isPending}
                disabledFocusable={making.isPending}
              >
                {t('apiKeys.make')}
              </Button>
            </DialogActions>
          </DialogBody>
        </form>
      </DialogSurface>
    </Modal>
  );
}
