// The ways out of a step that people choose: the keys of a menu, the cases of a branch, a switch or a look at a queue.
import { Button, Input, Select, SpinButton } from '@fluentui/react-components';
import { AddRegular } from '@fluentui/react-icons/svg/add';
import { DeleteRegular } from '@fluentui/react-icons/svg/delete';
import type { ReactNode } from 'react';
import admin from '../admin/admin.module.css';
import type { QueueStatusCase, SwitchCase } from '../api/contract';
import { useT, type MessageId } from '../i18n/t';
import css from './flow.module.css';
import { ending, KEYS, LIMITS, QUEUE_CONDITIONS, SWITCH_TESTS, testOf, withTest, type SwitchTest } from './nodes';
import type { Place } from './step-fields';
import { StepSelect } from './step-select';

/** The choices of a menu, the cases of a branch: what must hold, and where it leads. */
export function Ways({ place }: { place: Place }): ReactNode {
  const t = useT();
  const { node, nodes, disabled, errorAt, set } = place;
  if (node.kind !== 'menu' && node.kind !== 'branch' && node.kind !== 'switch' && node.kind !== 'queue_status') return null;
  const list = node.kind === 'menu' ? 'choices' : 'cases';
  const rows: readonly { next: string }[] = node.kind === 'menu' ? node.choices : node.cases;
  const fresh = (): object => {
    const next = ending(nodes);
    switch (node.kind) {
      case 'menu':
        return { key: KEYS.find((key) => !node.choices.some((c) => c.key === key)) ?? '1', label: '', next };
      case 'branch':
        return { equals: '', next };
      case 'switch':
        return { attribute: node.cases.at(-1)?.attribute ?? '', equals: '', next };
      case 'queue_status':
        return { when: 'waiting_at_least', value: 10, next };
    }
  };
  return (
    <fieldset className={css.list} data-field={list}>
      <legend>{t(node.kind === 'menu' ? 'flow.choices' : 'flow.cases')}</legend>
      {rows.map((row, i) => {
        const at = `${list}.${i}`;
        const wrong = errorAt(at) ?? ['key', 'label', 'attribute', 'equals', 'starts_with', 'is_set', 'value', 'next'].map((name) => errorAt(`${at}.${name}`)).find(Boolean);
        return (
          <div key={i} data-field={at} role="group" aria-label={t('flow.way', { number: i + 1 })} className={css.way} data-kind={node.kind}>
            <WayFields place={place} at={at} i={i} />
            <Button
              appearance="subtle"
              icon={<DeleteRegular />}
              aria-label={t('flow.way.remove', { number: i + 1 })}
              disabled={disabled}
              onClick={() => set(list, rows.filter((_, j) => j !== i))}
            />
            <span className={css.target}>
              <span className={css.then} aria-hidden="true">
                {t('flow.next')}
              </span>
              <StepSelect
                data-exit={`${at}.next`}
                label={t('flow.case.next')}
                nodes={nodes}
                value={row.next}
                disabled={disabled}
                change={(next) => set(`${at}.next`, next)}
              />
              {wrong ? <span className={`${admin.error} ${css.fault}`}>{wrong}</span> : null}
            </span>
          </div>
        );
      })}
      {errorAt(list) ? <span className={admin.error}>{errorAt(list)}</span> : null}
      {disabled || rows.length >= (node.kind === 'menu' ? KEYS.length : LIMITS.cases) ? null : (
        <div>
          <Button size="small" icon={<AddRegular />} onClick={() => set(list, [...rows, fresh()])}>
            {t(node.kind === 'menu' ? 'flow.choice.add' : 'flow.case.add')}
          </Button>
        </div>
      )}
    </fieldset>
  );
}

function WayFields({ place, at, i }: { place: Place; at: string; i: number }): ReactNode {
  const t = useT();
  const { node, disabled, set } = place;
  const text = (name: string, label: MessageId, value: string): ReactNode => (
    <Input aria-label={t(label)} placeholder={t(label)} value={value} disabled={disabled} onChange={(_, data) => set(`${at}.${name}`, data.value)} />
  );
  switch (node.kind) {
    case 'menu':
      return (
        <>
          <Select aria-label={t('flow.choice.key')} value={node.choices[i]?.key} disabled={disabled} onChange={(_, data) => set(`${at}.key`, data.value)}>
            {KEYS.map((key) => (
              <option key={key} value={key}>
                {key}
              </option>
            ))}
          </Select>
          {text('label', 'flow.choice.label', node.choices[i]?.label ?? '')}
        </>
      );
    case 'switch':
      return <SwitchFields place={place} at={at} value={node.cases[i]} />;
    case 'branch':
      return <span className={css.target}>{text('equals', 'flow.case.equals', node.cases[i]?.equals ?? '')}</span>;
    case 'queue_status':
      return <QueueCase place={place} at={at} value={node.cases[i]} />;
    default:
      return null;
  }
}

/** What is looked at, and one thing that must be so of it. */
function SwitchFields({ place, at, value }: { place: Place; at: string; value: SwitchCase | undefined }): ReactNode {
  const t = useT();
  if (!value) return null;
  const { disabled, set } = place;
  const test = testOf(value);
  return (
    <>
      <Input
        dir="ltr"
        aria-label={t('flow.attribute')}
        placeholder={t('flow.attribute')}
        value={value.attribute}
        disabled={disabled}
        onChange={(_, data) => set(`${at}.attribute`, data.value)}
      />
      <Select aria-label={t('flow.case.when')} value={test} disabled={disabled} onChange={(_, data) => set(at, withTest(value, data.value as SwitchTest))}>
        {SWITCH_TESTS.map((each) => (
          <option key={each} value={each}>
            {t(`flow.test.${each}`)}
          </option>
        ))}
      </Select>
      {test === 'is_set' ? null : (
        <span className={css.target}>
          <Input
            aria-label={t('flow.case.text')}
            placeholder={t('flow.case.text')}
            value={value[test] ?? ''}
            disabled={disabled}
            onChange={(_, data) => set(`${at}.${test}`, data.value)}
          />
        </span>
      )}
    </>
  );
}

function QueueCase({ place, at, value }: { place: Place; at: string; value: QueueStatusCase | undefined }): ReactNode {
  const t = useT();
  if (!value) return null;
  const { disabled, set } = place;
  const isCounted = value.when !== 'no_agent_ready';
  return (
    <>
      <Select
        className={isCounted ? undefined : css.target}
        aria-label={t('flow.case.when')}
        value={value.when}
        disabled={disabled}
        onChange={(_, data) => set(at, { when: data.value, next: value.next, ...(data.value === 'no_agent_ready' ? {} : { value: value.value ?? 10 }) })}
      >
        {QUEUE_CONDITIONS.map((when) => (
          <option key={when} value={when}>
            {t(`flow.condition.${when}`)}
          </option>
        ))}
      </Select>
      {isCounted ? (
        <SpinButton
          aria-label={t('flow.case.value')}
          min={1}
          max={value.when === 'waiting_at_least' ? LIMITS.waiting : LIMITS.wait}
          value={value.value ?? 0}
          disabled={disabled}
          onChange={(_, data) => set(`${at}.value`, data.value ?? (Number(data.displayValue) || 1))}
        />
      ) : null}
    </>
  );
}
