// To whom a capacity profile is given: single agents, or everybody of a team.
import { Field, ProgressBar } from '@fluentui/react-components';
import { useState, type ReactNode } from 'react';
import { RefSelect } from '../admin/ref-select';
import type { Stored } from '../api/contract';
import { announce } from '../app/announcer';
import { useT } from '../i18n/t';
import { Asking } from '../ui/asking';
import { ManyField } from '../ui/many-field';
import type { Progress } from './agents';

interface Props {
  /** Those who do not have it yet. */
  agents: readonly Stored<'agents'>[];
  progress: Progress | null;
  assign: (ids: readonly number[]) => Promise<void>;
  close: () => void;
}

export default function AssignDialog({ agents, progress, assign, close }: Props): ReactNode {
  const t = useT();
  const [chosen, choose] = useState<readonly number[]>([]);
  const [isTried, setTried] = useState(false);
  const addTeam = (team: number): void => {
    const members = agents.filter((it) => it.team_id === team && !chosen.includes(it.id)).map(({ id }) => id);
    choose([...chosen, ...members]);
    announce(t('capacity.assign.added', { n: members.length }));
  };
  return (
    <Asking
      title={t('capacity.assign.title')}
      verb={t('capacity.assign.do', { n: chosen.length })}
      isBusy={progress !== null}
      error={null}
      isWhole={chosen.length > 0}
      tried={() => setTried(true)}
      send={() => void assign(chosen)}
      close={close}
    >
      <p>{t('capacity.assign.text')}</p>
      <ManyField
        label={t('capacity.assign.agents')}
        none={t('capacity.assign.none')}
        placeholder={t('capacity.assign.find')}
        items={agents}
        chosen={chosen}
        gone=""
        error={isTried && chosen.length === 0 ? t('capacity.assign.missing') : undefined}
        change={choose}
      />
      <Field label={t('capacity.assign.team')} hint={t('capacity.assign.team.hint')}>
        <RefSelect area="teams" none={t('field.choose')} value={0} change={(team) => team !== 0 && addTeam(team)} />
      </Field>
      {progress ? (
        <Field label={t('capacity.assign.progress', { done: progress.done, of: progress.of })}>
          <ProgressBar value={progress.done} max={Math.max(1, progress.of)} />
        </Field>
      ) : null}
    </Asking>
  );
}
