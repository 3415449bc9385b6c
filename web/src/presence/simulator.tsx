// What would follow from a start on either side, by the rules as they are typed: each step with its time and its reason.
import { Button, Field, MessageBar, MessageBarBody, Select, Spinner } from '@fluentui/react-components';
import { useMutation } from '@tanstack/react-query';
import { useId, useState, type ReactNode } from 'react';
import admin from '../admin/admin.module.css';
import { chainOf, type Chain, type PresenceRulesInput, type Shown, type Side } from '../api/presence-rules';
import { STATUSES, type Status } from '../api/directory';
import { announce } from '../app/announcer';
import { useSession } from '../app/session';
import { useMaybeT, useT } from '../i18n/t';
import { Choices } from '../ui/choices';
import { clockSpan } from '../ui/durations';
import { useProblemText } from '../ui/states';
import { Cycle } from './cycle';
import css from './presence.module.css';
import { keyOf, standingsOf } from './rules';
import { ShownShape, type Reason, type Words } from './words';

const SIDES = ['teams', 'tandem'] as const;
/** The first step is the start, and the last one may say why nothing follows: neither is a change. */
const changesOf = ({ steps }: Chain): number => steps.filter(({ why }) => why === 'presence.why.mapped').length;

export function Simulator({ rules, words, reasons, begin }: { rules: PresenceRulesInput; words: Words; reasons: readonly Reason[]; begin: Side }): ReactNode {
  const t = useT();
  const id = useId();
  const say = useProblemText();
  const { center } = useSession();
  const standings = standingsOf(reasons);
  const [side, setSide] = useState<Side>(begin);
  const [status, setStatus] = useState<Status>('busy');
  const [standing, setStanding] = useState('system:on_contact');
  const asked = useMutation({
    mutationFn: () => {
      const from = standings.find((it) => keyOf(it) === standing);
      const start: Shown = side === 'teams' || from === undefined ? { side: 'teams', status } : { side: 'tandem', standing: from };
      return chainOf(center, rules, start);
    },
    onSuccess: (chain) => announce(t(`presence.chain.${chain.ends}`, { n: changesOf(chain) })),
  });
  return (
    <section className={`${admin.card} ${css.simulator}`} aria-labelledby={id}>
      <h2 id={id}>{t('presence.chain')}</h2>
      <p className={admin.about}>{t('presence.chain.about')}</p>
      <div className={css.start}>
        <Choices label={t('presence.chain.side')} choices={SIDES} value={side} text={(it) => t(it === 'teams' ? 'presence.inTeams' : 'presence.inTandem')} choose={setSide} />
        <Field label={t('presence.chain.start')}>
          {side === 'teams' ? (
            <Select value={status} onChange={(_, data) => setStatus(data.value as Status)}>
              {STATUSES.map((it) => (
                <option key={it} value={it}>
                  {t(`seen.${it}`)}
                </option>
              ))}
            </Select>
          ) : (
            <Select value={standing} onChange={(_, data) => setStanding(data.value)}>
              {standings.map((it) => (
                <option key={keyOf(it)} value={keyOf(it)}>
                  {words.standing(it)}
                </option>
              ))}
            </Select>
          )}
        </Field>
        <Button aria-busy={asked.isPending} disabledFocusable={asked.isPending} icon={asked.isPending ? <Spinner size="tiny" aria-hidden /> : undefined} onClick={() => asked.mutate()}>
          {t('presence.chain.show')}
        </Button>
      </div>
      {asked.error ? (
        <MessageBar intent="error" layout="multiline" role="alert">
          <MessageBarBody>{say(asked.error)}</MessageBarBody>
        </MessageBar>
      ) : null}
      {asked.data ? <Steps chain={asked.data} words={words} /> : null}
    </section>
  );
}

function Steps({ chain, words }: { chain: Chain; words: Words }): ReactNode {
  const { steps, ends, cycle } = chain;
  const t = useT();
  const maybe = useMaybeT();
  return (
    <>
      <ol className={css.chain} aria-label={t('presence.chain.steps')}>
        {steps.map((step, i) => (
          <li key={i}>
            <time className="tabular" dir="ltr">
              {clockSpan(step.at_s * 1000)}
            </time>
            <ShownShape of={step.shows} />
            <div>
              <div>
                <small>{t(`presence.side.${step.shows.side}`)}</small> <b>{words.shown(step.shows)}</b>
              </div>
              <p className={admin.hint}>{maybe(step.why, '')}</p>
            </div>
          </li>
        ))}
      </ol>
      <p>
        <b>{t(`presence.chain.${ends}`, { n: changesOf(chain) })}</b>
      </p>
      {cycle && cycle.length > 0 ? <Cycle cycle={cycle} words={words} /> : null}
    </>
  );
}
