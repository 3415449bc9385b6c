// Who has a capacity profile, and who is to have it: each agent is saved for itself, on the version that was read.
import { Button, MessageBar, MessageBarBody, MessageBarTitle } from '@fluentui/react-components';
import { DismissRegular } from '@fluentui/react-icons/svg/dismiss';
import { PeopleAddRegular } from '@fluentui/react-icons/svg/people-add';
import { useQueryClient } from '@tanstack/react-query';
import { lazy, Suspense, useRef, useState, type ReactNode } from 'react';
import admin from '../admin/admin.module.css';
import { save, useList } from '../admin/settings';
import { ApiError } from '../api/client';
import type { Stored } from '../api/contract';
import { announce } from '../app/announcer';
import { useSession } from '../app/session';
import { useT } from '../i18n/t';
import { saveRows, type Saved } from '../skills/saving';
import { Failed, Loading, useProblemText } from '../ui/states';
import css from './capacity.module.css';

const AssignDialog = lazy(() => import('./assign-dialog'));

type Agent = Stored<'agents'>;
interface Refused {
  id: number;
  name: string;
  why: string;
}
export interface Progress {
  done: number;
  of: number;
}

/** More names than this nobody reads one by one. */
const SHOWN_MAX = 60;

/** Gives agents a profile, or takes it from them. */
export function useAssigning(agents: readonly Agent[]) {
  const t = useT();
  const say = useProblemText();
  const client = useQueryClient();
  const { center } = useSession();
  const [progress, setProgress] = useState<Progress | null>(null);
  const [refused, setRefused] = useState<readonly Refused[]>([]);
  const known = new Map(agents.map((it) => [it.id, it]));
  const why = (error: unknown): string => {
    const fields = error instanceof ApiError ? (error.problem.errors ?? []) : [];
    return fields.length > 0 ? fields.map(({ field, detail }) => `${field}: ${detail}`).join(' ') : say(error);
  };
  /** What is not named here stays as it is. */
  const put = (id: number, capacity_profile_id: number | null): Promise<unknown> => {
    const agent = known.get(id);
    if (!agent) return Promise.reject(new Error('who is changed stands in the list'));
    const { name, teams_user_id, enabled, skills, version } = agent;
    return save(center, 'agents', id, version, { name, teams_user_id, enabled, skills, capacity_profile_id });
  };
  const assign = async (ids: readonly number[], profile: number | null): Promise<boolean> => {
    const failed: Refused[] = [];
    let done = 0;
    setRefused([]);
    setProgress({ done, of: ids.length });
    const told = (it: Saved<unknown>): void => {
      done += 1;
      setProgress({ done, of: ids.length });
      if (it.is === 'refused') failed.push({ id: it.id, name: known.get(it.id)?.name ?? '', why: why(it.error) });
    };
    await saveRows(ids, (id) => put(id, profile), told, () => false);
    await client.invalidateQueries({ queryKey: ['settings', center, 'agents'] });
    setRefused(failed);
    setProgress(null);
    const said = { n: done - failed.length, failed: failed.length };
    announce(profile === null ? t('capacity.agents.taken', said) : t('capacity.agents.given', said), failed.length > 0 ? 'assertive' : 'polite');
    return failed.length === 0;
  };
  return { assign, progress, refused };
}

export function ProfileAgents({ id }: { id: number }): ReactNode {
  const t = useT();
  const list = useList('agents');
  return (
    <section className={`${admin.card} ${admin.section}`}>
      <h2>{t('capacity.agents')}</h2>
      {list.isPending ? <Loading rows={[48]} /> : list.isError ? <Failed error={list.error} retry={() => void list.refetch()} /> : <Agents id={id} agents={list.data.items} />}
    </section>
  );
}

function Agents({ id, agents }: { id: number; agents: readonly Agent[] }): ReactNode {
  const t = useT();
  const { may } = useSession();
  const [isOpen, setOpen] = useState(false);
  const opener = useRef<HTMLButtonElement>(null);
  const { assign, progress, refused } = useAssigning(agents);
  const own = agents.filter((it) => it.capacity_profile_id === id);
  // What an agent has belongs to the agent, whose name and account come with it.
  const mayAssign = may('edit_settings') && may('manage_access');
  const take = async (agent: Agent): Promise<void> => {
    await assign([agent.id], null);
    // The button is gone with the name.
    opener.current?.focus();
  };
  return (
    <div className={css.agents}>
      <p>{t('capacity.agents.count', { n: own.length })}</p>
      {own.length > 0 ? (
        <ul className={css.names} aria-label={t('capacity.agents')}>
          {own.slice(0, SHOWN_MAX).map((it) => (
            <li key={it.id} data-plain={!mayAssign}>
              <bdi>{it.name}</bdi>
              {mayAssign ? (
                <Button
                  size="small"
                  appearance="subtle"
                  icon={<DismissRegular />}
                  aria-label={t('capacity.agents.take', { name: it.name })}
                  disabledFocusable={progress !== null}
                  onClick={() => void take(it)}
                />
              ) : null}
            </li>
          ))}
        </ul>
      ) : null}
      {own.length > SHOWN_MAX ? <p className={admin.hint}>{t('capacity.agents.more', { n: own.length - SHOWN_MAX })}</p> : null}
      {refused.length > 0 ? <RefusedBar refused={refused} /> : null}
      {mayAssign ? (
        <div>
          <Button ref={opener} icon={<PeopleAddRegular />} onClick={() => setOpen(true)}>
            {t('capacity.assign')}
          </Button>
        </div>
      ) : (
        <p className={admin.hint}>{t('capacity.agents.who')}</p>
      )}
      {isOpen ? (
        <Suspense>
          <AssignDialog
            agents={agents.filter((it) => it.capacity_profile_id !== id)}
            progress={progress}
            assign={async (ids) => {
              await assign(ids, id);
              setOpen(false);
            }}
            close={() => setOpen(false)}
          />
        </Suspense>
      ) : null}
    </div>
  );
}

/** Who was not changed, and why. */
function RefusedBar({ refused }: { refused: readonly Refused[] }): ReactNode {
  const t = useT();
  return (
    <MessageBar intent="error" layout="multiline" role="alert">
      <MessageBarBody>
        <MessageBarTitle>{t('capacity.agents.refused', { n: refused.length })}</MessageBarTitle>
        <ul className={css.refused}>
          {refused.map((it) => (
            <li key={it.id}>
              <bdi>{it.name}</bdi>
              {': '}
              {it.why}
            </li>
          ))}
        </ul>
      </MessageBarBody>
    </MessageBar>
  );
}
