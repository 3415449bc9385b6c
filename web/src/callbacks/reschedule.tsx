// Another time for a callback, by the customer's clock where that is known, else by the contact center's.
import { Button, DialogActions, DialogBody, DialogContent, DialogSurface, DialogTitle, Field, Input, MessageBar, MessageBarBody, Spinner } from '@fluentui/react-components';
import { useMutation } from '@tanstack/react-query';
import { useState, type FormEvent, type ReactNode } from 'react';
import { rescheduleCallback, type Callback } from '../api/callbacks';
import { announce } from '../app/announcer';
import { useSession } from '../app/session';
import { useT } from '../i18n/t';
import { Modal } from '../ui/modal';
import { useProblemText } from '../ui/states';
import { asked, shownIn, wrongIn, type Chosen } from './book';
import css from './callbacks.module.css';

export function RescheduleDialog({ callback, close }: { callback: Callback; close: (isDone: boolean) => void }): ReactNode {
  const t = useT();
  const say = useProblemText();
  const { center, zone: ours } = useSession();
  const zone = callback.window?.time_zone ?? ours ?? 'UTC';
  const shown = (at: string | undefined): string => (at === undefined ? '' : shownIn(zone, at));
  const [time, setTime] = useState<Chosen>({ from: shown(callback.window?.from), to: shown(callback.window?.to) });
  const [isTried, setTried] = useState(false);
  const moving = useMutation({
    mutationFn: () => rescheduleCallback(center, callback.id, asked(time, zone, callback.owner)),
    onSuccess: () => {
      announce(t('callbacks.rescheduled'));
      close(true);
    },
  });
  const wrong = isTried ? wrongIn(time) : {};
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    setTried(true);
    if (Object.keys(wrongIn(time)).length === 0 && !moving.isPending) moving.mutate();
  };
  const change = (part: Partial<Chosen>): void => {
    setTime((before) => ({ ...before, ...part }));
    moving.reset();
  };
  return (
    <Modal open onOpenChange={(_, data) => !data.open && close(false)}>
      <DialogSurface>
        <form onSubmit={submit} noValidate>
          <DialogBody>
            <DialogTitle>{t('callbacks.reschedule.title')}</DialogTitle>
            <DialogContent className={css.times}>
              <Field label={t('callbacks.from')} hint={t('callbacks.clock', { zone })} required validationMessage={wrong.from && t('callbacks.missing')}>
                <Input type="datetime-local" value={time.from} onChange={(_, data) => change({ from: data.value })} />
              </Field>
              <Field label={t('callbacks.to')} required validationMessage={wrong.to && t(wrong.to === 'missing' ? 'callbacks.missing' : 'callbacks.backwards')}>
                <Input type="datetime-local" value={time.to} onChange={(_, data) => change({ to: data.value })} />
              </Field>
              {moving.error ? (
                <MessageBar intent="error" layout="multiline" role="alert">
                  <MessageBarBody>{say(moving.error)}</MessageBarBody>
                </MessageBar>
              ) : null}
            </DialogContent>
            <DialogActions>
              <Button onClick={() => close(false)}>{t('action.cancel')}</Button>
              <Button type="submit" appearance="primary" icon={moving.isPending ? <Spinner size="tiny" appearance="inverted" /> : undefined} aria-busy={moving.isPending} disabledFocusable={moving.isPending}>
                {t('callbacks.reschedule')}
              </Button>
            </DialogActions>
          </DialogBody>
        </form>
      </DialogSurface>
    </Modal>
  );
}
