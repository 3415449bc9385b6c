// Agent performance.
import type { ReactNode } from 'react';
import { PerformancePage } from './performance';

export function Page(): ReactNode {
  return <PerformancePage whose="agent" />;
}
