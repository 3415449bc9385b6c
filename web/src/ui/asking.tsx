// A dialog that asks for something before it is done: it stays open while that is under way, and says what went wrong.
import { Button, DialogActions, DialogBody, DialogContent, DialogSurface, DialogTitle, MessageBar, MessageBarBody, Spinner } from '@fluentui/react-components';
import { useEffect, useRef, type FormEvent, type ReactNode } from 'react';
import { useT } from '../i18n/t';
import css from './asking.module.css';
import { Modal } from './modal';
import { useProblemText } from './states';

interface Props {
  title: string;
  /** The word on the button that does it. */
  verb: string;
  /** The word on the button that leaves everything as it is, where "Cancel" would be misread. */
  keep?: string;
  /** Whether it cannot be taken back. */
  isAlert?: boolean;
  isBusy: boolean;
  error: unknown;
  /** Whether everything that is needed was given; what is not gets the focus. */
  isWhole: boolean;
  tried: () => void;
  send: () => void;
  close: () => void;
  children: ReactNode;
}

export function Asking({ title, verb, keep, isAlert = false, isBusy, error, isWhole, tried, send, close, children }: Props): ReactNode {
  const t = useT();
  const say = useProblemText();
  const form = useRef<HTMLFormElement>(null);
  const wasBusy = useRef(isBusy);
  const showWrong = (): void => {
    requestAnimationFrame(() => requestAnimationFrame(() => form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus()));
  };
  // A refusal may name a field.
  useEffect(() => {
    if (!isBusy && wasBusy.current) showWrong();
    wasBusy.current = isBusy;
  }, [isBusy]);
  const sent = (event: FormEvent): void => {
    event.preventDefault();
    tried();
    if (!isWhole) showWrong();
    else if (!isBusy) send();
  };
  return (
    <Modal open modalType={isAlert ? 'alert' : 'modal'} onOpenChange={(_, data) => !data.open && !isBusy && close()}>
      <DialogSurface>
        <form ref={form} onSubmit={sent} noValidate>
          <DialogBody>
            <DialogTitle>{title}</DialogTitle>
            <DialogContent>
              <div className={css.asked}>
                {children}
                {error ? (
                  <MessageBar intent="error" layout="multiline" role="alert">
                    <MessageBarBody>{say(error)}</MessageBarBody>
                  </MessageBar>
                ) : null}
              </div>
            </DialogContent>
            <DialogActions className={css.verbs}>
              <Button disabledFocusable={isBusy} onClick={close}>
                {keep ?? t('action.cancel')}
              </Button>
              <Button type="submit" appearance="primary" icon={isBusy ? <Spinner size="tiny" appearance="inverted" aria-hidden /> : undefined} aria-busy={isBusy} disabledFocusable={isBusy}>
                {verb}
              </Button>
            </DialogActions>
          </DialogBody>
        </form>
      </DialogSurface>
    </Modal>
  );
}
