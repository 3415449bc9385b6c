// How queues are switched, in words that everybody at the queue reads: a line on the floor, a bar with its end on the queue's page.
import { Button, MessageBar, MessageBarActions, MessageBarBody } from '@fluentui/react-components';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { announce } from '../app/announcer';
import { useSession } from '../app/session';
import { useT } from '../i18n/t';
import { dateAt } from '../hours/clock';
import { clockTime, isolated } from '../ui/durations';
import { useServerNow } from '../live/hooks';
import { useProblemText } from '../ui/states';
import css from './queue.module.css';
import { endSwitch, type Switch } from './switches';

export default function Switched({ switches }: { switches: readonly Switch[] }): ReactNode {
  const words = useSwitchWords();
  return switches.map((it) => (
    <div key={it.position} className={css.caption} data-switch={it.position}>
      {words(it)}
    </div>
  ));
}

/** Each with its end, for who may end it. */
export function SwitchBars({ id, switches }: { id: number; switches: readonly Switch[] }): ReactNode {
  return switches.map((it) => <Bar key={it.position} id={id} standing={it} />);
}

function Bar({ id, standing }: { id: number; standing: Switch }): ReactNode {
  const t = useT();
  const say = useProblemText();
  const words = useSwitchWords();
  const { center, may, look } = useSession();
  const client = useQueryClient();
  const ending = useMutation({
    mutationFn: () => endSwitch(center, id, standing.position),
    onSuccess: (now) => {
      client.setQueryData(['switches', center, id], now);
      announce(t('queue.switch.ended'));
    },
  });
  return (
    <MessageBar intent="warning" layout="multiline" data-switch={standing.position}>
      <MessageBarBody>
        {words(standing)}
        {ending.error ? <div role="alert">{say(ending.error)}</div> : null}
      </MessageBarBody>
      {may('close_hours') && look.standing === 'none' ? (
        <MessageBarActions>
          <Button aria-busy={ending.isPending} disabledFocusable={ending.isPending} onClick={() => ending.mutate()}>
            {t('queue.switch.end')}
          </Button>
        </MessageBarActions>
      ) : null}
    </MessageBar>
  );
}

function useSwitchWords(): (it: Switch) => string {
  const t = useT();
  const now = useServerNow();
  const { zone } = useSession();
  return ({ position, until, reason, by }) => {
    const at = isolated(clockTime(until, zone));
    const isToday = dateAt(Date.parse(until), zone) === dateAt(now, zone);
    return t(`queue.switch.is.${position}`, { by: by ?? t('queue.switch.somebody'), until: isToday ? at : t('queue.switch.tomorrow', { at }), reason });
  };
}
