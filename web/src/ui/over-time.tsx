// By how much an agent is not ready for longer than the reason says; nothing before.
import type { ReactNode } from 'react';
import { td } from '../app/theme';
import { useT } from '../i18n/t';
import { useServerNow } from '../live/hooks';
import { Shape } from './shapes';
import { Elapsed } from './time';

export function OverTime({ until, className }: { until: string | null | undefined; className?: string }): ReactNode {
  const t = useT();
  const now = useServerNow();
  if (until == null || Date.parse(until) >= now) return null;
  return (
    <span className={className}>
      <Shape shape="triangle" color={td.tdLevelWatch} size={12} /> {t('agent.over')} <Elapsed since={until} />
    </span>
  );
}
