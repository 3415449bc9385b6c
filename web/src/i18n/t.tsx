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
    (id: MessageId, values?: Values) => {
      // A literal is what is said. react-intl would parse it anew at each use, and what is shipped has no parser: it made, threw and
      // swallowed an error for every text that was drawn.
      const message = intl.messages[id];
      return typeof message === 'string' ? message : intl.formatMessage({ id }, values);
    },
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
