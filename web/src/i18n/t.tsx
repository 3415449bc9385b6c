// Text of the UI: ICU messages by id. The catalog is English; other locales are modules made at build time.
import { useCallback } from 'react';
import { useIntl } from 'react-intl';
import type en from './en.json';

export type MessageId = keyof typeof en;
export type Values = Record<string, string | number | boolean | Date | null | undefined>;
export type T = (id: MessageId, values?: Values) => string;

export function useT(): T {
  const intl = useIntl();
  return useCallback(
    (id: MessageId, values?: Values) =>
      // Literals are not parsed: they must be passed without values.
      typeof intl.messages[id] === 'string' ? intl.formatMessage({ id }) : intl.formatMessage({ id }, values),
    [intl],
  );
}

/** The message with this id if there is one, else the fallback: for codes that a newer server may send. */
export function useMaybeT(): (id: string, fallback: string, values?: Values) => string {
  const intl = useIntl();
  const t = useT();
  return useCallback(
    (id, fallback, values) => (id in intl.messages ? t(id as MessageId, values) : fallback),
    [intl, t],
  );
}
