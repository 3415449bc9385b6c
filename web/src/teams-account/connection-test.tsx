// The test of the connection, step by step, with the two exact messages of old (B-070 to B-072) and what each means.
import { Button, MessageBar, MessageBarBody, MessageBarTitle, Spinner } from '@fluentui/react-components';
import { useMutation } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { testConnection, type ConnectionTest, type TestStep } from '../api/teams-account';
import { announce } from '../app/announcer';
import { useSession } from '../app/session';
import { td } from '../app/theme';
import { useT } from '../i18n/t';
import { Shape, type ShapeName } from '../ui/shapes';
import { useProblemText } from '../ui/states';
import { Ltr } from '../ui/time';
import { INCOMPLETE, isTestable, NO_TOKEN } from './account';
import type { Editing } from './page';
import css from './teams-account.module.css';

const OUTCOME_SHAPE: Record<TestStep['outcome'], { shape: ShapeName; color: string }> = {
  passed: { shape: 'circle', color: td.tdLevelOk },
  failed: { shape: 'octagon', color: td.tdLevelAct },
  skipped: { shape: 'ring', color: td.tdStateOffline },
};

export function ConnectionTestPart({ editing: { form, stored } }: { editing: Editing }): ReactNode {
  const t = useT();
  const say = useProblemText();
  const { center } = useSession();
  const test = useMutation({
    // What is only typed is no credential yet: nothing is asked of Microsoft then.
    mutationFn: async (): Promise<ConnectionTest> => (isTestable(stored, form.input) ? testConnection(center) : { message: INCOMPLETE, steps: [] }),
    onSuccess: ({ message }) => announce(message === 'ok' ? t('teamsAccount.test.ok') : message, message === 'ok' ? 'polite' : 'assertive'),
  });
  const busy = test.isPending;
  return (
    <div className={css.test}>
      <div>
        <Button aria-busy={busy} disabledFocusable={busy} icon={busy ? <Spinner size="tiny" aria-hidden /> : undefined} onClick={() => test.mutate()}>
          {t('teamsAccount.test')}
        </Button>
      </div>
      {test.error ? (
        <MessageBar intent="error" layout="multiline" role="alert">
          <MessageBarBody>{say(test.error)}</MessageBarBody>
        </MessageBar>
      ) : null}
      {test.data && !busy ? <Result test={test.data} /> : null}
    </div>
  );
}

function Result({ test: { message, steps } }: { test: ConnectionTest }): ReactNode {
  const t = useT();
  const isOk = message === 'ok';
  const help = message === NO_TOKEN ? t('teamsAccount.test.noToken') : message === INCOMPLETE ? t('teamsAccount.test.incomplete') : '';
  return (
    <>
      <MessageBar intent={isOk ? 'success' : 'error'} layout="multiline" role={isOk ? 'status' : 'alert'}>
        <MessageBarBody>
          <MessageBarTitle>{isOk ? t('teamsAccount.test.ok') : message}</MessageBarTitle>
          {help === '' ? null : <p>{help}</p>}
        </MessageBarBody>
      </MessageBar>
      {steps.length > 0 ? (
        <ol className={css.steps} aria-label={t('teamsAccount.test.steps')}>
          {steps.map((step) => (
            <Step key={step.step} step={step} />
          ))}
        </ol>
      ) : null}
    </>
  );
}

function Step({ step }: { step: TestStep }): ReactNode {
  const t = useT();
  const { step: name, outcome, took_ms, code, explanation, permission } = step;
  return (
    <li>
      <Shape {...OUTCOME_SHAPE[outcome]} size={14} />
      <div>
        <div className={css.stepHead}>
          <b>{t(`teamsAccount.step.${name}`)}</b> <span>{t(`teamsAccount.outcome.${outcome}`)}</span>
          {outcome === 'skipped' ? null : <span>{t('teamsAccount.test.took', { ms: took_ms })}</span>}
        </div>
        {explanation === null ? null : <p>{t(`teamsAccount.explanation.${explanation}`)}</p>}
        {code ? (
          <p>
            {t('teamsAccount.test.code')} <Ltr>{code}</Ltr>
          </p>
        ) : null}
        {permission ? (
          <p>
            {t(outcome === 'passed' ? 'teamsAccount.test.permission.used' : 'teamsAccount.test.permission')} <Ltr>{permission}</Ltr>
          </p>
        ) : null}
      </div>
    </li>
  );
}
