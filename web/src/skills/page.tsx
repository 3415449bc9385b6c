// The skills of all agents as a matrix: narrowed down, changed like a spreadsheet, and saved agent by agent.
import { Button, Field, Input, MessageBar, MessageBarBody, MessageBarTitle, ProgressBar, Select } from '@fluentui/react-components';
import { ArrowRedoRegular } from '@fluentui/react-icons/svg/arrow-redo';
import { ArrowUndoRegular } from '@fluentui/react-icons/svg/arrow-undo';
import { SearchRegular } from '@fluentui/react-icons/svg/search';
import { useMemo, useState, type ReactNode } from 'react';
import { Link } from 'react-router';
import admin from '../admin/admin.module.css';
import { AdminFrame } from '../admin/frame';
import { Guard } from '../admin/guard';
import { SaveBar } from '../admin/save-bar';
import { useList } from '../admin/settings';
import type { Skill, Stored } from '../api/contract';
import { announce } from '../app/announcer';
import { useSession } from '../app/session';
import { useTitle } from '../app/title';
import { useT } from '../i18n/t';
import { Empty, Failed, Loading } from '../ui/states';
import { LevelGrid, type Row } from './grid';
import css from './matrix.module.css';
import { EVERYTHING, NO_TEAM, SERVING, shownAgents, shownSkills, type Narrowing, type Serving } from './narrowing';
import { allOf, filled, rangeOf, sizeOf, within, type Marked, type Pasted, type Written } from './select';
import { isChanged, LEVEL_MAX, levelAt, type Cell } from './matrix';
import { useMatrix, type Refused, type MatrixState } from './use-matrix';

export function Page(): ReactNode {
  const t = useT();
  useTitle(t('admin.matrix'));
  const lists = { agents: useList('agents'), skills: useList('skills'), teams: useList('teams'), queues: useList('queues') };
  const all = Object.values(lists);
  const failed = all.find((it) => it.isError);
  const [agents, skills] = [lists.agents.data?.items, lists.skills.data?.items];
  if (failed) return <Framed>{<Failed error={failed.error} retry={() => void Promise.all(all.map((it) => it.refetch()))} />}</Framed>;
  if (!agents || !skills || all.some((it) => it.isPending)) return <Framed>{<Loading rows={[32, 60, 520]} />}</Framed>;
  if (agents.length === 0 || skills.length === 0) return <Framed>{<Nothing hasSkills={skills.length > 0} />}</Framed>;
  return <Whole agents={agents} skills={skills} />;
}

function Framed({ children, foot }: { children: ReactNode; foot?: ReactNode }): ReactNode {
  const t = useT();
  return (
    <AdminFrame width="whole" foot={foot}>
      <nav className={admin.crumb} aria-label={t('admin.crumb')}>
        <Link to="/admin/skills">{t('admin.skills.title')}</Link>
        <span aria-hidden="true">{'/'}</span>
        <span aria-current="page">{t('admin.matrix')}</span>
      </nav>
      <div className={admin.head}>
        <h1>{t('admin.matrix')}</h1>
      </div>
      {children}
    </AdminFrame>
  );
}

function Nothing({ hasSkills }: { hasSkills: boolean }): ReactNode {
  const t = useT();
  return (
    <div className={admin.card}>
      <Empty title={t('matrix.none')} text={t(hasSkills ? 'matrix.none.agents' : 'matrix.none.skills')} />
    </div>
  );
}

const START: Marked = { anchor: { row: 0, column: 0 }, at: { row: 0, column: 0 } };

