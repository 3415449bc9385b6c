// The nodes of a call flow as data: what each kind begins as, its exits, and changes that keep every exit leading somewhere.
// Pure; the server decides what it carries out.
import type { FlowInput, FlowNode, Prompt, QueueStatusCase, SwitchCase } from '../api/contract';
import type { ConsentAsk } from '../api/flows';
import type { MessageId } from '../i18n/t';

export type NodeKind = FlowNode['kind'];
export const KINDS = ['answer', 'play', 'menu', 'collect', 'queue', 'voicemail', 'callback', 'transfer', 'hours', 'branch', 'switch', 'set', 'loop', 'queue_status', 'http', 'sub_flow', 'consent', 'record', 'message', 'end'] as const satisfies readonly NodeKind[];
export const QUEUE_CONDITIONS = ['waiting_at_least', 'longest_wait_at_least_s', 'estimate_at_least_s', 'no_agent_ready'] as const satisfies readonly QueueStatusCase['when'][];
export const SWITCH_TESTS = ['equals', 'starts_with', 'is_set'] as const satisfies readonly (keyof SwitchCase)[];
export type SwitchTest = (typeof SWITCH_TESTS)[number];
export const KEYS = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '0', '*', '#'] as const;
/** What the server accepts (docs/flows.md). */
export const LIMITS = { retries: 5, digits: 20, seconds: 60, times: 50, answer: 30, cases: 50, label: 80, prompt: 400, value: 256, waiting: 10_000, wait: 86_400, message: 300, ring: 120, between: 30, path: 500, ahead: 2_592_000, keyEvery: 600 } as const;
export const MESSAGE_LEAST_S = 5;
/** How long a message may be, and the key that ends it, when the flow does not say. */
export const MESSAGE_USUAL_S = 120;
export const STOP_USUAL = '#';
export const RING_LEAST_S = 10;
/** When a caller is called back. */
export const CALLBACK_WHENS = ['virtual_hold', 'asap', 'scheduled'] as const;
/** How long the window of a callback lasts when the flow does not say. */
export const WITHIN_USUAL_S = 3600;
export const WITHIN_LEAST_S = 300;
/** When who waits is asked for a key, until somebody says otherwise. */
export const KEY_FIRST_S = 30;
export const KEY_EVERY_S = 60;
export const KEY_EVERY_LEAST_S = 15;
/** How often a menu asks again when the flow does not say. */
export const RETRIES_USUAL = 2;
/** How long one may take between two digits when the flow does not say. */
export const BETWEEN_USUAL_S = 5;
/** What a caller who is asked for consent presses, until somebody says otherwise. */
export const ASK_USUAL: ConsentAsk = { accept: '1', refuse: '2', timeout_s: 5, retries: RETRIES_USUAL };
/** Ends the digits when the flow does not say. */
export const TERMINATOR_USUAL = '#';

/** `next` goes on at the same level, `way` is a choice, `fallback` is for what goes wrong. */
type Role = 'next' | 'way' | 'fallback';
export interface Exit {
  /** Inside the node: `next`, `choices.0.next`. */
  path: string;
  role: Role;
  label: MessageId;
  values?: Record<string, string | number>;
  /** Empty when it leads nowhere yet. */
  to: string;
  isOptional?: boolean;
}

export function emptyNode(id: string, kind: NodeKind, to: string): FlowNode {
  switch (kind) {
    case 'answer':
      return { id, kind, next: to };
    case 'play':
      return { id, kind, prompt: { text: '' }, next: to, failed: to };
    case 'collect':
      return { id, kind, prompt: { text: '' }, max_digits: 1, timeout_s: 5, next: to, failed: to, no_input: to };
    case 'branch':
      return { id, kind, attribute: 'digits', cases: [], otherwise: to };
    case 'queue':
      return { id, kind, queue_id: 0, timeout: to, full: to, failed: to };
    case 'menu':
      return { id, kind, prompt: { text: '' }, choices: [{ key: '1', label: '', next: to }], retries: RETRIES_USUAL, timeout_s: 5, no_input: to, invalid: to, failed: to };
    case 'hours':
      return { id, kind, schedule_id: 0, open: to, closed: to };
    case 'set':
      return { id, kind, attribute: '', value: '', next: to };
    case 'switch':
      return { id, kind, cases: [{ attribute: '', equals: '', next: to }], otherwise: to };
    case 'loop':
      return { id, kind, times: 2, again: to, done: to };
    case 'queue_status':
      return { id, kind, queue_id: 0, cases: [{ when: 'no_agent_ready', next: to }], otherwise: to };
    case 'http':
      return { id, kind, system: '', method: 'get', path: '/', timeout_s: 5, save: {}, next: to, failed: to };
    case 'voicemail':
      return { id, kind, queue_id: 0, prompt: { text: '' }, max_s: MESSAGE_USUAL_S, stop: STOP_USUAL, done: to, no_message: to, failed: to };
    case 'callback':
      return { id, kind, queue_id: 0, when: 'virtual_hold', booked: to, refused: to };
    case 'consent':
      return { id, kind, prompt: { text: '' }, ask: ASK_USUAL, given: to, refused: to, failed: to };
    case 'record':
      return { id, kind, action: 'start', next: to, failed: to };
    case 'transfer':
      return { id, kind, to: { number: '' }, failed: to };
    case 'sub_flow':
      return { id, kind, flow_id: 0, next: to, failed: to };
    case 'message':
      return { id, kind, prompt: { text: '' } };
    case 'end':
      return { id, kind };
  }
}

