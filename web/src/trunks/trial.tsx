// Each host is asked now whether it is there, whether it is probed or not: for whoever has just changed something at either end.
import { Button, MessageBar, MessageBarBody, Spinner } from '@fluentui/react-components';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { sentence } from '../admin/field-errors';
import { tryTrunk, type TriedHost, type Trunk } from '../api/trunks';
import { announce } from '../app/announcer';
import { useSession } from '../app/session';
import { td } from '../app/theme';
import { useT } from '../i18n/t';
import { Shape } from '../ui/shapes';
import { useProblemText } from '../ui/states';
import { Ltr } from '../ui/time';
import css from './trunks.module.css';

export function Trial({ trunk }: { trunk: Trunk }): ReactNode {
  const t = useT();
  const say = useProblemText();
  const { center } = useSession();
  const client = useQueryClient();
  const trial = useMutation({
    mutationFn: () => tryTrunk(center, trunk.id),
    onSuccess: (hosts) => {
      announce(t('trunks.trial.done', { n: hosts.filter((it) => it.status !== null).length, of: hosts.length }), 'polite');
      return client.invalidateQueries({ queryKey: ['trunk-health', center] });
    },
  });
  const busy = trial.isPending;
  return (
    <>
      <div>
        <Button size="small" aria-busy={busy} disabledFocusable={busy} icon={busy ? <Spinner size="tiny" aria-hidden /> : undefined} onClick={() => trial.mutate()}>
          {t('trunks.trial')}
        </Button>
      </div>
      {trial.error ? (
        <MessageBar intent="error" layout="multiline" role="alert">
          <MessageBarBody>{say(trial.error)}</MessageBarBody>
        </MessageBar>
      ) : null}
      {trial.data && !busy ? <Tried hosts={trial.data} /> : null}
    </>
  );
}

function Tried({ hosts }: { hosts: readonly TriedHost[] }): ReactNode {
  const t = useT();
  return (
    <ul className={css.hosts} aria-label={t('trunks.trial.told')}>
      {hosts.map((host, i) => (
        <li key={`${i} ${host.host}`}>
          <Shape shape={host.advice === null ? 'circle' : 'octagon'} color={host.advice === null ? td.tdLevelOk : td.tdLevelAct} size={10} />
          <div>
            <Ltr>{host.host}</Ltr>
            <p>{host.status === null ? t('trunks.trial.silent') : t('trunks.trial.answered', { status: host.status, ms: host.took_ms ?? 0 })}</p>
            {host.advice === null ? null : <p>{sentence(host.advice)}</p>}
          </div>
        </li>
      ))}
    </ul>
  );
}
