// System health: how things are in one sentence, what needs attention with what to do, the rest in a list.
import { Button, MessageBar, MessageBarBody, Spinner } from '@fluentui/react-components';
import { CallCheckmarkRegular } from '@fluentui/react-icons/svg/call-checkmark';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useId, useRef, useState, type CSSProperties, type ReactNode } from 'react';
import admin from '../admin/admin.module.css';
import { AdminFrame } from '../admin/frame';
import { api, ask } from '../api/client';
import type { HealthCheck, Level, SystemHealth } from '../api/contract';
import { announce } from '../app/announcer';
import { useSession } from '../app/session';
import { td } from '../app/theme';
import { useTitle } from '../app/title';
import '../i18n/health';
import { useT } from '../i18n/t';
import { useFreshness, useServerNow, useTopic } from '../live/hooks';
import { LOST_AFTER_MS } from '../live/reducer';
import { clockTime, spanSince } from '../ui/durations';
import { LEVEL_SHAPE, LevelShape, Shape } from '../ui/shapes';
import { Failed, Loading, useProblemText } from '../ui/states';
import { At, Ltr } from '../ui/time';
import { headline, newest, sorted } from './checks';
import css from './page.module.css';
import { useHealthWords } from './words';

/** The live topic is silent while only figures change: they are fetched. */
const FIGURES_EVERY_MS = 10_000;

export function Page(): ReactNode {
  return (
    <AdminFrame>
      <Health />
    </AdminFrame>
  );
}

function Health(): ReactNode {
  const t = useT();
  const title = t('admin.health.title');
  useTitle(title);
  const { center, may } = useSession();
  const live = useTopic('health');
  const fresh = useFreshness();
  const asked = useQuery({
    queryKey: ['system-health', center],
    queryFn: () => ask(api.GET('/{center}/system-health', { params: { path: { center } } })),
    refetchInterval: FIGURES_EVERY_MS,
  });
  const [opened] = useState(Date.now);
  // The age of an answer is judged anew with every second.
  useServerNow();
  const health = newest(live, asked.data);
  if (!health && asked.isError) return <Failed error={asked.error} retry={() => void asked.refetch()} />;
  if (!health) return <Loading rows={[32, 72, 220, 280]} />;
  // Neither way has brought word for a minute: what is shown may long be otherwise.
  const isUnknown = fresh !== 'live' && Date.now() - Math.max(asked.dataUpdatedAt, opened) > LOST_AFTER_MS;
  const { attention, inOrder } = sorted(health);
  return (
    <>
      <div className={admin.head}>
        <h1>{title}</h1>
      </div>
      <p className={admin.about}>
        {t('admin.health.about')} {may('operate') ? null : t('health.reconcile.who')}
      </p>
      <Headline health={health} isUnknown={isUnknown} />
      {may('operate') ? <Reconciliation /> : null}
      <div className={css.findings} data-known={!isUnknown}>
        {attention.length > 0 ? <Attention checks={attention} /> : null}
        {inOrder.length > 0 ? <InOrder checks={inOrder} /> : null}
      </div>
    </>
  );
}

function stripe(color: string): CSSProperties {
  const style: CSSProperties & Record<'--stripe', string> = { '--stripe': color };
  return style;
}

/** A moment with how long that is now. */
function useSinceText(): (since: string) => string {
  const t = useT();
  const now = useServerNow();
  const { figures } = useHealthWords();
  return (since) => `\u2068${t('health.sinceFor', { moment: figures.moment(since, now), span: figures.span(spanSince(since, now)) })}\u2069`;
}

function Headline({ health, isUnknown }: { health: SystemHealth; isUnknown: boolean }): ReactNode {
  const t = useT();
  const { zone } = useSession();
  const sinceText = useSinceText();
  const { level, since, n_act, n_watch } = headline(health);
  const at = `\u2068${clockTime(health.as_of, zone, true)}\u2069`;
  const text = isUnknown
    ? t('health.headline.unknown', { at })
    : t(`health.headline.${level}`, { since: since === null ? 'none' : sinceText(since), act: n_act, watch: n_watch });
  const state = isUnknown ? 'unknown' : level;
  useNews(state, text);
  const { shape, color } = isUnknown ? ({ shape: 'ring', color: td.tdStateOffline } as const) : LEVEL_SHAPE[level];
  return (
    <section className={`${admin.card} ${css.headline}`} style={stripe(color)} data-level={state} aria-label={t('admin.health.title')}>
      <Shape shape={shape} color={color} size={28} />
      <div>
        <p className={css.sentence}>{text}</p>
        {isUnknown ? null : <p className={css.quiet}>{t('health.asOf', { at })}</p>}
      </div>
    </section>
  );
}

