// Questions before something is done with a recording: why it is heard, why it is held, and whether it shall be gone for good.
import {
  Button,
  DialogActions,
  DialogBody,
  DialogContent,
  DialogSurface,
  DialogTitle,
  Field,
  Input,
  MessageBar,
  MessageBarBody,
  Radio,
  RadioGroup,
  Spinner,
  Textarea,
} from '@fluentui/react-components';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState, type FormEvent, type ReactNode } from 'react';
import { erase, PURPOSES, recordingSound, releaseHold, setHold, type Purpose, type Reason, type Recording } from '../api/recordings';
import { announce } from '../app/announcer';
import { useSession } from '../app/session';
import { useT } from '../i18n/t';
import { saveAs } from '../ui/download';
import { isolated } from '../ui/durations';
import { Modal } from '../ui/modal';
import { useProblemText } from '../ui/states';
import css from './player.module.css';

const NOTE_MAX = 200;

interface AskedProps {
  title: string;
  submit: string;
  isBusy: boolean;
  error: unknown;
  close: () => void;
  onSubmit: () => void;
  children: ReactNode;
}

function Asked({ title, submit, isBusy, error, close, onSubmit, children }: AskedProps): ReactNode {
  const t = useT();
  const say = useProblemText();
  const sent = (event: FormEvent): void => {
    event.preventDefault();
    if (!isBusy) onSubmit();
  };
  return (
    <Modal open onOpenChange={(_, data) => !data.open && close()}>
      <DialogSurface>
        <form onSubmit={sent} noValidate>
          <DialogBody>
            <DialogTitle>{title}</DialogTitle>
            <DialogContent>
              <div className={css.fields}>
                {children}
                {error ? (
                  <MessageBar intent="error" layout="multiline" role="alert">
                    <MessageBarBody>{say(error)}</MessageBarBody>
                  </MessageBar>
                ) : null}
              </div>
            </DialogContent>
            <DialogActions>
              <Button onClick={close}>{t('action.cancel')}</Button>
              <Button type="submit" appearance="primary" icon={isBusy ? <Spinner size="tiny" appearance="inverted" /> : undefined} aria-busy={isBusy} disabledFocusable={isBusy}>
                {submit}
              </Button>
            </DialogActions>
          </DialogBody>
        </form>
      </DialogSurface>
    </Modal>
  );
}

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
  const submit = (): void => {
    setTried(true);
    if (purpose !== '') given({ purpose, note: note.trim() });
  };
  return (
    <Asked title={t(`purpose.title.${kind}`)} submit={t(`purpose.do.${kind}`)} isBusy={isBusy} error={error} close={close} onSubmit={submit}>
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
    </Asked>
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
  const submit = (): void => {
    setTried(true);
    if (reason.trim() !== '') holding.mutate();
  };
  return (
    <Asked title={t(`hold.title.${kind}`)} submit={t(`hold.do.${kind}`)} isBusy={holding.isPending} error={holding.error} close={close} onSubmit={submit}>
      <p>{t(`hold.text.${kind}`)}</p>
      {recording.hold === null ? null : <p>{t('hold.since', { by: recording.hold.by ?? t('product.name'), reason: recording.hold.reason ?? t('reason.none') })}</p>}
      <ReasonField value={reason} isMissing={isTried && reason.trim() === ''} change={setReason} />
    </Asked>
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
  const submit = (): void => {
    setTried(true);
    if (isSure && reason.trim() !== '') erasing.mutate();
  };
  return (
    <Asked title={t('erase.title', { id: isolated(word) })} submit={t('erase.do')} isBusy={erasing.isPending} error={erasing.error} close={close} onSubmit={submit}>
      <p>{t('erase.text')}</p>
      <ReasonField value={reason} isMissing={isTried && reason.trim() === ''} change={setReason} />
      <Field label={t('erase.confirm', { id: isolated(word) })} required validationMessage={isTried && !isSure ? t('erase.confirm.error', { id: isolated(word) }) : undefined}>
        <Input dir="ltr" inputMode="numeric" autoComplete="off" value={typed} onChange={(_, data) => setTyped(data.value)} />
      </Field>
    </Asked>
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
