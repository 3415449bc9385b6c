// Whether a callback shall be called off: the customer is not called.
import { useMutation } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { cancelCallback } from '../api/callbacks';
import { announce } from '../app/announcer';
import { useSession } from '../app/session';
import '../i18n/callbacks';
import { useT } from '../i18n/t';
import { Asking } from '../ui/asking';

export default function CancelDialog({ id, who, close }: { id: number; who: string; close: (isDone: boolean) => void }): ReactNode {
  const t = useT();
  const { center } = useSession();
  const cancelling = useMutation({
    mutationFn: () => cancelCallback(center, id),
    onSuccess: () => {
      announce(t('callbacks.cancelled', { who }));
      close(true);
    },
  });
  return (
    <Asking
      title={t('callbacks.cancel.title', { who })}
      verb={t('callbacks.cancel.do')}
      keep={t('callbacks.cancel.keep')}
      isAlert
      isBusy={cancelling.isPending}
      error={cancelling.error}
      isWhole
      tried={() => undefined}
      send={() => cancelling.mutate()}
      close={() => close(false)}
    >
      <p>{t('callbacks.cancel.text')}</p>
    </Asking>
  );
}
