// Every recording that is kept against its fingerprint and its place in the chain: asked for, watched, and what it found.
import { Button, MessageBar, MessageBarBody, Spinner } from '@fluentui/react-components';
import { ShieldCheckmarkRegular } from '@fluentui/react-icons/svg/shield-checkmark';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, type ReactNode } from 'react';
import { useIntl } from 'react-intl';
import { verifyAll } from '../api/recordings';
import { announce } from '../app/announcer';
import { useSession } from '../app/session';
import { td } from '../app/theme';
import '../i18n/past';
import { useMaybeT, useT } from '../i18n/t';
import { isolated } from '../ui/durations';
import { figuresOf } from '../ui/figures';
import { Shape } from '../ui/shapes';
import { useProblemText } from '../ui/states';
import css from './player.module.css';
import { useVerification } from './verification';

export function Verify(): ReactNode {
  const t = useT();
  const maybe = useMaybeT();
  const intl = useIntl();
  const say = useProblemText();
  const client = useQueryClient();
  const { center, zone, may } = useSession();
  const { data, error } = useVerification();
  const starting = useMutation({ mutationFn: () => verifyAll(center), onSuccess: () => client.invalidateQueries({ queryKey: ['verification', center] }) });
  const isRunning = data?.state === 'running';
  const wasRunning = useRef(false);
  const nFaults = data?.faults.length ?? 0;
  useEffect(() => {
    if (wasRunning.current && data?.state === 'done') announce(t(nFaults === 0 ? 'verify.good.said' : 'verify.bad', { n: nFaults, checked: data.checked }));
    wasRunning.current = isRunning;
  }, [data, isRunning, nFaults, t]);
  const trouble = starting.error ?? error;
  const when = data?.at ? figuresOf(intl, zone).moment(data.at) : '';
  return (
    <section className={css.card} aria-label={t('verify.title')}>
      <div className={css.head}>
        <div>
          <h2>{t('verify.title')}</h2>
          <p>{t('verify.about')}</p>
        </div>
        {may('verify_recordings') ? (
          <Button
            icon={isRunning || starting.isPending ? <Spinner size="tiny" /> : <ShieldCheckmarkRegular />}
            aria-busy={isRunning || starting.isPending}
            disabledFocusable={isRunning || starting.isPending}
            onClick={() => starting.mutate()}
          >
            {t('verify.do')}
          </Button>
        ) : null}
      </div>
      {isRunning && data ? (
        <div className={css.running}>
          <progress className={css.progress} value={data.checked} max={Math.max(1, data.total)} aria-label={t('verify.title')} />
          <p>{t('verify.running', { checked: data.checked, total: data.total })}</p>
        </div>
      ) : null}
      {data?.state === 'failed' ? (
        <p className={css.mark}>
          <Shape shape="triangle" color={td.tdLevelWatch} size={14} />
          {t('verify.failed', { checked: data.checked, total: data.total })}
        </p>
      ) : null}
      {data?.state === 'never' ? <p className={css.hint}>{t('verify.never')}</p> : null}
      {data?.state === 'done' && nFaults === 0 ? (
        <p className={css.mark}>
          <Shape shape="circle" color={td.tdLevelOk} size={14} />
          {t('verify.good', { checked: data.checked, at: when })}
        </p>
      ) : null}
      {data && nFaults > 0 ? (
        <>
          <p className={css.mark}>
            <Shape shape="octagon" color={td.tdLevelAct} size={14} />
            <b>{t('verify.bad', { n: nFaults, checked: data.checked })}</b>
          </p>
          <ul className={css.faults}>
            {data.faults.map((fault) => (
              <li key={`${fault.id}-${fault.what}`}>
                <b>{t('verify.recording', { id: isolated(fault.id) })}</b> {maybe(`verify.fault.${fault.what}`, fault.what)}
                {fault.detail === '' ? null : <bdi>{fault.detail}</bdi>}
              </li>
            ))}
          </ul>
        </>
      ) : null}
      {trouble ? (
        <MessageBar intent="error" layout="multiline" role="alert">
          <MessageBarBody>{say(trouble)}</MessageBarBody>
        </MessageBar>
      ) : null}
    </section>
  );
}
