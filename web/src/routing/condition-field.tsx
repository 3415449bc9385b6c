// The builder of conditions: groups in groups, each a list of skills that are had or not. Everything in it is a list to choose from or a
// button, so that it needs no pointer; a line that comes has the focus, and one that goes gives it to the line before.
import { Button, Select } from '@fluentui/react-components';
import { AddRegular } from '@fluentui/react-icons/svg/add';
import { BranchRegular } from '@fluentui/react-icons/svg/branch';
import { DeleteRegular } from '@fluentui/react-icons/svg/delete';
import { useId, type ReactNode } from 'react';
import admin from '../admin/admin.module.css';
import { RefSelect } from '../admin/ref-select';
import { useList } from '../admin/settings';
import { useT } from '../i18n/t';
import {
  depthOf,
  DEPTH_MAX,
  group,
  GROUP_DEPTH,
  GROUPS,
  highest,
  LEVEL_MAX,
  LEVEL_MIN,
  leveled,
  lowest,
  seen,
  seenAsGroup,
  term,
  termsOf,
  TERMS_MAX,
  type Condition,
  type GroupKind,
  type Part,
  type SeenGroup,
  type Term,
} from './conditions';
import { MarkedLine } from './marked-line';
import { useLineFocus, type ErrorAt } from './places';
import css from './routing.module.css';
import { useAskWords } from './words';

interface Props {
  /** Where it stands in the queue, with points: `plan.1.condition`. */
  place: string;
  label: string;
  condition: Condition;
  errorAt: ErrorAt;
  disabled: boolean;
  /** Null when the last of it was taken out. */
  change: (condition: Condition | null) => void;
}
interface Node extends Omit<Props, 'condition' | 'label'> {
  /** How many more skills may be named. */
  termsLeft: number;
  /** How deep it may be, itself included. */
  room: number;
}

const LEVELS = Array.from({ length: LEVEL_MAX }, (_, i) => LEVEL_MIN + i);

export function useFirstSkill(): number {
  return useList('skills').data?.items[0]?.id ?? 0;
}

export function ConditionEditor({ place, label, condition, errorAt, disabled, change }: Props): ReactNode {
  const seenRoot = seenAsGroup(condition, place);
  const node = { place, errorAt, disabled, change, termsLeft: TERMS_MAX - termsOf(condition).length, room: DEPTH_MAX };
  return <Group {...node} label={label} seenGroup={seenRoot} />;
}

interface GroupProps extends Node {
  seenGroup: SeenGroup;
  label: string;
  /** Of a group within another. */
  remove?: () => void;
}

function Group({ seenGroup, label, place, errorAt, disabled, change, termsLeft, room, remove }: GroupProps): ReactNode {
  const t = useT();
  const id = useId();
  const focus = useLineFocus<HTMLUListElement>();
  const first = useFirstSkill();
  const { kind, parts } = seenGroup;
  const inside = room - 1 - (kind === 'not_all' || kind === 'none' ? 1 : 0);
  const deepest = Math.max(0, ...parts.map((it) => depthOf(it.condition)));
  const own = [...new Set([place, ...seenGroup.places])].map((it) => errorAt(it, 'here')).filter(Boolean);
  const set = (list: readonly Condition[], as: GroupKind = kind): void => change(list.length === 0 ? null : group(as, list));
  const all = parts.map((it) => it.condition);
  const put = (i: number, part: Condition | null): void => {
    set(part === null ? all.filter((_, j) => j !== i) : all.map((it, j) => (i === j ? part : it)));
    if (part === null) focus.to(i - 1);
  };
  const add = (part: Condition): void => {
    set([...all, part]);
    focus.to(all.length);
  };
  const fresh: Condition = { has: { skill_id: first, min_level: LEVEL_MIN } };
  return (
    <fieldset className={css.group} aria-describedby={own.length > 0 ? id : undefined} data-wrong={own.length > 0}>
      <legend className="visually-hidden">{label}</legend>
      <div className={css.head}>
        <Select aria-label={t('ask.group.kind')} disabled={disabled} value={kind} onChange={(_, data) => set(all, data.value as GroupKind)}>
          {GROUPS.map((it) => (
            <option key={it} value={it} disabled={(it === 'not_all' || it === 'none') && deepest + 2 > room}>
              {t(`ask.group.${it}`)}
            </option>
          ))}
        </Select>
        {remove && !disabled ? <Button appearance="subtle" icon={<DeleteRegular />} aria-label={t('ask.remove.group')} title={t('ask.remove.group')} onClick={remove} /> : null}
      </div>
      <ul ref={focus.list} className={css.parts}>
        {parts.map((part, i) => (
          <li key={i}>
            <PartOf part={part} errorAt={errorAt} disabled={disabled} termsLeft={termsLeft} room={inside} change={(it) => put(i, it)} />
          </li>
        ))}
      </ul>
      {own.length > 0 ? (
        <p id={id} className={admin.error}>
          {own.join(' ')}
        </p>
      ) : null}
      {disabled ? null : (
        <div className={css.adds}>
          <Button size="small" icon={<AddRegular />} disabled={first === 0 || termsLeft < 1 || inside < 1} onClick={() => add(fresh)}>
            {t('ask.add.skill')}
          </Button>
          <Button size="small" icon={<BranchRegular />} disabled={first === 0 || termsLeft < 1 || inside < GROUP_DEPTH} onClick={() => add(group(kind === 'any' ? 'all' : 'any', [fresh]))}>
            {t('ask.add.group')}
          </Button>
        </div>
      )}
    </fieldset>
  );
}