/** Says when it became better or worse while the page is open; what must be done now is said by the alarm. */
function useNews(state: Level | 'unknown', text: string): void {
  const before = useRef(state);
  useEffect(() => {
    if (before.current !== state && state !== 'act') announce(text);
    before.current = state;
  }, [state]); // eslint-disable-line
}

function Attention({ checks }: { checks: HealthCheck[] }): ReactNode {
  const t = useT();
  const id = useId();
  return (
    <section className={css.attention} aria-labelledby={id}>
      <h2 id={id}>{t('health.attention')}</h2>
      {checks.map((check) => (
        <Finding key={check.id} check={check} />
      ))}
    </section>
  );
}

function Finding({ check }: { check: HealthCheck }): ReactNode {
  const t = useT();
  const id = useId();
  const words = useHealthWords();
  const steps = words.steps(check);
  const detail = words.detail(check);
  return (
    <article
      className={`${admin.card} ${css.finding}`}
      style={stripe(LEVEL_SHAPE[check.level].color)}
      data-check={check.id}
      data-level={check.level}
      aria-labelledby={id}
    >
      <div className={css.found}>
        <div className={css.findingHead}>
          <h3 id={id}>{words.name(check)}</h3>
          <span className={css.level}>
            <LevelShape level={check.level} size={16} />
            {t(`health.level.${check.level}`)}
          </span>
        </div>
        <p className={css.what}>
          <What check={check} />
        </p>
        <Since check={check} />
        {detail === null ? null : (
          <p className={css.quiet}>
            {t('health.detail')} <Ltr>{<code className={css.code}>{detail}</code>}</Ltr>
          </p>
        )}
      </div>
      {steps.length > 0 ? (
        <div className={css.todo}>
          <h4>{t('health.do')}</h4>
          {steps.length === 1 ? (
            <p>{steps[0]}</p>
          ) : (
            <ol>
              {steps.map((step) => (
                <li key={step}>{step}</li>
              ))}
            </ol>
          )}
        </div>
      ) : null}
    </article>
  );
}

function What({ check }: { check: HealthCheck }): ReactNode {
  return useHealthWords().what(check, useServerNow());
}

function Since({ check }: { check: HealthCheck }): ReactNode {
  const t = useT();
  const sinceText = useSinceText();
  if (check.since == null) return null;
  return (
    <p className={css.quiet}>
      <time dateTime={check.since}>{t('health.since', { since: sinceText(check.since) })}</time>
    </p>
  );
}

function InOrder({ checks }: { checks: HealthCheck[] }): ReactNode {
  const t = useT();
  const id = useId();
  const words = useHealthWords();
  return (
    <section className={admin.card} aria-labelledby={id}>
      <h2 id={id}>{t('health.inOrder')}</h2>
      <ul className={css.inOrder}>
        {checks.map((check) => (
          <li key={check.id} data-check={check.id} data-level={check.level}>
            <LevelShape level={check.level} size={12} />
            <b>{words.name(check)}</b>
            <span>
              <What check={check} />
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Reconciliation(): ReactNode {
  const t = useT();
  const id = useId();
  const say = useProblemText();
  const client = useQueryClient();
  const { center, zone } = useSession();
  const start = useMutation({
    mutationFn: () => ask(api.POST('/{center}/reconciliations', { params: { path: { center } } })),
    onSuccess: () => void client.invalidateQueries({ queryKey: ['system-health', center] }),
  });
  return (
    <div className={css.reconcile}>
      <Button
        aria-describedby={id}
        aria-busy={start.isPending}
        disabledFocusable={start.isPending}
        icon={start.isPending ? <Spinner size="tiny" /> : <CallCheckmarkRegular />}
        onClick={() => start.mutate()}
      >
        {t('health.reconcile.start')}
      </Button>
      <p id={id} className={css.hint}>
        {t('health.reconcile.about')}
      </p>
      {/* Always there: a live region that comes with its text is not spoken everywhere. */}
      <div role="status" className={css.result}>
        {start.isPending ? t('health.reconcile.busy') : null}
        {start.isSuccess ? (
          <>
            <At at={new Date(start.submittedAt).toISOString()} zone={zone} seconds /> {t('health.reconcile.asked', { asked: start.data.asked })}
          </>
        ) : null}
      </div>
      {start.isError ? (
        <MessageBar intent="error" layout="multiline" role="alert">
          <MessageBarBody>{say(start.error)}</MessageBarBody>
        </MessageBar>
      ) : null}
    </div>
  );
}
