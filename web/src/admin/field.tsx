// One field of a settings form, by its kind.
import { Button, Checkbox, Field, Input, Select, Switch } from '@fluentui/react-components';
import { AddRegular } from '@fluentui/react-icons/svg/add';
import { DeleteRegular } from '@fluentui/react-icons/svg/delete';
import { lazy, Suspense, type ReactNode } from 'react';
import { Link } from 'react-router';
import type { Area, Demand, PreferredRule, Role } from '../api/contract';
import type { Phone } from '../api/trunks';
import { ROLES } from '../app/permissions';
import { useSession } from '../app/session';
import { useT, type MessageId } from '../i18n/t';
import type { Borrowing, Member } from '../routing/balance';
import type { Chance } from '../routing/chances';
import type { Condition } from '../routing/conditions';
import type { ErrorAt } from '../routing/places';
import type { Asking, Preference, Strategy } from '../routing/plan';
import { isFound } from '../ui/finding';
import { NumberField } from '../ui/number-field';
import { SearchField } from '../ui/search-field';
import css from './admin.module.css';
import type { FieldSpec } from './forms';
import { Grouped } from './grouped';
import { RefSelect } from './ref-select';
import { titleOf, useList } from './settings';

// Of one area or two: they come when one of those is shown.
const RefsField = lazy(() => import('./refs-field').then((m) => ({ default: m.RefsField })));
const MusicField = lazy(() => import('../prompts/choice').then((m) => ({ default: m.MusicField })));
const AnnounceField = lazy(() => import('./announce').then((m) => ({ default: m.AnnounceField })));
const RecordingField = lazy(() => import('./recording-rule').then((m) => ({ default: m.RecordingField })));
const StrategyField = lazy(() => import('../routing/fields').then((m) => ({ default: m.StrategyField })));
const ConditionField = lazy(() => import('../routing/fields').then((m) => ({ default: m.ConditionField })));
const PreferencesField = lazy(() => import('../routing/fields').then((m) => ({ default: m.PreferencesField })));
const PlanField = lazy(() => import('../routing/fields').then((m) => ({ default: m.PlanField })));
const ChancesField = lazy(() => import('../routing/chances-field').then((m) => ({ default: m.ChancesField })));
const MembersField = lazy(() => import('../routing/balance-fields').then((m) => ({ default: m.MembersField })));
const BorrowingField = lazy(() => import('../routing/balance-fields').then((m) => ({ default: m.BorrowingField })));
const PreferredField = lazy(() => import('../routing/preferred-field').then((m) => ({ default: m.PreferredField })));
const DemandField = lazy(() => import('../capacity/demand-field').then((m) => ({ default: m.DemandField })));
const CallbacksField = lazy(() => import('./callback-rules').then((m) => ({ default: m.CallbacksField })));
const ReachedField = lazy(() => import('../trunks/reached-field').then((m) => ({ default: m.ReachedField })));
const PhoneField = lazy(() => import('../trunks/phone-field').then((m) => ({ default: m.PhoneField })));
const CallingOutField = lazy(() => import('./calling-out').then((m) => ({ default: m.CallingOutField })));

export interface Props {
  spec: FieldSpec;
  value: unknown;
  error: string | undefined;
  disabled: boolean;
  change: (value: unknown) => void;
  blur: () => void;
  /** Of a place inside the value. */
  errorAt?: ErrorAt;
  /** All that the form has: what is said of some fields follows from others. */
  form: Record<string, unknown>;
  /** Several values at once, of a field that is more than one of them. */
  put?: (part: Record<string, unknown>) => void;
  isNew?: boolean;
}

