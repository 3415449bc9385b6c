// Another time for a callback, by the customer's clock where that is known, else by the contact center's.
import { useMutation } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { rescheduleCallback, type Callback } from '../api/callbacks';
import { ApiError } from '../api/client';
import { announce } from '../app/announcer';
import { useSession } from '../app/session';
import '../i18n/callbacks';
import { useT } from '../i18n/t';
import { useServerNow } from '../live/hooks';
import { Asking } from '../ui/asking';
import { isolated } from '../ui/durations';
import { useProblemText } from '../ui/states';
import { asked, shownIn, wrongIn, type Chosen } from './book';
import { placesOf, usualTime } from './booking';
import { TimeFields } from './time-fields';

export function RescheduleDialog({ callback, close }: { callback: Callback; close: (isDone: boolean) => void }): ReactNode {
  const t = useT();
  const say = useProblemText();
  const now = useServerNow();
  const { center, zone: ours } = useSession();
  const { window } = callback;
  const [zone, setZone] = useState(window?.time_zone ?? ours);
  const [time, setTime] = useState<Chosen>(() => (window ? { from: shownIn(zone, window.from), to: shownIn(zone, window.to) } : usualTime(zone, now)));
  const [isTried, setTried] = useState(false);
  const moving = useMutation({
    mutationFn: () => rescheduleCallback(center, callback.id, asked(time, zone, callback.owner)),
    onSuccess: () => {
      announce(t('callbacks.rescheduled'));
      close(true);
    },
  });
  const wrong = wrongIn(time);
  const refused = moving.error instanceof ApiError ? placesOf(moving.error, say(moving.error)) : {};
  const errorOf = (place: 'from' | 'to'): string | undefined => {
    const own = isTried ? wrong[place] : undefined;
    return own ? t(`callbacks.${own}`) : refused[place];
  };
  return (
    <Asking
      title={t('callbacks.reschedule.title', { who: isolated(callback.customer.name ?? callback.customer.number ?? callback.id) })}
      verb={t('callbacks.reschedule.do')}
      isBusy={moving.isPending}
      error={Object.keys(refused).length > 0 ? null : moving.error}
      isWhole={Object.keys(wrong).length === 0}
      tried={() => setTried(true)}
      send={() => moving.mutate()}
      close={() => close(false)}
    >
      <TimeFields
        zone={zone}
        time={time}
        errors={{ zone: refused.zone, from: errorOf('from'), to: errorOf('to') }}
        changeZone={(next) => {
          setZone(next);
          moving.reset();
        }}
        change={(part) => {
          setTime((before) => ({ ...before, ...part }));
          moving.reset();
        }}
      />
    </Asking>
  );
}
