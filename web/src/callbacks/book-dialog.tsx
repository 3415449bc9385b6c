// A callback is booked: for whom, by which queue or agent, and when by the customer's clock.
import { Field, Input, Select } from '@fluentui/react-components';
import { useMutation } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { bookCallback } from '../api/callbacks';
import { ApiError } from '../api/client';
import type { CountryZone, Ref } from '../api/contract';
import { announce } from '../app/announcer';
import { useSession } from '../app/session';
import '../i18n/callbacks';
import { useT } from '../i18n/t';
import { useServerNow } from '../live/hooks';
import { Asking } from '../ui/asking';
import { Choices } from '../ui/choices';
import { isolated } from '../ui/durations';
import { isFound } from '../ui/finding';
import { NumberField } from '../ui/number-field';
import { SearchField } from '../ui/search-field';
import { useProblemText } from '../ui/states';
import { Ltr } from '../ui/time';
import { CALLERS, FALLBACK_MIN, freshBooking, NAME_CHARS_MAX, placesOf, sentBooking, usualTime, WHENS, wrongInBooking, zoneOf, type Booking, type Caller, type Place, type Said, type When } from './booking';
import css from './callbacks.module.css';
import { TimeFields } from './time-fields';

export interface Customer {
  number: string;
  name: string | null;
}
/** Who may be the one that calls beside the queue. */
type Owners = { who: 'self'; agent: number } | { who: 'any'; agents: readonly Ref[] };
interface Props {
  /** Whom it is about, where that is known; else it is asked. */
  customer?: Customer;
  /** Those that may be chosen, with the clocks of countries where they are known. */
  queues: readonly (Ref & { zones?: readonly CountryZone[] })[];
  queue: number;
  when: When;
  owners: Owners;
  /** Those that were pending before: one of them counts when the queue keeps the first. */
  known: ReadonlySet<number>;
  close: (said: Said | null) => void;
}