/** Whether the call is over after it: it has no exits. */
export function isLast({ kind }: FlowNode): boolean {
  return kind === 'end' || kind === 'message';
}

/** What a case of a switch asks for; the first when it asks for several, which the server refuses. */
export function testOf(c: SwitchCase): SwitchTest {
  return SWITCH_TESTS.find((test) => c[test] !== undefined && c[test] !== null) ?? 'is_set';
}

/** The same case with another test; its value stays. */
export function withTest(c: SwitchCase, test: SwitchTest): SwitchCase {
  const value = c.equals ?? c.starts_with ?? '';
  return { attribute: c.attribute, ...(test === 'is_set' ? { is_set: true } : { [test]: value }), next: c.next };
}

const FALLBACKS: Record<string, MessageId> = {
  failed: 'flow.failed',
  no_input: 'flow.noInput',
  invalid: 'flow.invalid',
  timeout: 'flow.queueTimeout',
  full: 'flow.queueFull',
  closed: 'flow.queueClosed',
  no_message: 'flow.noMessage',
};

export function exitsOf(node: FlowNode): Exit[] {
  const next = (to: string, path = 'next', label: MessageId = 'flow.next'): Exit => ({ path, role: 'next', label, to });
  const way = (path: string, label: MessageId, to: string, values?: Exit['values']): Exit => ({ path, role: 'way', label, to, values });
  const fallbacks = (...names: string[]): Exit[] =>
    names.map((path) => ({ path, role: 'fallback', label: FALLBACKS[path] ?? 'flow.failed', to: (node as Record<string, unknown>)[path] as string }));
  const optional = (exit: Exit | undefined): Exit[] => (exit ? [{ ...exit, to: exit.to ?? '', isOptional: true }] : []);
  switch (node.kind) {
    case 'play':
    case 'http':
    case 'record':
      return [next(node.next), ...fallbacks('failed')];
    case 'sub_flow':
      return [next(node.next), ...optional(fallbacks('failed')[0])];
    case 'voicemail':
      return [next(node.done, 'done', 'flow.exit.message'), ...fallbacks('no_message', 'failed')];
    case 'consent':
      return [next(node.given, 'given', node.ask ? 'flow.exit.agreed' : 'flow.exit.told'), way('refused', 'flow.exit.refused', node.refused), ...fallbacks('failed')];
    case 'transfer':
      return fallbacks('failed');
    case 'collect':
      return [next(node.next), ...fallbacks('no_input', 'failed')];
    case 'branch':
      return [
        ...node.cases.map((c, i) => way(`cases.${i}.next`, 'flow.exit.equals', c.next, { attribute: node.attribute, value: c.equals })),
        way('otherwise', 'flow.otherwise', node.otherwise),
      ];
    case 'queue':
      return [
        ...(node.key ? [way('key.next', 'flow.exit.key', node.key.next, { key: node.key.key })] : []),
        ...fallbacks('timeout', 'full'),
        ...optional(fallbacks('closed')[0]),
        ...optional(way('emergency', 'flow.exit.emergency', node.emergency ?? '')),
        ...optional(fallbacks('failed')[0]),
      ];
    case 'callback':
      return [next(node.booked, 'booked', 'flow.exit.booked'), way('refused', 'flow.exit.notBooked', node.refused)];
    case 'menu':
      return [
        ...node.choices.map(({ key, label, next: to }, i) => way(`choices.${i}.next`, label ? 'flow.exit.choice' : 'flow.exit.key', to, { key, label: label ?? '' })),
        ...fallbacks('no_input', 'invalid', 'failed'),
      ];
    case 'hours':
      return [
        way('open', 'flow.exit.open', node.open),
        way('closed', 'flow.exit.closed', node.closed),
        ...optional(way('holiday', 'flow.exit.holiday', node.holiday ?? '')),
        ...optional(way('emergency', 'flow.exit.emergency', node.emergency ?? '')),
      ];
    case 'answer':
    case 'set':
      return [next(node.next)];
    case 'switch':
      return [
        ...node.cases.map((c, i) => way(`cases.${i}.next`, `flow.exit.${testOf(c)}`, c.next, { attribute: c.attribute, value: c.equals ?? c.starts_with ?? '' })),
        way('otherwise', 'flow.otherwise', node.otherwise),
      ];
    case 'loop':
      return [way('again', 'flow.exit.again', node.again, { times: node.times }), next(node.done, 'done', 'flow.exit.done')];
    case 'queue_status':
      return [
        ...node.cases.map((c, i) => way(`cases.${i}.next`, `flow.when.${c.when}`, c.next, { value: c.value ?? 0 })),
        way('otherwise', 'flow.otherwise', node.otherwise),
      ];
    case 'message':
    case 'end':
      return [];
  }
}

