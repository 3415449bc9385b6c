// A question before something that cannot be taken back, and what went wrong with it.
import { Button, DialogActions, DialogBody, DialogContent, DialogSurface, DialogTitle, MessageBar, MessageBarBody, Spinner } from '@fluentui/react-components';
import { useMutation } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { announce } from '../app/announcer';
import { useT } from '../i18n/t';
import { Modal } from '../ui/modal';
import { useProblemText } from '../ui/states';
import css from './access.module.css';

export interface Question {
  title: string;
  text: string;
  /** What else it comes to, each by itself. */
  points?: readonly string[];
  /** The word on the button that does it. */
  verb: string;
  /** What is said once it is done. */
  done: string;
  run: () => Promise<unknown>;
}

/** Closes with whether it was done. */
export function Confirm({ question, close }: { question: Question; close: (isDone: boolean) => void }): ReactNode {
  const t = useT();
  const say = useProblemText();
  const doing = useMutation({
    mutationFn: question.run,
    onSuccess: () => {
      announce(question.done);
      close(true);
    },
  });
  return (
    <Modal open modalType="alert" onOpenChange={(_, data) => !data.open && close(false)}>
      <DialogSurface>
        <DialogBody>
          <DialogTitle>{question.title}</DialogTitle>
          <DialogContent>
            <p>{question.text}</p>
            {question.points ? (
              <ul className={css.points}>
                {question.points.map((point) => (
                  <li key={point}>{point}</li>
                ))}
              </ul>
            ) : null}
            {doing.error ? (
              <MessageBar intent="error" layout="multiline" role="alert">
                <MessageBarBody>{say(doing.error)}</MessageBarBody>
              </MessageBar>
            ) : null}
          </DialogContent>
          <DialogActions>
            <Button onClick={() => close(false)}>{t('action.cancel')}</Button>
            <Button
              appearance="primary"
              icon={doing.isPending ? <Spinner size="tiny" appearance="inverted" aria-hidden /> : undefined}
              aria-busy={doing.isPending}
              disabledFocusable={doing.isPending}
              onClick={() => doing.mutate()}
            >
              {question.verb}
            </Button>
          </DialogActions>
        </DialogBody>
      </DialogSurface>
    </Modal>
  );
}
