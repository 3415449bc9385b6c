// Days and times of the center's zone, in words.
import { useCallback } from 'react';
import { useIntl } from 'react-intl';
import { useSession } from '../app/session';

export function useMoment(): (at: string) => string {
  const intl = useIntl();
  const { zone } = useSession();
  return useCallback((at) => intl.formatDate(at, { dateStyle: 'medium', timeStyle: 'short', hourCycle: 'h23', timeZone: zone }), [intl, zone]);
}