function Whole({ agents, skills }: { agents: readonly Stored<'agents'>[]; skills: readonly Skill[] }): ReactNode {
  const t = useT();
  const { may, look } = useSession();
  const mayWrite = may('edit_settings') && may('manage_access') && look.standing === 'none';
  const state = useMatrix(agents);
  const [narrowing, setNarrowing] = useState(EVERYTHING);
  const [marked, mark] = useState(START);
  const [came, setCame] = useState<Pasted | null>(null);
  const queue = useList('queues').data?.items.find(({ id }) => id === narrowing.queue);
  const teams = new Map((useList('teams').data?.items ?? []).map(({ id, name }) => [id, name]));
  const { matrix, refused } = state;
  const people = useMemo(() => shownAgents(state.agents, narrowing, queue), [state.agents, narrowing, queue]);
  const columns = useMemo(() => shownSkills(skills, queue), [skills, queue]);
  const rows = people.map((it): Row => ({ id: it.id, name: it.name, note: teams.get(it.team_id ?? NO_TEAM) ?? '', isRefused: refused.some(({ id }) => id === it.id) }));
  const size = { rows: rows.length, columns: columns.length };
  const here = within(marked, size);
  const levelOf = (row: number, column: number): number => levelAt(matrix, rows[row]?.id ?? 0, columns[column]?.id ?? 0);
  const cellsOf = (cells: readonly Written[]): Cell[] =>
    cells.flatMap(({ row, column, level }) => {
      const [agent, skill] = [rows[row]?.id, columns[column]?.id];
      return agent === undefined || skill === undefined ? [] : [{ agent, skill, level }];
    });
  const write = (cells: readonly Written[]): void => {
    setCame(null);
    state.write(cellsOf(cells));
  };
  const said = (it: Pasted): void => {
    setCame(it);
    announce(it.wrong.length > 0 ? t('matrix.paste.wrong', wrongOf(it)) : t('matrix.paste.done', { n: it.cells.length }), it.wrong.length > 0 ? 'assertive' : 'polite');
  };
  const foot = mayWrite && state.nChanged > 0 ? <SaveBar isDirty isSaving={state.progress !== null} discard={state.discard} save={() => void state.save()} /> : null;
  return (
    <Framed foot={foot}>
      <Guard when={state.nChanged > 0} leaving={state.leaving} />
      <p className={admin.about}>{t('matrix.about')}</p>
      {mayWrite ? null : (
        <MessageBar>
          <MessageBarBody>{t('form.readOnly')}</MessageBarBody>
        </MessageBar>
      )}
      <Narrow narrowing={narrowing} change={setNarrowing} />
      <Tools state={state} mayWrite={mayWrite} nMarked={size.rows * size.columns === 0 ? 0 : sizeOf(rangeOf(here))} setLevel={(level) => write(allOf(rangeOf(here), level))} fill={(to) => write(filled(rangeOf(here), to, levelOf))} />
      <Outcome state={state} came={came} />
      {rows.length === 0 || columns.length === 0 ? (
        <div className={admin.card}>
          <Empty title={t('list.noMatch')} text={t(rows.length === 0 ? 'matrix.noAgents' : 'matrix.noSkills')} action={<Button onClick={() => setNarrowing(EVERYTHING)}>{t('filter.clear')}</Button>} />
        </div>
      ) : (
        <LevelGrid
          label={t('admin.matrix')}
          rows={rows}
          columns={columns}
          levelOf={levelOf}
          isChanged={(row, column) => isChanged(matrix, rows[row]?.id ?? 0, columns[column]?.id ?? 0)}
          isReadOnly={!mayWrite || state.progress !== null}
          marked={here}
          mark={mark}
          write={write}
          rewrite={(cells) => state.rewrite(cellsOf(cells))}
          turn={state.turn}
          said={said}
        />
      )}
      <p className={css.keys}>{t(mayWrite ? 'matrix.keys' : 'matrix.keys.read')}</p>
    </Framed>
  );
}

/** So many of what was wrong are named. */
const WRONG_NAMED = 3;
function wrongOf({ wrong }: Pasted): { n: number; some: string } {
  return { n: wrong.length, some: wrong.slice(0, WRONG_NAMED).join(', ') };
}

