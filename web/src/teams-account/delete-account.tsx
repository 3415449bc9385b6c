// Whether the account shall go: what that does to everybody at once, and what each of them must do afterwards (B-059 to B-061).
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { ReactNode, RefObject } from 'react';
import { useNavigate } from 'react-router';
import access from '../access/access.module.css';
import { deleteTeamsAccount, type TeamsAccount } from '../api/teams-account';
import { announce } from '../app/announcer';
import { useSession } from '../app/session';
import { useT } from '../i18n/t';
import { Asking } from '../ui/asking';

export function DeleteAccount({ account, leaving, close }: { account: TeamsAccount; leaving: RefObject<boolean>; close: () => void }): ReactNode {
  const t = useT();
  const navigate = useNavigate();
  const client = useQueryClient();
  const { center } = useSession();
  const deleting = useMutation({
    mutationFn: () => deleteTeamsAccount(center, account.version),
    onSuccess: () => {
      leaving.current = true;
      client.setQueryData(['teams-account', center], null);
      void client.invalidateQueries({ queryKey: ['my-teams', center] });
      announce(t('teamsAccount.delete.done', { name: account.name }));
      void navigate('/admin/integrations');
    },
  });
  return (
    <Asking
      title={t('teamsAccount.delete.title', { name: account.name })}
      verb={t('action.delete')}
      isAlert
      isBusy={deleting.isPending}
      error={deleting.error}
      isWhole
      tried={() => undefined}
      send={() => deleting.mutate()}
      close={close}
    >
      <p>{t('teamsAccount.delete.text', { n: account.n_enabled })}</p>
      <ul className={access.points}>
        <li>{t('teamsAccount.delete.secrets')}</li>
        <li>{t('teamsAccount.delete.presence')}</li>
        <li>{t('teamsAccount.delete.again')}</li>
      </ul>
    </Asking>
  );
}
