// Whether a callback shall be called off: the customer is not called.
import { useMutation } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { cancelCallback, type Callback } from '../api/callbacks';
import { announce } from '../app/announcer';
import { useSession } from '../app/session';
import { useT } from '../i18n/t';
import { Asking } from '../ui/asking';
import { isolated } from '../ui/durations';

export default function CancelDialog({ callback, close }: { callback: Callback; close: (isDone: boolean) => void }): ReactNode {
  const t = useT();
  const { center } = useSession();
  const who = isolated(callback.customer.name ?? callback.customer.number ?? callback.id);
  const cancelling = useMutation({
    mutationFn: () => cancelCallback(center, callback.id),
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
