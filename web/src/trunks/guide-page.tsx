// The set-up guide for calls by trunks, for both ways: each step with what can be seen of it now, what to do where something is missing, and
// what Teams is told, to copy. What Tandem cannot see it says so of.
import { Button, Field, MessageBar, MessageBarBody, MessageBarTitle, Select } from '@fluentui/react-components';
import { CopyRegular } from '@fluentui/react-icons/svg/copy';
import { useId, type ReactNode } from 'react';
import { Link, useSearchParams } from 'react-router';
import admin from '../admin/admin.module.css';
import { sentence } from '../admin/field-errors';
import { AdminFrame } from '../admin/frame';
import { useList } from '../admin/settings';
import type { Trunk } from '../api/trunks';
import { td } from '../app/theme';
import { useTitle } from '../app/title';
import { useT } from '../i18n/t';
import { Choices } from '../ui/choices';
import { useCopy } from '../ui/copy';
import { Shape, type ShapeName } from '../ui/shapes';
import { Failed, Loading } from '../ui/states';
import { configuration, emergencyCommands, gatewayCommands, KIND_OF, nextOf, routingCommands, stepsOf, trunkOfWay, WAYS, type Facts, type Progress, type Step, type Way } from './guide';
import { aboutId } from './guide-words';
import { Hosts, Unsupported } from './parts';
import css from './trunks.module.css';
import { useTrunkHealth, useTrunks } from './use-trunks';

export function Page(): ReactNode {
  return (
    <AdminFrame>
      <Guide />
    </AdminFrame>
  );
}

const PROGRESS_SHAPE: Record<Progress, { shape: ShapeName; color: string }> = {
  done: { shape: 'circle', color: td.tdLevelOk },
  watch: { shape: 'triangle', color: td.tdLevelWatch },
  open: { shape: 'octagon', color: td.tdLevelAct },
  waits: { shape: 'ring', color: td.tdStateOffline },
  unseen: { shape: 'diamond', color: td.tdStateWrapUp },
};

function Guide(): ReactNode {
  const t = useT();
  const title = t('trunks.guide');
  useTitle(title);
  const trunks = useTrunks();
  const health = useTrunkHealth();
  const endpoints = useList('endpoints');
  const agents = useList('agents');
  const failed = [trunks, health, endpoints, agents].find((it) => it.isError);
  return (
    <>
      <nav className={admin.crumb} aria-label={t('admin.crumb')}>
        <Link to="/admin/trunks">{t('admin.trunks.title')}</Link>
        <span aria-hidden="true">{'/'}</span>
        <span aria-current="page">{title}</span>
      </nav>
      <div className={admin.head}>
        <h1>{title}</h1>
      </div>
      <p className={admin.about}>{t('trunks.guide.about')}</p>
      {trunks.data && health.data && endpoints.data && agents.data ? (
        <Steps facts={{ trunks: trunks.data, health: health.data, endpoints: endpoints.data.items, agents: agents.data.items }} />
      ) : failed ? (
        <Failed error={failed.error} retry={() => void failed.refetch()} />
      ) : (
        <Loading rows={[64, 120, 120, 120]} />
      )}
    </>
  );
}

function Steps({ facts }: { facts: Facts }): ReactNode {
  const t = useT();
  const id = useId();
  const [query, ask] = useSearchParams();
  const way = WAYS.find((it) => it === query.get('way')) ?? (facts.trunks.some((it) => it.kind === 'teams') ? 'direct' : 'sbc');
  const trunk = trunkOfWay(way, facts.trunks, Number(query.get('trunk')) || null);
  const all = facts.trunks.filter((it) => it.kind === KIND_OF[way]);
  const steps = stepsOf(way, trunk, facts);
  const next = nextOf(steps);
  const done = steps.filter(({ progress }) => progress === 'done').length;
  return (
    <>
      <div className={css.choose}>
        <Choices label={t('trunks.way')} choices={WAYS} value={way} text={(it) => t(`trunks.way.${it}`)} choose={(it) => ask({ way: it }, { replace: true })} />
        {all.length > 1 ? (
          <Field label={t('trunks.trunk')}>
            <Select value={String(trunk?.id ?? 0)} onChange={(_, data) => ask({ way, trunk: data.value }, { replace: true })}>
              {all.map((it) => (
                <option key={it.id} value={it.id}>
                  {it.name}
                </option>
              ))}
            </Select>
          </Field>
        ) : null}
      </div>
      <p className={admin.about}>{t(`trunks.way.${way}.about`)}</p>
      {way === 'direct' ? (
        <MessageBar intent="warning" layout="multiline">
          <MessageBarBody>
            <MessageBarTitle>
              <Unsupported />
            </MessageBarTitle>
            {t('trunks.unsupported.text')}
          </MessageBarBody>
        </MessageBar>
      ) : null}
      <p className={css.summary} role="status">
        <Shape {...PROGRESS_SHAPE[next?.progress ?? 'done']} size={16} />
        {next ? t('trunks.guide.next', { step: t(`trunks.step.${next.step}`), done, of: steps.length }) : t('trunks.guide.whole', { done, of: steps.length })}
      </p>
      <ol className={css.steps} aria-label={t('trunks.guide.steps')}>
        {steps.map((step, i) => (
          <li key={step.step} className={`${admin.card} ${css.step}`} data-progress={step.progress} aria-labelledby={`${id}-${i}`}>
            <Shape {...PROGRESS_SHAPE[step.progress]} size={16} />
            <div>
              <div className={css.stepHead}>
                <h2 id={`${id}-${i}`}>{t('trunks.guide.step', { n: i + 1, step: t(`trunks.step.${step.step}`) })}</h2>
                <span className={css.progress}>{t(`trunks.progress.${step.progress}`)}</span>
              </div>
              <p className={css.found}>{foundText(t, step)}</p>
              <p className={css.text}>{t(aboutId(way, step.step))}</p>
              <Doing step={step} way={way} trunk={trunk} facts={facts} />
            </div>
          </li>
        ))}
      </ol>
    </>
  );
}

