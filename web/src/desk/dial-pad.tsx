// A number to call: typed, pasted or pressed. What the rules say of it is asked before it is dialed and said here; nothing
// that was typed is kept in the browser.
import {
  Button,
  DialogActions,
  DialogBody,
  DialogContent,
  DialogSurface,
  DialogTitle,
  Field,
  Input,
  MessageBar,
  MessageBarActions,
  MessageBarBody,
  Select,
  Spinner,
} from '@fluentui/react-components';
import { BackspaceRegular } from '@fluentui/react-icons/svg/backspace';
import { CallRegular } from '@fluentui/react-icons/svg/call';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useId, useLayoutEffect, useRef, useState, type ClipboardEvent, type KeyboardEvent, type ReactNode, type RefObject } from 'react';
import { useNavigate } from 'react-router';
import { callingOut, checkCall, placeCall, type CallingOut } from '../api/calling';
import type { ApiError } from '../api/client';
import { announce } from '../app/announcer';
import { store, stored } from '../app/preferences';
import { useSession } from '../app/session';
import { td } from '../app/theme';
import { useT } from '../i18n/t';
import { Modal } from '../ui/modal';
import { useSettled } from '../ui/settled';
import { Shape } from '../ui/shapes';
import { Loading, useProblemText } from '../ui/states';
import { useDesk } from './agent';
import { askable, chosenQueue, dialable, erased, isDialKey, keyFrom, ruleOf, typedInto, TYPED_MAX, type Rule } from './dial';
import css from './dial.module.css';
import { RuleCard, useCallerText, useRuleText } from './dial-rule';
import { KEY_LETTERS, TONES } from './talk';
import talk from './talk.module.css';

const TYPING_MS = 350;

/** Which queue this user calls as: an id, and nothing about whom. */
function useCallAs(out: CallingOut | undefined): [number | null, (queue: number) => void] {
  const { center, me } = useSession();
  const key = `tandem.callAs.${center}.${me.account.id}`;
  const [wanted, want] = useState(() => Number(stored(key)) || null);
  const choose = (queue: number): void => {
    store(key, String(queue));
    want(queue);
  };
  return [out ? chosenQueue(out, wanted) : null, choose];
}

/** What the rules say of the number as it stands. Answers about numbers are not kept. */
function useRule(out: CallingOut | undefined, queue: number | null, text: string): Rule {
  const { center } = useSession();
  const number = askable(text);
  const about = useSettled(number, TYPING_MS);
  const check = useQuery({
    queryKey: ['calling-check', center, queue, about],
    queryFn: () => checkCall(center, queue ?? 0, about ?? ''),
    enabled: queue !== null && about !== null && about === number && out?.can_call === true,
    staleTime: 0,
    gcTime: 0,
    retry: false,
  });
  if (!out) return { is: number === null ? 'empty' : 'asking' };
  return ruleOf(out, number, { about, verdict: check.data, error: check.error as ApiError | null });
}

export default function DialPad({ number, close }: PadProps): ReactNode {
  return (
    <Modal open onOpenChange={(_, data) => !data.open && close()}>
      <Pad number={number} close={close} />
    </Modal>
  );
}

interface PadProps {
  /** What it begins with. */
  number: string;
  close: () => void;
}

/** The field keeps its caret when a key is put in from elsewhere. */
function useTyping(initial: string) {
  const field = useRef<HTMLInputElement>(null);
  const caret = useRef<number | null>(null);
  const [text, setText] = useState(initial);
  useLayoutEffect(() => {
    if (caret.current !== null) field.current?.setSelectionRange(caret.current, caret.current);
    caret.current = null;
  }, [text]);
  const change = (by: (text: string, from: number, to: number) => [string, number]): void => {
    const from = field.current?.selectionStart ?? text.length;
    const [next, at] = by(text, from, field.current?.selectionEnd ?? from);
    caret.current = at;
    setText(next);
  };
  return {
    field,
    text,
    setText,
    put: (key: string) => change((before, from, to) => typedInto(before, from, to, key)),
    erase: () => change(erased),
  };
}

const takesText = (target: EventTarget): boolean => target instanceof HTMLInputElement || target instanceof HTMLSelectElement;

