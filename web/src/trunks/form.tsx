// The settings of a trunk, part by part: which there are follows from who is at the other end.
import { lazy, Suspense, type ReactNode } from 'react';
import { Loading } from '../ui/states';
import { Basics } from './basics';
import { Connection } from './connection';
import type { Editing } from './page';
import { Sound } from './sound';

// What only some kinds have comes with the first of them.
const Numbers = lazy(() => import('./numbers-part').then((m) => ({ default: m.Numbers })));
const Phones = lazy(() => import('./phones-part').then((m) => ({ default: m.Phones })));
const EmergencyCalls = lazy(() => import('./emergency-part').then((m) => ({ default: m.EmergencyCalls })));

export function Parts({ editing }: { editing: Editing }): ReactNode {
  const { kind, numbers } = editing.form.input;
  return (
    <>
      <Basics editing={editing} />
      <Connection editing={editing} />
      <Suspense fallback={<Loading rows={[240]} />}>
        {kind === 'teams' ? <EmergencyCalls editing={editing} /> : null}
        {kind === 'phones' ? <Phones editing={editing} /> : null}
        {kind !== 'phones' || numbers.length > 0 ? <Numbers editing={editing} /> : null}
      </Suspense>
      <Sound editing={editing} />
    </>
  );
}