/** Whether there is nothing to hear in it yet. */
export function isSilent(prompt: Prompt): boolean {
  if ('prompt_id' in prompt) return prompt.prompt_id <= 0;
  return ('url' in prompt ? prompt.url : prompt.text).trim() === '';
}

/** A copy in which what stands at a path is something else; lists stay lists. */
export function put<T>(object: T, path: string, value: unknown): T {
  if (path === '') return value as T;
  const [first = '', ...rest] = path.split('.');
  const at = object as Record<string, unknown>;
  const next = rest.length === 0 ? value : put(at[first], rest.join('.'), value);
  if (Array.isArray(object)) return object.map((item: unknown, i) => (String(i) === first ? next : item)) as T;
  return { ...at, [first]: next } as T;
}

export function withExit(node: FlowNode, { path, isOptional }: Pick<Exit, 'path' | 'isOptional'>, to: string): FlowNode {
  return put(node, path, to === '' && isOptional ? undefined : to);
}

/** Leads every exit that `change` names elsewhere. */
function rewired(node: FlowNode, change: (to: string, exit: Exit) => string): FlowNode {
  return exitsOf(node).reduce((so, exit) => {
    const to = change(exit.to, exit);
    return to === exit.to ? so : withExit(so, exit, to);
  }, node);
}

/** Renames a step and every exit that leads to it. */
export function renamed(flow: FlowInput, from: string, to: string, index: number): FlowInput {
  const exit = (name: string): string => (name === from && from !== '' ? to : name);
  const nodes = flow.nodes.map((node, i) => rewired(i === index ? { ...node, id: to } : node, exit));
  return { ...flow, start: exit(flow.start), nodes };
}

/** Where new exits lead until somebody says otherwise: to the end of the call. */
export function ending(nodes: readonly FlowNode[]): string {
  return (nodes.find((node) => node.kind === 'end') ?? nodes.find(isLast) ?? nodes.at(-1))?.id ?? '';
}

function freeId(nodes: readonly FlowNode[]): string {
  let n = nodes.length + 1;
  while (nodes.some((node) => node.id === `step-${n}`)) n += 1;
  return `step-${n}`;
}

/** A new step on an exit: it goes on to where the exit led. Its index is that of the last node. */
export function inserted(flow: FlowInput, index: number, exit: Exit): FlowInput {
  const to = exit.to === '' ? ending(flow.nodes) : exit.to;
  const id = freeId(flow.nodes);
  const made: FlowNode = { id, kind: 'play', prompt: { text: '' }, next: to, failed: ending(flow.nodes) || to };
  return { ...flow, nodes: [...flow.nodes.map((node, i) => (i === index ? withExit(node, exit, id) : node)), made] };
}

/** Without a step: what led to it leads to where it went on. */
export function removed(flow: FlowInput, index: number): FlowInput {
  const gone = flow.nodes[index];
  if (!gone) return flow;
  const nodes = flow.nodes.filter((_, i) => i !== index);
  const isDouble = nodes.some((node) => node.id === gone.id);
  const on = exitsOf(gone).find(({ to }) => to !== gone.id && nodes.some((node) => node.id === to))?.to ?? ending(nodes);
  const exit = (to: string): string => (to === gone.id && !isDouble ? on : to);
  return { ...flow, start: exit(flow.start), nodes: nodes.map((node) => rewired(node, exit)) };
}

/** Another kind of step in the same place: its exits lead to where the first led. */
export function turnedInto(node: FlowNode, kind: NodeKind, nodes: readonly FlowNode[]): FlowNode {
  const to = exitsOf(node)[0]?.to;
  const made = emptyNode(node.id, kind, to || ending(nodes));
  const end = ending(nodes);
  const safe = rewired(made, (at, exit) => (exit.role === 'fallback' && end !== '' ? end : at));
  const prompt = 'prompt' in node ? node.prompt : undefined;
  return prompt && 'prompt' in safe ? ({ ...safe, prompt } as FlowNode) : safe;
}

export interface Problem {
  field: string;
  detail: string;
}

const PLACE = /^\/?nodes[./[]+([^\].[/]+)\]?[./]?(.*)$/;

/** The index of the step that an error speaks of, by number, by id, or by naming it. */
export function stepOf(problem: Problem, nodes: readonly FlowNode[]): number {
  const place = PLACE.exec(problem.field)?.[1];
  if (place === undefined) return -1;
  const byId = nodes.findIndex((node) => node.id === place);
  return byId >= 0 ? byId : /^\d+$/.test(place) && Number(place) < nodes.length ? Number(place) : -1;
}

/** The place inside its step that an error names. */
export function insideOf(field: string): string {
  return PLACE.exec(field)?.[2] ?? field.replace(/^\/?nodes\b.*/, '');
}

/** The errors of one step, with their place inside it. */
export function errorsOf(problems: readonly Problem[], nodes: readonly FlowNode[], index: number): Problem[] {
  return problems.filter((p) => stepOf(p, nodes) === index).map((p) => ({ ...p, field: PLACE.exec(p.field)?.[2] ?? '' }));
}
