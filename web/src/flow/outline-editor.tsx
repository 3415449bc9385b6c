// The outline as a tree that is worked by keyboard: arrows move, Enter edits the step beside it, Insert adds one after.
import { Button } from '@fluentui/react-components';
import { AddRegular } from '@fluentui/react-icons/svg/add';
import { CallRegular } from '@fluentui/react-icons/svg/call';
import { DeleteRegular } from '@fluentui/react-icons/svg/delete';
import { useEffect, useId, useMemo, useRef, useState, type KeyboardEvent, type ReactNode } from 'react';
import { sentence } from '../admin/field-errors';
import type { FlowInput } from '../api/contract';
import { announce } from '../app/announcer';
import { td } from '../app/theme';
import { useT, type T } from '../i18n/t';
import { Shape } from '../ui/shapes';
import { exitText } from './exit-text';
import { findingsOf, levelOf, type Finding } from './findings';
import { CheckButton, FindingsList, type Check } from './findings-list';
import css from './flow.module.css';
import { Inspector } from './inspector';
import { errorsOf, exitsOf, inserted, removed, type Problem } from './nodes';
import { outlineOf, problemsOf, visible, type Line } from './outline';
import { useSummary } from './summary';
import { TestPane, type Test } from './test-pane';
import { pathOf, type Path } from './test-path';

interface Props {
  flow: FlowInput;
  errors: readonly Problem[];
  disabled: boolean;
  check: Check;
  test: Test;
  isDirty: boolean;
  change: (flow: FlowInput) => void;
}

