// Reasons for being not ready as an agent chooses them: under their headings, in their order. Pure.
import type { LabelRef, ReasonChoice } from '../api/contract';

export interface ReasonGroup {
  /** Null: those that stand under none. */
  heading: LabelRef | null;
  reasons: ReasonChoice[];
}

/** Those under no heading first; then each heading, in the order in which its first reason comes. */
export function reasonGroups(reasons: readonly ReasonChoice[]): ReasonGroup[] {
  const loose: ReasonGroup = { heading: null, reasons: [] };
  const under = new Map<number, ReasonGroup>();
  for (const reason of reasons) {
    const heading = reason.heading ?? null;
    if (heading === null) loose.reasons.push(reason);
    else {
      const group = under.get(heading.id) ?? { heading, reasons: [] };
      group.reasons.push(reason);
      under.set(heading.id, group);
    }
  }
  return [loose, ...under.values()].filter((group) => group.reasons.length > 0);
}

/** By which a reason is found where its heading does not stand above it. */
export function reasonName({ label, heading }: Pick<ReasonChoice, 'label' | 'heading'>): string {
  return heading ? `${heading.label}: ${label}` : label;
}

/** The first that an agent may have without asking. */
export function freeReason(reasons: readonly ReasonChoice[]): ReasonChoice | undefined {
  return reasons.find((reason) => reason.needs_supervisor !== true);
}
