// The way of a test call through its flow, as the outline shows it; and what of its attributes may be seen. Pure.
import type { TestCall, TestStep } from '../api/flows';
import type { FlowInput } from '../api/contract';
import { exitsOf, type Exit } from './nodes';

export interface Path {
  /** Steps that were gone through, by index. */
  steps: ReadonlySet<number>;
  /** Exits that were taken: `index|path`. */
  exits: ReadonlySet<string>;
  /** Where the call is; -1 nowhere. */
  now: number;
}

const NOWHERE: Path = { steps: new Set(), exits: new Set(), now: -1 };

/** The exit of a step that was taken: by its name, by the key of a choice, else the one that leads to the step that followed. */
function takenOf(exits: readonly Exit[], told: string | null, next: string | undefined): Exit | undefined {
  return exits.find(({ path }) => path === told) ?? exits.find(({ values }) => told !== null && values?.['key'] === told) ?? exits.find(({ to }) => next !== undefined && to === next);
}

/** Whether a step is one of the flow that was called, and not of a sub-flow. */
export function isOwn(call: TestCall, step: TestStep): boolean {
  return step.flow_id === call.steps[0]?.flow_id;
}

export function pathOf(flow: FlowInput, call: TestCall | null): Path {
  if (!call) return NOWHERE;
  const own = call.steps.filter((step) => isOwn(call, step));
  const indexOf = (id: string | null): number => flow.nodes.findIndex((node) => node.id === id);
  const steps = new Set<number>();
  const exits = new Set<string>();
  own.forEach(({ node: id, exit }, i) => {
    const index = indexOf(id);
    const node = flow.nodes[index];
    if (!node) return;
    steps.add(index);
    const isLeft = exit !== null || i + 1 < own.length;
    const taken = isLeft ? takenOf(exitsOf(node), exit, own[i + 1]?.node) : undefined;
    if (taken) exits.add(`${index}|${taken.path}`);
  });
  // In a sub-flow the call stands at the step that led there.
  const at = call.flow_id === call.steps[0]?.flow_id ? call.node : (own.at(-1)?.node ?? null);
  return { steps, exits, now: call.state === 'ended' ? -1 : indexOf(at) };
}

/** The exit that a step was left by, if its flow has it still. */
export function exitOf(flow: FlowInput, step: TestStep, next: TestStep | undefined): Exit | undefined {
  const node = flow.nodes.find(({ id }) => id === step.node);
  return node && (step.exit !== null || next !== undefined) ? takenOf(exitsOf(node), step.exit, next?.node) : undefined;
}

const DOTS = '\u2022\u2022\u2022\u2022';

/** Names under which digits are kept that nobody may see. */
export function maskedNames(flow: FlowInput): Set<string> {
  return new Set(flow.nodes.flatMap((node) => (node.kind === 'collect' && node.masked === true ? [node.attribute ?? node.id] : [])));
}

export function shownAttributes(flow: FlowInput, attributes: TestCall['attributes']): [name: string, value: string][] {
  const masked = maskedNames(flow);
  const text = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));
  const isMasked = (name: string, value: unknown): boolean => masked.has(name) || (typeof value === 'string' && value.startsWith('masked:'));
  return Object.entries(attributes).map(([name, value]) => [name, isMasked(name, value) ? DOTS : text(value)]);
}
