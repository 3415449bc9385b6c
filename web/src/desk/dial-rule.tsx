// What the rules say of a number before it is dialed, for the eye and, once it stands, for the ear.
import type { ReactNode } from 'react';
import type { CallingQueue } from '../api/calling';
import { td } from '../app/theme';
import { useMaybeT, useT } from '../i18n/t';
import { isolated } from '../ui/durations';
import { Shape, type ShapeName } from '../ui/shapes';
import { useProblemText } from '../ui/states';
import { Ltr } from '../ui/time';
import css from './dial.module.css';
import type { Rule } from './dial';

const MARK: Record<Rule['is'], { shape: ShapeName; color: string }> = {
  empty: { shape: 'ring', color: td.tdStateOffline },
  asking: { shape: 'ring', color: td.tdStateOffline },
  allowed: { shape: 'circle', color: td.tdLevelOk },
  refused: { shape: 'octagon', color: td.tdLevelAct },
  blocked: { shape: 'octagon', color: td.tdLevelAct },
  unknown: { shape: 'triangle', color: td.tdLevelWatch },
};

/** What customers see: a number, or whose number it is where nobody told Tandem which. */
export function useCallerText(): (caller: { caller_id?: string | null; caller_name?: string | null }) => string {
  const t = useT();
  return ({ caller_id, caller_name }) => (caller_id == null ? t('dial.numberOf', { endpoint: caller_name ?? '' }) : isolated(caller_id));
}

/** The rule as one sentence. */
export function useRuleText(): (rule: Rule) => string {
  const t = useT();
  const maybe = useMaybeT();
  const say = useProblemText();
  return (rule) => {
    switch (rule.is) {
      case 'empty':
        return t('dial.rule.empty');
      case 'asking':
        return t('dial.rule.asking');
      case 'unknown':
        return t('dial.rule.unknown', { why: say(rule.error) });
      case 'blocked':
        return maybe(`problem.${rule.code}`, t('dial.rule.blocked'));
      case 'refused':
        return maybe(`problem.${rule.code}`, rule.detail);
      case 'allowed':
        return t('dial.rule.allowed');
    }
  };
}

export function RuleCard({ id, rule, as }: { id: string; rule: Rule; as: CallingQueue | undefined }): ReactNode {
  const t = useT();
  const caller = useCallerText();
  const text = useRuleText()(rule);
  // A number that is not whole yet is no mistake.
  const isUnfinished = rule.is === 'refused' && rule.code === 'invalid_number';
  const countries = (as?.countries ?? []).map(({ code }) => `+${code}`).join(', ');
  const facts = rule.is === 'allowed' ? t(rule.verdict.recorded ? 'dial.rule.recorded' : 'dial.rule.notRecorded') : '';
  const isSettled = rule.is !== 'empty' && rule.is !== 'asking';
  return (
    <div className={css.rule} data-rule={isUnfinished ? 'empty' : rule.is}>
      <Shape {...(isUnfinished ? MARK.empty : MARK[rule.is])} size={18} />
      <div className={css.what}>
        <p className={css.lead} id={id}>
          {text}
        </p>
        {rule.is === 'allowed' ? (
          <ul>
            <li>
              {t('dial.rule.number')} <Ltr>{rule.verdict.number ?? ''}</Ltr>
            </li>
            <li>
              {t('dial.rule.line')} <bdi>{as?.name ?? ''}</bdi>
            </li>
            <li>
              {t('dial.rule.sees')} {caller({ caller_id: rule.verdict.caller_id ?? null, caller_name: rule.verdict.caller_name ?? as?.caller_name ?? null })}
            </li>
            <li>{t('dial.rule.listed')}</li>
            <li>
              <b>{facts}</b>
            </li>
          </ul>
        ) : countries !== '' && (rule.is === 'empty' || isUnfinished || (rule.is === 'refused' && rule.code === 'country_not_allowed')) ? (
          <p>
            {t('dial.rule.countries')} <Ltr>{countries}</Ltr>
          </p>
        ) : null}
      </div>
      <span className="visually-hidden" role="status">
        {isSettled ? `${text} ${facts}` : ''}
      </span>
    </div>
  );
}