export function SettingsField(props: Props): ReactNode {
  const t = useT();
  const { spec, value, error, disabled, change, blur } = props;
  const common = {
    label: t(spec.label),
    required: spec.required ?? false,
    hint: spec.hint ? t(spec.hint) : undefined,
    validationMessage: error,
  };
  switch (spec.kind) {
    case 'text':
    case 'guid':
    case 'password':
      return (
        <Field {...common}>
          <Input
            type={spec.kind === 'password' ? 'password' : 'text'}
            autoComplete={spec.kind === 'password' ? 'new-password' : 'off'}
            spellCheck={spec.kind === 'text' && !spec.ltr}
            dir={spec.kind === 'guid' || (spec.kind === 'text' && spec.ltr) ? 'ltr' : undefined}
            maxLength={spec.kind === 'text' ? spec.max : undefined}
            disabled={disabled}
            value={String(value ?? '')}
            onChange={(_, data) => change(spec.kind === 'guid' ? data.value.trim().replaceAll(/[{}]/g, '') : data.value)}
            onBlur={blur}
          />
        </Field>
      );
    case 'number':
    case 'optionalNumber':
      return <NumberOf {...props} />;
    case 'select':
      return (
        <Field {...common}>
          <Select disabled={disabled} value={String(value ?? '')} onChange={(_, data) => change(data.value)} onBlur={blur}>
            {spec.options.map(([name, label]) => (
              <option key={name} value={name}>
                {t(label)}
              </option>
            ))}
          </Select>
        </Field>
      );
    case 'ref':
      return (
        <Field {...common}>
          <RefSelect
            area={spec.area}
            none={spec.optional ? t('field.noneChosen') : t('field.choose')}
            disabled={disabled}
            value={typeof value === 'number' ? value : 0}
            change={(id) => change(id === 0 && spec.optional ? null : id)}
          />
        </Field>
      );
    case 'lookup':
      return <LookupField {...props} area={spec.area} none={spec.none} />;
    case 'switch':
      return (
        <Field hint={common.hint} validationMessage={error}>
          <Switch label={t(spec.label)} disabled={disabled} checked={value === true} onChange={(_, data) => change(data.checked)} />
        </Field>
      );
    case 'music':
      return (
        <Suspense>
          <MusicField label={common.label} value={value} error={error} disabled={disabled} change={change} blur={blur} />
        </Suspense>
      );
    case 'announce':
      return (
        <Suspense>
          <AnnounceField label={common.label} hint={common.hint} value={value} errorAt={props.errorAt ?? (() => error)} disabled={disabled} change={change} />
        </Suspense>
      );
    case 'recording':
      return (
        <Suspense>
          <RecordingField label={common.label} hint={common.hint} value={value} errorAt={props.errorAt ?? (() => error)} disabled={disabled} change={change} />
        </Suspense>
      );
    case 'callingOut':
      return (
        <Suspense>
          <CallingOutField label={common.label} hint={common.hint} value={value} isTried={error !== undefined} errorAt={props.errorAt ?? (() => error)} disabled={disabled} change={change} />
        </Suspense>
      );
    case 'strategy':
    case 'chances':
    case 'condition':
    case 'preferences':
    case 'plan':
      return <Suspense>{routingField(spec.kind, props, common.label, common.hint)}</Suspense>;
    case 'members':
      return (
        <Suspense>
          <MembersField label={common.label} hint={common.hint} value={value as Member[] | undefined} error={error} errorAt={props.errorAt ?? (() => error)} disabled={disabled} change={change} />
        </Suspense>
      );
    case 'borrowing':
      return (
        <Suspense>
          <BorrowingField label={common.label} hint={common.hint} value={value as Borrowing | null | undefined} error={error} errorAt={props.errorAt ?? (() => error)} disabled={disabled} change={change} />
        </Suspense>
      );
    case 'callbacks':
      return (
        <Suspense>
          <CallbacksField label={common.label} hint={common.hint} value={value} isTried={error !== undefined} errorAt={props.errorAt ?? (() => error)} disabled={disabled} change={change} />
        </Suspense>
      );
    case 'preferred':
      return (
        <Suspense>
          <PreferredField label={common.label} hint={common.hint} value={value as PreferredRule | null | undefined} errorAt={props.errorAt ?? (() => error)} disabled={disabled} change={change} />
        </Suspense>
      );
    case 'demand':
      return (
        <Suspense>
          <DemandField value={value as Demand | undefined} errorAt={props.errorAt ?? (() => error)} disabled={disabled} change={change} />
        </Suspense>
      );
    case 'reached':
      return <Reached {...props} />;
    case 'phone':
      return (
        <Suspense>
          <PhoneField
            label={common.label}
            hint={common.hint}
            value={(value ?? null) as Phone | null}
            warnings={Array.isArray(props.form['warnings']) ? (props.form['warnings'] as string[]) : []}
            errorAt={(path) => props.errorAt?.(path) ?? (path === 'phone.user' ? error : undefined)}
            disabled={disabled}
            change={change}
          />
        </Suspense>
      );
    case 'refs':
      return (
        <Suspense>
          <RefsField {...props} area={spec.area} />
        </Suspense>
      );
    case 'roles':
      return <RolesField {...props} />;
    case 'skills':
      return <SkillsField {...props} level={spec.level} />;
  }
}

/** Of its two values one is null: what is wrong stands at the other. */
function Reached({ value, form, error, errorAt, disabled, put, isNew = false, blur }: Props): ReactNode {
  const number = typeof value === 'string' ? value : null;
  const account = form['resource_account_id'];
  const own = number === null ? 'resource_account_id' : 'number';
  return (
    <Suspense>
      <ReachedField
        account={typeof account === 'string' ? account : null}
        number={number}
        isNew={isNew}
        errorOf={(path) => errorAt?.(path) ?? (path === own ? error : undefined)}
        disabled={disabled}
        change={(part) => put?.(part)}
        blur={blur}
      />
    </Suspense>
  );
}

