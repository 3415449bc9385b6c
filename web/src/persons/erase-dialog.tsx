// Whether a person shall be erased: what goes, what stays, and that nothing of it comes back.
import { Field, Input, MessageBar, MessageBarBody, Textarea } from '@fluentui/react-components';
import { useMutation } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { erasePerson, type Erasure, type PersonFound } from '../api/persons';
import { announce } from '../app/announcer';
import { useSession } from '../app/session';
import { TYPED_MAX } from '../desk/dial';
import { useT } from '../i18n/t';
import { isolated } from '../ui/durations';
import { Asking } from '../ui/asking';
import { erasureProblems, REASON_MAX } from './erasing';
import css from './persons.module.css';

export function EraseDialog({ person, close }: { person: PersonFound; close: (erasure: Erasure | null) => void }): ReactNode {
  const t = useT();
  const { center } = useSession();
  const [reason, setReason] = useState('');
  const [again, setAgain] = useState('');
  const [isTried, setTried] = useState(false);
  const { number, contacts, recordings, on_hold } = person;
  const problems = isTried ? erasureProblems(reason, again, number) : {};
  const erasing = useMutation({
    mutationFn: () => erasePerson(center, number, reason.trim()),
    onSuccess: (erasure) => {
      announce(t('persons.erased.text', { contacts: erasure.contacts, recordings: erasure.recordings }));
      close(erasure);
    },
  });
  return (
    <Asking
      title={t('persons.erase.title', { number: isolated(number) })}
      verb={t('persons.erase.do')}
      isAlert
      isBusy={erasing.isPending}
      error={erasing.error}
      isWhole={Object.keys(erasureProblems(reason, again, number)).length === 0}
      tried={() => setTried(true)}
      send={() => erasing.mutate()}
      close={() => close(null)}
    >
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
    </Asking>
  );
}