function PartOf({ part, ...node }: { part: Part } & Omit<Node, 'place'>): ReactNode {
  const words = useAskWords();
  const it = seen(part.condition, part.place);
  if (it.what === 'term') return <TermRow {...node} place={part.place} shown={it.term} isNot={it.isNot} />;
  return <Group {...node} place={part.place} seenGroup={it} label={words.condition(part.condition)} remove={() => node.change(null)} />;
}

function TermRow({ place, shown, isNot, errorAt, disabled, change, room }: Omit<Node, 'termsLeft'> & { shown: Term; isNot: boolean }): ReactNode {
  const t = useT();
  const wrong = errorAt(place, 'inside');
  const [min, max] = [lowest(shown), highest(shown)];
  const put = (next: Term, not = isNot): void => change(term(next, not));
  return (
    <MarkedLine className={css.term} wrong={wrong}>
      {(mark) => (
        <>
          <Select aria-label={t('ask.has.label')} disabled={disabled} value={isNot ? 'not' : 'has'} onChange={(_, data) => put(shown, data.value === 'not')}>
            <option value="has">{t('ask.has')}</option>
            <option value="not" disabled={room < GROUP_DEPTH}>
              {t('ask.hasNot')}
            </option>
          </Select>
          <RefSelect {...mark} area="skills" none={t('field.choose')} aria-label={t('field.skill')} disabled={disabled} value={shown.skill_id} change={(skill_id) => put({ ...shown, skill_id })} />
          <LevelSelect label={t('ask.level.from')} id={'ask.level.from.value'} value={min} least={LEVEL_MIN} disabled={disabled} change={(next) => put(leveled(shown, next, Math.max(next, max)))} />
          <LevelSelect label={t('ask.level.to')} id={'ask.level.to.value'} value={max} least={min} disabled={disabled} change={(next) => put(leveled(shown, min, next))} />
          {disabled ? null : <Button appearance="subtle" icon={<DeleteRegular />} aria-label={t('field.skill.remove')} title={t('field.skill.remove')} onClick={() => change(null)} />}
        </>
      )}
    </MarkedLine>
  );
}

interface LevelProps {
  label: string;
  id: 'ask.level.from.value' | 'ask.level.to.value';
  value: number;
  least: number;
  disabled: boolean;
  change: (level: number) => void;
}
function LevelSelect({ label, id, value, least, disabled, change }: LevelProps): ReactNode {
  const t = useT();
  return (
    <Select aria-label={label} disabled={disabled} value={String(value)} onChange={(_, data) => change(Number(data.value))}>
      {LEVELS.filter((level) => level >= least).map((level) => (
        <option key={level} value={level}>
          {t(id, { level })}
        </option>
      ))}
    </Select>
  );
}
