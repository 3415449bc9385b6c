// What an agent asks a supervisor for, on the agent's card: granted or declined there, by those who may.
import { Button, Spinner } from '@fluentui/react-components';
import { useMutation } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { BoardAgent } from '../api/contract';
import { answerPetition, type PetitionAnswer } from '../api/direct';
import { announce } from '../app/announcer';
import { useSession } from '../app/session';
import { td } from '../app/theme';
import { useT } from '../i18n/t';
import { Shape } from '../ui/shapes';
import { useProblemText } from '../ui/states';
import { Elapsed } from '../ui/time';
import css from './floor.module.css';

interface Props {
  agent: BoardAgent;
  petition: NonNullable<BoardAgent['petition']>;
  mayAnswer: boolean;
}

export function PetitionRow({ agent, petition, mayAnswer }: Props): ReactNode {
  const t = useT();
  const say = useProblemText();
  const { center } = useSession();
  const answering = useMutation({
    mutationFn: ({ reason, answer }: { reason: number; answer: PetitionAnswer }) => answerPetition(center, agent.id, { reason_id: reason, answer }),
    onSuccess: (_, { answer }) => announce(t('petition.done', { name: agent.name, answer })),
  });
  const { id, name: reason } = petition.reason;
  const answer = (answer: PetitionAnswer, isMain: boolean): ReactNode => {
    const isBusy = answering.isPending && answering.variables.answer === answer;
    return (
      <Button
        size="small"
        appearance={isMain ? 'primary' : 'secondary'}
        icon={isBusy ? <Spinner size="tiny" /> : null}
        aria-label={t(`petition.${answer}.of`, { name: agent.name, reason })}
        aria-busy={isBusy}
        disabledFocusable={answering.isPending}
        onClick={() => answering.mutate({ reason: id, answer })}
      >
        {t(`petition.${answer}`)}
      </Button>
    );
  };
  return (
    <div className={css.petition} role="group" aria-label={t('petition.of', { name: agent.name })}>
      <span className={css.petitionText}>
        <Shape shape="bell" color={td.tdStateOffering} size={12} />
        <span>{t('petition.asks', { reason })}</span>
        <Elapsed since={petition.since} />
      </span>
      {mayAnswer ? (
        <span className={css.petitionVerbs}>
          {answer('granted', true)}
          {answer('declined', false)}
        </span>
      ) : null}
      {answering.error ? <p role="alert">{say(answering.error)}</p> : null}
    </div>
  );
}