function Pad({ number, close }: PadProps): ReactNode {
  const t = useT();
  const id = useId();
  const say = useProblemText();
  const navigate = useNavigate();
  const { center } = useSession();
  const { me, calling } = useDesk();
  // Whether the agent may call depends on what the agent does now.
  const asked = useQuery({ queryKey: ['calling-out', center, me?.agent.state], queryFn: () => callingOut(center), staleTime: 0, retry: false });
  const out = asked.data;
  const { field, text, setText, put, erase } = useTyping(number);
  const [queue, choose] = useCallAs(out);
  const rule = useRule(out, queue, text);
  const inWords = useRuleText();
  const dialing = useMutation({
    mutationFn: ({ as, number }: { as: number; number: string }) => placeCall(center, as, number),
    onSuccess: (contact) => {
      calling.asked(contact);
      close();
      void navigate('/desk');
    },
  });
  const call = (): void => {
    if (dialing.isPending) return;
    if (rule.is === 'allowed' && queue !== null) dialing.mutate({ as: queue, number: rule.verdict.number ?? dialable(text) });
    else announce(inWords(rule), 'assertive');
  };
  const pressed = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey || takesText(event.target)) return;
    if (event.key !== 'Backspace' && !isDialKey(event.key)) return;
    event.preventDefault();
    if (event.key === 'Backspace') erase();
    else put(event.key);
  };
  const pasted = (event: ClipboardEvent): void => {
    if (takesText(event.target)) return;
    event.preventDefault();
    put(event.clipboardData.getData('text'));
  };
  const as = out?.queues.find((it) => it.id === queue);
  return (
    <DialogSurface className={css.dialog} onKeyDown={pressed} onPaste={pasted}>
      <DialogBody>
        <DialogTitle>{t('dial.title')}</DialogTitle>
        <DialogContent className={css.content}>
          <NumberField field={field} text={text} change={setText} call={call} describedBy={`${id}-rule`} reset={dialing.reset} />
          <div className={css.side}>
            {out ? <CallAs out={out} queue={queue} choose={choose} /> : null}
            {asked.isPending ? <Loading rows={[56]} /> : null}
            {dialing.error ? (
              <MessageBar intent="error" layout="multiline" role="alert">
                <MessageBarBody>{say(dialing.error)}</MessageBarBody>
              </MessageBar>
            ) : null}
            {asked.isError && !out ? (
              <MessageBar id={`${id}-rule`} intent="error" layout="multiline" role="alert">
                <MessageBarBody>{say(asked.error)}</MessageBarBody>
                <MessageBarActions>
                  <Button onClick={() => void asked.refetch()}>{t('state.error.retry')}</Button>
                </MessageBarActions>
              </MessageBar>
            ) : (
              <RuleCard id={`${id}-rule`} rule={rule} as={as} />
            )}
            <Emergency />
          </div>
          <Keys put={put} erase={erase} />
        </DialogContent>
        <DialogActions>
          <Button onClick={close}>{t('action.cancel')}</Button>
          <Button
            appearance="primary"
            icon={dialing.isPending ? <Spinner size="tiny" appearance="inverted" /> : <CallRegular />}
            aria-describedby={`${id}-rule`}
            aria-busy={dialing.isPending}
            disabledFocusable={rule.is !== 'allowed' || dialing.isPending}
            onClick={call}
          >
            {t('dial.call')}
          </Button>
        </DialogActions>
      </DialogBody>
    </DialogSurface>
  );
}

function NumberField(props: {
  field: RefObject<HTMLInputElement | null>;
  text: string;
  change: (text: string) => void;
  call: () => void;
  describedBy: string;
  reset: () => void;
}): ReactNode {
  const t = useT();
  const { field, text, change, call, describedBy, reset } = props;
  return (
    <Field className={talk.field} label={t('dial.number')} hint={t('dial.number.hint')}>
      <Input
        ref={field}
        className={css.number}
        size="large"
        autoFocus
        type="tel"
        dir="ltr"
        autoComplete="off"
        aria-details={describedBy}
        value={text}
        maxLength={TYPED_MAX}
        onChange={(_, data) => {
          change(data.value);
          reset();
        }}
        onKeyDown={(event) => {
          if (event.key !== 'Enter' || event.ctrlKey || event.metaKey) return;
          event.preventDefault();
          call();
        }}
      />
    </Field>
  );
}

/** One stop of the Tab key; arrows go from key to key. */
function Keys({ put, erase }: { put: (key: string) => void; erase: () => void }): ReactNode {
  const t = useT();
  const [at, setAt] = useState(0);
  const group = useRef<HTMLDivElement>(null);
  const keys = [...TONES, '+', null] as const;
  const pressed = (event: KeyboardEvent): void => {
    const to = keyFrom(at, event.key, keys.length);
    if (to === null) return;
    event.preventDefault();
    setAt(to);
    group.current?.querySelectorAll<HTMLElement>('button')[to]?.focus();
  };
  return (
    <div ref={group} className={talk.pad} dir="ltr" role="toolbar" aria-label={t('keypad.keys')} onKeyDown={pressed}>
      {keys.map((key, i) => (
        <button
          key={key ?? 'erase'}
          type="button"
          className={`${talk.key} ${css.key} ${key === null ? css.erase : ''}`}
          tabIndex={i === at ? 0 : -1}
          aria-label={key === null ? t('dial.erase') : undefined}
          title={key === null ? t('dial.erase') : undefined}
          onFocus={() => setAt(i)}
          onClick={() => (key === null ? erase() : put(key))}
        >
          {key === null ? <BackspaceRegular fontSize={24} /> : <span>{key}</span>}
          {key === null || key === '+' ? null : (
            <span className={talk.letters} aria-hidden="true">
              {KEY_LETTERS[key] ?? ''}
            </span>
          )}
        </button>
      ))}
    </div>
  );
}

function CallAs({ out, queue, choose }: { out: CallingOut; queue: number | null; choose: (queue: number) => void }): ReactNode {
  const t = useT();
  const caller = useCallerText();
  if (out.queues.length === 0) return null;
  const as = out.queues.find(({ id }) => id === queue) ?? out.queues[0];
  const sees = as ? t('dial.as.sees', { caller: caller(as) }) : '';
  if (out.queues.length === 1) {
    return (
      <div>
        <div className={css.label}>{t('dial.as')}</div>
        <div className={css.only}>{as?.name}</div>
        <div>{sees}</div>
      </div>
    );
  }
  return (
    <Field className={talk.field} label={t('dial.as')} hint={sees}>
      <Select value={String(queue)} onChange={(_, data) => choose(Number(data.value))}>
        {out.queues.map((it) => (
          <option key={it.id} value={it.id}>
            {it.name}
          </option>
        ))}
      </Select>
    </Field>
  );
}

/** Always there: nobody must find out in an emergency. */
function Emergency(): ReactNode {
  const t = useT();
  return (
    <p className={css.emergency}>
      <Shape shape="triangle" color={td.tdLevelWatch} size={16} />
      <span>{t('dial.emergency')}</span>
    </p>
  );
}
