// A call through the saved flow: what its caller hears, the keys to answer with, and every step that it took.
import { Button, Field, Input, Spinner } from '@fluentui/react-components';
import { CallRegular } from '@fluentui/react-icons/svg/call';
import { CallEndRegular } from '@fluentui/react-icons/svg/call-end';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useEffect, useRef, useState, type ReactNode } from 'react';
import admin from '../admin/admin.module.css';
import { ApiError } from '../api/client';
import type { FlowInput } from '../api/contract';
import { endTest, pressInTest, startTest, testCall, type TestCall, type TestStep } from '../api/flows';
import { useSession } from '../app/session';
import { td } from '../app/theme';
import { isSoundFile } from '../desk/talk';
import { pressedTone, TonePad, useTones } from '../desk/tones';
import { useMaybeT, useT } from '../i18n/t';
import { Shape, type ShapeName } from '../ui/shapes';
import { useProblemText } from '../ui/states';
import { At } from '../ui/time';
import { exitText } from './exit-text';
import css from './flow.module.css';
import { useSummary } from './summary';
import { exitOf, isOwn, maskedNames, pathOf, shownAttributes } from './test-path';

const AGAIN_MS = 1_000;
const DOT = '\u2022';

const STATES: Record<TestCall['state'], { shape: ShapeName; color: string }> = {
  ringing: { shape: 'bell', color: td.tdStateOffering },
  in_call: { shape: 'square', color: td.tdStateOnContact },
  ended: { shape: 'ring', color: td.tdStateOffline },
};

export interface Test {
  id: number | null;
  call: TestCall | null;
  /** Why there is no word of the call any more. */
  lost: unknown;
  start: (from: string) => void;
  isStarting: boolean;
  refused: unknown;
  press: (digits: string) => Promise<void>;
  hangUp: () => void;
  isHangingUp: boolean;
  hangUpError: unknown;
}

export function useTest(id: number | null): Test {
  const { center } = useSession();
  const flow = id ?? 0;
  const [calling, setCalling] = useState<string | null>(null);
  const starting = useMutation({ mutationFn: (from: string) => startTest(center, flow, from), onSuccess: ({ call_id }) => setCalling(call_id) });
  const query = useQuery({
    queryKey: ['flow-test', center, flow, calling],
    queryFn: () => testCall(center, flow, calling ?? ''),
    enabled: calling !== null,
    // poll: until the call has ended
    refetchInterval: ({ state }) => (state.data?.state === 'ended' || state.error instanceof ApiError ? false : AGAIN_MS),
    retry: 2,
  });
  const hanging = useMutation({ mutationFn: () => endTest(center, flow, calling ?? ''), onSuccess: () => void query.refetch() });
  const open = useRef<string | null>(null);
  useEffect(() => {
    open.current = query.data?.state === 'ended' ? null : calling;
  });
  // Nobody is left who could hang up: the call would go on to an agent.
  useEffect(
    () => () => {
      if (open.current !== null) void endTest(center, flow, open.current).catch(() => undefined);
    },
    [center, flow],
  );
  return {
    id,
    call: calling === null ? null : (query.data ?? null),
    lost: query.error,
    start: (from) => {
      hanging.reset();
      starting.mutate(from);
    },
    isStarting: starting.isPending || (calling !== null && query.isPending && !query.isError),
    refused: starting.error,
    press: (digits) => pressInTest(center, flow, calling ?? '', digits),
    hangUp: () => hanging.mutate(),
    isHangingUp: hanging.isPending,
    hangUpError: hanging.error,
  };
}

interface Props {
  test: Test;
  flow: FlowInput;
  isDirty: boolean;
  open: (index: number) => void;
}

export function TestPane({ test, flow, isDirty, open }: Props): ReactNode {
  const t = useT();
  const say = useProblemText();
  const [from, setFrom] = useState('');
  const { call } = test;
  const isOpen = call !== null && call.state !== 'ended';
  const mustSave = test.id === null || isDirty;
  const start = useRef<HTMLButtonElement>(null);
  const wasOpen = useRef(false);
  // The button that was pressed is gone once the call has ended: the focus goes on where one begins again.
  useEffect(() => {
    if (wasOpen.current && !isOpen && document.activeElement === document.body) start.current?.focus();
    wasOpen.current = isOpen;
  }, [isOpen]);
  const error = test.refused ?? test.lost ?? test.hangUpError;
  return (
    <section className={`${css.pane} ${css.test}`} aria-label={t('flowTest.title')}>
      <h3>{t('flowTest.title')}</h3>
      {mustSave ? <p className={css.saveFirst}>{t('flowTest.saveFirst')}</p> : null}
      {error ? (
        <p className={admin.error} role="alert">
          {say(error)}
        </p>
      ) : null}
      {isOpen ? null : (
        <>
          <Field label={t('testCall.from')} hint={t('testCall.from.hint')}>
            <Input
              type="tel"
              dir="ltr"
              value={from}
              onChange={(_, data) => setFrom(data.value)}
              onKeyDown={(event) => {
                // It stands inside the form of the flow, which Enter would save.
                if (event.key === 'Enter') event.preventDefault();
              }}
            />
          </Field>
          <Button
            ref={start}
            appearance="primary"
            icon={test.isStarting ? <Spinner size="tiny" appearance="inverted" /> : <CallRegular />}
            aria-busy={test.isStarting}
            disabledFocusable={mustSave || test.isStarting}
            onClick={() => test.start(from.trim())}
          >
            {t(call === null ? 'flowTest.start' : 'flowTest.again')}
          </Button>
        </>
      )}
      {call === null ? (
        <p className={css.keys}>{t('flowTest.about')}</p>
      ) : (
        <>
          <StateLine call={call} />
          {isOpen ? <Talk test={test} call={call} flow={flow} /> : null}
          <Steps flow={flow} call={call} open={open} />
          <Attributes flow={flow} call={call} />
        </>
      )}
    </section>
  );
}

