// Numbers that nobody may call: who asked for it and until when. The rule itself is applied when a call is dialed.
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
import { AddRegular } from '@fluentui/react-icons/svg/add';
import { DeleteRegular } from '@fluentui/react-icons/svg/delete';
import { SearchRegular } from '@fluentui/react-icons/svg/search';
import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query';
import { useRef, useState, type FormEvent, type ReactNode } from 'react';
import { useIntl } from 'react-intl';
import { allowCalls, doNotCallPage, forbidCalls, type DoNotCall } from '../api/calling';
import { ApiError } from '../api/client';
import { announce } from '../app/announcer';
import { useSession } from '../app/session';
import { useTitle } from '../app/title';
import { dialable, TYPED_MAX } from '../desk/dial';
import { useT } from '../i18n/t';
import { useServerNow } from '../live/hooks';
import { isolated } from '../ui/durations';
import { Modal } from '../ui/modal';
import { More } from '../ui/more';
import { Empty, Failed, Loading, useProblemText } from '../ui/states';
import { Ltr } from '../ui/time';
import css from './admin.module.css';
import dnc from './do-not-call.module.css';
import { AdminFrame } from './frame';
import { found, isOver, problemsOf, type Entry } from './do-not-call-form';

const REASON_MAX = 200;

export function Page(): ReactNode {
  return (
    <AdminFrame>
      <List />
    </AdminFrame>
  );
}

function useEntries() {
  const { center } = useSession();
  return useInfiniteQuery({
    queryKey: ['do-not-call', center],
    queryFn: ({ pageParam }) => doNotCallPage(center, pageParam),
    initialPageParam: null as number | null,
    getNextPageParam: (page) => page.next_before ?? null,
  });
}

function List(): ReactNode {
  const t = useT();
  const title = t('admin.do-not-call.title');
  useTitle(title);
  const list = useEntries();
  const heading = useRef<HTMLHeadingElement>(null);
  const [filter, setFilter] = useState('');
  const [leaving, leave] = useState<DoNotCall | null>(null);
  if (list.isPending) return <Loading rows={[32, 200, 240]} />;
  if (list.isError) return <Failed error={list.error} retry={() => void list.refetch()} />;
  const entries = list.data.pages.flatMap((page) => page.items);
  const rows = found(entries, filter);
  return (
    <>
      <div className={css.head}>
        <h1 ref={heading} tabIndex={-1} className={dnc.heading}>
          {title}
        </h1>
        {entries.length > 0 ? (
          <div className={css.tools}>
            <Input
              type="search"
              contentBefore={<SearchRegular />}
              placeholder={t('dnc.filter')}
              aria-label={t('dnc.filter')}
              value={filter}
              onChange={(_, data) => setFilter(data.value)}
            />
          </div>
        ) : null}
      </div>
      <p className={css.about}>{t('admin.do-not-call.about')}</p>
      <Add />
      {entries.length === 0 ? (
        <div className={css.card}>
          <Empty title={t('dnc.none')} text={t('dnc.none.text')} />
        </div>
      ) : (
        <div className={`${css.card} ${css.list} ${dnc.list}`} tabIndex={0} role="region" aria-label={title}>
          <Table rows={rows} remove={leave} />
          {rows.length === 0 ? <Empty title={t('list.noMatch')} text={t(list.hasNextPage ? 'dnc.noMatch.shown' : 'list.noMatch.text', { filter })} /> : null}
          <More list={list} text={t('dnc.more')} className={dnc.more} />
        </div>
      )}
      {leaving ? (
        <RemoveDialog
          entry={leaving}
          close={(isDone) => {
            leave(null);
            // Its button is gone with it.
            if (isDone) setTimeout(() => heading.current?.focus(), 50);
          }}
        />
      ) : null}
    </>
  );
}

function useDay(): (at: string, zone?: string) => string {
  const intl = useIntl();
  return (at, timeZone) => intl.formatDate(at, { dateStyle: 'medium', timeZone: timeZone ?? 'UTC' });
}

