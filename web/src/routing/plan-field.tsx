// The plan of a queue: what changes the longer somebody waits. Each step says only what it changes; the rest stays as it was.
import { Button, Field, Select, Switch } from '@fluentui/react-components';
import { AddRegular } from '@fluentui/react-icons/svg/add';
import { DeleteRegular } from '@fluentui/react-icons/svg/delete';
import { useId, useState, type ReactNode } from 'react';
import admin from '../admin/admin.module.css';
import { RefsField } from '../admin/refs-field';
import { useT } from '../i18n/t';
import { MusicField } from '../prompts/choice';
import { NumberField } from '../ui/number-field';
import { ConditionEditor, useFirstSkill } from './condition-field';
import { EVERYBODY, isEverybody, LEVEL_MIN, type Condition } from './conditions';
import { useLineFocus, type ErrorAt } from './places';
import { ADDED_MAX_S, askAt, BANDS, nextStep, planProblems, STEPS_MAX, STRATEGIES, withPart, type Ask, type Asking, type PlanStep, type Preference, type Strategy } from './plan';
import { PreferenceList } from './preferences-field';
import css from './routing.module.css';
import { Rule } from './rule';

interface Props {
  queue: Asking;
  /** Whether what can be seen to be wrong is said. */
  isTried: boolean;
  errorAt: ErrorAt;
  disabled: boolean;
  change: (plan: PlanStep[]) => void;
}

export function PlanEditor({ queue, isTried, errorAt, disabled, change }: Props): ReactNode {
  const t = useT();
  const focus = useLineFocus<HTMLOListElement>();
  const plan = queue.plan ?? [];
  const local = isTried ? planProblems(plan) : [];
  const wrong: ErrorAt = (place, reach = 'inside') => {
    const found = local.find((it) => it.place === place || (reach === 'inside' && it.place.startsWith(`${place}.`)));
    return found ? t(found.id) : errorAt(place, reach);
  };
  const own = wrong('plan', 'here');
  const add = (): void => {
    change([...plan, nextStep(queue)]);
    focus.to(plan.length);
  };
  const remove = (i: number): void => {
    change(plan.filter((_, j) => j !== i));
    focus.to(i - 1);
  };
  return (
    <div className={css.list}>
      <ol ref={focus.list} className={css.steps}>
        {plan.map((step, i) => (
          <li key={i}>
            <Step n={i} step={step} before={askAt(queue, i)} errorAt={wrong} disabled={disabled} put={(next) => change(plan.map((it, j) => (i === j ? next : it)))} remove={() => remove(i)} />
          </li>
        ))}
      </ol>
      {own ? <p className={admin.error}>{own}</p> : null}
      {disabled ? null : (
        <div>
          <Button icon={<AddRegular />} disabled={plan.length >= STEPS_MAX} onClick={add}>
            {t('ask.step.add')}
          </Button>
        </div>
      )}
      <Rule queue={queue} />
    </div>
  );
}

interface StepProps {
  n: number;
  step: PlanStep;
  /** What is asked until then. */
  before: Ask;
  errorAt: ErrorAt;
  disabled: boolean;
  put: (step: PlanStep) => void;
}

function Step({ remove, ...props }: StepProps & { remove: () => void }): ReactNode {
  const t = useT();
  const id = useId();
  const { n, step, errorAt, disabled, put } = props;
  const own = errorAt(`plan.${n}`, 'here');
  return (
    <div className={css.step} role="group" aria-labelledby={id} data-problem={own !== undefined}>
      <div className={css.stepHead}>
        <h3 id={id}>{t('ask.step', { step: n + 1 })}</h3>
        {disabled ? null : <Button size="small" appearance="subtle" icon={<DeleteRegular />} aria-label={t('ask.step.remove', { step: n + 1 })} title={t('ask.step.remove', { step: n + 1 })} onClick={remove} />}
      </div>
      {own ? <p className={admin.error}>{own}</p> : null}
      <NumberField
        label={t('ask.after')}
        hint={t('ask.after.hint')}
        min={1}
        max={ADDED_MAX_S}
        value={step.after_s}
        error={errorAt(`plan.${n}.after_s`)}
        disabled={disabled}
        change={(after_s) => put({ ...step, after_s: after_s ?? 0 })}
      />
      <ConditionOf {...props} />
      <TeamsOf {...props} />
      <PreferencesOf {...props} />
      <OrderOf {...props} />
      <HeardOf {...props} />
    </div>
  );
}

/** What a step says of something: nothing, that there is none of it, or its own. */
type Said = 'keep' | 'none' | 'own';
const SAID: readonly Said[] = ['keep', 'none', 'own'];

function SaidSelect({ of, value, disabled, change }: { of: 'condition' | 'teams' | 'preferences'; value: Said; disabled: boolean; change: (said: Said) => void }): ReactNode {
  const t = useT();
  return (
    <Field label={t(`ask.step.${of}`)}>
      <Select disabled={disabled} value={value} onChange={(_, data) => change(data.value as Said)}>
        {SAID.map((it) => (
          <option key={it} value={it}>
            {t(`ask.step.${of}.${it}`)}
          </option>
        ))}
      </Select>
    </Field>
  );
}

