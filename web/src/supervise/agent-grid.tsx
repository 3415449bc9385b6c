// Every agent with what they do now, and for those who may, a menu that sets it.
import { Select } from '@fluentui/react-components';
import { MoreHorizontalRegular } from '@fluentui/react-icons/svg/more-horizontal';
import { lazy, Suspense, useEffect, useLayoutEffect, useRef, useState, type MouseEvent, type ReactNode } from 'react';
import type { AgentState, BoardAgent } from '../api/contract';
import type { DirectionWord } from '../api/direct';
import { useStateName } from '../desk/agent-bar';
import { useT } from '../i18n/t';
import { OverTime } from '../ui/over-time';
import { PopMenu } from '../ui/pop-menu';
import { StateShape } from '../ui/shapes';
import { Empty } from '../ui/states';
import { Elapsed } from '../ui/time';
import { useMayDirect, type Directing } from './direct-anywhere';
import { movesOf, placed, STATES } from './directing';
import css from './floor.module.css';
import { nameOf } from './parts';
import { PetitionRow } from './petition';

const DirectDialog = lazy(() => import('./direct-dialog'));

/** More cards than this are of no use to the eye: the filter finds the others. */
const SHOWN = 120;
const NOBODY: readonly number[] = [];

export function AgentGrid({ agents }: { agents: BoardAgent[] }): ReactNode {
  const t = useT();
  const [only, setOnly] = useState<AgentState | ''>('');
  const [directing, setDirecting] = useState<Directing | null>(null);
  const cards = useRef<HTMLUListElement>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  const [held, setHeld] = useState(NOBODY);
  const list = placed(agents, only, held);
  const mayDirect = useMayDirect();
  const rescue = (): void => {
    const isLost = document.activeElement === null || document.activeElement === document.body;
    if (isLost) heading.current?.focus({ preventScroll: true });
  };
  // A card that went took the focus with it.
  useLayoutEffect(() => {
    if (held === NOBODY || cards.current?.contains(document.activeElement)) return;
    setHeld(NOBODY);
    rescue();
  }, [agents, held]);
  const isOpen = directing !== null;
  const wasOpen = useRef(false);
  useEffect(() => {
    const isClosed = wasOpen.current && !isOpen;
    wasOpen.current = isOpen;
    // After the dialog has given its focus back, if there is still where to.
    if (isClosed) setTimeout(rescue);
  }, [isOpen]);
  return (
    <section className={css.card}>
      <div className={css.filters}>
        <h2 ref={heading} tabIndex={-1}>
          {t('board.grid')}
        </h2>
        <Select
          size="small"
          aria-label={t('board.grid.filter')}
          value={only}
          onChange={(_, data) => setOnly(data.value as AgentState | '')}
        >
          <option value="">{t('board.grid.signedIn')}</option>
          {STATES.map((state) => (
            <option key={state} value={state}>
              {t(`agent.state.${state}`)}
            </option>
          ))}
        </Select>
      </div>
      {list.length === 0 ? (
        <Empty title={t('board.grid.none')} text={t('board.grid.none.text')} />
      ) : (
        <ul
          ref={cards}
          className={css.agents}
          onFocus={() => held === NOBODY && setHeld(list.map(({ id }) => id))}
          onBlur={(event) => !event.currentTarget.contains(event.relatedTarget) && setHeld(NOBODY)}
        >
          {list.slice(0, SHOWN).map((agent) => (
            <Card key={agent.id} agent={agent} direct={mayDirect ? (to) => setDirecting({ agent, to }) : null} />
          ))}
        </ul>
      )}
      {list.length > SHOWN ? <p className={css.caption}>{t('board.grid.more', { count: list.length - SHOWN })}</p> : null}
      {directing ? (
        <Suspense>
          <DirectDialog
            agent={agents.find(({ id }) => id === directing.agent.id) ?? directing.agent}
            to={directing.to}
            close={() => setDirecting(null)}
          />
        </Suspense>
      ) : null}
    </section>
  );
}

function Card({ agent, direct }: { agent: BoardAgent; direct: ((to: DirectionWord) => void) | null }): ReactNode {
  const t = useT();
  const name = useStateName();
  const queue = nameOf(agent.queue);
  const reason = nameOf(agent.reason);
  const moves = direct ? movesOf(agent.state) : [];
  return (
    <li className={css.agent} data-agent={agent.id} onContextMenu={moves.length > 0 ? openMenu : undefined}>
      <StateShape state={agent.state} size={14} />
      <span className={css.agentName} title={agent.name}>
        {agent.name}
      </span>
      <Elapsed since={agent.since} />
      {direct && moves.length > 0 ? (
        <span className={css.agentMenu}>
          <PopMenu
            label={t('direct.menu', { name: agent.name })}
            appearance="subtle"
            size="small"
            icon={<MoreHorizontalRegular />}
            groups={[
              {
                key: 'states',
                items: moves.map(({ to, isPossible }) => ({
                  key: to,
                  label: t(`direct.menu.${to}`),
                  icon: <StateShape state={to === 'ready' ? 'available' : to} size={12} />,
                  disabled: !isPossible,
                  why: isPossible ? undefined : t('problem.agent_on_contact'),
                  run: () => direct(to),
                })),
              },
            ]}
          />
        </span>
      ) : null}
      <span className={css.agentSub}>
        {name(agent.state, reason ? { label: reason } : null)}
        {queue ? ` · ${queue}` : ''}
        <OverTime until={agent.not_ready_until} className={css.over} />
      </span>
      {agent.petition ? <PetitionRow agent={agent} petition={agent.petition} mayAnswer={direct !== null} /> : null}
    </li>
  );
}

/** By the right button anywhere on the card, or by its keys on what has the focus in it. */
function openMenu(event: MouseEvent<HTMLElement>): void {
  if ((event.target as Element).closest('[role="menu"]')) return;
  event.preventDefault();
  const button = event.currentTarget.querySelector<HTMLElement>('[aria-haspopup="menu"]');
  const open = (): void => button?.click();
  // Where it comes while the button is still pressed, its release would close the menu again.
  if (event.buttons === 0) open();
  else addEventListener('pointerup', () => setTimeout(open), { once: true });
}
