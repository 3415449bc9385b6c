// A mapping that loops was refused: which loop it is, and whether it shall be saved all the same (B-203).
import { Checkbox } from '@fluentui/react-components';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { cycleOf, type PresenceRules, type PresenceRulesInput } from '../api/presence-rules';
import { announce } from '../app/announcer';
import { useSession } from '../app/session';
import { useT } from '../i18n/t';
import { Asking } from '../ui/asking';
import { Cycle } from './cycle';
import type { Words } from './words';

interface Props {
  rules: PresenceRulesInput;
  words: Words;
  save: () => Promise<PresenceRules>;
  saved: (stored: PresenceRules) => void;
  close: () => void;
}

export function LoopDialog({ rules, words, save, saved, close }: Props): ReactNode {
  const t = useT();
  const { center } = useSession();
  const cycle = useQuery({ queryKey: ['presence-cycle', center, rules], queryFn: () => cycleOf(center, rules) });
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
      {cycle.data && cycle.data.length > 0 ? <Cycle cycle={cycle.data} words={words} /> : null}
      <Checkbox checked={isSure} aria-invalid={isTried && !isSure} label={t('presence.loop.sure')} onChange={(_, data) => setSure(data.checked === true)} />
    </Asking>
  );
}