/** What a queue asks of agents. */
function routingField(kind: 'strategy' | 'chances' | 'condition' | 'preferences' | 'plan', props: Props, label: string, hint: string | undefined): ReactNode {
  const { value, error, errorAt = () => error, disabled, change, form } = props;
  const field = { label, hint, error, errorAt, disabled, change };
  switch (kind) {
    case 'strategy':
      return <StrategyField {...field} value={value as Strategy} />;
    case 'chances':
      return <ChancesField {...field} value={value as Chance[] | undefined} queue={form as unknown as Asking} />;
    case 'condition':
      return <ConditionField {...field} value={value as Condition | null | undefined} />;
    case 'preferences':
      return <PreferencesField {...field} value={value as Preference[] | undefined} />;
    case 'plan':
      return <PlanField {...field} queue={form as unknown as Asking} />;
  }
}

function NumberOf({ spec, value, error, disabled, change, blur }: Props): ReactNode {
  const t = useT();
  if (spec.kind !== 'number' && spec.kind !== 'optionalNumber') return null;
  const range = t('field.range', { min: spec.min, max: spec.max, unit: spec.unit ? t(spec.unit) : '' });
  return (
    <NumberField
      label={t(spec.label)}
      required={spec.required ?? false}
      hint={spec.hint ? `${t(spec.hint)} ${range}` : range}
      min={spec.min}
      max={spec.max}
      value={typeof value === 'number' ? value : null}
      error={error}
      disabled={disabled}
      change={change}
      blur={blur}
    />
  );
}

/** One of many or none, found by typing any part of its name. */
function LookupField({ spec, value, error, disabled, change, area, none }: Props & { area: Area; none: MessageId }): ReactNode {
  const t = useT();
  const items = useList(area).data?.items ?? [];
  const chosen = items.find((item) => item.id === value);
  const nothing = { key: '0', text: t('field.noneChosen'), note: '' };
  return (
    <SearchField
      label={t(spec.label)}
      hint={spec.hint ? t(spec.hint) : undefined}
      none={t(none)}
      value={chosen ? titleOf(chosen) : nothing.text}
      error={error}
      disabled={disabled}
      found={(typed) => {
        const found = items.filter((item) => isFound(typed, titleOf(item))).map((item) => ({ key: String(item.id), text: titleOf(item), note: '' }));
        return typed.trim() === '' ? [nothing, ...found] : found;
      }}
      choose={(key) => change(key === nothing.key ? null : Number(key))}
    />
  );
}

function RolesField({ spec, value, error, disabled, change }: Props): ReactNode {
  const t = useT();
  const { may } = useSession();
  const chosen = Array.isArray(value) ? (value as Role[]) : [];
  return (
    <Grouped spec={spec} error={error}>
      <div className={css.checks}>
        {ROLES.map((role) => (
          <Checkbox
            key={role}
            label={t(`role.${role}`)}
            disabled={disabled}
            checked={chosen.includes(role)}
            onChange={(_, data) => change(ROLES.filter((r) => (r === role ? data.checked === true : chosen.includes(r))))}
          />
        ))}
      </div>
      {may('manage_access') ? (
        <Link to="/admin/permissions" className={css.link}>
          {t('field.roles.about')}
        </Link>
      ) : null}
    </Grouped>
  );
}

const LEVELS = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];

function SkillsField({ spec, value, error, disabled, change, level }: Props & { level: 'level' | 'min_level' }): ReactNode {
  const t = useT();
  const list = useList('skills');
  const rows = Array.isArray(value) ? (value as Record<string, number>[]) : [];
  const free = (list.data?.items ?? []).find((skill) => !rows.some((row) => row['skill_id'] === skill.id));
  const put = (i: number, part: Record<string, number>): void => change(rows.map((row, j) => (i === j ? { ...row, ...part } : row)));
  return (
    <Grouped spec={spec} error={error}>
      <div className={css.pairs}>
        {rows.map((row, i) => (
          <div key={i} className={css.pair}>
            <RefSelect
              area="skills"
              none={t('field.choose')}
              aria-label={t('field.skill')}
              disabled={disabled}
              value={row['skill_id'] ?? 0}
              change={(id) => put(i, { skill_id: id })}
            />
            <Select
              aria-label={t('field.level')}
              disabled={disabled}
              value={String(row[level] ?? 1)}
              onChange={(_, data) => put(i, { [level]: Number(data.value) })}
            >
              {LEVELS.map((n) => (
                <option key={n} value={n}>
                  {t('field.level.value', { level: n })}
                </option>
              ))}
            </Select>
            <Button
              appearance="subtle"
              icon={<DeleteRegular />}
              aria-label={t('field.skill.remove')}
              disabled={disabled}
              onClick={() => change(rows.filter((_, j) => j !== i))}
            />
          </div>
        ))}
        {disabled ? null : (
          <div>
            <Button
              icon={<AddRegular />}
              disabled={!free}
              onClick={() => free && change([...rows, { skill_id: free.id, [level]: level === 'level' ? 5 : 1 }])}
            >
              {t('field.skill.add')}
            </Button>
          </div>
        )}
      </div>
    </Grouped>
  );
}
