// A mapping that loops was refused: which loop it is, and whether it shall be saved all the same (B-203).
import { Checkbox } from '@fluentui/react-components';
import { useMutation } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import type { PresenceRules, Shown } from '../api/presence-rules';
import { announce } from '../app/announcer';
import { useT } from '../i18n/t';
import { Asking } from '../ui/asking';
import { Cycle } from './cycle';
import type { Words } from './words';

interface Props {
  cycle: readonly Shown[];
  words: Words;
  save: () => Promise<PresenceRules>;
  saved: (stored: PresenceRules) => void;
  close: () => void;
}

export function LoopDialog({ cycle, words, save, saved, close }: Props): ReactNode {
  const t = useT();
  const [isSure, setSure] = useState(false);
  const [isTried, setTried] = useState(false);
  const saving = useMutation({
    mutationFn: save,
    onSuccess: (stored) => {
      announce(t('form.saved'));
      saved(stored);
    },
  });
  return (
    <Asking title={t('presence.loop.title')} verb={t('presence.loop.save')} keep={t('presence.loop.back')} isAlert isBusy={saving.isPending} error={saving.error} isWhole={isSure} tried={() => setTried(true)} send={() => saving.mutate()} close={close}>
      <p>{t('presence.loop.text')}</p>
      <Cycle cycle={cycle} words={words} />
      <Checkbox checked={isSure} aria-invalid={isTried && !isSure} label={t('presence.loop.sure')} onChange={(_, data) => setSure(data.checked === true)} />
    </Asking>
  );
}
