// Personal data of somebody outside: found by their number, given out as a file, and erased. The number stands in no address:
// it would stay in the browser's history.
import { Button, Field, Input, MessageBar, MessageBarBody, Spinner } from '@fluentui/react-components';
import { DeleteRegular } from '@fluentui/react-icons/svg/delete';
import { ArrowDownloadRegular } from '@fluentui/react-icons/svg/arrow-download';
import { SearchRegular } from '@fluentui/react-icons/svg/search';
import { useMutation } from '@tanstack/react-query';
import { lazy, Suspense, useState, type FormEvent, type ReactNode } from 'react';
import admin from '../admin/admin.module.css';
import { AdminFrame } from '../admin/frame';
import { exportPerson, findPerson, type Erasure, type PersonFound } from '../api/persons';
import { useMoment } from '../access/moment';
import { announce } from '../app/announcer';
import { useSession } from '../app/session';
import { useTitle } from '../app/title';
import { TYPED_MAX } from '../desk/dial';
import { useT } from '../i18n/t';
import { isolated } from '../ui/durations';
import { ExportProgress, useExporting } from '../ui/exporting';
import { Empty, useProblemText } from '../ui/states';
import { Ltr } from '../ui/time';
import { hasAny, numberOf } from './erasing';
import css from './persons.module.css';
import { Erased } from './erased';

const EraseDialog = lazy(() => import('./erase-dialog').then((m) => ({ default: m.EraseDialog })));

export function Page(): ReactNode {
  return (
    <AdminFrame>
      <Persons />
    </AdminFrame>
  );
}

function Persons(): ReactNode {
  const t = useT();
  const title = t('admin.persons.title');
  useTitle(title);
  const { center } = useSession();
  const [erased, setErased] = useState<{ number: string; erasure: Erasure } | null>(null);
  const finding = useMutation({
    mutationFn: (number: string) => findPerson(center, number),
    onMutate: () => setErased(null),
    onSuccess: (person) => announce(hasAny(person) ? t('persons.found.said', { contacts: person.contacts, recordings: person.recordings }) : t('persons.none')),
  });
  const say = useProblemText();
  return (
    <>
      <div className={admin.head}>
        <h1>{title}</h1>
      </div>
      <p className={admin.about}>{t('admin.persons.about')}</p>
      <Search isBusy={finding.isPending} find={(number) => finding.mutate(number)} />
      {finding.error ? (
        <MessageBar intent="error" layout="multiline" role="alert">
          <MessageBarBody>{say(finding.error)}</MessageBarBody>
        </MessageBar>
      ) : null}
      {erased ? (
        <Erased {...erased} />
      ) : finding.data && !finding.isPending ? (
        hasAny(finding.data) ? (
          <Found
            key={finding.data.number}
            person={finding.data}
            done={(erasure) => {
              setErased({ number: finding.data.number, erasure });
              finding.reset();
            }}
          />
        ) : (
          <div className={admin.card}>
            <Empty title={t('persons.none')} text={t('persons.none.text', { number: isolated(finding.data.number) })} />
          </div>
        )
      ) : null}
    </>
  );
}

function Search({ isBusy, find }: { isBusy: boolean; find: (number: string) => void }): ReactNode {
  const t = useT();
  const [typed, setTyped] = useState('');
  const [isTried, setTried] = useState(false);
  const number = numberOf(typed);
  const sent = (event: FormEvent): void => {
    event.preventDefault();
    setTried(true);
    if (number !== null && !isBusy) find(number);
  };
  return (
    <form className={`${admin.card} ${css.search}`} onSubmit={sent} noValidate>
      <Field label={t('persons.number')} hint={t('persons.number.hint')} validationMessage={isTried && number === null ? t('filter.number.error') : undefined}>
        <Input
          type="tel"
          dir="ltr"
          autoComplete="off"
          maxLength={TYPED_MAX}
          value={typed}
          onChange={(_, data) => {
            setTyped(data.value);
            setTried(false);
          }}
        />
      </Field>
      <Button type="submit" appearance="primary" icon={isBusy ? <Spinner size="tiny" appearance="inverted" aria-hidden /> : <SearchRegular />} aria-busy={isBusy} disabledFocusable={isBusy}>
        {t('persons.find')}
      </Button>
    </form>
  );
}

function Found({ person, done }: { person: PersonFound; done: (erasure: Erasure) => void }): ReactNode {
  const t = useT();
  const moment = useMoment();
  const { center } = useSession();
  const [isErasing, setErasing] = useState(false);
  const exporting = useExporting<'json'>('person', (_, signal) => exportPerson(center, person.number, signal));
  const isRunning = exporting.progress.kind === 'running';
  const { contacts, recordings, on_hold, first_at, last_at } = person;
  return (
    <section className={`${admin.card} ${css.found}`} aria-label={t('persons.kept', { number: isolated(person.number) })}>
      <h2>
        {t('persons.kept.title')} <Ltr>{person.number}</Ltr>
      </h2>
      <dl className={css.facts}>
        <Fact name={t('persons.contacts')}>{t('persons.count', { n: contacts })}</Fact>
        {first_at === null || last_at === null ? null : (
          <Fact name={t('persons.span')}>{t('persons.span.value', { first: isolated(moment(first_at)), last: isolated(moment(last_at)) })}</Fact>
        )}
        <Fact name={t('persons.recordings')}>{on_hold > 0 ? t('persons.recordings.held', { n: recordings, held: on_hold }) : t('persons.count', { n: recordings })}</Fact>
        <Fact name={t('persons.doNotCall')}>{t(person.on_do_not_call ? 'list.yes' : 'list.no')}</Fact>
      </dl>
      <div className={css.verbs}>
        <Button icon={<ArrowDownloadRegular />} aria-busy={isRunning} disabledFocusable={isRunning} onClick={() => exporting.begin('json')}>
          {t('persons.export')}
        </Button>
        <Button icon={<DeleteRegular />} onClick={() => setErasing(true)}>
          {t('persons.erase')}
        </Button>
      </div>
      <ExportProgress exporting={exporting} />
      <p className={css.quiet}>{t('persons.onRecord')}</p>
      {isErasing ? (
        <Suspense>
          <EraseDialog
            person={person}
            close={(erasure) => {
              setErasing(false);
              if (erasure) done(erasure);
            }}
          />
        </Suspense>
      ) : null}
    </section>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }): ReactNode {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
