// The skills that a queue asks for and who has them, and the agents who could serve it, step by step.
import { Select } from '@fluentui/react-components';
import { useState, type ReactNode } from 'react';
import type { BoardAgent, Queue } from '../api/contract';
import { td } from '../app/theme';
import { useStateName } from '../desk/agent-bar';
import { useT } from '../i18n/t';
import { nameOf } from '../supervise/parts';
import { LevelShape, Shape, StateShape } from '../ui/shapes';
import { Empty } from '../ui/states';
import { Elapsed } from '../ui/time';
import { gaps, servers, type Able, type Gap, type Server } from './gap';
import { askAt } from './plan';
import css from './queue.module.css';
import { useAskWords } from './words';

interface Props {
  queue: Queue;
  agents: readonly Able[];
  board: readonly BoardAgent[];
}

export function SkillGaps({ queue, agents, board }: Props): ReactNode {
  const t = useT();
  const words = useAskWords();
  const found = gaps(queue, agents, board);
  if (found.length === 0) return <p className={css.caption}>{t('queue.gap.none')}</p>;
  return (
    <div className={css.scroll} tabIndex={0} role="region" aria-label={t('queue.gap')}>
      <table className={css.table}>
        <thead>
          <tr>
            <th scope="col">{t('queue.gap.skill')}</th>
            <th scope="col" className={css.num}>
              {t('queue.gap.free')}
            </th>
            <th scope="col" className={css.num}>
              {t('queue.gap.signedIn')}
            </th>
            <th scope="col" className={css.num}>
              {t('queue.gap.all')}
            </th>
            <th scope="col">{t('queue.gap.standing')}</th>
          </tr>
        </thead>
        <tbody>
          {found.map((gap) => (
            <tr key={`${gap.skill_id} ${gap.term?.min_level} ${gap.term?.max_level}`}>
              <th scope="row">
                {gap.term ? words.term(gap.term) : words.skill(gap.skill_id)}
                {gap.step > 0 ? <span className={css.note}>{t('queue.gap.step', { step: gap.step })}</span> : null}
              </th>
              <td className={css.num}>{gap.free}</td>
              <td className={css.num}>{gap.signedIn}</td>
              <td className={css.num}>{gap.all}</td>
              <td>
                <Standing gap={gap} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Standing({ gap }: { gap: Gap }): ReactNode {
  const t = useT();
  if (gap.term === null) return t('queue.gap.preferred');
  const level = gap.signedIn === 0 ? 'act' : gap.free === 0 ? 'watch' : 'ok';
  const text = gap.all === 0 ? t('queue.gap.nobody') : gap.signedIn === 0 ? t('queue.gap.notHere') : gap.free === 0 ? t('queue.gap.busy') : t('queue.gap.there');
  return (
    <span className={css.standing}>
      {level === 'ok' ? <Shape shape="circle" color={td.tdLevelOk} size={12} /> : <LevelShape level={level} size={14} />}
      {text}
    </span>
  );
}

/** More than this is of no use to the eye. */
const SHOWN = 60;

export function Servers({ queue, agents, board }: Props): ReactNode {
  const t = useT();
  const words = useAskWords();
  const [chosen, setStep] = useState(0);
  const all = servers(queue, agents, board);
  const step = Math.min(chosen, all.length - 1);
  const list = all[step]?.list ?? [];
  const here = list.filter(({ now }) => now !== undefined && now.state !== 'signed_out');
  const away = list.length - here.length;
  return (
    <>
      <div className={css.filters}>
        <p>{words.who(askAt(queue, step))}</p>
        {all.length > 1 ? (
          <Select size="small" aria-label={t('queue.servers.step')} value={String(step)} onChange={(_, data) => setStep(Number(data.value))}>
            {all.map(({ counts }, i) => (
              <option key={i} value={i}>
                {t('queue.servers.option', { step: i, free: counts.free, signedIn: counts.signedIn })}
              </option>
            ))}
          </Select>
        ) : null}
      </div>
      {here.length === 0 ? (
        <Empty title={t('queue.servers.none')} text={t('queue.servers.none.text', { away })} />
      ) : (
        <ul className={css.agents}>
          {here.slice(0, SHOWN).map((server) => (
            <ServerCard key={server.id} server={server} />
          ))}
        </ul>
      )}
      {here.length > SHOWN ? <p className={css.caption}>{t('board.grid.more', { count: here.length - SHOWN })}</p> : null}
      {here.length > 0 && away > 0 ? <p className={css.caption}>{t('queue.servers.away', { away })}</p> : null}
    </>
  );
}

function ServerCard({ server: { name, now, skills } }: { server: Server }): ReactNode {
  const words = useAskWords();
  const state = useStateName();
  if (!now) return null;
  const reason = nameOf(now.reason);
  const queue = nameOf(now.queue);
  return (
    <li className={css.agent}>
      <StateShape state={now.state} size={14} />
      <span className={css.name}>{name}</span>
      <Elapsed since={now.since} />
      <span className={css.sub}>
        {state(now.state, reason ? { label: reason } : null)}
        {queue ? ` · ${queue}` : ''}
      </span>
      <span className={css.sub}>{skills.map((it) => words.term({ skill_id: it.skill_id, min_level: it.level, max_level: it.level })).join(', ')}</span>
    </li>
  );
}
