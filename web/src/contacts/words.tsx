// How contacts are spoken of in lists: who, when, how they ended, what there is to hear of them.
import { CallInboundRegular } from '@fluentui/react-icons/svg/call-inbound';
import { CallOutboundRegular } from '@fluentui/react-icons/svg/call-outbound';
import { MicRegular } from '@fluentui/react-icons/svg/mic';
import { VoicemailRegular } from '@fluentui/react-icons/svg/voicemail';
import type { ReactNode } from 'react';
import { useIntl } from 'react-intl';
import type { Customer } from '../api/contract';
import type { ContactRow, Count } from '../api/history';
import { useSession } from '../app/session';
import { td } from '../app/theme';
import { useMaybeT, useT } from '../i18n/t';
import { useServerNow } from '../live/hooks';
import { figuresOf } from '../ui/figures';
import { Shape, type ShapeName } from '../ui/shapes';
import { Ltr } from '../ui/time';
import css from './contacts.module.css';

const LOST = new Set(['abandoned_flow', 'abandoned_queue', 'short_abandon', 'abandoned_ringing', 'abandoned_hold', 'timeout', 'queue_full', 'closed_hours']);
const NOT_REACHED = new Set(['outbound_no_answer', 'outbound_busy', 'outbound_invalid', 'outbound_cancelled', 'outbound_abandoned']);

function lookOf(reason: string | null): { shape: ShapeName; color: string } {
  if (reason === null) return { shape: 'ring', color: td.tdStateOffering };
  if (reason.startsWith('error')) return { shape: 'octagon', color: td.tdLevelAct };
  if (LOST.has(reason)) return { shape: 'triangle', color: td.tdLevelWatch };
  if (NOT_REACHED.has(reason)) return { shape: 'half', color: td.tdStateBreak };
  return { shape: 'circle', color: td.tdLevelOk };
}

/** None is of a contact that is not over. */
export function useEndText(): (reason: string | null) => string {
  const t = useT();
  const maybe = useMaybeT();
  return (reason) => (reason === null ? t('contacts.open') : maybe(`contacts.end.${reason}`, reason.replaceAll('_', ' ')));
}

export function End({ reason, size = 10 }: { reason: string | null; size?: number }): ReactNode {
  const text = useEndText();
  return (
    <span className={css.end}>
      <Shape {...lookOf(reason)} size={size} />
      <span>{text(reason)}</span>
    </span>
  );
}

export function Who({ customer }: { customer: Customer }): ReactNode {
  const t = useT();
  if (customer.name === null && customer.number === null) return <>{t('customer.withheld')}</>;
  if (customer.name === null) return <Ltr>{customer.number}</Ltr>;
  return <bdi>{customer.name}</bdi>;
}

/** Whether it is still today is looked at by the minute: a list has this clock in each of its rows. */
const DAY_STEP_MS = 60_000;
/** With the day, unless it is today; in the center's zone. */
export function Moment({ at }: { at: string }): ReactNode {
  const intl = useIntl();
  const { zone } = useSession();
  const now = useServerNow(DAY_STEP_MS);
  return (
    <time className={`tabular ${css.moment}`} dateTime={at}>
      <bdi>{figuresOf(intl, zone).moment(at, now)}</bdi>
    </time>
  );
}

export function Direction({ direction }: { direction: 'in' | 'out' }): ReactNode {
  const t = useT();
  return (
    <span className={css.end}>
      {direction === 'in' ? <CallInboundRegular fontSize={16} /> : <CallOutboundRegular fontSize={16} />}
      {t(`contacts.direction.${direction}`)}
    </span>
  );
}

export function Marks({ row }: { row: ContactRow }): ReactNode {
  const t = useT();
  return (
    <span className={css.marks}>
      {row.has_recording ? (
        <span>
          <MicRegular fontSize={16} />
          {t('contacts.recorded')}
        </span>
      ) : null}
      {row.has_message ? (
        <span>
          <VoicemailRegular fontSize={16} />
          {t('contacts.message')}
        </span>
      ) : null}
    </span>
  );
}

export function useCountText(): (count: Count) => string {
  const t = useT();
  return ({ exact, n }) => t(exact ? 'contacts.count' : 'contacts.count.more', { n });
}
