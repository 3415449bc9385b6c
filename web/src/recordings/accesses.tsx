// Who heard a recording, took it along or decided about it, and why.
import { Button, DialogActions, DialogBody, DialogContent, DialogSurface, DialogTitle } from '@fluentui/react-components';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { accessesOf, type Recording } from '../api/recordings';
import { useSession } from '../app/session';
import { Moment } from '../contacts/words';
import '../i18n/past';
import { useMaybeT, useT } from '../i18n/t';
import { Modal } from '../ui/modal';
import { Empty, Failed, Loading } from '../ui/states';
import css from './player.module.css';

export default function Accesses({ recording, close }: { recording: Recording; close: () => void }): ReactNode {
  const t = useT();
  const maybe = useMaybeT();
  const { center } = useSession();
  const accesses = useQuery({ queryKey: ['accesses', center, recording.id], queryFn: () => accessesOf(center, recording.id), staleTime: 0 });
  return (
    <Modal open onOpenChange={(_, data) => !data.open && close()}>
      <DialogSurface className={css.drawer}>
        <DialogBody className={css.drawerBody}>
          <DialogTitle>{t('accesses.title')}</DialogTitle>
          <DialogContent>
            {accesses.isPending ? (
              <Loading rows={[48, 48]} />
            ) : accesses.isError ? (
              <Failed error={accesses.error} retry={() => void accesses.refetch()} />
            ) : accesses.data.length === 0 ? (
              <Empty title={t('accesses.none')} />
            ) : (
              <ul className={css.accesses}>
                {accesses.data.map((it, i) => (
                  <li key={i}>
                    <p>
                      <b>
                        <bdi>{it.by ?? t('product.name')}</bdi>
                      </b>{' '}
                      <Moment at={it.at} />
                    </p>
                    <p>
                      {maybe(`accesses.kind.${it.kind}`, it.kind)}
                      {it.purpose === null ? null : <> {'\u00b7'} {maybe(`purpose.${it.purpose}`, it.purpose)}</>}
                    </p>
                    {it.note === null || it.note === '' ? null : (
                      <p className={css.note}>
                        <bdi>{it.note}</bdi>
                      </p>
                    )}
                  </li>
                ))}
              </ul>
            )}
          </DialogContent>
          <DialogActions>
            <Button onClick={close}>{t('action.close')}</Button>
          </DialogActions>
        </DialogBody>
      </DialogSurface>
    </Modal>
  );
}
