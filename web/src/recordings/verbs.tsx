// What somebody may do with a recording, by permission: whoever hears it takes it along, they and
// auditors see who heard it, and few hold and erase it.
import { MoreHorizontalRegular } from '@fluentui/react-icons/svg/more-horizontal';
import { lazy, Suspense, useState, type ReactNode } from 'react';
import type { Recording } from '../api/recordings';
import { useSession } from '../app/session';
import { useT } from '../i18n/t';
import { isolated } from '../ui/durations';
import { PopMenu, type PopItem } from '../ui/pop-menu';

const Accesses = lazy(() => import('./accesses'));
const DownloadDialog = lazy(() => import('./dialogs').then((m) => ({ default: m.DownloadDialog })));
const EraseDialog = lazy(() => import('./dialogs').then((m) => ({ default: m.EraseDialog })));
const HoldDialog = lazy(() => import('./dialogs').then((m) => ({ default: m.HoldDialog })));

type Open = 'download' | 'accesses' | 'hold' | 'erase' | null;

export function Verbs({ recording }: { recording: Recording }): ReactNode {
  const t = useT();
  const { may } = useSession();
  const [open, setOpen] = useState<Open>(null);
  const close = (): void => setOpen(null);
  const items: PopItem[] = [];
  const add = (key: NonNullable<Open>, label: string, disabled = false): void => {
    items.push({ key, label, disabled, run: () => setOpen(key) });
  };
  const isKept = recording.state === 'kept';
  if (isKept && (may('take_contacts') || may('hear_recordings'))) add('download', t('recording.verb.download'));
  if (may('hear_recordings') || may('read_audit')) add('accesses', t('recording.verb.accesses'));
  if (may('hold_recordings') && isKept) add('hold', t(recording.hold === null ? 'recording.verb.hold' : 'recording.verb.release'));
  if (may('hold_recordings') && isKept) add('erase', t(recording.hold === null ? 'recording.verb.erase' : 'recording.verb.erase.held'), recording.hold !== null);
  if (items.length === 0) return null;
  return (
    <>
      <PopMenu label={t('recording.verbs', { id: isolated(recording.id) })} appearance="subtle" icon={<MoreHorizontalRegular />} groups={[{ key: 'verbs', items }]} />
      <Suspense>
        {open === 'download' ? <DownloadDialog recording={recording} close={close} /> : null}
        {open === 'accesses' ? <Accesses recording={recording} close={close} /> : null}
        {open === 'hold' ? <HoldDialog recording={recording} close={close} /> : null}
        {open === 'erase' ? <EraseDialog recording={recording} close={close} /> : null}
      </Suspense>
    </>
  );
}
