// A call flow as an outline: every step once, where one gets to it first; its exits below it, further ways to it as links.
// And what can be said against a flow before asking the server. Pure.
import type { FlowInput, FlowNode, Prompt, SwitchCase } from '../api/contract';
import { numberIn } from '../desk/talk';
import type { MessageId } from '../i18n/t';
import { exitsOf, isLast, isSilent, LIMITS, SWITCH_TESTS, type Exit } from './nodes';

interface NodeLine {
  kind: 'node';
  key: string;
  level: number;
  index: number;
  node: FlowNode;
}
interface ExitLine {
  kind: 'exit';
  key: string;
  level: number;
  /** The step that it is an exit of. */
  index: number;
  exit: Exit;
  /** `below`: its step follows. `link`: that step stands elsewhere. `nowhere`: there is none. */
  target: 'below' | 'link' | 'nowhere';
  /** The index of the step that it leads to. */
  to: number;
}
export type Line = (NodeLine | ExitLine) & {
  parent: string | null;
  hasChildren: boolean;
  place: number;
  siblings: number;
};
type Draft = (NodeLine | ExitLine) & { children: Draft[] };

export interface Outline {
  lines: Line[];
  /** The keys of lines at the top that nothing leads to. */
  loose: ReadonlySet<string>;
}

interface Edges {
  indexOf: (id: string) => number;
  exits: (index: number) => Exit[];
}

function edgesOf(flow: FlowInput): Edges {
  const first = new Map<string, number>();
  flow.nodes.forEach((node, i) => first.has(node.id) || first.set(node.id, i));
  const exits = flow.nodes.map((node) => exitsOf(node).filter((exit) => !(exit.isOptional && exit.to === '')));
  return { indexOf: (id) => first.get(id) ?? -1, exits: (index) => exits[index] ?? [] };
}

const edge = (index: number, exit: Exit): string => `${index}|${exit.path}`;

/** Which exit every step hangs from: the usual ways claim first, so that no step is hidden below what goes wrong. */
function owners(flow: FlowInput, { indexOf, exits }: Edges): { owner: Map<number, string>; roots: number[] } {
  const owner = new Map<number, string>();
  const hang = (index: number, exit: Exit): void => {
    const to = indexOf(exit.to);
    if (to < 0 || owner.has(to)) return;
    owner.set(to, edge(index, exit));
    usual(to);
  };
  const usual = (index: number): void => {
    for (const exit of exits(index)) if (exit.role !== 'fallback') hang(index, exit);
  };
  const claim = (root: number): void => {
    owner.set(root, 'root');
    usual(root);
    // What was placed grows while it is gone through: steps on fallbacks have fallbacks too.
    for (const index of owner.keys()) for (const exit of exits(index)) hang(index, exit);
  };
  const start = indexOf(flow.start);
  const roots = start < 0 ? [] : [start];
  if (start >= 0) claim(start);
  const led = new Set(flow.nodes.flatMap((_, i) => (owner.has(i) ? [] : exits(i).map((exit) => indexOf(exit.to)).filter((to) => to !== i))));
  const rest = flow.nodes.map((_, i) => i).filter((i) => !owner.has(i));
  for (const index of [...rest.filter((i) => !led.has(i)), ...rest]) {
    if (owner.has(index)) continue;
    roots.push(index);
    claim(index);
  }
  return { owner, roots };
}

function drafted(flow: FlowInput, edges: Edges, owner: ReadonlyMap<number, string>, root: number, level: number): Draft[] {
  const chain: Draft[] = [];
  let index: number | undefined = root;
  while (index !== undefined) {
    const node = flow.nodes[index];
    if (!node) break;
    let on: number | undefined;
    const children: Draft[] = [];
    for (const exit of edges.exits(index)) {
      const to = edges.indexOf(exit.to);
      const isOwn = to >= 0 && owner.get(to) === edge(index, exit);
      if (isOwn && exit.role === 'next') {
        on = to;
        continue;
      }
      const target = isOwn ? 'below' : to < 0 ? 'nowhere' : 'link';
      const inside = isOwn ? drafted(flow, edges, owner, to, level + 2) : [];
      children.push({ kind: 'exit', key: edge(index, exit), level: level + 1, index, exit, target, to, children: inside });
    }
    chain.push({ kind: 'node', key: String(index), level, index, node, children });
    index = on;
  }
  return chain;
}