export function OutlineEditor({ flow, errors, disabled, check, test, isDirty, change }: Props): ReactNode {
  const t = useT();
  const id = useId();
  const tree = useRef<HTMLDivElement>(null);
  const pane = useRef<HTMLDivElement>(null);
  const [at, setAt] = useState('');
  const [isTesting, setIsTesting] = useState(test.call !== null);
  const [folded, setFolded] = useState<ReadonlySet<string>>(new Set());
  const outline = useMemo(() => outlineOf(flow), [flow]);
  const found = useMemo(() => problemsOf(flow), [flow]);
  const shown = visible(outline.lines, folded);
  const line = shown.find(({ key }) => key === at) ?? shown[0];
  /** Where the focus goes once what was changed is drawn. */
  const goal = useRef<'tree' | 'kind' | { path: string } | null>(null);
  useEffect(() => {
    if (goal.current === 'tree') focusLine(line?.key);
    if (goal.current === 'kind') pane.current?.querySelector<HTMLElement>('select')?.focus();
    if (typeof goal.current === 'object' && goal.current !== null && !focusField(pane.current, goal.current.path)) focusLine(line?.key);
    goal.current = null;
  });
  const focusLine = (key: string | undefined): void => tree.current?.querySelector<HTMLElement>(`[data-line="${key}"]`)?.focus();
  const go = (key: string): void => {
    setAt(key);
    goal.current = 'tree';
  };
  const open = (index: number, path = ''): void => {
    const keys = new Set<string>();
    for (let key: string | null = String(index); key !== null; key = outline.lines.find((l) => l.key === key)?.parent ?? null) keys.add(key);
    setFolded(new Set([...folded].filter((key) => !keys.has(key))));
    go(String(index));
    if (path !== '') goal.current = { path };
  };
  const edit = (from: Line): void => {
    setAt(from.key);
    const path = from.kind === 'exit' ? from.exit.path : undefined;
    const field = pane.current?.querySelector<HTMLElement>(path === undefined ? 'input, select' : `[data-exit="${path}"]`);
    (field ?? pane.current?.querySelector<HTMLElement>('input, select'))?.focus();
  };
  const add = (): void => {
    const exit = line?.kind === 'exit' ? line.exit : line && exitsOf(line.node)[0];
    if (!line || !exit) {
      announce(t('flow.add.end'), 'assertive');
      return;
    }
    change(inserted(flow, line.index, exit));
    setFolded(new Set([...folded].filter((key) => key !== line.key)));
    setAt(String(flow.nodes.length));
    goal.current = 'kind';
    announce(t('flow.added'));
  };
  const remove = (): void => {
    const gone = line?.kind === 'node' ? line : undefined;
    if (!gone || flow.nodes.length === 1) return;
    const before = shown[shown.indexOf(gone) - 1];
    change(removed(flow, gone.index));
    const index = before === undefined ? 0 : before.index;
    go(String(index > gone.index ? index - 1 : index));
    announce(t('flow.removed', { id: gone.node.id }));
  };
  const fold = (key: string, isFolded: boolean): void => {
    const next = new Set(folded);
    if (isFolded) next.add(key);
    else next.delete(key);
    setFolded(next);
  };
  const pressed = (event: KeyboardEvent): void => {
    if (!line || event.ctrlKey || event.altKey || event.metaKey) return;
    const place = shown.indexOf(line);
    const isFolded = folded.has(line.key);
    const rtl = getComputedStyle(event.currentTarget).direction === 'rtl';
    const inward = rtl ? 'ArrowLeft' : 'ArrowRight';
    const outward = rtl ? 'ArrowRight' : 'ArrowLeft';
    const moves: Record<string, Line | undefined> = { ArrowDown: shown[place + 1], ArrowUp: shown[place - 1], Home: shown[0], End: shown.at(-1) };
    if (event.key in moves) {
      const to = moves[event.key];
      if (to) go(to.key);
    } else if (event.key === inward && line.hasChildren) {
      if (isFolded) fold(line.key, false);
      else go(shown[place + 1]?.key ?? line.key);
    } else if (event.key === outward) {
      if (line.hasChildren && !isFolded) fold(line.key, true);
      else if (line.parent !== null) go(line.parent);
    } else if (event.key === 'Enter') {
      if (line.kind === 'exit' && line.target === 'link') open(line.to);
      else edit(line);
    } else if (event.key === 'Insert' && !disabled) add();
    else if (event.key === 'Delete' && !disabled) remove();
    else return;
    event.preventDefault();
  };
  const chosen = line === undefined ? undefined : flow.nodes[line.index];
  const findings = useMemo(() => findingsOf(flow, found, errors, check.checked, (local) => foundText(t, local), sentence), [flow, found, errors, check.checked, t]);
  const path = useMemo(() => pathOf(flow, test.call), [flow, test.call]);
  return (
    <>
      <div className={css.tools}>
        {disabled ? null : (
          <>
            <Button icon={<AddRegular />} onClick={add} aria-keyshortcuts="Insert">
              {t('flow.add')}
            </Button>
            <Button icon={<DeleteRegular />} onClick={remove} aria-keyshortcuts="Delete" disabledFocusable={line?.kind !== 'node' || flow.nodes.length === 1}>
              {t('flow.remove')}
            </Button>
          </>
        )}
        {disabled ? null : (
          <>
            <CheckButton check={check} />
            <Button icon={<CallRegular />} aria-expanded={isTesting} onClick={() => setIsTesting(!isTesting)}>
              {t('flowTest.open')}
            </Button>
          </>
        )}
        <p id={id} className={css.keys}>
          {t('flow.keys')}
        </p>
      </div>
      <FindingsList flow={flow} findings={findings} check={check} open={open} />
      <div className={css.panes}>
        <div ref={tree} role="tree" aria-label={t('flow.outline')} aria-describedby={id} className={css.tree} onKeyDown={pressed}>
          {shown.map((each) => (
            <TreeLine
              key={each.key}
              line={each}
              isChosen={each === line}
              isFolded={folded.has(each.key)}
              isLoose={outline.loose.has(each.key)}
              wrongs={wrongsOf(each, found, findings, t)}
              passed={passedOf(each, path)}
              choose={() => (each.kind === 'exit' && each.target === 'link' ? open(each.to) : go(each.key))}
              fold={() => fold(each.key, !folded.has(each.key))}
            />
          ))}
        </div>
        <div className={css.beside} data-testing={isTesting}>
          {isTesting ? <TestPane test={test} flow={flow} isDirty={isDirty} open={open} /> : null}
          {line && chosen ? (
            <div
              ref={pane}
              className={css.pane}
              role="region"
              aria-label={t('flow.step', { kind: t(`flow.kind.${chosen.kind}`), id: chosen.id })}
              onKeyDown={(event) => {
                if (event.key !== 'Escape') return;
                event.preventDefault();
                focusLine(line.key);
              }}
            >
              <Inspector key={line.index} flow={flow} index={line.index} found={found} errors={errorsOf(check.isOld ? errors : [...errors, ...(check.checked?.errors ?? [])], flow.nodes, line.index)} disabled={disabled} change={change} />
              <Button size="small" appearance="subtle" onClick={() => focusLine(line.key)}>
                {t('flow.back')}
              </Button>
            </div>
          ) : null}
        </div>
      </div>
    </>
  );
}

/** Beside its field it is enough that something is needed; in a list it is not. */
function foundText(t: T, { id, values }: ReturnType<typeof problemsOf>[number]): string {
  return id === 'field.error.required' ? t('flow.problem.unfilled') : t(id, values);
}

/** Where the call of the test is, and where it has been. */
function passedOf(line: Line, path: Path): 'now' | 'passed' | undefined {
  if (line.kind === 'exit') return path.exits.has(line.key) ? 'passed' : undefined;
  if (line.index === path.now) return 'now';
  return path.steps.has(line.index) ? 'passed' : undefined;
}

