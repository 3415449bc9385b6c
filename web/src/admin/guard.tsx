// Asks before unsaved changes are left, inside the app and when the tab closes.
import { lazy, Suspense, useEffect, type ReactNode, type RefObject } from 'react';
import { useBlocker } from 'react-router';

const GuardDialog = lazy(() => import('./dialogs').then((m) => ({ default: m.GuardDialog })));

export function Guard({ when, leaving }: { when: boolean; leaving: RefObject<boolean> }): ReactNode {
  const blocker = useBlocker(() => when && !leaving.current);
  useEffect(() => {
    if (!when) return;
    const ask = (event: BeforeUnloadEvent): void => event.preventDefault();
    addEventListener('beforeunload', ask);
    return () => removeEventListener('beforeunload', ask);
  }, [when]);
  if (blocker.state !== 'blocked') return null;
  return (
    <Suspense>
      <GuardDialog leave={() => blocker.proceed()} stay={() => blocker.reset()} />
    </Suspense>
  );
}