function flat(drafts: readonly Draft[], parent: string | null): Line[] {
  return drafts.flatMap(({ children, ...line }, i) => [
    { ...line, parent, hasChildren: children.length > 0, place: i + 1, siblings: drafts.length },
    ...flat(children, line.key),
  ]);
}

export function outlineOf(flow: FlowInput): Outline {
  const edges = edgesOf(flow);
  const { owner, roots } = owners(flow, edges);
  const isStart = (root: number): boolean => root === edges.indexOf(flow.start);
  const tops = roots.map((root) => drafted(flow, edges, owner, root, 1));
  const loose = tops.filter((_, i) => !isStart(roots[i] ?? -1)).flat();
  return { lines: flat(tops.flat(), null), loose: new Set(loose.map(({ key }) => key)) };
}

/** The lines that show while some are folded. */
export function visible(lines: readonly Line[], folded: ReadonlySet<string>): Line[] {
  const hidden = new Set<string>();
  return lines.filter((line) => {
    const isHidden = line.parent !== null && (hidden.has(line.parent) || folded.has(line.parent));
    if (isHidden) hidden.add(line.key);
    return !isHidden;
  });
}

export interface Found {
  index: number;
  /** The exit or the field inside the step, empty for the step itself. */
  path: string;
  id: MessageId;
  values?: Record<string, number>;
}

/** Kinds that take no time: a circle of them alone would never let go. */
const INSTANT: ReadonlySet<FlowNode['kind']> = new Set(['branch', 'switch', 'set', 'loop', 'hours', 'queue_status', 'callback']);

function reachable(from: readonly number[], next: (index: number) => readonly number[]): Set<number> {
  const seen = new Set(from);
  for (const index of seen) for (const to of next(index)) if (to >= 0) seen.add(to);
  return seen;
}

/** What the server would refuse or warn of, as far as it shows in the flow itself. */
export function problemsOf(flow: FlowInput): Found[] {
  const { indexOf, exits } = edgesOf(flow);
  const next = (index: number): number[] => exits(index).map(({ to }) => indexOf(to));
  // The rounds of a loop are counted: only past its end may it come by again without time.
  const atOnce = (index: number): number[] => exits(index).flatMap(({ path, to }) => (flow.nodes[index]?.kind === 'loop' && path === 'again' ? [] : [indexOf(to)]));
  const reached = reachable([indexOf(flow.start)].filter((i) => i >= 0), next);
  const ends = flow.nodes.flatMap((node, i) => (isLast(node) ? [i] : []));
  const ending = reachable(ends, (index) => flow.nodes.flatMap((_, i) => (next(i).includes(index) ? [i] : [])));
  const found: Found[] = [];
  flow.nodes.forEach((node, index) => {
    const say = (path: string, id: MessageId): number => found.push({ index, path, id });
    if (node.id === '') say('id', 'field.error.required');
    else if (indexOf(node.id) !== index) say('id', 'flow.problem.double');
    for (const exit of exits(index)) if (indexOf(exit.to) < 0) say(exit.path, 'flow.problem.nowhere');
    for (const gap of [...gaps(node), ...excesses(node)]) found.push({ index, ...gap });
    if (!reached.has(index)) say('', 'flow.problem.unreachable');
    else if (!ending.has(index)) say('', 'flow.problem.noEnd');
    const isInstant = (at: number): boolean => INSTANT.has(flow.nodes[at]?.kind ?? 'end');
    if (isInstant(index) && reachable(atOnce(index), (to) => (isInstant(to) ? atOnce(to) : [])).has(index)) say('', 'flow.problem.spin');
  });
  return found;
}

type Inside = Omit<Found, 'index'>;

