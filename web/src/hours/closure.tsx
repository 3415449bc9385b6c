// Closing at once, whatever the hours say: the button with its question, and the bar while it lasts.
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
import { useEffect, useRef, useState, type FormEvent, type ReactNode } from 'react';
import admin from '../admin/admin.module.css';
import { closeNow, reopen } from '../api/schedules';
import { announce } from '../app/announcer';
import { useSession } from '../app/session';
import { td } from '../app/theme';
import { useT } from '../i18n/t';
import { Modal } from '../ui/modal';
import { Shape } from '../ui/shapes';
import { useProblemText } from '../ui/states';
import css from './hours.module.css';

export function CloseDialog({ id, name, done, close }: { id: number; name: string; done: () => void; close: () => void }): ReactNode {
  const t = useT();
  const say = useProblemText();
  const { center } = useSession();
  const [reason, setReason] = useState('');
  const [tried, setTried] = useState(false);
  const closing = useMutation({
    mutationFn: () => closeNow(center, id, reason.trim()),
    onSuccess: () => {
      announce(t('hours.close.done', { name }));
      close();
      done();
    },
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    event.stopPropagation();
    setTried(true);
    if (reason.trim() !== '' && !closing.isPending) closing.mutate();
  };
  return (
    <Modal open modalType="alert" onOpenChange={(_, data) => !data.open && close()}>
      <DialogSurface>
        <form onSubmit={submit} noValidate>
          <DialogBody>
            <DialogTitle>{t('hours.close.title', { name })}</DialogTitle>
            <DialogContent>
              <div className={admin.fields}>
                <p>{t('hours.close.text')}</p>
                <ul className={css.effects}>
                  <li>{t('hours.close.arriving')}</li>
                  <li>{t('hours.close.waiting')}</li>
                  <li>{t('hours.close.talking')}</li>
                </ul>
                <Field
                  label={t('hours.close.reason')}
                  hint={t('hours.close.reason.hint')}
                  required
                  validationMessage={tried && reason.trim() === '' ? t('field.error.required') : undefined}
                >
                  <Input maxLength={200} value={reason} onChange={(_, data) => setReason(data.value)} />
                </Field>
                {closing.error ? (
                  <MessageBar intent="error" role="alert">
                    <MessageBarBody>{say(closing.error)}</MessageBarBody>
                  </MessageBar>
                ) : null}
              </div>
            </DialogContent>
            <DialogActions>
              <Button onClick={close}>{t('action.cancel')}</Button>
              <Button
                type="submit"
                appearance="primary"
                aria-busy={closing.isPending}
                disabledFocusable={closing.isPending}
                icon={closing.isPending ? <Spinner size="tiny" appearance="inverted" /> : undefined}
              >
                {t('hours.close')}
              </Button>
            </DialogActions>
          </DialogBody>
        </form>
      </DialogSurface>
    </Modal>
  );
}

/** Stands above the form as long as it is closed by hand. */
export function ClosureBar({ id, name, reason, isNew, done }: { id: number; name: string; reason: string; isNew: boolean; done: () => void }): ReactNode {
  const t = useT();
  const say = useProblemText();
  const { center } = useSession();
  const text = useRef<HTMLParagraphElement>(null);
  const opening = useMutation({
    mutationFn: () => reopen(center, id),
    onSuccess: () => {
      announce(t('hours.reopen.done', { name }));
      done();
    },
  });
  // The button that was pressed is gone: the focus goes on where it can be undone.
  useEffect(() => {
    if (isNew) text.current?.focus();
  }, [isNew]);
  return (
    <>
      <div className={css.closure} role="region" aria-label={t('hours.bar.label')}>
        <Shape shape="octagon" color={td.tdLevelActMark} size={18} />
        <p ref={text} tabIndex={-1}>
          {t('hours.bar', { reason })}
        </p>
        <Button
          onClick={() => opening.mutate()}
          aria-busy={opening.isPending}
          disabledFocusable={opening.isPending}
          icon={opening.isPending ? <Spinner size="tiny" /> : undefined}
        >
          {t('hours.reopen')}
        </Button>
      </div>
      {opening.error ? (
        <MessageBar intent="error" role="alert">
          <MessageBarBody>{say(opening.error)}</MessageBarBody>
        </MessageBar>
      ) : null}
    </>
  );
}
