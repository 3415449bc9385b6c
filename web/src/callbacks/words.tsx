// Who is called back, and when, in words.
import type { ReactNode } from 'react';
import { useIntl } from 'react-intl';
import type { Callback } from '../api/callbacks';
import { useSession } from '../app/session';
import '../i18n/callbacks';
import { useT } from '../i18n/t';
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

/** An instant, by the clock of the contact center. */
export function useMoment(): (at: string) => string {
  const intl = useIntl();
  const { zone } = useSession();
  return (at) => intl.formatDate(at, { dateStyle: 'medium', timeStyle: 'short', timeZone: zone });
}