function ConditionOf({ n, step, before, errorAt, disabled, put }: StepProps): ReactNode {
  const t = useT();
  const first = useFirstSkill();
  const { condition } = step;
  const said: Said = condition == null ? 'keep' : isEverybody(condition) ? 'none' : 'own';
  // What was asked until then, to be made easier.
  const copy = (): Condition => (isEverybody(before.condition) ? { all: [{ has: { skill_id: first, min_level: LEVEL_MIN } }] } : structuredClone(before.condition));
  const set = (it: Condition | null): void => put(withPart(step, 'condition', it));
  const place = `plan.${n}.condition`;
  return (
    <>
      <SaidSelect of="condition" value={said} disabled={disabled} change={(next) => set(next === 'keep' ? null : next === 'none' ? EVERYBODY : copy())} />
      {said === 'own' && condition ? (
        <ConditionEditor place={place} label={t('ask.step.condition')} condition={condition} errorAt={errorAt} disabled={disabled} change={(it) => set(it ?? EVERYBODY)} />
      ) : errorAt(place) ? (
        <p className={admin.error}>{errorAt(place)}</p>
      ) : null}
    </>
  );
}

function TeamsOf({ n, step, before, errorAt, disabled, put }: StepProps): ReactNode {
  const { team_ids } = step;
  const [isOwn, setOwn] = useState(team_ids != null && team_ids.length > 0);
  const said: Said = team_ids == null ? 'keep' : isOwn ? 'own' : 'none';
  const error = errorAt(`plan.${n}.team_ids`);
  const set = (it: number[] | null): void => put(withPart(step, 'team_ids', it));
  const choose = (next: Said): void => {
    setOwn(next === 'own');
    set(next === 'keep' ? null : next === 'none' ? [] : [...before.team_ids]);
  };
  return (
    <>
      <SaidSelect of="teams" value={said} disabled={disabled} change={choose} />
      {said === 'own' ? (
        <RefsField
          spec={{ path: `plan.${n}.team_ids`, label: 'ask.teams', kind: 'refs', area: 'teams' }}
          area="teams"
          value={team_ids ?? []}
          error={error}
          disabled={disabled}
          change={(it) => set(it as number[])}
        />
      ) : error ? (
        <p className={admin.error}>{error}</p>
      ) : null}
    </>
  );
}

function HeardOf({ n, step, errorAt, disabled, put }: StepProps): ReactNode {
  const t = useT();
  const { prompt } = step;
  return (
    <>
      <Switch label={t('ask.step.prompt')} disabled={disabled} checked={prompt != null} onChange={(_, data) => put(withPart(step, 'prompt', data.checked ? '' : null))} />
      {prompt == null ? null : (
        <MusicField label={t('ask.step.prompt.what')} value={prompt} error={errorAt(`plan.${n}.prompt`)} disabled={disabled} change={(it) => put(withPart(step, 'prompt', it))} />
      )}
    </>
  );
}

function PreferencesOf({ n, step, before, errorAt, disabled, put }: StepProps): ReactNode {
  const { preferences } = step;
  const first = useFirstSkill();
  const said: Said = preferences == null ? 'keep' : preferences.length === 0 ? 'none' : 'own';
  const set = (it: Preference[] | null): void => put(withPart(step, 'preferences', it));
  const copy = (): Preference[] => (before.preferences.length > 0 ? structuredClone([...before.preferences]) : [{ skill_id: first, weight: 10 }]);
  return (
    <>
      <SaidSelect of="preferences" value={said} disabled={disabled} change={(next) => set(next === 'keep' ? null : next === 'none' ? [] : copy())} />
      {said === 'own' ? <PreferenceList place={`plan.${n}.preferences`} preferences={preferences ?? []} errorAt={errorAt} disabled={disabled} change={set} /> : null}
    </>
  );
}

function OrderOf({ n, step, before, errorAt, disabled, put }: StepProps): ReactNode {
  const t = useT();
  const bands = BANDS.filter((band) => band <= before.priority || band === step.priority);
  return (
    <>
      <Field label={t('field.strategy')} hint={step.strategy ? t(`ask.strategy.${step.strategy}`) : undefined} validationMessage={errorAt(`plan.${n}.strategy`)}>
        <Select disabled={disabled} value={step.strategy ?? ''} onChange={(_, data) => put(withPart(step, 'strategy', data.value === '' ? null : (data.value as Strategy)))}>
          <option value="">{t('ask.keep')}</option>
          {STRATEGIES.map((it) => (
            <option key={it} value={it}>
              {t(`strategy.${it}`)}
            </option>
          ))}
        </Select>
      </Field>
      <Field label={t('field.priority')} hint={t('ask.priority.hint')} validationMessage={errorAt(`plan.${n}.priority`)}>
        <Select disabled={disabled} value={step.priority == null ? '' : String(step.priority)} onChange={(_, data) => put(withPart(step, 'priority', data.value === '' ? null : Number(data.value)))}>
          <option value="">{t('ask.keep.value', { value: before.priority })}</option>
          {bands.map((band) => (
            <option key={band} value={band}>
              {band}
            </option>
          ))}
        </Select>
      </Field>
      <NumberField
        label={t('ask.boost')}
        hint={t('ask.boost.hint', { least: before.boost_s, most: ADDED_MAX_S })}
        min={before.boost_s}
        max={ADDED_MAX_S}
        value={step.boost_s ?? null}
        error={errorAt(`plan.${n}.boost_s`)}
        disabled={disabled}
        change={(boost_s) => put(withPart(step, 'boost_s', boost_s))}
      />
    </>
  );
}
