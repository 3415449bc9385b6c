// Where a contact would go that joined the queue now, at each step of its plan, and why not to a certain agent.
import { Button, Select } from '@fluentui/react-components';
import { useQuery } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { api, ask } from '../api/client';
import type { Queue } from '../api/contract';
import { useSession } from '../app/session';
import { useMaybeT, useT } from '../i18n/t';
import { Failed, Loading } from '../ui/states';
import type { Able } from './gap';
import { askAt, strategyAt } from './plan';
import css from './queue.module.css';
import { useAskWords } from './words';

export function WouldGo({ queue, agents }: { queue: Queue; agents: readonly Able[] }): ReactNode {
  const t = useT();
  const words = useAskWords();
  const { center } = useSession();
  const [agent, setAgent] = useState<number | null>(null);
  const would = useQuery({
    queryKey: ['would', center, queue.id, queue.version, agent],
    queryFn: () => ask(api.GET('/{center}/queues/{id}/would', { params: { path: { center, id: queue.id }, query: agent === null ? {} : { agent_id: agent } } })),
  });
  return (
    <>
      <div className={css.filters}>
        <Select size="small" aria-label={t('queue.would.agent')} value={agent === null ? '' : String(agent)} onChange={(_, data) => setAgent(data.value === '' ? null : Number(data.value))}>
          <option value="">{t('queue.would.agent.none')}</option>
          {agents.map(({ id, name }) => (
            <option key={id} value={id}>
              {t('queue.would.agent.why', { name })}
            </option>
          ))}
        </Select>
        <Button size="small" onClick={() => void would.refetch()}>
          {t('queue.would.again')}
        </Button>
      </div>
      {would.isPending ? <Loading rows={[60]} /> : null}
      {would.isError ? <Failed error={would.error} retry={() => void would.refetch()} /> : null}
      {would.data ? (
        <ol className={css.steps}>
          {would.data.steps.map((step) => (
            <li key={step.decision.plan_step}>
              <p className={css.caption}>
                {t('queue.would.step', { after: words.span(step.after_s), who: words.who(askAt(queue, step.decision.plan_step)) })}
              </p>
              <Explained step={step} rule={t(`strategy.${strategyAt(queue, step.decision.plan_step)}`)} />
            </li>
          ))}
        </ol>
      ) : null}
    </>
  );
}

type Step = Awaited<ReturnType<typeof asked>>['steps'][number];
/** Names the type of an answer. */
const asked = (center: string, id: number) => ask(api.GET('/{center}/queues/{id}/would', { params: { path: { center, id } } }));

function Explained({ step: { decision, agent }, rule }: { step: Step; rule: string }): ReactNode {
  const t = useT();
  const maybe = useMaybeT();
  const next = decision.next.map(({ name }) => name).join(', ');
  const excluded = decision.excluded.map(({ reason, count }) => maybe(`excluded.${reason}`, `${count} ${reason.replaceAll('_', ' ')}`, { count })).join(', ');
  const why = agent?.excluded;
  return (
    <>
      <p>
        {decision.chosen ? t('queue.would.chosen', { name: decision.chosen.name, rule, count: decision.considered }) : t('queue.would.nobody')}
        {next === '' ? null : ` ${t('decisions.next', { names: next })}`}
      </p>
      {excluded === '' ? null : <p className={css.caption}>{t('decisions.excluded', { groups: excluded })}</p>}
      {agent ? <p>{why ? t('queue.would.not', { name: agent.name, why: maybe(`queue.would.why.${why}`, why.replaceAll('_', ' ')) }) : t('queue.would.considered', { name: agent.name })}</p> : null}
    </>
  );
}
