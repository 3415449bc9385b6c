// The skills that a queue would like, each with what a level of it counts.
import { Button } from '@fluentui/react-components';
import { AddRegular } from '@fluentui/react-icons/svg/add';
import type { ReactNode } from 'react';
import admin from '../admin/admin.module.css';
import { RefSelect } from '../admin/ref-select';
import { useList } from '../admin/settings';
import { useT } from '../i18n/t';
import { useLineFocus, type ErrorAt } from './places';
import { PREFERENCES_MAX, WEIGHT, type Preference } from './plan';
import css from './routing.module.css';
import { WeightedLine } from './weighted-line';

const FRESH_WEIGHT = 10;

interface Props {
  place: string;
  preferences: readonly Preference[];
  errorAt: ErrorAt;
  disabled: boolean;
  change: (preferences: Preference[]) => void;
}

export function PreferenceList({ place, preferences, errorAt, disabled, change }: Props): ReactNode {
  const t = useT();
  const focus = useLineFocus<HTMLUListElement>();
  const skills = useList('skills').data?.items ?? [];
  const free = skills.find(({ id }) => !preferences.some(({ skill_id }) => skill_id === id));
  const own = errorAt(place, 'here');
  const put = (i: number, part: Partial<Preference>): void => change(preferences.map((it, j) => (i === j ? { ...it, ...part } : it)));
  const add = (skill_id: number): void => {
    change([...preferences, { skill_id, weight: FRESH_WEIGHT }]);
    focus.to(preferences.length);
  };
  const remove = (i: number): void => {
    change(preferences.filter((_, j) => j !== i));
    focus.to(i - 1);
  };
  return (
    <div className={css.list}>
      <ul ref={focus.list} className={css.parts}>
        {preferences.map((it, i) => (
          <li key={i}>
            <Row it={it} wrong={errorAt(`${place}.${i}`, 'inside')} disabled={disabled} put={(part) => put(i, part)} remove={() => remove(i)} />
          </li>
        ))}
      </ul>
      {own ? <p className={admin.error}>{own}</p> : null}
      {disabled ? null : (
        <div className={css.adds}>
          <Button size="small" icon={<AddRegular />} disabled={!free || preferences.length >= PREFERENCES_MAX} onClick={() => free && add(free.id)}>
            {t('ask.add.preference')}
          </Button>
        </div>
      )}
    </div>
  );
}

interface RowProps {
  it: Preference;
  wrong: string | undefined;
  disabled: boolean;
  put: (part: Partial<Preference>) => void;
  remove: () => void;
}
function Row({ it, wrong, disabled, put, remove }: RowProps): ReactNode {
  const t = useT();
  return (
    <WeightedLine weight={it.weight} range={WEIGHT} weightLabel={t('ask.weight')} removeLabel={t('field.skill.remove')} wrong={wrong} disabled={disabled} put={(weight) => put({ weight })} remove={remove}>
      {(mark) => <RefSelect {...mark} area="skills" none={t('field.choose')} aria-label={t('field.skill')} disabled={disabled} value={it.skill_id} change={(skill_id) => put({ skill_id })} />}
    </WeightedLine>
  );
}
