// What a supervisor decides about one who waits: another queue, an agent, or the end; with the reason that the story keeps.
import { Field, Input, Select } from '@fluentui/react-components';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { useList } from '../admin/settings';
import { announce } from '../app/announcer';
import { useSession } from '../app/session';
import { useT } from '../i18n/t';
import { useTopic } from '../live/hooks';
import { WHY_MAX } from '../supervise/directing';
import { Asking } from '../ui/asking';
import { steer, steeringOf, type Way } from './steering';
import type { Waiting } from './waiting';

interface Props {
  waiting: Waiting;
  /** The queue that the contact waits in. */
  queue: number;
  way: Way;
  who: string;
  close: () => void;
}

export default function SteerDialog({ waiting, queue, way, who, close }: Props): ReactNode {
  const t = useT();
  const { center } = useSession();
  const client = useQueryClient();
  const [to, setTo] = useState<number | null>(null);
  const [why, setWhy] = useState('');
  const [isTried, setTried] = useState(false);
  const asked = steeringOf({ way, to, why });
  const missing = isTried && 'missing' in asked ? asked.missing : [];
  const steering = useMutation({
    mutationFn: () => ('body' in asked ? steer(center, waiting.id, asked.body) : Promise.resolve()),
    onSuccess: async () => {
      announce(t(`queue.steer.done.${way}`, { who }));
      await client.invalidateQueries({ queryKey: ['line', center] });
      close();
    },
  });
  return (
    <Asking
      title={t(`queue.steer.title.${way}`, { who })}
      verb={t(`queue.steer.do.${way}`)}
      isAlert={way === 'remove'}
      isBusy={steering.isPending}
      error={steering.error}
      isWhole={!('missing' in asked)}
      tried={() => setTried(true)}
      send={() => steering.mutate()}
      close={close}
    >
      <p>{t(way === 'remove' && waiting.channel === 'voicemail' ? 'queue.steer.text.removeMessage' : `queue.steer.text.${way}`, { who })}</p>
      {way === 'move' ? <QueueChoice but={queue} value={to} change={setTo} isMissing={missing.includes('to')} /> : null}
      {way === 'assign' ? <AgentChoice value={to} change={setTo} isMissing={missing.includes('to')} /> : null}
      <Field label={t('queue.steer.why')} hint={t('queue.steer.why.hint')} required validationMessage={missing.includes('why') ? t('direct.why.needed') : undefined}>
        <Input autoComplete="off" maxLength={WHY_MAX} value={why} onChange={(_, data) => setWhy(data.value)} />
      </Field>
    </Asking>
  );
}

interface Choice {
  value: number | null;
  change: (to: number | null) => void;
  isMissing: boolean;
}

function QueueChoice({ but, value, change, isMissing }: Choice & { but: number }): ReactNode {
  const t = useT();
  const queues = useList('queues');
  const others = (queues.data?.items ?? []).filter(({ id }) => id !== but);
  return <Chosen label={t('queue.steer.queue')} items={others} value={value} change={change} error={isMissing ? t('queue.steer.queue.needed') : undefined} />;
}

/** Nobody else can be offered anything now. */
function AgentChoice({ value, change, isMissing }: Choice): ReactNode {
  const t = useT();
  const board = useTopic('board');
  const free = (board?.agent_list ?? []).filter(({ state }) => state === 'available');
  const error = board && free.length === 0 ? t('queue.steer.agent.none') : isMissing ? t('queue.steer.agent.needed') : undefined;
  return <Chosen label={t('queue.steer.agent')} items={free} value={value} change={change} error={error} />;
}

function Chosen({ label, items, value, change, error }: { label: string; items: readonly { id: number; name: string }[]; value: number | null; change: (to: number | null) => void; error: string | undefined }): ReactNode {
  const t = useT();
  return (
    <Field label={label} required validationMessage={error}>
      <Select value={value === null ? '' : String(value)} onChange={(_, data) => change(data.value === '' ? null : Number(data.value))}>
        <option value="">{t('field.choose')}</option>
        {items.map(({ id, name }) => (
          <option key={id} value={id}>
            {name}
          </option>
        ))}
      </Select>
    </Field>
  );
}
