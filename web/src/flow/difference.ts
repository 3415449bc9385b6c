// What another version of a call flow has more, less and otherwise, step by step. Pure.
import type { FlowInput, FlowNode } from '../api/contract';

/** One field of a step: what it is here and what there; null where that cannot be said in a word. */
export interface Change {
  field: string;
  here: string | null;
  there: string | null;
}
export interface Difference {
  /** Steps that only the other one has. */
  more: FlowNode[];
  /** Steps that it lacks. */
  less: FlowNode[];
  /** Steps that are otherwise there, as they are there, with what differs in them. */
  otherwise: { node: FlowNode; changes: Change[] }[];
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
    const changes = was === undefined ? [] : changesOf(was, node);
    return changes.length === 0 ? [] : [{ node, changes }];
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

function changesOf(was: FlowNode, is: FlowNode): Change[] {
  const [one, other] = [was as unknown as Record<string, unknown>, is as unknown as Record<string, unknown>];
  const names = [...new Set([...Object.keys(one), ...Object.keys(other)])];
  return names.filter((name) => written(one[name]) !== written(other[name])).map((field) => ({ field, here: said(one[field]), there: said(other[field]) }));
}

/** A word or a figure as it stands, a prompt by what it says or where it lies; nothing is empty. */
function said(value: unknown): string | null {
  if (value === null || value === undefined) return '';
  if (typeof value === 'string' || typeof value === 'number') return String(value);
  if (typeof value !== 'object') return null;
  if ('text' in value && typeof value.text === 'string') return value.text;
  return 'url' in value && typeof value.url === 'string' ? value.url : null;
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
