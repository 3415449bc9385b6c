// A call to a customer before it is up, and how it went when nobody was reached.
import { Button, Spinner } from '@fluentui/react-components';
import { CalendarClockRegular } from '@fluentui/react-icons/svg/calendar-clock';
import { CallDismissRegular } from '@fluentui/react-icons/svg/call-dismiss';
import { CallOutboundRegular } from '@fluentui/react-icons/svg/call-outbound';
import { useId, type ReactNode } from 'react';
import type { ContactView, Dialing } from '../api/contract';
import { td } from '../app/theme';
import { useT } from '../i18n/t';
import { Shape, type ShapeName } from '../ui/shapes';
import { Elapsed } from '../ui/time';
import { useDesk } from './agent';
import type { Outcome, Standing } from './calling';
import css from './dial.module.css';
import { inSentence } from './talk';
import talk from './talk.module.css';

const STAGES = ['agent', 'customer'] as const;
type Progress = 'done' | 'now' | 'later';
const MARK: Record<Progress, { shape: ShapeName; color: string }> = {
  done: { shape: 'circle', color: td.tdLevelOk },
  now: { shape: 'bell', color: td.tdStateOffering },
  later: { shape: 'ring', color: td.tdStateOffline },
};

export function DialStrip({ contact, dialing }: { contact: ContactView; dialing: Dialing }): ReactNode {
  const t = useT();
  const { hangUp, pending } = useDesk();
  const busy = pending(`hang-up:${contact.id}`);
  const at = STAGES.indexOf(dialing.stage);
  return (
    <div className={talk.strip} data-kind="ringing" role="region" aria-label={t('dial.strip')}>
      <CallOutboundRegular fontSize={20} />
      <ol className={css.stages}>
        {STAGES.map((stage, i) => {
          const is: Progress = i < at ? 'done' : i === at ? 'now' : 'later';
          return (
            <li key={stage} aria-current={is === 'now' ? 'step' : undefined}>
              <Shape {...MARK[is]} size={is === 'now' ? 16 : 12} />
              <span>{is === 'now' ? t(`dial.stage.${stage}`) : t(is === 'done' ? 'dial.done.agent' : 'dial.later.customer')}</span>
            </li>
          );
        })}
      </ol>
      <Elapsed since={dialing.since} className={talk.clock} />
      <div className={talk.verbs}>
        <Button
          icon={busy ? <Spinner size="tiny" /> : <CallDismissRegular />}
          aria-keyshortcuts="F4"
          aria-busy={busy}
          disabledFocusable={busy}
          onClick={() => hangUp(contact)}
        >
          {t('dial.cancel')}
        </Button>
      </div>
    </div>
  );
}

/** Takes the focus when it was lost with the strip of the call: the next thing to do is in it. */
export function OutcomeStrip({ outcome }: { outcome: Outcome }): ReactNode {
  const t = useT();
  const id = useId();
  const { calling } = useDesk();
  const who = inSentence(outcome.who ?? t('dial.customer'));
  return (
    <div className={talk.strip} data-long="true" role="region" aria-labelledby={id}>
      <Shape shape="triangle" color={td.tdLevelWatch} size={18} />
      <div className={talk.what}>
        <h2 className={talk.lead} id={id} data-news tabIndex={-1}>
          {t(`dial.over.${outcome.why}`, { who })}
        </h2>
        <p className={talk.sub}>{t(outcome.why === 'agent_no_answer' || outcome.why === 'not_placed' ? 'dial.over.uncalled' : 'dial.over.ended')}</p>
      </div>
      <div className={talk.verbs}>
        <CallBack contact={outcome.contact} standing="over" label={t('dial.again')} appearance="primary" isWithheld={false} />
        <Button onClick={calling.dismissOutcome}>{t('action.dismiss')}</Button>
      </div>
    </div>
  );
}

/** One press: whoever pressed it in error takes the call back while it rings. */
export function CallBack(props: { contact: number; standing: Standing; isWithheld: boolean; label?: string; appearance?: 'primary' | 'secondary'; size?: 'medium' | 'large' }): ReactNode {
  const { contact, standing, isWithheld, label, appearance = 'secondary', size = 'medium' } = props;
  const t = useT();
  const { calling, pending } = useDesk();
  const busy = pending(`call-back:${contact}`);
  const why = isWithheld ? t('dial.back.withheld') : undefined;
  return (
    <Button
      appearance={appearance}
      size={size}
      icon={busy ? <Spinner size="tiny" appearance={appearance === 'primary' ? 'inverted' : 'primary'} /> : <CallOutboundRegular />}
      aria-busy={busy}
      aria-description={why}
      title={why}
      disabledFocusable={busy || isWithheld}
      onClick={() => calling.callBack(contact, standing)}
    >
      {label ?? t('dial.back')}
    </Button>
  );
}

/** The customer is called at another time: by the agent, or by whoever serves the queue then. */
export function CallLater({ contact, size = 'medium' }: { contact: ContactView; size?: 'medium' | 'large' }): ReactNode {
  const t = useT();
  const { calling } = useDesk();
  const isWithheld = contact.customer.number === null;
  const why = isWithheld ? t('dial.back.withheld') : undefined;
  return (
    <Button size={size} icon={<CalendarClockRegular />} aria-description={why} title={why} disabledFocusable={isWithheld} onClick={() => calling.openLater(contact.id)}>
      {t('dial.later')}
    </Button>
  );
}
