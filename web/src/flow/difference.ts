// What another version of a call flow has more, less and otherwise, step by step. Pure.
import type { FlowInput, FlowNode } from '../api/contract';

export interface Difference {
  /** Steps that only the other one has. */
  more: FlowNode[];
  /** Steps that it lacks. */
  less: FlowNode[];
  /** Steps that are otherwise there, as they are there, with the fields that differ. */
  otherwise: { node: FlowNode; fields: string[] }[];
  /** The other name, when it is another. */
  name: string | null;
  /** The other first step, when it is another. */
  start: string | null;
}

export function difference(from: FlowInput, to: FlowInput): Difference {
  const before = new Map(from.nodes.map((node) => [node.id, node]));
  const after = new Map(to.nodes.map((node) => [node.id, node]));
  const otherwise = to.nodes.flatMap((node) => {
    const was = before.get(node.id);
    const fields = was === undefined ? [] : fieldsOf(was, node);
    return fields.length === 0 ? [] : [{ node, fields }];
  });
  return {
    more: to.nodes.filter(({ id }) => !before.has(id)),
    less: from.nodes.filter(({ id }) => !after.has(id)),
    otherwise,
    name: from.name === to.name ? null : to.name,
    start: from.start === to.start ? null : to.start,
  };
}

export function isSame({ more, less, otherwise, name, start }: Difference): boolean {
  return more.length + less.length + otherwise.length === 0 && name === null && start === null;
}

function fieldsOf(was: FlowNode, is: FlowNode): string[] {
  const [one, other] = [was as unknown as Record<string, unknown>, is as unknown as Record<string, unknown>];
  const names = [...new Set([...Object.keys(one), ...Object.keys(other)])];
  return names.filter((name) => written(one[name]) !== written(other[name]));
}

/** The same for what is the same, in whatever order its fields stand; what is left out is as what is empty. */
function written(value: unknown): string {
  if (value === null || value === undefined) return 'null';
  if (Array.isArray(value)) return `[${value.map(written).join()}]`;
  if (typeof value !== 'object') return JSON.stringify(value);
  const fields = Object.entries(value).filter(([, it]) => it !== null && it !== undefined);
  const sorted = fields.sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${sorted.map(([name, it]) => `${JSON.stringify(name)}:${written(it)}`).join()}}`;
}
