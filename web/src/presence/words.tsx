// What is shown on either side, in words: a status of Teams, or how an agent stands in Tandem.
import type { ReactNode } from 'react';
import { useList } from '../admin/settings';
import type { Shown, Standing, SystemStanding, Target } from '../api/presence-rules';
import { STATUSES, type Doing, type Status } from '../api/directory';
import type { AgentState } from '../api/contract';
import '../i18n/directory';
import '../i18n/integration';
import { useT, type T } from '../i18n/t';
import { StateShape } from '../ui/shapes';
import { SeenShape } from './seen';

export interface Reason {
  id: number;
  label: string;
}
export function useReasons(): readonly Reason[] {
  const reasons = useList('reasons');
  return (reasons.data?.items ?? []).map(({ id, label }) => ({ id, label }));
}

export interface Words {
  standing: (of: Standing) => string;
  target: (of: Target) => string;
  shown: (of: Shown) => string;
}

export const isStatus = (of: unknown): of is Status => STATUSES.some((it) => it === of);
export function seenText(t: T, of: Status | Doing): string {
  return isStatus(of) ? t(`seen.${of}`) : t(`seen.doing.${of}`);
}

export function useWords(reasons: readonly Reason[]): Words {
  const t = useT();
  const reason = (id: number): string => reasons.find((it) => it.id === id)?.label ?? t('presence.reason.gone', { id });
  const standing = (of: Standing): string => (of.kind === 'reason' ? reason(of.reason_id) : t(`presence.standing.${of.standing}`));
  return {
    standing,
    target: (of) => (of.kind === 'not_ready' ? t('presence.target.not_ready', { reason: reason(of.reason_id) }) : t(`presence.target.${of.kind}`)),
    shown: (of) => (of.side === 'teams' ? t(`seen.${of.status}`) : standing(of.standing)),
  };
}

const STATE_OF: Record<SystemStanding, AgentState> = {
  available: 'available',
  on_contact: 'on_contact',
  ringing: 'offering',
  wrap_up: 'wrap_up',
  not_ready_signed_in: 'not_ready',
  missed_offer: 'not_ready',
  signed_out: 'signed_out',
};

export function StandingShape({ of }: { of: Standing }): ReactNode {
  return <StateShape state={of.kind === 'system' ? STATE_OF[of.standing] : 'not_ready'} />;
}

export function ShownShape({ of }: { of: Shown }): ReactNode {
  return of.side === 'teams' ? <SeenShape status={of.status} /> : <StandingShape of={of.standing} />;
}
