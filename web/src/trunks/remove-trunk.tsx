// Removing a trunk: what stops with it, and who still needs it, as the server says.
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { ReactNode, RefObject } from 'react';
import { useNavigate } from 'react-router';
import { removeTrunk, type Trunk } from '../api/trunks';
import { announce } from '../app/announcer';
import { useSession } from '../app/session';
import { useT } from '../i18n/t';
import { Asking } from '../ui/asking';

export function RemoveTrunk({ trunk, leaving, close }: { trunk: Trunk; leaving: RefObject<boolean>; close: () => void }): ReactNode {
  const t = useT();
  const navigate = useNavigate();
  const client = useQueryClient();
  const { center } = useSession();
  const removing = useMutation({
    mutationFn: () => removeTrunk(center, trunk),
    onSuccess: async () => {
      leaving.current = true;
      announce(t('trunks.removed', { name: trunk.name }));
      client.removeQueries({ queryKey: ['trunk', center, trunk.id] });
      await client.invalidateQueries({ queryKey: ['trunks', center] });
      void navigate('/admin/trunks');
    },
  });
  return (
    <Asking title={t('delete.title', { name: trunk.name })} verb={t('action.delete')} isAlert isBusy={removing.isPending} error={removing.error} isWhole tried={() => undefined} send={() => removing.mutate()} close={close}>
      <p>{t('trunks.remove.text')}</p>
    </Asking>
  );
}
