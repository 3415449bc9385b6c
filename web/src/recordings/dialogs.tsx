// Questions before something is done with a recording: why it is heard, why it is held, and whether it shall be gone for good.
import { Field, Input, Radio, RadioGroup, Textarea } from '@fluentui/react-components';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { erase, PURPOSES, recordingSound, releaseHold, setHold, type Purpose, type Reason, type Recording } from '../api/recordings';
import { announce } from '../app/announcer';
import { useSession } from '../app/session';
import '../i18n/past';
import { useT } from '../i18n/t';
import { Asking } from '../ui/asking';
import { saveAs } from '../ui/download';
import { isolated } from '../ui/durations';

const NOTE_MAX = 200;

/** Supervisors say why; an agent hears only own contacts. */
export function usePurposes(): readonly Purpose[] {
  const { may } = useSession();
  return may('hear_recordings') ? PURPOSES.filter((it) => it !== 'own_contact') : ['own_contact'];
}

interface PurposeProps {
  kind: 'listen' | 'download';
  isBusy?: boolean;
  error?: unknown;
  close: () => void;
  given: (reason: Reason) => void;
}

export function PurposeDialog({ kind, isBusy = false, error = null, close, given }: PurposeProps): ReactNode {
  const t = useT();
  const purposes = usePurposes();
  const [purpose, setPurpose] = useState<Purpose | ''>(purposes.length === 1 ? (purposes[0] ?? '') : '');
  const [note, setNote] = useState('');
  const [isTried, setTried] = useState(false);
  return (
    <Asking
      title={t(`purpose.title.${kind}`)}
      verb={t(`purpose.do.${kind}`)}
      isBusy={isBusy}
      error={error}
      isWhole={purpose !== ''}
      tried={() => setTried(true)}
      send={() => purpose !== '' && given({ purpose, note: note.trim() })}
      close={close}
    >
      <p>{t('purpose.text')}</p>
      <Field label={t('purpose.label')} required validationMessage={isTried && purpose === '' ? t('purpose.error') : undefined}>
        <RadioGroup value={purpose} onChange={(_, data) => setPurpose(data.value as Purpose)}>
          {purposes.map((it) => (
            <Radio key={it} value={it} label={t(`purpose.${it}`)} />
          ))}
        </RadioGroup>
      </Field>
      <Field label={t('purpose.note')} hint={t('purpose.note.hint')}>
        <Textarea rows={2} resize="vertical" maxLength={NOTE_MAX} value={note} onChange={(_, data) => setNote(data.value)} />
      </Field>
    </Asking>
  );
}

export function DownloadDialog({ recording, close }: { recording: Recording; close: () => void }): ReactNode {
  const t = useT();
  const { center } = useSession();
  const name = `recording-${recording.id}.wav`;
  const saving = useMutation({
    mutationFn: (reason: Reason) => recordingSound(center, recording.id, reason, true),
    onSuccess: (blob) => {
      saveAs(blob, name);
      announce(t('export.saved.said', { name }));
      close();
    },
  });
  return <PurposeDialog kind="download" isBusy={saving.isPending} error={saving.error} close={close} given={(reason) => saving.mutate(reason)} />;
}

/** What lists and stories know of recordings is out of date after any of these. */
function useDone(): () => Promise<void> {
  const client = useQueryClient();
  const { center } = useSession();
  return async () => {
    await Promise.all(['recordings', 'recordings-of', 'accesses'].map((key) => client.invalidateQueries({ queryKey: [key, center] })));
  };
}

interface ActProps {
  recording: Recording;
  close: () => void;
}

export function HoldDialog({ recording, close }: ActProps): ReactNode {
  const t = useT();
  const { center } = useSession();
  const done = useDone();
  const kind = recording.hold === null ? 'set' : 'release';
  const [reason, setReason] = useState('');
  const [isTried, setTried] = useState(false);
  const holding = useMutation({
    mutationFn: () => (kind === 'set' ? setHold(center, recording.id, reason.trim()) : releaseHold(center, recording.id, reason.trim())),
    onSuccess: async () => {
      announce(t(`hold.done.${kind}`));
      await done();
      close();
    },
  });
  return (
    <Asking
      title={t(`hold.title.${kind}`)}
      verb={t(`hold.do.${kind}`)}
      isBusy={holding.isPending}
      error={holding.error}
      isWhole={reason.trim() !== ''}
      tried={() => setTried(true)}
      send={() => holding.mutate()}
      close={close}
    >
      <p>{t(`hold.text.${kind}`)}</p>
      {recording.hold === null ? null : <p>{t('hold.since', { by: recording.hold.by ?? t('product.name'), reason: recording.hold.reason ?? t('reason.none') })}</p>}
      <ReasonField value={reason} isMissing={isTried && reason.trim() === ''} change={setReason} />
    </Asking>
  );
}

export function EraseDialog({ recording, close }: ActProps): ReactNode {
  const t = useT();
  const { center } = useSession();
  const done = useDone();
  const [reason, setReason] = useState('');
  const [typed, setTyped] = useState('');
  const [isTried, setTried] = useState(false);
  const word = String(recording.id);
  const erasing = useMutation({
    mutationFn: () => erase(center, recording.id, reason.trim()),
    onSuccess: async () => {
      announce(t('erase.done'));
      await done();
      close();
    },
  });
  const isSure = typed.trim() === word;
  return (
    <Asking
      title={t('erase.title', { id: isolated(word) })}
      verb={t('erase.do')}
      isAlert
      isBusy={erasing.isPending}
      error={erasing.error}
      isWhole={isSure && reason.trim() !== ''}
      tried={() => setTried(true)}
      send={() => erasing.mutate()}
      close={close}
    >
      <p>{t('erase.text')}</p>
      <ReasonField value={reason} isMissing={isTried && reason.trim() === ''} change={setReason} />
      <Field label={t('erase.confirm', { id: isolated(word) })} required validationMessage={isTried && !isSure ? t('erase.confirm.error', { id: isolated(word) }) : undefined}>
        <Input dir="ltr" inputMode="numeric" autoComplete="off" value={typed} onChange={(_, data) => setTyped(data.value)} />
      </Field>
    </Asking>
  );
}

function ReasonField({ value, isMissing, change }: { value: string; isMissing: boolean; change: (value: string) => void }): ReactNode {
  const t = useT();
  return (
    <Field label={t('reason.label')} hint={t('reason.hint')} required validationMessage={isMissing ? t('reason.error') : undefined}>
      <Textarea rows={2} resize="vertical" maxLength={NOTE_MAX} value={value} onChange={(_, data) => change(data.value)} />
    </Field>
  );
}