/** Leads into the field at a path of the step, or into the next larger part that has one. */
function focusField(pane: HTMLElement | null, path: string): boolean {
  for (let at = path; at !== ''; at = at.split('.').slice(0, -1).join('.')) {
    const place = pane?.querySelector<HTMLElement>(`[data-exit="${at}"], [data-field="${at}"] :is(input, select, textarea, button)`);
    if (place) {
      place.focus();
      // Its place may be under the bar that saves.
      place.scrollIntoView({ block: 'center' });
      return true;
    }
  }
  return false;
}

/** What is said at a line against it. */
type Wrong = Pick<Finding, 'level' | 'text'>;

function wrongsOf(line: Line, found: ReturnType<typeof problemsOf>, findings: readonly Finding[], t: T): Wrong[] {
  const mine = found.filter(({ index }) => index === line.index);
  const told = ({ id, values }: (typeof mine)[number]): Wrong => ({ level: levelOf(id), text: t(id, values) });
  if (line.kind === 'exit') return mine.filter(({ path }) => path === line.exit.path).map(told);
  const exits = new Set(exitsOf(line.node).map(({ path }) => path));
  const unfilled = mine.some(({ path, id }) => path !== '' && !exits.has(path) && id === 'field.error.required');
  const said: Wrong[] = [
    ...mine.filter(({ path, id }) => !exits.has(path) && id !== 'field.error.required').map(told),
    ...(unfilled ? [{ level: 'error' as const, text: t('flow.problem.unfilled') }] : []),
    ...findings.filter(({ index, text }) => index === line.index && !mine.some(({ id, values }) => t(id, values) === text)),
  ];
  return said.filter(({ text }, at) => said.findIndex((it) => it.text === text) === at);
}

function TreeLine(props: {
  line: Line;
  isChosen: boolean;
  isFolded: boolean;
  isLoose: boolean;
  wrongs: Wrong[];
  passed: 'now' | 'passed' | undefined;
  choose: () => void;
  fold: () => void;
}): ReactNode {
  const t = useT();
  const summary = useSummary();
  const { line, isChosen, isFolded, isLoose, wrongs, passed, choose, fold } = props;
  return (
    <div
      role="treeitem"
      data-line={line.key}
      data-kind={line.kind}
      data-loose={isLoose}
      data-problem={wrongs.length > 0}
      data-passed={passed}
      aria-level={line.level}
      aria-posinset={line.place}
      aria-setsize={line.siblings}
      aria-selected={isChosen}
      aria-expanded={line.hasChildren ? !isFolded : undefined}
      tabIndex={isChosen ? 0 : -1}
      className={css.line}
      style={{ marginInlineStart: `calc(var(--step) * ${line.level - 1})` }}
      onClick={choose}
    >
      <span
        className={css.fold}
        aria-hidden="true"
        onClick={(event) => {
          if (!line.hasChildren) return;
          event.stopPropagation();
          fold();
        }}
      >
        {line.hasChildren ? (isFolded ? '+' : '–') : ''}
      </span>
      <span className={css.text}>
        {line.kind === 'node' ? (
          <>
            <b>{t(`flow.kind.${line.node.kind}`)}</b> <bdi className={css.id}>{line.node.id}</bdi> <bdi className={css.summary}>{summary(line.node)}</bdi>
          </>
        ) : (
          <ExitText line={line} />
        )}
        {passed === undefined ? null : (
          <span className={css.passed}>
            <Shape shape={passed === 'now' ? 'square' : 'circle'} color={passed === 'now' ? td.tdStateOnContact : td.tdStateOffering} size={9} />
            {t(passed === 'now' ? 'flowTest.here' : 'flowTest.passed')}
          </span>
        )}
        {wrongs.map(({ level, text }) => (
          <span key={text} className={css.wrong}>
            <Shape shape={level === 'error' ? 'octagon' : 'triangle'} color={level === 'error' ? td.tdLevelAct : td.tdLevelWatch} size={10} />
            {text}
          </span>
        ))}
      </span>
    </div>
  );
}

function ExitText({ line }: { line: Line & { kind: 'exit' } }): ReactNode {
  const t = useT();
  const label = exitText(t, line.exit);
  if (line.target === 'below') return <span className={css.exit}>{label}</span>;
  const to = `\u2068${line.exit.to}\u2069`;
  return (
    <>
      <span className={css.exit}>{label}</span>{' '}
      <span className={line.target === 'link' ? css.link : css.summary}>{line.target === 'link' ? t('flow.goTo', { to }) : line.exit.to}</span>
    </>
  );
}
