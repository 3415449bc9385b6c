// A new webhook: its address, and what is told there.
import { Button, DialogActions, DialogBody, DialogContent, DialogSurface, DialogTitle, MessageBar, MessageBarBody, Spinner } from '@fluentui/react-components';
import { useMutation } from '@tanstack/react-query';
import { useRef, useState, type FormEvent, type ReactNode } from 'react';
import { errorsFor } from '../admin/field-errors';
import { makeWebhook, type WebhookInput } from '../api/access';
import { ApiError } from '../api/client';
import { useSession } from '../app/session';
import { useT } from '../i18n/t';
import { Modal } from '../ui/modal';
import { useProblemText } from '../ui/states';
import { EVENTS_USUAL, webhookProblems } from './access';
import css from './access.module.css';
import { WebhookFields } from './webhook-fields';

export function NewWebhook({ close }: { close: (secret: string | null) => void }): ReactNode {
  const t = useT();
  const say = useProblemText();
  const { center } = useSession();
  const form = useRef<HTMLFormElement>(null);
  const [input, setInput] = useState<WebhookInput>({ url: '', events: [...EVENTS_USUAL] });
  const [isTried, setTried] = useState(false);
  const making = useMutation({
    mutationFn: () => makeWebhook(center, { ...input, url: input.url.trim() }),
    onSuccess: (secret) => close(secret),
  });
  const wrong = webhookProblems(input);
  const refused = making.error instanceof ApiError ? (making.error.problem.errors ?? []) : [];
  const errorOf = (field: 'url' | 'events'): string | undefined => (isTried && wrong[field] ? t(wrong[field]) : errorsFor(refused, field));
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    setTried(true);
    if (wrong.url) form.current?.querySelector<HTMLElement>('[name="url"]')?.focus();
    else if (wrong.events) form.current?.querySelector<HTMLElement>('input[type="checkbox"]')?.focus();
    else if (!making.isPending) making.mutate();
  };
  return (
    <Modal open onOpenChange={(_, data) => !data.open && close(null)}>
      <DialogSurface>
        <form ref={form} onSubmit={submit} noValidate>
          <DialogBody>
            <DialogTitle>{t('webhooks.add')}</DialogTitle>
            <DialogContent>
              <div className={css.stack}>
                <WebhookFields value={input} errorOf={errorOf} change={setInput} />
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
                {t('webhooks.make')}
              </Button>
            </DialogActions>
          </DialogBody>
        </form>
      </DialogSurface>
    </Modal>
  );
}