function foundText(t: ReturnType<typeof useT>, { finding, values }: Step): string {
  const { advice } = values;
  return t(`trunks.found.${finding}`, advice === undefined ? values : { ...values, advice: sentence(String(advice)) });
}

/** Where it is done, and what to copy. */
function Doing({ step: { step, progress }, way, trunk, facts }: { step: Step; way: Way; trunk: Trunk | undefined; facts: Facts }): ReactNode {
  const t = useT();
  const to = (path: string, text: string): ReactNode => (
    <p className={css.do}>
      <Link to={path}>{text}</Link>
    </p>
  );
  const health = facts.health.find((it) => it.trunk_id === trunk?.id);
  const page = `/admin/trunks/${trunk?.id ?? 'new'}`;
  switch (step) {
    case 'listener':
      return progress === 'done' ? null : <Commands what={t('trunks.copy.configuration')} text={configuration(way, trunk?.own_name ?? null)} />;
    case 'trunk':
      return trunk ? to(page, t('trunks.do.trunk')) : to(`/admin/trunks/new?kind=${KIND_OF[way]}`, t('trunks.do.newTrunk'));
    case 'emergency':
      return progress === 'open' ? to('/admin/trunks/new?kind=carrier', t('trunks.emergency.makeCarrier')) : <Emergency trunk={trunk} />;
    case 'sources':
    case 'secret':
    case 'numbers':
      return trunk && progress !== 'done' ? to(page, t('trunks.do.trunk')) : null;
    case 'outgoing':
      return trunk && health && health.hosts.length > 0 && progress !== 'done' ? <Hosts hosts={health.hosts} isProbed={trunk.is_probed} /> : null;
    case 'gateway':
      return trunk ? <Commands what={t('trunks.copy.gateway')} text={gatewayCommands(trunk)} /> : null;
    case 'routing':
      return trunk ? <Commands what={t('trunks.copy.routing')} text={routingCommands(trunk, facts.agents)} /> : null;
    case 'flow':
      return progress === 'waits' ? null : to(`/admin/endpoints/new${trunk?.numbers[0] && progress === 'open' ? `?number=${encodeURIComponent(trunk.numbers[0].first)}` : ''}`, t('trunks.do.flow'));
    case 'agents':
      return to('/admin/agents', t('trunks.do.agents'));
    case 'name':
    case 'certificate':
    case 'peer':
    case 'incoming':
    case 'help':
    case 'call':
      return null;
  }
}

function Emergency({ trunk }: { trunk: Trunk | undefined }): ReactNode {
  const t = useT();
  const text = trunk ? emergencyCommands(trunk) : null;
  return text === null ? null : <Commands what={t('trunks.copy.emergency')} text={text} />;
}

function Commands({ what, text }: { what: string; text: string }): ReactNode {
  const t = useT();
  const id = useId();
  const [isCopied, copy] = useCopy();
  return (
    <figure className={css.commands} aria-labelledby={id}>
      <figcaption id={id}>{what}</figcaption>
      <pre dir="ltr" tabIndex={0}>
        {text}
      </pre>
      <Button size="small" icon={<CopyRegular />} aria-label={t('trunks.copy', { what, is: isCopied ? 'copied' : 'not' })} onClick={() => copy(text)}>
        {t(isCopied ? 'action.copied' : 'action.copy')}
      </Button>
    </figure>
  );
}
