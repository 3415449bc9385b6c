// People and how they come in: roles and where they are from, who may sign in, and who is signed in.
import { Button, DialogActions, DialogBody, DialogContent, DialogSurface, DialogTitle, Input, MessageBar, MessageBarBody, MessageBarTitle } from '@fluentui/react-components';
import { SearchRegular } from '@fluentui/react-icons/svg/search';
import { useQuery } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { Link, useNavigate } from 'react-router';
import admin from '../admin/admin.module.css';
import { AdminFrame } from '../admin/frame';
import { accounts, endSessionsOf, sessionsOf, setStanding, waysOf, type AccountRow } from '../api/access';
import { useSession } from '../app/session';
import { td } from '../app/theme';
import { useTitle } from '../app/title';
import { useMaybeT, useT } from '../i18n/t';
import { Modal } from '../ui/modal';
import { Shape } from '../ui/shapes';
import { Empty, Failed, Loading } from '../ui/states';
import { Ltr } from '../ui/time';
import css from './access.module.css';
import { Confirm, type Question } from './confirm';
import { isLimitable } from './scope';
import { ScopeWords, useParts } from './scope-words';
import { SessionTable } from './session-table';
import { isViewable, viewQuestion } from './view-as';

export function Page(): ReactNode {
  return (
    <AdminFrame>
      <People />
    </AdminFrame>
  );
}

function People(): ReactNode {
  const t = useT();
  const title = t('admin.people.title');
  useTitle(title);
  const { center, info } = useSession();
  const [filter, setFilter] = useState('');
  const [looked, look] = useState<AccountRow | null>(null);
  const [question, ask] = useState<Question | null>(null);
  const list = useQuery({ queryKey: ['accounts', center], queryFn: () => accounts(center) });
  if (list.isPending) return <Loading rows={[32, 80, 320]} />;
  if (list.isError) return <Failed error={list.error} retry={() => void list.refetch()} />;
  const needle = filter.trim().toLowerCase();
  // Keys have a page of their own.
  const rows = list.data.filter(({ name, username, origin }) => origin !== 'api_key' && `${name ?? ''} ${username}`.toLowerCase().includes(needle));
  const turn = (account: AccountRow): void => {
    const isOff = account.standing === 'disabled';
    const who = account.name ?? account.username;
    ask({
      title: t(isOff ? 'people.enable.title' : 'people.disable.title', { who }),
      text: t(isOff ? 'people.enable.text' : account.origin === 'microsoft' ? 'people.disable.text.microsoft' : 'people.disable.text.local'),
      verb: t(isOff ? 'people.enable' : 'people.disable'),
      done: t(isOff ? 'people.enabled' : 'people.disabled', { who }),
      run: () => setStanding(center, account.id, isOff ? 'active' : 'disabled'),
    });
  };
  return (
    <>
      <div className={admin.head}>
        <h1>{title}</h1>
        <Input
          type="search"
          contentBefore={<SearchRegular />}
          placeholder={t('list.filter')}
          aria-label={t('list.filter')}
          value={filter}
          onChange={(_, data) => setFilter(data.value)}
        />
      </div>
      <p className={admin.about}>{t('admin.people.about')}</p>
      <Whence isMicrosoft={waysOf(info, center).microsoft} />
      <div className={`${admin.card} ${admin.list} ${css.list}`} tabIndex={0} role="region" aria-label={title}>
        <Table rows={rows} look={look} turn={turn} view={(account) => ask(viewQuestion(t, center, account))} />
        {rows.length === 0 ? <Empty title={t('list.noMatch')} text={t('list.noMatch.text', { filter })} /> : null}
      </div>
      {looked ? <SessionsDialog account={looked} close={() => look(null)} /> : null}
      {question ? (
        <Confirm
          question={question}
          close={(isDone) => {
            ask(null);
            if (isDone) void list.refetch();
          }}
        />
      ) : null}
    </>
  );
}

/** Where roles come from, and so where they are changed. */
function Whence({ isMicrosoft }: { isMicrosoft: boolean }): ReactNode {
  const t = useT();
  return (
    <MessageBar layout="multiline" className={css.bar}>
      <MessageBarBody>
        <MessageBarTitle>{t('people.whence')}</MessageBarTitle>
        {t(isMicrosoft ? 'people.whence.microsoft' : 'people.whence.noMicrosoft')} {t('people.whence.local')}{' '}
        <Link to="/admin/agents" className={css.link}>
          {t('admin.agents.title')}
        </Link>
        {'. '}
        <Link to="/admin/permissions" className={css.link}>
          {t('field.roles.about')}
        </Link>
      </MessageBarBody>
    </MessageBar>
  );
}

interface TableProps {
  rows: readonly AccountRow[];
  look: (account: AccountRow) => void;
  turn: (account: AccountRow) => void;
  view: (account: AccountRow) => void;
}