function StateLine({ call }: { call: TestCall }): ReactNode {
  const t = useT();
  const maybe = useMaybeT();
  const why = call.end_reason === null ? '' : maybe(`flowTest.end.${call.end_reason}`, call.end_reason);
  return (
    <p className={css.state} role="status">
      <Shape {...STATES[call.state]} size={14} />
      <span>
        <b>{t(`flowTest.state.${call.state}`)}</b> {why}
      </span>
    </p>
  );
}

/** What is heard, and how to answer. Keys of the keyboard are tones while the focus is in here. */
function Talk({ test, call, flow }: { test: Test; call: TestCall; flow: FlowInput }): ReactNode {
  const t = useT();
  const say = useProblemText();
  const summary = useSummary();
  const { press, count, error } = useTones(test.press);
  const [typed, setTyped] = useState('');
  // Where the call is comes a moment after the key: one secret in a flow makes dots of all that is pressed in it.
  const isSecret = maskedNames(flow).size > 0;
  const pressed = (tone: string): void => {
    press(tone);
    setTyped((before) => (before + (isSecret ? DOT : tone)).slice(-20));
  };
  const isUp = call.state === 'in_call';
  // Of a sound the address is told, which says nothing and is nobody's business.
  const node = flow.nodes[pathOf(flow, call).now];
  const heard = isSoundFile(call.hears ?? '') ? t('flowTest.sound', { what: node ? summary(node) : '' }) : call.hears;
  return (
    <div className={css.talk} onKeyDown={(event) => isUp && pressedTone(event, pressed)}>
      <div>
        <h4>{t('flowTest.hears')}</h4>
        <p className={css.hears} role="status" aria-live="polite">
          <bdi>{heard ?? t('flowTest.silence')}</bdi>
        </p>
      </div>
      {isUp ? (
        <>
          <p className={css.typed}>
            {t('flowTest.pressed')} <bdi dir="ltr">{typed === '' ? t('keypad.nothing') : typed}</bdi>
            <span className="visually-hidden" role="status">
              {count.pressed > 0 ? t('keypad.sent', { count: count.sent }) : ''}
            </span>
          </p>
          <TonePad press={pressed} />
          <p className={css.keys}>{t('flowTest.keyboard')}</p>
        </>
      ) : null}
      {error ? (
        <p className={admin.error} role="alert">
          {say(error)} {t('keypad.failed')}
        </p>
      ) : null}
      <Button icon={<CallEndRegular />} onClick={test.hangUp} aria-busy={test.isHangingUp} disabledFocusable={test.isHangingUp}>
        {t('flowTest.hangUp')}
      </Button>
    </div>
  );
}

function Steps({ flow, call, open }: { flow: FlowInput; call: TestCall; open: (index: number) => void }): ReactNode {
  const t = useT();
  const maybe = useMaybeT();
  const { zone } = useSession();
  const list = useRef<HTMLOListElement>(null);
  // The last step is the one that is looked at.
  useEffect(() => {
    list.current?.scrollTo({ top: list.current.scrollHeight });
  }, [call.steps.length]);
  const said = (step: TestStep, next: TestStep | undefined): string => {
    const exit = isOwn(call, step) ? exitOf(flow, step, next) : undefined;
    if (exit?.path === 'next') return '';
    return exit ? exitText(t, exit) : (step.exit ?? '');
  };
  return (
    <div className={css.took}>
      <h4>{t('flowTest.steps')}</h4>
      {call.steps.length === 0 ? <p className={css.keys}>{t('flowTest.steps.none')}</p> : null}
      <ol ref={list}>
        {call.steps.map((step, i) => {
          const index = isOwn(call, step) ? flow.nodes.findIndex(({ id }) => id === step.node) : -1;
          const kind = maybe(`flow.kind.${step.kind}`, step.kind);
          return (
            <li key={`${i}${step.at}`}>
              <At at={step.at} zone={zone} seconds />
              <span>
                {index < 0 ? (
                  <bdi>{`${kind} ${step.node}`}</bdi>
                ) : (
                  <button type="button" onClick={() => open(index)}>
                    {kind} <bdi className={css.id}>{step.node}</bdi>
                  </button>
                )}
                <span className={css.exit}> {said(step, call.steps.slice(i + 1).find((it) => isOwn(call, it)))}</span>
                {step.code === null ? null : <span className={css.code}> {step.code}</span>}
              </span>
            </li>
          );
        })}
      </ol>
    </div>
  );
}

function Attributes({ flow, call }: { flow: FlowInput; call: TestCall }): ReactNode {
  const t = useT();
  const shown = shownAttributes(flow, call.attributes);
  if (shown.length === 0) return null;
  return (
    <div className={css.took}>
      <h4>{t('flowTest.attributes')}</h4>
      <dl>
        {shown.map(([name, value]) => (
          <div key={name}>
            <dt>
              <bdi dir="ltr">{name}</bdi>
            </dt>
            <dd>
              <bdi>{value}</bdi>
            </dd>
          </div>
        ))}
      </dl>
    </div>
  );
}