function Narrow({ narrowing, change }: { narrowing: Narrowing; change: (narrowing: Narrowing) => void }): ReactNode {
  const t = useT();
  const teams = useList('teams').data?.items ?? [];
  const queues = useList('queues').data?.items ?? [];
  return (
    <div className={css.filters} role="search" aria-label={t('filter.label')}>
      <Field label={t('list.filter')}>
        <Input type="search" contentBefore={<SearchRegular />} value={narrowing.name} onChange={(_, data) => change({ ...narrowing, name: data.value })} />
      </Field>
      <Field label={t('field.team')}>
        <Select value={narrowing.team === null ? '' : String(narrowing.team)} onChange={(_, data) => change({ ...narrowing, team: data.value === '' ? null : Number(data.value) })}>
          <option value="">{t('filter.any')}</option>
          {teams.map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
          <option value={NO_TEAM}>{t('matrix.noTeam')}</option>
        </Select>
      </Field>
      <Field label={t('matrix.queue')}>
        <Select value={narrowing.queue === null ? '' : String(narrowing.queue)} onChange={(_, data) => change({ ...narrowing, queue: data.value === '' ? null : Number(data.value) })}>
          <option value="">{t('filter.any')}</option>
          {queues.map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </Select>
      </Field>
      {narrowing.queue === null ? null : (
        <Field label={t('matrix.serving')}>
          <Select value={narrowing.serving} onChange={(_, data) => change({ ...narrowing, serving: data.value as Serving })}>
            {SERVING.map((it) => (
              <option key={it} value={it}>
                {t(`matrix.serving.${it}`)}
              </option>
            ))}
          </Select>
        </Field>
      )}
    </div>
  );
}

interface ToolsProps {
  state: MatrixState;
  mayWrite: boolean;
  nMarked: number;
  setLevel: (level: number) => void;
  fill: (to: 'down' | 'across') => void;
}
const LEVELS = Array.from({ length: LEVEL_MAX }, (_, i) => i + 1);

function Tools({ state, mayWrite, nMarked, setLevel, fill }: ToolsProps): ReactNode {
  const t = useT();
  const isBusy = state.progress !== null;
  const isOff = isBusy || nMarked === 0;
  if (!mayWrite) return null;
  return (
    <div className={css.tools} role="toolbar" aria-label={t('matrix.tools')}>
      <Select aria-label={t('matrix.level')} disabled={isOff} value="" onChange={(_, data) => data.value !== '' && setLevel(Number(data.value))}>
        <option value="">{t('matrix.level.choose', { n: nMarked })}</option>
        {LEVELS.map((level) => (
          <option key={level} value={level}>
            {t('field.level.value', { level })}
          </option>
        ))}
        <option value="0">{t('matrix.level.none')}</option>
      </Select>
      <Button disabled={isOff} onClick={() => fill('down')}>
        {t('matrix.fill.down')}
      </Button>
      <Button disabled={isOff} onClick={() => fill('across')}>
        {t('matrix.fill.across')}
      </Button>
      <Button icon={<ArrowUndoRegular />} disabled={isBusy || state.matrix.done.length === 0} onClick={() => state.turn('back')}>
        {t('matrix.undo')}
      </Button>
      <Button icon={<ArrowRedoRegular />} disabled={isBusy || state.matrix.undone.length === 0} onClick={() => state.turn('forth')}>
        {t('matrix.redo')}
      </Button>
      <p className={css.count}>{t('matrix.changed', { n: state.nChanged })}</p>
    </div>
  );
}

function Outcome({ state, came }: { state: MatrixState; came: Pasted | null }): ReactNode {
  const t = useT();
  const { progress, refused } = state;
  if (progress) {
    const text = t('matrix.saving', { done: progress.done, of: progress.of });
    return (
      <div className={css.progress}>
        <span>{text}</span>
        <ProgressBar aria-label={text} value={progress.done} max={progress.of} />
        <div>
          <Button onClick={state.stop}>{t('matrix.stop')}</Button>
        </div>
      </div>
    );
  }
  return (
    <>
      {refused.length > 0 ? <Refusals refused={refused} /> : null}
      {came && came.wrong.length > 0 ? (
        <MessageBar intent="warning" layout="multiline">
          <MessageBarBody>{t('matrix.paste.wrong', wrongOf(came))}</MessageBarBody>
        </MessageBar>
      ) : null}
      {came && came.nCut > 0 ? (
        <MessageBar intent="warning" layout="multiline">
          <MessageBarBody>{t('matrix.paste.cut', { n: came.nCut })}</MessageBarBody>
        </MessageBar>
      ) : null}
    </>
  );
}

function Refusals({ refused }: { refused: readonly Refused[] }): ReactNode {
  const t = useT();
  return (
    <MessageBar intent="error" layout="multiline" role="alert">
      <MessageBarBody>
        <MessageBarTitle>{t('matrix.refused', { n: refused.length })}</MessageBarTitle>
        <ul className={css.failures}>
          {refused.map(({ id, name, why }) => (
            <li key={id}>
              <Link to={`/admin/agents/${id}`}>{name}</Link>
              {`: ${why}`}
            </li>
          ))}
        </ul>
      </MessageBarBody>
    </MessageBar>
  );
}