/** What is still to be filled in. */
function gaps(node: FlowNode): Inside[] {
  const found: Inside[] = [];
  const need = (path: string, isThere: boolean): number | false => !isThere && found.push({ path, id: 'field.error.required' });
  if (node.kind === 'http') need('system', node.system !== '');
  if ('prompt' in node && node.prompt) need('prompt', !isSilent(node.prompt));
  if ((node.kind === 'menu' || node.kind === 'collect') && node.retry_prompt) need('retry_prompt', !isSilent(node.retry_prompt));
  if (node.kind === 'sub_flow') need('flow_id', node.flow_id > 0);
  if (node.kind === 'transfer') need('to', node.to.number !== '');
  if ('queue_id' in node) need('queue_id', node.queue_id > 0);
  if (node.kind === 'hours') need('schedule_id', node.schedule_id > 0);
  if (node.kind === 'branch' || node.kind === 'set') need('attribute', node.attribute !== '');
  if (node.kind === 'set') need('value', node.value !== '');
  if (node.kind === 'menu') need('choices', node.choices.length > 0);
  if (node.kind === 'queue_status') node.cases.forEach((c, i) => need(`cases.${i}.value`, c.when === 'no_agent_ready' || (c.value ?? 0) > 0));
  if (node.kind === 'switch') {
    node.cases.forEach((c, i) => {
      need(`cases.${i}.attribute`, c.attribute !== '');
      need(`cases.${i}`, isTold(c));
    });
  }
  return found;
}

/** Whether a case of a switch says one thing, and says it whole. */
function isTold(c: SwitchCase): boolean {
  const told = SWITCH_TESTS.filter((test) => c[test] !== undefined && c[test] !== null);
  return told.length === 1 && told.every((test) => c[test] !== '' && c[test] !== false);
}

/** What is there and cannot stay: too long, twice, or not what such a field takes. */
function excesses(node: FlowNode): Inside[] {
  const found: Inside[] = [];
  const most = (path: string, text: string | null | undefined, max: number): unknown =>
    [...(text ?? '')].length > max && found.push({ path, id: 'flow.problem.tooLong', values: { max } });
  const named = (path: string, text: string | null | undefined): unknown => text && !/^[\w-]{1,64}$/.test(text) && found.push({ path, id: 'flow.problem.letters' });
  const heard = (path: string, prompt: Prompt): void => {
    if ('text' in prompt) most(path, prompt.text, LIMITS.prompt);
    else if ('url' in prompt && prompt.url !== '' && !/^https?:\/\//.test(prompt.url)) found.push({ path, id: 'flow.problem.address' });
  };
  const twice = (keys: readonly string[], path: (i: number) => string, id: MessageId): void =>
    keys.forEach((key, i) => keys.indexOf(key) === i || found.push({ path: path(i), id }));
  if ('prompt' in node && node.prompt) heard('prompt', node.prompt);
  switch (node.kind) {
    case 'collect':
      // Left out, it is the name of the step.
      named('attribute', node.attribute ?? node.id);
      if (node.retry_prompt) heard('retry_prompt', node.retry_prompt);
      break;
    case 'menu':
      if (node.retry_prompt) heard('retry_prompt', node.retry_prompt);
      node.choices.forEach(({ label }, i) => most(`choices.${i}.label`, label, LIMITS.label));
      twice(node.choices.map(({ key }) => key), (i) => `choices.${i}.key`, 'flow.problem.sameKey');
      break;
    case 'consent':
      if (node.ask && node.ask.accept === node.ask.refuse) found.push({ path: 'ask.refuse', id: 'flow.problem.sameKey' });
      break;
    case 'transfer':
      if (node.to.number !== '' && numberIn(node.to.number) === null) found.push({ path: 'to', id: 'flow.problem.number' });
      break;
    case 'http':
      most('path', node.path, LIMITS.path);
      named('system', node.system);
      Object.keys(node.save ?? {}).forEach((name) => named('save', name));
      break;
    case 'branch':
      named('attribute', node.attribute);
      twice(node.cases.map(({ equals }) => equals), (i) => `cases.${i}.equals`, 'flow.problem.sameValue');
      break;
    case 'switch':
      node.cases.forEach((c, i) => {
        named(`cases.${i}.attribute`, c.attribute);
        most(`cases.${i}.equals`, c.equals, LIMITS.value);
        most(`cases.${i}.starts_with`, c.starts_with, LIMITS.value);
      });
      break;
    case 'set':
      named('attribute', node.attribute);
      most('value', node.value, LIMITS.value);
      break;
    default:
  }
  return found;
}
