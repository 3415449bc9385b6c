// What drawer and page share: the search, how new the directory is, what somebody must do first, and the people.
import { Button, Input, MessageBar, MessageBarActions, MessageBarBody, Spinner } from '@fluentui/react-components';
import { ArrowSyncRegular } from '@fluentui/react-icons/svg/arrow-sync';
import { PeopleTeamRegular } from '@fluentui/react-icons/svg/people-team';
import { SearchRegular } from '@fluentui/react-icons/svg/search';
import { useMutation } from '@tanstack/react-query';
import { useCallback, useMemo, useRef, useState, type ReactNode } from 'react';
import { syncDirectory } from '../api/directory';
import { announce } from '../app/announcer';
import { useSession } from '../app/session';
import '../i18n/directory';
import { useT } from '../i18n/t';
import { clockTime } from '../ui/durations';
import { Empty, Failed, Loading, useProblemText } from '../ui/states';
import css from './directory.module.css';
import { PeopleList } from './list';
import { LoginButton } from './login';
import { entriesOf, isCut } from './people';
import { useDirectory, type ToldPage } from './use-directory';

export function DirectoryPanel({ label }: { label: string }): ReactNode {
  const t = useT();
  const field = useRef<HTMLInputElement>(null);
  const [typed, setTyped] = useState('');
  const { page, asked, search, isSearching } = useDirectory(typed);
  const people = page?.people;
  const entries = useMemo(() => entriesOf(people ?? []), [people]);
  const toSearch = useCallback(() => field.current?.focus(), []);
  const list = useRef<HTMLDivElement>(null);
  return (
    <div ref={list} className={css.panel}>
      <Input
        ref={field}
        type="search"
        autoComplete="off"
        contentBefore={<SearchRegular />}
        contentAfter={isSearching ? <Spinner size="extra-tiny" aria-hidden /> : undefined}
        aria-label={t('directory.search')}
        placeholder={t('directory.search')}
        value={typed}
        maxLength={100}
        onChange={(_, data) => setTyped(data.value)}
        onKeyDown={(event) => {
          if (event.key !== 'ArrowDown') return;
          event.preventDefault();
          list.current?.querySelector<HTMLElement>('[role="grid"]')?.focus();
        }}
      />
      {page ? <Standing page={page} isSearch={search !== ''} isSearching={isSearching} /> : null}
      {page && entries.length > 0 ? (
        <PeopleList label={label} search={search} isBusy={isSearching} entries={entries} toSearch={toSearch} />
      ) : page && !isSearching ? (
        <Nobody page={page} search={search} />
      ) : asked.isError ? (
        <Failed error={asked.error} retry={() => void asked.refetch()} />
      ) : (
        <Loading rows={[48, 48, 48, 48, 48, 48]} />
      )}
    </div>
  );
}

function Nobody({ page, search }: { page: ToldPage; search: string }): ReactNode {
  const t = useT();
  if (search !== '') return <Empty icon={<SearchRegular />} title={t('directory.none.named', { text: search })} />;
  return <Empty icon={<PeopleTeamRegular />} title={t('directory.none')} text={t(page.synced_at === null ? 'directory.none.syncing' : 'directory.none.text')} />;
}

/** How new it is, how many are shown, and who must sign in. */
function Standing({ page, isSearch, isSearching }: { page: ToldPage; isSearch: boolean; isSearching: boolean }): ReactNode {
  const t = useT();
  const { zone, may } = useSession();
  const { login, n_people, n_shown, synced_at, behind_since, problem, lines_problem } = page;
  return (
    <>
      {login === 'needed' ? (
        <MessageBar intent="warning" layout="multiline" role="status">
          <MessageBarBody>{t('directory.login.needed')}</MessageBarBody>
          <MessageBarActions>
            <LoginButton />
          </MessageBarActions>
        </MessageBar>
      ) : null}
      {behind_since !== null || problem !== null ? (
        <MessageBar intent="warning" layout="multiline" role="status">
          <MessageBarBody>
            {behind_since === null ? '' : t('directory.behind', { at: clockTime(behind_since, zone) })} {problem ?? ''}
          </MessageBarBody>
        </MessageBar>
      ) : null}
      {lines_problem != null && may('edit_settings') ? (
        <MessageBar intent="info" layout="multiline" role="status">
          <MessageBarBody>{lines_problem}</MessageBarBody>
        </MessageBar>
      ) : null}
      <p className={css.note} role="status">
        {isSearching ? t('directory.searching') : !isCut(page) ? null : t(isSearch ? 'directory.limit.found' : 'directory.limit', { shown: n_shown, of: n_people })}
      </p>
      <div className={css.synced}>
        <span>{synced_at === null ? t('directory.synced.never') : t('directory.synced', { at: clockTime(synced_at, zone) })}</span>
        <SyncNow />
      </div>
    </>
  );
}

function SyncNow(): ReactNode {
  const t = useT();
  const say = useProblemText();
  const { center, may } = useSession();
  const syncing = useMutation({
    mutationFn: () => syncDirectory(center),
    onSuccess: () => announce(t('directory.sync.asked')),
    onError: (error) => announce(say(error), 'assertive'),
  });
  if (!may('edit_settings')) return null;
  return (
    <>
      <Button size="small" appearance="subtle" icon={syncing.isPending ? <Spinner size="tiny" aria-hidden /> : <ArrowSyncRegular />} aria-busy={syncing.isPending} disabledFocusable={syncing.isPending} onClick={() => syncing.mutate()}>
        {t('directory.sync')}
      </Button>
      {syncing.isSuccess ? <span>{t('directory.sync.asked')}</span> : null}
      {syncing.error ? <span role="alert">{say(syncing.error)}</span> : null}
    </>
  );
}