function Table({ rows, remove }: { rows: readonly DoNotCall[]; remove: (entry: DoNotCall) => void }): ReactNode {
  const t = useT();
  const day = useDay();
  const { zone } = useSession();
  const now = useServerNow();
  return (
    <table className={css.table}>
      <thead>
        <tr>
          <th scope="col">{t('dnc.number')}</th>
          <th scope="col">{t('dnc.reason')}</th>
          <th scope="col">{t('dnc.until')}</th>
          <th scope="col">{t('dnc.by')}</th>
          <th scope="col">{t('dnc.since')}</th>
          <th scope="col">
            <span className="visually-hidden">{t('dnc.verbs')}</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.id}>
            <td>{row.number == null ? t('dnc.erased') : <Ltr>{row.number}</Ltr>}</td>
            <td>
              <bdi>{row.reason ?? t('dnc.erased.reason')}</bdi>
            </td>
            <td>
              {row.until == null ? t('dnc.forGood') : <bdi className={dnc.day}>{day(row.until)}</bdi>}
              {isOver(row.until, now, zone) ? <span className={dnc.over}>{t('dnc.over')}</span> : null}
            </td>
            <td>
              <bdi className={dnc.who}>{row.by ?? t('audit.unknown')}</bdi>
            </td>
            <td>
              <bdi className={dnc.day}>{day(row.since, zone)}</bdi>
            </td>
            <td>
              <Button
                className={dnc.verb}
                size="small"
                icon={<DeleteRegular />}
                aria-label={t('dnc.remove.label', { number: isolated(row.number ?? row.id) })}
                onClick={() => remove(row)}
              >
                {t('dnc.remove')}
              </Button>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

const FRESH: Entry = { number: '', reason: '', until: '' };

function Add(): ReactNode {
  const t = useT();
  const say = useProblemText();
  const client = useQueryClient();
  const { center, zone } = useSession();
  const now = useServerNow();
  const form = useRef<HTMLFormElement>(null);
  const [entry, setEntry] = useState<Entry>(FRESH);
  const [isTried, setTried] = useState(false);
  const adding = useMutation({
    mutationFn: (sent: Entry) =>
      forbidCalls(center, { number: dialable(sent.number), reason: sent.reason.trim(), ...(sent.until === '' ? {} : { until: sent.until }) }),
    onSuccess: async () => {
      announce(t('dnc.added'));
      setEntry(FRESH);
      setTried(false);
      form.current?.querySelector('input')?.focus();
      await client.invalidateQueries({ queryKey: ['do-not-call', center] });
    },
  });
  const refused = adding.error instanceof ApiError ? adding.error.problem : null;
  const errorOf = (field: keyof Entry): string | undefined => {
    const ours = isTried ? problemsOf(entry, now, zone)[field] : undefined;
    if (ours) return t(`dnc.error.${ours}`);
    if (field === 'number' && refused?.code === 'invalid_number') return t('problem.invalid_number');
    const theirs = refused?.errors?.find((it) => it.field === field)?.detail;
    return theirs ? theirs.charAt(0).toUpperCase() + theirs.slice(1) : undefined;
  };
  const change = (part: Partial<Entry>): void => {
    setEntry((before) => ({ ...before, ...part }));
    adding.reset();
  };
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    setTried(true);
    const wrong = Object.keys(problemsOf(entry, now, zone))[0];
    if (wrong) form.current?.querySelector<HTMLElement>(`[name="${wrong}"]`)?.focus();
    else if (!adding.isPending) adding.mutate(entry);
  };
  const isAtField = errorOf('number') !== undefined || errorOf('reason') !== undefined || errorOf('until') !== undefined;
  return (
    <section className={css.card} aria-label={t('dnc.add.title')}>
      <form ref={form} className={dnc.form} onSubmit={submit} noValidate>
        <Field label={t('dnc.number')} hint={t('dial.number.hint')} required validationMessage={errorOf('number')}>
          <Input
            name="number"
            type="tel"
            dir="ltr"
            autoComplete="off"
            maxLength={TYPED_MAX}
            value={entry.number}
            onChange={(_, data) => change({ number: data.value })}
          />
        </Field>
        <Field label={t('dnc.reason')} hint={t('dnc.reason.hint')} required validationMessage={errorOf('reason')}>
          <Input name="reason" maxLength={REASON_MAX} value={entry.reason} onChange={(_, data) => change({ reason: data.value })} />
        </Field>
        <Field label={t('dnc.until')} hint={t('dnc.until.hint')} validationMessage={errorOf('until')}>
          <Input name="until" type="date" value={entry.until} onChange={(_, data) => change({ until: data.value })} />
        </Field>
        <div className={dnc.submit}>
          <Button
            type="submit"
            appearance="primary"
            icon={adding.isPending ? <Spinner size="tiny" appearance="inverted" /> : <AddRegular />}
            aria-busy={adding.isPending}
            disabledFocusable={adding.isPending}
          >
            {t('dnc.add')}
          </Button>
        </div>
        {adding.error && !isAtField ? (
          <MessageBar className={dnc.bar} intent="error" layout="multiline" role="alert">
            <MessageBarBody>{say(adding.error)}</MessageBarBody>
          </MessageBar>
        ) : null}
      </form>
    </section>
  );
}

function RemoveDialog({ entry, close }: { entry: DoNotCall; close: (isDone: boolean) => void }): ReactNode {
  const t = useT();
  const say = useProblemText();
  const client = useQueryClient();
  const { center } = useSession();
  const number = isolated(entry.number ?? entry.id);
  const removing = useMutation({
    mutationFn: () => allowCalls(center, entry.id),
    onSuccess: async () => {
      announce(t('dnc.removed', { number }));
      await client.invalidateQueries({ queryKey: ['do-not-call', center] });
      close(true);
    },
  });
  return (
    <Modal open modalType="alert" onOpenChange={(_, data) => !data.open && close(false)}>
      <DialogSurface>
        <DialogBody>
          <DialogTitle>{t('dnc.remove.title', { number })}</DialogTitle>
          <DialogContent>
            <p>{t('dnc.remove.text')}</p>
            <p className={dnc.why}>
              {t('dnc.remove.reason')} <bdi>{entry.reason ?? t('dnc.erased.reason')}</bdi>
            </p>
            {removing.error ? (
              <MessageBar intent="error" layout="multiline" role="alert">
                <MessageBarBody>{say(removing.error)}</MessageBarBody>
              </MessageBar>
            ) : null}
          </DialogContent>
          <DialogActions>
            <Button onClick={() => close(false)}>{t('action.cancel')}</Button>
            <Button
              appearance="primary"
              icon={removing.isPending ? <Spinner size="tiny" appearance="inverted" /> : undefined}
              aria-busy={removing.isPending}
              disabledFocusable={removing.isPending}
              onClick={() => removing.mutate()}
            >
              {t('dnc.remove.do')}
            </Button>
          </DialogActions>
        </DialogBody>
      </DialogSurface>
    </Modal>
  );
}
