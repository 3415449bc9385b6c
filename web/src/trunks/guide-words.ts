// What a step of the guide says of itself: Teams makes another thing of some of them. Pure.
import type { MessageId } from '../i18n/t';
import type { StepName, Way } from './guide';

/** Steps of both ways that are another thing toward Teams directly. */
export const DIFFERING = ['listener', 'certificate', 'trunk', 'outgoing', 'incoming', 'agents'] as const satisfies readonly StepName[];

export function aboutId(way: Way, step: StepName): MessageId {
  const other = way === 'direct' ? DIFFERING.find((it) => it === step) : undefined;
  return other === undefined ? `trunks.step.${step}.text` : `trunks.step.${other}.direct`;
}
