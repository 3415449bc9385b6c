// A call flow: its name and start, and its steps as an outline with the chosen step beside it, or the whole as JSON, or the
// versions that were saved.
// Server errors stand at the step that they name.
import { Button, Field, Input, MessageBar, MessageBarBody, Textarea } from '@fluentui/react-components';
import { useEffect, useRef, useState, type ReactNode } from 'react';
import admin from '../admin/admin.module.css';
import { errorsFor } from '../admin/field-errors';
import type { FlowInput } from '../api/contract';
import { announce } from '../app/announcer';
import { useT } from '../i18n/t';
import { isolated } from '../ui/durations';
import { useCheck } from './findings-list';
import css from './flow.module.css';
import { KINDS, stepOf, type Problem } from './nodes';
import { OutlineEditor } from './outline-editor';
import { StepSelect } from './step-select';
import { useTest } from './test-pane';
import { Versions } from './versions';

const TABS = { outline: 'flow.outline', json: 'flow.json', versions: 'flow.versions' } as const;
type Tab = keyof typeof TABS;

interface Props {
  /** None until it is saved. */
  id: number | null;
  isDirty: boolean;
  flow: FlowInput;
  errors: readonly Problem[];
  disabled: boolean;
  change: (flow: FlowInput) => void;
}

export function FlowEditor({ id, isDirty, flow, errors, disabled, change }: Props): ReactNode {
  const t = useT();
  const [tab, setTab] = useState<Tab>('outline');
  const [taken, setTaken] = useState<number | null>(null);
  const check = useCheck(flow, id !== null && !disabled);
  const test = useTest(id);
  const views = useRef<HTMLDivElement>(null);
  const tabs: readonly Tab[] = id === null ? ['outline', 'json'] : ['outline', 'json', 'versions'];
  useEffect(() => {
    if (!isDirty) setTaken(null);
  }, [isDirty]);
  const take = (version: number, older: FlowInput): void => {
    change(older);
    setTaken(version);
    setTab('outline');
    announce(t('flow.versions.taken', { version: isolated(version) }));
    requestAnimationFrame(() => views.current?.querySelector<HTMLElement>('[aria-pressed="true"]')?.focus());
  };
  const loose = errors.filter((e) => stepOf(e, flow.nodes) < 0 && e.field !== 'name' && e.field !== 'start');
  return (
    <>
      <section className={`${admin.card} ${admin.section}`}>
        <h2>{t('section.identity')}</h2>
        <div className={admin.fields}>
          <Field label={t('field.name')} required validationMessage={errorsFor(errors, 'name')}>
            <Input value={flow.name} disabled={disabled} onChange={(_, data) => change({ ...flow, name: data.value })} />
          </Field>
          <Field label={t('flow.start')} hint={t('flow.start.hint')} validationMessage={errorsFor(errors, 'start')}>
            <StepSelect nodes={flow.nodes} value={flow.start} disabled={disabled} change={(start) => change({ ...flow, start })} />
          </Field>
        </div>
      </section>
      <section className={admin.card}>
        <div ref={views} className={admin.switch} role="group" aria-label={t('flow.view')}>
          {tabs.map((it) => (
            <Button key={it} appearance={tab === it ? 'primary' : 'secondary'} aria-pressed={tab === it} onClick={() => setTab(it)}>
              {t(TABS[it])}
            </Button>
          ))}
        </div>
        {(tab === 'json' ? loose : []).map((e) => (
          <p key={`${e.field}${e.detail}`} className={admin.error}>
            {e.detail}
          </p>
        ))}
        {taken !== null && isDirty ? (
          <MessageBar intent="info" layout="multiline" className={css.taken}>
            <MessageBarBody>{t('flow.versions.taken', { version: isolated(taken) })}</MessageBarBody>
          </MessageBar>
        ) : null}
        {tab === 'outline' ? <OutlineEditor flow={flow} errors={errors} disabled={disabled} check={check} test={test} isDirty={isDirty} change={change} /> : null}
        {tab === 'json' ? <Json flow={flow} disabled={disabled} change={change} /> : null}
        {tab === 'versions' && id !== null ? <Versions id={id} flow={flow} disabled={disabled} take={take} /> : null}
      </section>
    </>
  );
}

function Json({ flow, disabled, change }: Pick<Props, 'flow' | 'disabled' | 'change'>): ReactNode {
  const t = useT();
  const [text, setText] = useState(() => JSON.stringify(flow, null, 2));
  const [broken, setBroken] = useState<string | undefined>();
  return (
    <Field style={{ marginBlockStart: 16 }} label={t('flow.json.label')} validationMessage={broken}>
      <Textarea
        textarea={{ className: admin.json, dir: 'ltr', spellCheck: false }}
        rows={24}
        resize="vertical"
        disabled={disabled}
        value={text}
        onChange={(_, data) => {
          setText(data.value);
          try {
            const parsed: unknown = JSON.parse(data.value);
            if (!isFlow(parsed)) {
              setBroken(t('flow.json.shape'));
              return;
            }
            setBroken(undefined);
            change(parsed);
          } catch (error) {
            setBroken(t('flow.json.broken', { detail: error instanceof Error ? error.message : '' }));
          }
        }}
      />
    </Field>
  );
}

/** Kinds with a list of ways must have it: the outline goes through it. */
const LISTS: Record<string, string> = { branch: 'cases', switch: 'cases', queue_status: 'cases', menu: 'choices' };
const PROMPTED = ['play', 'collect', 'menu', 'message', 'voicemail'];

function isFlow(value: unknown): value is FlowInput {
  const flow = value as Partial<FlowInput> | null;
  return (
    typeof flow === 'object' &&
    flow !== null &&
    typeof flow.name === 'string' &&
    typeof flow.start === 'string' &&
    Array.isArray(flow.nodes) &&
    flow.nodes.every((node: unknown) => {
      const given = (node ?? {}) as Record<string, unknown>;
      const kind = KINDS.find((known) => known === given['kind']);
      if (typeof given['id'] !== 'string' || kind === undefined) return false;
      const list = LISTS[kind];
      const isObject = (item: unknown): boolean => typeof item === 'object' && item !== null;
      const ways = list === undefined ? [] : given[list];
      return Array.isArray(ways) && ways.every(isObject) && (!PROMPTED.includes(kind) || isObject(given['prompt'])) && (kind !== 'transfer' || isObject(given['to']));
    })
  );
}
