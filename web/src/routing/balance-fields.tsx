// The queues of a balance group with their weights, and when one of them counts for more.
import { Button, Field, Switch } from '@fluentui/react-components';
import { AddRegular } from '@fluentui/react-icons/svg/add';
import { useId, type ReactNode } from 'react';
import admin from '../admin/admin.module.css';
import { RefSelect } from '../admin/ref-select';
import { useList } from '../admin/settings';
import { useSwitched } from '../admin/switched';
import { useT, type MessageId } from '../i18n/t';
import { NumberField } from '../ui/number-field';
import { FRESH_BORROWING, MEMBERS, WEIGHT, type Borrowing, type Member } from './balance';
import { useLineFocus, type ErrorAt } from './places';
import css from './routing.module.css';
import { WeightedLine } from './weighted-line';

interface MembersProps {
  label: string;
  hint: string | undefined;
  value: readonly Member[] | undefined;
  error: string | undefined;
  errorAt: ErrorAt;
  disabled: boolean;
  change: (members: Member[]) => void;
}

export function MembersField({ label, hint, value, error, errorAt, disabled, change }: MembersProps): ReactNode {
  const t = useT();
  const id = useId();
  const focus = useLineFocus<HTMLUListElement>();
  const members = value ?? [];
  const queues = useList('queues').data?.items ?? [];
  const free = queues.find((queue) => !members.some(({ queue_id }) => queue_id === queue.id));
  const put = (i: number, part: Partial<Member>): void => change(members.map((it, j) => (i === j ? { ...it, ...part } : it)));
  const add = (queue_id: number): void => {
    change([...members, { queue_id, weight: 1 }]);
    focus.to(members.length);
  };
  const remove = (i: number): void => {
    change(members.filter((_, j) => j !== i));
    focus.to(i - 1);
  };
  return (
    <fieldset className={admin.group} aria-describedby={id}>
      <legend>{label}</legend>
      <ul ref={focus.list} className={css.parts}>
        {members.map((it, i) => (
          <li key={i}>
            <MemberRow it={it} wrong={errorAt(`members.${i}`, 'inside')} disabled={disabled} put={(part) => put(i, part)} remove={() => remove(i)} />
          </li>
        ))}
      </ul>
      <div id={id}>
        {hint ? <p className={admin.hint}>{hint}</p> : null}
        {error ? <p className={admin.error}>{error}</p> : null}
      </div>
      {disabled ? null : (
        <div className={css.adds}>
          <Button size="small" icon={<AddRegular />} disabled={!free || members.length >= MEMBERS[1]} onClick={() => free && add(free.id)}>
            {t('balance.add')}
          </Button>
        </div>
      )}
    </fieldset>
  );
}

interface RowProps {
  it: Member;
  wrong: string | undefined;
  disabled: boolean;
  put: (part: Partial<Member>) => void;
  remove: () => void;
}
function MemberRow({ it, wrong, disabled, put, remove }: RowProps): ReactNode {
  const t = useT();
  return (
    <WeightedLine weight={it.weight} range={WEIGHT} weightLabel={t('balance.weight')} removeLabel={t('balance.remove')} wrong={wrong} disabled={disabled} put={(weight) => put({ weight })} remove={remove}>
      {(mark) => <RefSelect {...mark} area="queues" none={t('field.choose')} aria-label={t('balance.queue')} disabled={disabled} value={it.queue_id} change={(queue_id) => put({ queue_id })} />}
    </WeightedLine>
  );
}

const NUMBERS: readonly { name: keyof Borrowing; label: MessageId; min: number; max: number; unit?: MessageId }[] = [
  { name: 'below_percent', label: 'balance.below', min: 1, max: 98, unit: 'unit.percent' },
  { name: 'above_percent', label: 'balance.above', min: 2, max: 99, unit: 'unit.percent' },
  { name: 'factor', label: 'balance.factor', min: 2, max: 10 },
  { name: 'dwell_s', label: 'balance.dwell', min: 30, max: 3600, unit: 'unit.seconds' },
];

interface BorrowingProps {
  label: string;
  hint: string | undefined;
  value: Borrowing | null | undefined;
  error: string | undefined;
  errorAt: ErrorAt;
  disabled: boolean;
  change: (rule: Borrowing | null) => void;
}

export function BorrowingField({ label, hint, value, error, errorAt, disabled, change }: BorrowingProps): ReactNode {
  const t = useT();
  const rule = value ?? null;
  const turn = useSwitched<Borrowing>(rule, () => FRESH_BORROWING, change);
  return (
    <>
      <Field hint={hint} validationMessage={error}>
        <Switch label={label} disabled={disabled} checked={rule !== null} onChange={(_, data) => turn(data.checked)} />
      </Field>
      {rule
        ? NUMBERS.map(({ name, label: labelId, min, max, unit }) => (
            <NumberField
              key={name}
              label={t(labelId)}
              hint={t('field.range', { min, max, unit: unit ? t(unit) : '' })}
              min={min}
              max={max}
              value={rule[name]}
              error={errorAt(`borrowing.${name}`, 'inside')}
              disabled={disabled}
              change={(number) => change({ ...rule, [name]: number ?? min })}
            />
          ))
        : null}
    </>
  );
}