export default function BookDialog({ customer, queues, queue, when, owners, known, close }: Props): ReactNode {
  const t = useT();
  const say = useProblemText();
  const now = useServerNow();
  const { center, zone: ours } = useSession();
  const [it, set] = useState(() => freshBooking({ number: customer?.number ?? '', name: customer?.name ?? '', queue, when, ...(when === 'scheduled' ? { time: usualTime(ours, now) } : {}) }));
  const [isTried, setTried] = useState(false);
  const zone = it.zone ?? zoneOf(it.number, queues.find(({ id }) => id === it.queue)?.zones ?? [], ours);
  const booking = useMutation({
    mutationFn: () => bookCallback(center, sentBooking(it, zone)),
    onSuccess: (id) => {
      const who = isolated(it.name.trim() === '' ? it.number : it.name.trim());
      const is = known.has(id) ? 'kept' : 'booked';
      const text = t(`callbacks.${is}`, { who });
      announce(text, is === 'kept' ? 'assertive' : 'polite');
      close({ is, text });
    },
  });
  const change = (part: Partial<Booking>): void => {
    set((before) => ({ ...before, ...part }));
    booking.reset();
  };
  const refused = booking.error instanceof ApiError ? placesOf(booking.error, say(booking.error)) : {};
  const wrong = wrongInBooking(it);
  const errorOf = (place: Place): string | undefined => {
    const own = isTried ? wrong[place] : undefined;
    return own ? t(`callbacks.${own}`) : refused[place];
  };
  return (
    <Asking
      title={customer ? t('callbacks.later.title', { who: isolated(customer.name ?? customer.number) }) : t('callbacks.new')}
      verb={t('callbacks.book.do')}
      isBusy={booking.isPending}
      error={Object.keys(refused).length > 0 ? null : booking.error}
      isWhole={Object.keys(wrong).length === 0}
      tried={() => setTried(true)}
      send={() => booking.mutate()}
      close={() => close(null)}
    >
      {customer ? <Whom customer={customer} error={errorOf('number')} /> : <WhomFields it={it} errorOf={errorOf} change={change} />}
      <Field label={t('callbacks.book.queue')} required hint={queues.length === 0 ? t('callbacks.book.none') : undefined} validationMessage={errorOf('queue')}>
        <Select value={String(it.queue)} onChange={(_, data) => change({ queue: Number(data.value) })}>
          <option value="0">{t('callbacks.book.queue.choose')}</option>
          {queues.map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </Select>
      </Field>
      <Choices<When>
        label={t('callbacks.when')}
        choices={WHENS}
        value={it.when}
        text={(choice) => t(`callbacks.when.${choice}`)}
        choose={(choice) => change({ when: choice, ...(choice === 'scheduled' && it.time.from === '' ? { time: usualTime(zone, now) } : {}) })}
      />
      {it.when === 'scheduled' ? (
        <TimeFields
          zone={zone}
          time={it.time}
          errors={{ zone: errorOf('zone'), from: errorOf('from'), to: errorOf('to') }}
          changeZone={(chosen) => change({ zone: chosen })}
          change={(part) => change({ time: { ...it.time, ...part } })}
        />
      ) : null}
      <CallerFields it={it} owners={owners} errorOf={errorOf} change={change} />
    </Asking>
  );
}

interface Part {
  it: Booking;
  errorOf: (place: Place) => string | undefined;
  change: (part: Partial<Booking>) => void;
}

function Whom({ customer, error }: { customer: Customer; error: string | undefined }): ReactNode {
  return (
    <div>
      {customer.name === null ? null : (
        <p>
          <bdi>{customer.name}</bdi> <Ltr>{customer.number}</Ltr>
        </p>
      )}
      {error ? (
        <p className={css.wrong} role="alert">
          {error}
        </p>
      ) : null}
    </div>
  );
}

function WhomFields({ it, errorOf, change }: Part): ReactNode {
  const t = useT();
  return (
    <>
      <Field label={t('callbacks.number')} hint={t('callbacks.number.hint')} required validationMessage={errorOf('number')}>
        <Input type="tel" dir="ltr" autoComplete="off" value={it.number} onChange={(_, data) => change({ number: data.value })} />
      </Field>
      <Field label={t('callbacks.name')} validationMessage={errorOf('name')}>
        <Input autoComplete="off" maxLength={NAME_CHARS_MAX} value={it.name} onChange={(_, data) => change({ name: data.value })} />
      </Field>
    </>
  );
}

/** Who calls: the queue, or one agent alone until it is the queue's. */
function CallerFields({ it, owners, errorOf, change }: Part & { owners: Owners }): ReactNode {
  const t = useT();
  return (
    <>
      <Choices<Caller>
        label={t('callbacks.caller')}
        choices={CALLERS}
        value={it.caller}
        text={(choice) => t(choice === 'agent' && owners.who === 'self' ? 'callbacks.caller.self' : `callbacks.caller.${choice}`)}
        choose={(caller) => change({ caller, owner: owners.who === 'self' ? owners.agent : it.owner })}
      />
      {it.caller === 'agent' ? (
        <>
          {owners.who === 'self' ? null : (
            <SearchField
              label={t('callbacks.owner')}
              none={t('callbacks.owner.none')}
              value={owners.agents.find(({ id }) => id === it.owner)?.name ?? ''}
              placeholder={t('callbacks.owner.find')}
              required
              {...(errorOf('owner') === undefined ? {} : { error: errorOf('owner') ?? '' })}
              disabled={false}
              found={(typed) => owners.agents.filter(({ name }) => isFound(typed, name)).map(({ id, name }) => ({ key: String(id), text: name, note: '' }))}
              choose={(key) => change({ owner: Number(key) })}
            />
          )}
          <NumberField
            label={t('callbacks.fallback')}
            hint={t('callbacks.fallback.hint')}
            min={FALLBACK_MIN[0]}
            max={FALLBACK_MIN[1]}
            value={it.fallback_min}
            error={errorOf('fallback')}
            disabled={false}
            change={(fallback) => change({ fallback_min: fallback ?? FALLBACK_MIN[0] })}
          />
        </>
      ) : null}
    </>
  );
}
