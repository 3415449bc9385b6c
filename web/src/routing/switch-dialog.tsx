// Whether a queue shall be switched for a while: to what, until when and why, and what becomes of those who wait.
import { Field, Input, MessageBar, MessageBarBody } from '@fluentui/react-components';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import type { Queue } from '../api/contract';
import { announce } from '../app/announcer';
import { useSession } from '../app/session';
import { useT } from '../i18n/t';
import { useServerNow } from '../live/hooks';
import { WHY_MAX } from '../supervise/directing';
import { Asking } from '../ui/asking';
import { Choices } from '../ui/choices';
import { useProblemText } from '../ui/states';
import { becomes, POSITIONS, switchesOf, switchOf, switchQueue, type Position } from './switches';

export default function SwitchDialog({ queue, close }: { queue: Queue; close: () => void }): ReactNode {
  const t = useT();
  const say = useProblemText();
  const now = useServerNow();
  const { center, zone } = useSession();
  const client = useQueryClient();
  const [position, setPosition] = useState<Position>('closed');
  const [until, setUntil] = useState('');
  const [reason, setReason] = useState('');
  const [isTried, setTried] = useState(false);
  const asked = switchOf({ position, until, reason }, now, zone);
  const missing = isTried && 'missing' in asked ? asked.missing : [];
  const standing = useQuery({ queryKey: ['switches', center, queue.id], queryFn: () => switchesOf(center, queue.id), refetchInterval: 5_000 });
  const switching = useMutation({
    mutationFn: () => ('body' in asked ? switchQueue(center, queue.id, asked.body) : Promise.reject(new Error(position))),
    onSuccess: (now) => {
      client.setQueryData(['switches', center, queue.id], now);
      announce(t('queue.switch.done', { name: queue.name, position }));
      close();
    },
  });
  const positions = POSITIONS.filter((it) => (it === 'open' ? queue.hours_id != null : it === 'no_callbacks' ? queue.callbacks != null : true));
  const waiting = becomes(standing.data?.outlook.find((it) => it.position === position));
  return (
    <Asking
      title={t('queue.switch.title', { name: queue.name })}
      verb={t(`queue.switch.do.${position}`)}
      isAlert
      isBusy={switching.isPending}
      error={switching.error}
      isWhole={!('missing' in asked)}
      tried={() => setTried(true)}
      send={() => switching.mutate()}
      close={close}
    >
      <Choices label={t('queue.switch.position')} choices={positions} value={position} text={(it) => t(`queue.switch.to.${it}`)} choose={setPosition} />
      <p>{t(`queue.switch.text.${position}`)}</p>
      <MessageBar intent={waiting.length === 0 ? 'info' : 'warning'} layout="multiline">
        <MessageBarBody>
          {standing.isError ? say(standing.error) : null}
          {standing.isSuccess && waiting.length === 0 ? t('queue.switch.nobody') : null}
          {waiting.map(([part, n]) => (
            <div key={part}>{t(`queue.switch.becomes.${part}`, { n })}</div>
          ))}
        </MessageBarBody>
      </MessageBar>
      <Field label={t('queue.switch.until')} hint={t('queue.switch.until.hint', { zone })} required validationMessage={missing.includes('until') ? t('queue.switch.until.needed') : undefined}>
        <Input type="time" dir="ltr" value={until} onChange={(_, data) => setUntil(data.value)} />
      </Field>
      <Field label={t('queue.switch.reason')} hint={t('queue.switch.reason.hint')} required validationMessage={missing.includes('reason') ? t('direct.why.needed') : undefined}>
        <Input autoComplete="off" maxLength={WHY_MAX} value={reason} onChange={(_, data) => setReason(data.value)} />
      </Field>
    </Asking>
  );
}
