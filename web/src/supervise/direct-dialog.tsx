// Whether an agent's state shall be set: what will happen, and the reason that the agent reads.
import { Field, Input, Select } from '@fluentui/react-components';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { api, ask } from '../api/client';
import type { BoardAgent } from '../api/contract';
import { directAgent, type Direction, type DirectionWord } from '../api/direct';
import { announce } from '../app/announcer';
import { useSession } from '../app/session';
import { useT } from '../i18n/t';
import { Asking } from '../ui/asking';
import { useProblemText } from '../ui/states';
import { choosable, consequence, directionOf, WHY_MAX } from './directing';

export default function DirectDialog({ agent, to, close }: { agent: BoardAgent; to: DirectionWord; close: () => void }): ReactNode {
  const t = useT();
  const { center } = useSession();
  const { name } = agent;
  const [reason, setReason] = useState<number | null>(null);
  const [why, setWhy] = useState('');
  const [isTried, setTried] = useState(false);
  const asked = directionOf({ to, reason, why });
  const missing = isTried && 'missing' in asked ? asked.missing : [];
  const directing = useMutation({
    mutationFn: (body: Direction) => directAgent(center, agent.id, body),
    onSuccess: () => {
      announce(t('direct.done', { name, to }));
      close();
    },
  });
  return (
    <Asking
      title={t(`direct.title.${to}`, { name })}
      verb={t(`direct.do.${to}`)}
      isBusy={directing.isPending}
      error={directing.error}
      isWhole={!('missing' in asked)}
      tried={() => setTried(true)}
      send={() => 'body' in asked && directing.mutate(asked.body)}
      close={close}
    >
      <p>{t(consequence(agent.state, to), { name })}</p>
      {to === 'not_ready' ? <ReasonField value={reason} change={setReason} isMissing={missing.includes('reason')} /> : null}
      <Field
        label={t('direct.why')}
        hint={t('direct.why.hint', { name })}
        required
        validationMessage={missing.includes('why') ? t('direct.why.needed') : undefined}
      >
        <Input autoComplete="off" maxLength={WHY_MAX} value={why} onChange={(_, data) => setWhy(data.value)} />
      </Field>
    </Asking>
  );
}

function ReasonField({ value, change, isMissing }: { value: number | null; change: (reason: number | null) => void; isMissing: boolean }): ReactNode {
  const t = useT();
  const say = useProblemText();
  const { center } = useSession();
  const reasons = useQuery({
    queryKey: ['settings', center, 'reasons'],
    queryFn: () => ask(api.GET('/{center}/reasons', { params: { path: { center } } })),
  });
  const items = choosable(reasons.data?.items ?? []);
  const problem = reasons.error ? say(reasons.error) : reasons.isSuccess && items.length === 0 ? t('direct.reason.none') : isMissing ? t('direct.reason.needed') : undefined;
  return (
    <Field label={t('direct.reason')} required validationMessage={problem}>
      <Select value={value === null ? '' : String(value)} onChange={(_, data) => change(data.value === '' ? null : Number(data.value))}>
        <option value="">{t('direct.reason.choose')}</option>
        {items.map(({ id, name }) => (
          <option key={id} value={id}>
            {name}
          </option>
        ))}
      </Select>
    </Field>
  );
}
