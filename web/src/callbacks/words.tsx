// Who is called back, and when, in words.
import type { ReactNode } from 'react';
import { useIntl } from 'react-intl';
import type { Callback } from '../api/callbacks';
import { useSession } from '../app/session';
import '../i18n/callbacks';
import { useT } from '../i18n/t';
import { isolated } from '../ui/durations';
import { Ltr } from '../ui/time';

/** Who is called. */
export function Customer({ callback: { customer } }: { callback: Callback }): ReactNode {
  const t = useT();
  const number = customer.number == null ? <span>{t('callbacks.erased')}</span> : <Ltr>{customer.number}</Ltr>;
  if (customer.name == null) return number;
  return (
    <>
      <bdi>{customer.name}</bdi> {number}
    </>
  );
}

/** As people call the customer, for the middle of a sentence. */
export function useWho(): (callback: Callback) => string {
  const t = useT();
  return ({ customer }) => isolated(customer.name ?? customer.number ?? t('callbacks.erased'));
}

/** An instant, by the clock of the contact center or by another one. */
export function useMoment(): (at: string, by?: string) => string {
  const intl = useIntl();
  const { zone } = useSession();
  return (at, by = zone) => intl.formatDate(at, { dateStyle: 'medium', timeStyle: 'short', timeZone: by });
}
