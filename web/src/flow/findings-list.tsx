// The problems of a flow as a list with a way to each, and the server's check of a flow that is not saved yet.
import { Button, Spinner } from '@fluentui/react-components';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useState, type ReactNode } from 'react';
import { checkFlow, type Checked } from '../api/flows';
import type { FlowInput } from '../api/contract';
import admin from '../admin/admin.module.css';
import { announce } from '../app/announcer';
import { useSession } from '../app/session';
import { td } from '../app/theme';
import { useT } from '../i18n/t';
import { Shape } from '../ui/shapes';
import { useProblemText } from '../ui/states';
import type { Finding } from './findings';
import css from './flow.module.css';

export interface Check {
  checked: Checked | null;
  /** What was checked is not what stands here now. */
  isOld: boolean;
  isRunning: boolean;
  /** Only of a check that somebody asked for. */
  error: unknown;
  run: () => void;
}

/** A stored flow is checked once by itself: saving with warnings is allowed, and they show again after it. */
export function useCheck(flow: FlowInput, isStored: boolean): Check {
  const t = useT();
  const { center } = useSession();
  const now = JSON.stringify(flow);
  const [asked, setAsked] = useState<{ text: string; byHand: boolean } | null>(() => (isStored ? { text: now, byHand: false } : null));
  const query = useQuery({
    queryKey: ['flow-check', center, asked?.text],
    queryFn: () => checkFlow(center, JSON.parse(asked?.text ?? '') as FlowInput),
    enabled: asked !== null,
    retry: false,
    staleTime: 0,
  });
  const byHand = asked?.byHand ?? false;
  const isDone = query.isSuccess && !query.isFetching;
  useEffect(() => {
    if (isDone && byHand) announce(t('flow.check.done', { count: (query.data?.errors.length ?? 0) + (query.data?.warnings.length ?? 0) }));
  }, [isDone, byHand, query.data, t]);
  return {
    checked: query.data ?? null,
    isOld: query.data !== undefined && asked?.text !== now,
    isRunning: query.isFetching && byHand,
    error: byHand ? query.error : null,
    run: () => {
      const isSame = asked?.text === now;
      setAsked({ text: now, byHand: true });
      if (isSame) void query.refetch();
    },
  };
}

export function CheckButton({ check }: { check: Check }): ReactNode {
  const t = useT();
  return (
    <Button onClick={check.run} aria-busy={check.isRunning} disabledFocusable={check.isRunning} icon={check.isRunning ? <Spinner size="tiny" /> : undefined}>
      {t('flow.check')}
    </Button>
  );
}

export function FindingsList({ flow, findings, check, open }: { flow: FlowInput; findings: readonly Finding[]; check: Check; open: (index: number, path: string) => void }): ReactNode {
  const t = useT();
  const say = useProblemText();
  const nameOf = (index: number): string => flow.nodes[index]?.id || t('flow.unnamed', { number: index + 1 });
  return (
    <>
      {check.error ? (
        <p className={admin.error} role="alert">
          {t('flow.check.failed')} {say(check.error)}
        </p>
      ) : null}
      {findings.length === 0 ? null : (
        <section className={css.findings} aria-label={t('flow.findings')}>
          <p>{t('flow.problems', { count: findings.length })}</p>
          <ul>
            {findings.map(({ level, index, path, text }) => (
              <li key={`${index}|${path}|${text}`} data-level={level}>
                <Shape shape={level === 'error' ? 'octagon' : 'triangle'} color={level === 'error' ? td.tdLevelAct : td.tdLevelWatch} size={12} />
                <span>
                  <span className={css.level}>{t(level === 'error' ? 'flow.level.error' : 'flow.level.warning')}</span>{' '}
                  {index < 0 ? (
                    text
                  ) : (
                    <button type="button" onClick={() => open(index, path)}>
                      <bdi>{nameOf(index)}</bdi>
                      {': '}
                      <bdi>{text}</bdi>
                    </button>
                  )}
                </span>
              </li>
            ))}
          </ul>
          {check.isOld ? <p className={css.keys}>{t('flow.check.old')}</p> : null}
        </section>
      )}
      {findings.length === 0 && check.checked !== null && !check.isOld && check.error === null ? (
        <p className={css.clean}>
          <Shape shape="circle" color={td.tdLevelOk} size={12} />
          {t('flow.check.clean')}
        </p>
      ) : null}
    </>
  );
}
