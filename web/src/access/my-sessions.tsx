// Where one is signed in oneself: each session, this one marked, and a way to end the others.
import { Button, MessageBar, MessageBarBody } from '@fluentui/react-components';
import { useQuery } from '@tanstack/react-query';
import { useRef, useState, type ReactNode } from 'react';
import admin from '../admin/admin.module.css';
import { endMySession, mySessions, type OpenSession } from '../api/access';
import { announce } from '../app/announcer';
import { useSession } from '../app/session';
import { useTitle } from '../app/title';
import { useT } from '../i18n/t';
import { Failed, Loading, useProblemText } from '../ui/states';
import css from './access.module.css';
import { Confirm } from './confirm';
import { SessionTable } from './session-table';

export function Page(): ReactNode {
  return (
    <div className={css.page}>
      <Sessions />
    </div>
  );
}

function Sessions(): ReactNode {
  const t = useT();
  const say = useProblemText();
  const title = t('sessions.title');
  useTitle(title);
  const { center, signOut } = useSession();
  const heading = useRef<HTMLHeadingElement>(null);
  const [isAsking, ask] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const list = useQuery({ queryKey: ['my-sessions', center], queryFn: () => mySessions(center) });
  if (list.isPending) return <Loading rows={[32, 160]} />;
  if (list.isError) return <Failed error={list.error} retry={() => void list.refetch()} />;
  const others = list.data.filter(({ is_current }) => !is_current);
  const end = async (session: OpenSession): Promise<void> => {
    if (session.is_current) return signOut();
    setError(null);
    try {
      await endMySession(center, session.id);
      announce(t('sessions.ended'));
    } catch (failure) {
      setError(failure);
    }
    await list.refetch();
    // Its button is gone with it.
    heading.current?.focus();
  };
  return (
    <>
      <div className={admin.head}>
        <h1 ref={heading} tabIndex={-1} className={css.heading}>
          {title}
        </h1>
        {others.length > 0 ? <Button onClick={() => ask(true)}>{t('sessions.endOthers')}</Button> : null}
      </div>
      <p className={admin.about}>{t('sessions.about')}</p>
      {error ? (
        <MessageBar intent="error" layout="multiline" role="alert">
          <MessageBarBody>{say(error)}</MessageBarBody>
        </MessageBar>
      ) : null}
      <SessionTable label={title} sessions={list.data} end={(session) => void end(session)} />
      {isAsking ? (
        <Confirm
          question={{
            title: t('sessions.endOthers.title', { count: others.length }),
            text: t('sessions.endOthers.text'),
            verb: t('sessions.endOthers'),
            done: t('sessions.ended.others'),
            run: () => Promise.all(others.map(({ id }) => endMySession(center, id))),
          }}
          close={() => {
            ask(false);
            void list.refetch();
            setTimeout(() => heading.current?.focus(), 50);
          }}
        />
      ) : null}
    </>
  );
}
