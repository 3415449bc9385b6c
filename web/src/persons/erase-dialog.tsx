// Whether a person shall be erased: what goes, what stays, and that nothing of it comes back.
import { Button, DialogActions, DialogBody, DialogContent, DialogSurface, DialogTitle, Field, Input, MessageBar, MessageBarBody, Spinner, Textarea } from '@fluentui/react-components';
import { useMutation } from '@tanstack/react-query';
import { useRef, useState, type FormEvent, type ReactNode } from 'react';
import { erasePerson, type Erasure, type PersonFound } from '../api/persons';
import { announce } from '../app/announcer';
import { useSession } from '../app/session';
import { TYPED_MAX } from '../desk/dial';
import { useT } from '../i18n/t';
import { isolated } from '../ui/durations';
import { Modal } from '../ui/modal';
import { useProblemText } from '../ui/states';
import { erasureProblems, REASON_MAX } from './erasing';
import css from './persons.module.css';

export function EraseDialog({ person, close }: { person: PersonFound; close: (erasure: Erasure | null) => void }): ReactNode {
  const t = useT();
  const say = useProblemText();
  const { center } = useSession();
  const [reason, setReason] = useState('');
  const [again, setAgain] = useState('');
  const [isTried, setTried] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  const { number, contacts, recordings, on_hold } = person;
  const problems = isTried ? erasureProblems(reason, again, number) : {};
  const erasing = useMutation({
    mutationFn: () => erasePerson(center, number, reason.trim()),
    onSuccess: (erasure) => {
      announce(t('persons.erased.text', { contacts: erasure.contacts, recordings: erasure.recordings }));
      close(erasure);
    },
  });
  const sent = (event: FormEvent): void => {
    event.preventDefault();
    setTried(true);
    if (Object.keys(erasureProblems(reason, again, number)).length > 0) {
      requestAnimationFrame(() => requestAnimationFrame(() => form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus()));
    } else if (!erasing.isPending) erasing.mutate();
  };
  return (
    <Modal open modalType="alert" onOpenChange={(_, data) => !data.open && !erasing.isPending && close(null)}>
      <DialogSurface>
        <form ref={form} onSubmit={sent} noValidate>
          <DialogBody>
            <DialogTitle>{t('persons.erase.title', { number: isolated(number) })}</DialogTitle>
            <DialogContent>
              <div className={css.asked}>
                <div>
                  <h3>{t('persons.goes')}</h3>
                  <ul className={css.list}>
                    <li>{t('persons.goes.contacts', { n: contacts })}</li>
                    <li>{t('persons.goes.recordings', { n: recordings - on_hold })}</li>
                  </ul>
                </div>
                <div>
                  <h3>{t('persons.stays')}</h3>
                  <ul className={css.list}>
                    <li>{t('persons.stays.figures')}</li>
                    {on_hold > 0 ? <li>{t('persons.stays.held', { n: on_hold })}</li> : null}
                    {person.on_do_not_call ? <li>{t('persons.stays.doNotCall')}</li> : null}
                  </ul>
                </div>
                <MessageBar intent="warning" layout="multiline">
                  <MessageBarBody>{t('persons.forGood')}</MessageBarBody>
                </MessageBar>
                <Field label={t('persons.reason')} hint={t('persons.reason.hint')} required validationMessage={problems.reason ? t(problems.reason) : undefined}>
                  <Textarea rows={2} maxLength={REASON_MAX} value={reason} onChange={(_, data) => setReason(data.value)} />
                </Field>
                <Field label={t('persons.erase.again')} required validationMessage={problems.again ? t(problems.again) : undefined}>
                  <Input type="tel" dir="ltr" autoComplete="off" maxLength={TYPED_MAX} value={again} onChange={(_, data) => setAgain(data.value)} />
                </Field>
                {erasing.error ? (
                  <MessageBar intent="error" layout="multiline" role="alert">
                    <MessageBarBody>{say(erasing.error)}</MessageBarBody>
                  </MessageBar>
                ) : null}
              </div>
            </DialogContent>
            <DialogActions>
              <Button disabledFocusable={erasing.isPending} onClick={() => close(null)}>
                {t('action.cancel')}
              </Button>
              <Button type="submit" appearance="primary" icon={erasing.isPending ? <Spinner size="tiny" appearance="inverted" aria-hidden /> : undefined} aria-busy={erasing.isPending} disabledFocusable={erasing.isPending}>
                {t('persons.erase.do')}
              </Button>
            </DialogActions>
          </DialogBody>
        </form>
      </DialogSurface>
    </Modal>
  );
}
