// The states that every page has: loading, empty, error, forbidden, not found.
import { Button } from '@fluentui/react-components';
import { ErrorCircleRegular } from '@fluentui/react-icons/svg/error-circle';
import { LockClosedRegular } from '@fluentui/react-icons/svg/lock-closed';
import { SearchRegular } from '@fluentui/react-icons/svg/search';
import type { ReactNode } from 'react';
import { useNavigate } from 'react-router';
import { ApiError } from '../api/client';
import { useMaybeT, useT, type MessageId } from '../i18n/t';
import { useAfter } from '../live/hooks';
import css from './states.module.css';

/** What went wrong, in user words: our text for the code if we have one, else the server's. */
export function useProblemText(): (error: unknown) => string {
  const t = useT();
  const maybe = useMaybeT();
  return (error) => {
    if (!(error instanceof ApiError)) return t('problem.unexpected');
    const { code, detail, title } = error.problem;
    const said = detail || title;
    return maybe(`problem.${code ?? ''}`, said ? said.charAt(0).toUpperCase() + said.slice(1) : t('problem.unexpected'));
  };
}

function Centered({ icon, title, children }: { icon?: ReactNode; title: string; children?: ReactNode }): ReactNode {
  return (
    <div className={css.center}>
      {icon ? <div className={css.icon}>{icon}</div> : null}
      <h2 className={css.title}>{title}</h2>
      {children}
    </div>
  );
}

export function Empty({
  icon,
  title,
  text,
  action,
}: {
  icon?: ReactNode;
  title: string;
  text?: string;
  action?: ReactNode;
}): ReactNode {
  return (
    <Centered icon={icon} title={title}>
      {text ? <p className={css.text}>{text}</p> : null}
      {action ? <div className={css.actions}>{action}</div> : null}
    </Centered>
  );
}

export function Failed({ error, retry }: { error: unknown; retry?: () => void }): ReactNode {
  const t = useT();
  const text = useProblemText();
  const refusal = error instanceof ApiError ? REFUSALS.find((code) => code === error.code) : undefined;
  if (refusal) return <Refused code={refusal} />;
  if (error instanceof ApiError && error.status === 403) return <Forbidden detail={error.problem.detail} />;
  if (error instanceof ApiError && error.status === 404) return <NotFound />;
  const trace = error instanceof ApiError ? error.problem.trace_id : undefined;
  return (
    <div role="alert">
      <Centered icon={<ErrorCircleRegular />} title={t('state.error.title')}>
        <p className={css.text}>{text(error)}</p>
        {trace ? <p className={css.trace}>{t('state.error.trace', { trace })}</p> : null}
        {retry ? (
          <div className={css.actions}>
            <Button appearance="primary" onClick={retry}>
              {t('state.error.retry')}
            </Button>
          </div>
        ) : null}
      </Centered>
    </div>
  );
}

export function Forbidden({ detail }: { detail?: string }): ReactNode {
  const t = useT();
  const navigate = useNavigate();
  return (
    <Centered icon={<LockClosedRegular />} title={t('state.forbidden.title')}>
      <p className={css.text}>{detail || t('state.forbidden.text')}</p>
      <div className={css.actions}>
        <Button onClick={() => void navigate('/')}>{t('state.home')}</Button>
      </div>
    </Centered>
  );
}

/** Refusals of what a role would allow, with who or what can change that. */
const REFUSALS = ['out_of_scope', 'viewing_only', 'team_figures'] as const;
const SAID: Record<(typeof REFUSALS)[number], readonly [MessageId, MessageId]> = {
  out_of_scope: ['state.outOfScope.title', 'state.outOfScope.text'],
  viewing_only: ['state.viewingOnly.title', 'problem.viewing_only'],
  team_figures: ['state.teamFigures.title', 'problem.team_figures'],
};

function Refused({ code }: { code: (typeof REFUSALS)[number] }): ReactNode {
  const t = useT();
  const navigate = useNavigate();
  const [title, text] = SAID[code];
  return (
    <Centered icon={<LockClosedRegular />} title={t(title)}>
      <p className={css.text}>{t(text)}</p>
      <div className={css.actions}>
        <Button onClick={() => void navigate('/')}>{t('state.home')}</Button>
      </div>
    </Centered>
  );
}

export function NotFound(): ReactNode {
  const t = useT();
  const navigate = useNavigate();
  return (
    <Centered icon={<SearchRegular />} title={t('state.notFound.title')}>
      <p className={css.text}>{t('state.notFound.text')}</p>
      <div className={css.actions}>
        <Button appearance="primary" onClick={() => void navigate('/')}>
          {t('state.home')}
        </Button>
      </div>
    </Centered>
  );
}

/** Bones with about the dimensions of the page to come; not shown before 200 ms. */
export function Loading({ rows = [48, 180, 320] }: { rows?: number[] }): ReactNode {
  const t = useT();
  const show = useAfter(200);
  return (
    <div className={css.skeleton} role="status" aria-label={t('state.loading')}>
      {show ? rows.map((height, i) => <div key={i} className={css.bone} style={{ blockSize: height }} />) : null}
    </div>
  );
}
