// Everything that is said against a flow, in one list: what shows in it, what the server refused, and what a check found. Pure.
import type { Checked, FlowWarning } from '../api/flows';
import type { FlowInput } from '../api/contract';
import type { MessageId } from '../i18n/t';
import { insideOf, stepOf, type Problem } from './nodes';
import { problemsOf } from './outline';

export interface Finding {
  level: 'error' | 'warning';
  /** The step that it speaks of; -1 for the flow. */
  index: number;
  /** The exit or the field inside the step, empty for the step itself. */
  path: string;
  text: string;
}

/** What the server warns of and saves all the same. */
const WARNED: ReadonlySet<MessageId> = new Set(['flow.problem.unreachable']);

export const levelOf = (id: MessageId): Finding['level'] => (WARNED.has(id) ? 'warning' : 'error');

/** Fields of the flow itself: what is wrong with them stands at them. */
const AT_THE_TOP = new Set(['name', 'start']);

type Local = ReturnType<typeof problemsOf>[number];

export function findingsOf(flow: FlowInput, found: readonly Local[], refused: readonly Problem[], checked: Checked | null, say: (local: Local) => string, sentence: (detail: string) => string): Finding[] {
  const isKnown = (index: number): boolean => found.some((f) => f.index === index && WARNED.has(f.id));
  const ofProblem = ({ field, detail }: Problem): Finding => ({ level: 'error', index: stepOf({ field, detail }, flow.nodes), path: insideOf(field), text: sentence(detail) });
  const ofWarning = ({ node, field, detail }: FlowWarning): Finding => {
    const named = flow.nodes.findIndex(({ id }) => id === node);
    return { level: 'warning', index: named >= 0 ? named : stepOf({ field, detail }, flow.nodes), path: insideOf(field), text: sentence(detail) };
  };
  // A check may be of an older flow: of steps that are gone since it says nothing.
  const isThere = (problem: Problem, node: string | null): boolean => (node === null ? !/^\/?nodes[./[]/.test(problem.field) : flow.nodes.some(({ id }) => id === node)) || stepOf(problem, flow.nodes) >= 0;
  const all: Finding[] = [
    ...found.map((f): Finding => ({ level: levelOf(f.id), index: f.index, path: f.path, text: say(f) })),
    ...refused.map(ofProblem),
    ...(checked?.errors ?? []).filter((e) => isThere(e, null)).map(ofProblem),
    // The outline says it of each step as one works; the check need not say it again.
    ...(checked?.warnings ?? [])
      .filter((w) => isThere(w, w.node) && (w.code !== 'unreachable' || !isKnown(ofWarning(w).index)))
      .map(ofWarning),
  ];
  const seen = new Set<string>();
  const shown = all.filter(({ index, path }) => index >= 0 || !AT_THE_TOP.has(path));
  const once = shown.filter(({ index, path, text }) => !seen.has(`${index}|${path}|${text}`) && seen.add(`${index}|${path}|${text}`));
  return once.sort((a, b) => Number(a.level === 'warning') - Number(b.level === 'warning'));
}