function Table({ rows, look, turn, view }: TableProps): ReactNode {
  const t = useT();
  const maybe = useMaybeT();
  const navigate = useNavigate();
  const { me } = useSession();
  const parts = useParts();
  return (
    <table className={admin.table}>
      <thead>
        <tr>
          <th scope="col">{t('field.name')}</th>
          <th scope="col">{t('field.roles')}</th>
          <th scope="col">{t('scope.title')}</th>
          <th scope="col">{t('people.origin')}</th>
          <th scope="col">{t('people.standing')}</th>
          <th scope="col">
            <span className="visually-hidden">{t('action.actions')}</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map((account) => {
          const who = account.name ?? account.username;
          const isOn = account.standing === 'active';
          const isOwn = account.id === me.account.id;
          return (
            <tr key={account.id}>
              <td>
                <Link to={`/admin/people/${account.id}`} className={css.who}>
                  <bdi>{who}</bdi>
                </Link>
                {isOwn ? <span className={css.tag}>{t('people.you')}</span> : null}
                {account.name === null ? null : (
                  <div className={css.under}>
                    <Ltr>{account.username}</Ltr>
                  </div>
                )}
              </td>
              <td>
                {account.roles.length === 0 ? t('list.none') : account.roles.map((role) => maybe(`role.${role}`, role)).join(', ')}
                {account.agent_id !== null ? (
                  <div className={css.under}>
                    <Link to={`/admin/agents/${account.agent_id}`}>{t('people.agent', { name: who })}</Link>
                  </div>
                ) : null}
              </td>
              <td>
                <ScopeWords scope={account.scope ?? null} items={parts} />
                {isLimitable(account) ? null : <div className={css.under}>{t('scope.never')}</div>}
              </td>
              <td>{t(account.origin === 'microsoft' ? 'people.origin.microsoft' : 'people.origin.local')}</td>
              <td>
                <span className={admin.status}>
                  <Shape shape={isOn ? 'circle' : 'ring'} color={isOn ? td.tdStateAvailable : td.tdStateOffline} size={10} />
                  {t(`people.standing.${account.standing}`)}
                </span>
              </td>
              <td>
                <div className={css.verbs}>
                  {isLimitable(account) ? (
                    <Button size="small" aria-label={t('people.scope.label', { who })} onClick={() => void navigate(`/admin/people/${account.id}`)}>
                      {t('people.scope')}
                    </Button>
                  ) : null}
                  {isViewable(account, me.account.id) ? (
                    <Button size="small" aria-label={t('people.view.label', { who })} onClick={() => view(account)}>
                      {t('people.view')}
                    </Button>
                  ) : null}
                  <Button size="small" aria-label={t('people.sessions.label', { who })} onClick={() => look(account)}>
                    {t('people.sessions')}
                  </Button>
                  <Button
                    size="small"
                    aria-label={t(isOn ? 'people.disable.label' : 'people.enable.label', { who })}
                    title={isOwn ? t('people.own') : undefined}
                    aria-description={isOwn ? t('people.own') : undefined}
                    disabledFocusable={isOwn}
                    onClick={() => turn(account)}
                  >
                    {t(isOn ? 'people.disable' : 'people.enable')}
                  </Button>
                </div>
              </td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

function SessionsDialog({ account, close }: { account: AccountRow; close: () => void }): ReactNode {
  const t = useT();
  const { center } = useSession();
  const [isAsking, ask] = useState(false);
  const who = account.name ?? account.username;
  const list = useQuery({ queryKey: ['sessions', center, account.id], queryFn: () => sessionsOf(center, account.id) });
  if (isAsking) {
    return (
      <Confirm
        question={{
          title: t('people.end.title', { who }),
          text: t('people.end.text'),
          verb: t('people.end'),
          done: t('people.ended', { who }),
          run: () => endSessionsOf(center, account.id),
        }}
        close={close}
      />
    );
  }
  return (
    <Modal open onOpenChange={(_, data) => !data.open && close()}>
      <DialogSurface className={css.wide}>
        <DialogBody>
          <DialogTitle>{t('people.sessions.title', { who })}</DialogTitle>
          <DialogContent>
            {list.isPending ? (
              <Loading rows={[120]} />
            ) : list.isError ? (
              <Failed error={list.error} retry={() => void list.refetch()} />
            ) : list.data.length === 0 ? (
              <p>{t('people.sessions.none')}</p>
            ) : (
              <SessionTable label={t('people.sessions.title', { who })} sessions={list.data} />
            )}
          </DialogContent>
          <DialogActions>
            <Button onClick={close}>{t('action.close')}</Button>
            {list.data && list.data.length > 0 ? (
              <Button appearance="primary" onClick={() => ask(true)}>
                {t('people.end')}
              </Button>
            ) : null}
          </DialogActions>
        </DialogBody>
      </DialogSurface>
    </Modal>
  );
}
