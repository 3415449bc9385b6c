// Who is called back, and when, in words.
import type { ReactNode } from 'react';
import { useIntl } from 'react-intl';
import type { Callback } from '../api/callbacks';
import { useSession } from '../app/session';
import '../i18n/callbacks';
import { useT } from '../i18n/t';
import { isolated } from '../ui/durations';
import { figuresOf } from '../ui/figures';
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

/** An instant, by the clock of the contact center or by another one; beside another instant of its day, without the day. */
export function useMoment(): (at: string, by?: string, beside?: number) => string {
  const intl = useIntl();
  const { zone } = useSession();
  return (at, by = zone, beside) => figuresOf(intl, by).moment(at, beside);
}

/** From when to when, as a sentence: without the day, where that is today. */
export function useWindow(): (window: { from: string; to: string }, now: number) => string {
  const t = useT();
  const { zone } = useSession();
  const moment = useMoment();
  return ({ from, to }, now) => t('callbacks.own.window', { from: isolated(moment(from, zone, now)), to: isolated(moment(to, zone, Date.parse(from))) });
}
