// The alarm above every page: until something must be done now, neither the bar nor its words are loaded.
import { lazy, Suspense, type ReactNode } from 'react';
import { useTopic } from '../live/hooks';
import { nextAlarm } from './checks';

const AlarmBar = lazy(() => import('./alarm-bar').then((it) => ({ default: it.AlarmBar })));

export function HealthAlarm(): ReactNode {
  const health = useTopic('health');
  if (nextAlarm(null, health) === null) return null;
  return (
    <Suspense fallback={null}>
      <AlarmBar health={health} />
    </Suspense>
  );
}
