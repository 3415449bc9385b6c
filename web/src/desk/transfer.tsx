// To whom a contact goes, or whom the agent asks: queues and colleagues by name, and any number. A refusal stays here, and
// the customer with the agent.
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
  MessageBarBody,
  Spinner,
} from '@fluentui/react-components';
import { SearchRegular } from '@fluentui/react-icons/svg/search';
import { useMutation } from '@tanstack/react-query';
import { lazy, Suspense, useEffect, useId, useRef, useState, type KeyboardEvent, type ReactNode } from 'react';
import { api, ApiError, ask } from '../api/client';
import type { ColleagueTarget, ContactView, QueueTarget, TransferTargets, Whom } from '../api/contract';
import { announce } from '../app/announcer';
import { useSession } from '../app/session';
import { useT, type MessageId } from '../i18n/t';
import '../i18n/transfer';
import { Modal } from '../ui/modal';
import { useSettled } from '../ui/settled';
import { StateShape } from '../ui/shapes';
import { Failed, Loading, useProblemText } from '../ui/states';
import { Elapsed, Ltr } from '../ui/time';
import { useCustomerLabel, useDesk } from './agent';
import { inSentence, isAgentState, meansNumber, numberIn, refusalOf } from './talk';
import css from './talk.module.css';
import { inOrder, useTargets } from './targets';

/** Only who has Teams here needs them. */
const TransferPeople = lazy(() => import('../directory/transfer-people').then((m) => ({ default: m.TransferPeople })));

type Purpose = 'transfer' | 'consult';
interface Wish {
  purpose: Purpose;
  whom: Whom;
  name: string;
}
const TYPING_MS = 200;
const AGAIN_MS = 5_000;

function useSend(contact: ContactView, close: () => void) {
  const t = useT();
  const { center } = useSession();
  const { asked } = useDesk();
  return useMutation({
    mutationFn: ({ purpose, whom }: Wish) =>
      ask(api.POST(`/{center}/contacts/{id}/${purpose}`, { params: { path: { center, id: contact.id } }, body: whom })),
    onSuccess: (_, { whom, name }) => {
      if ('queue_id' in whom) announce(t('transfer.done.queue', { name }));
      else asked(contact.id, name);
      close();
    },
  });
}

/** Up and down go through the verbs of the list, row by row. */
function useArrows() {
  const results = useRef<HTMLDivElement>(null);
  const move = (event: KeyboardEvent, isSearch: boolean): void => {
    const step = { ArrowDown: 1, ArrowUp: -1, Enter: isSearch ? 1 : 0 }[event.key] ?? 0;
    if (step === 0 || event.ctrlKey || event.metaKey || event.altKey) return;
    const verbs = [...(results.current?.querySelectorAll<HTMLElement>('[data-main]') ?? [])];
    const row = (document.activeElement as HTMLElement | null)?.closest('li');
    const at = verbs.findIndex((verb) => row?.contains(verb));
    const next = isSearch ? (step > 0 ? 0 : -1) : at + step;
    if (isSearch && verbs.length === 0) return;
    event.preventDefault();
    verbs[next]?.focus();
  };
  return { results, move };
}

export default function Transfer({ contact, first, sought, close }: { contact: ContactView; first: Purpose; sought: string; close: () => void }): ReactNode {
  const t = useT();
  const say = useProblemText();
  const customerLabel = useCustomerLabel();
  const field = useRef<HTMLInputElement>(null);
  const [text, setText] = useState(sought);
  const [isTried, setTried] = useState(false);
  const isNumber = meansNumber(text);
  const settled = useSettled(text.trim(), TYPING_MS);
  const targets = useTargets(settled, true, AGAIN_MS);
  const sending = useSend(contact, close);
  const { results, move } = useArrows();
  const wrongNumber = isNumber && numberIn(text) === null;
  const send = (wish: Wish): void => {
    if (sending.isPending) return;
    if ('number' in wish.whom && isNumber && wrongNumber) {
      setTried(true);
      field.current?.focus();
      return;
    }
    sending.mutate(wish);
  };
  const pressed = (event: KeyboardEvent): void => {
    if (event.key === 'Enter' && wrongNumber) {
      event.preventDefault();
      setTried(true);
    } else move(event, true);
  };
  const row = { first, send, busy: sending.isPending ? sending.variables : undefined };
  return (
    <Modal open onOpenChange={(_, data) => !data.open && close()}>
      <DialogSurface className={css.dialog}>
        <DialogBody>
          <DialogTitle>{t(`transfer.title.${first}`, { who: inSentence(customerLabel(contact.customer)) })}</DialogTitle>
          <DialogContent className={css.body}>
            <Field
              className={css.field}
              label={t('transfer.search')}
              hint={isTried && wrongNumber ? undefined : t('transfer.search.hint')}
              validationMessage={isTried && wrongNumber ? t('transfer.number.wrong') : undefined}
            >
              <Input
                ref={field}
                className={css.search}
                autoFocus
                type="search"
                autoComplete="off"
                contentBefore={<SearchRegular />}
                value={text}
                maxLength={100}
                onChange={(_, data) => {
                  setText(data.value);
                  setTried(false);
                  sending.reset();
                }}
                onKeyDown={pressed}
              />
            </Field>
            {sending.error ? (
              <MessageBar intent="error" layout="multiline" role="alert">
                <MessageBarBody>
                  <p>{refused(sending.error) ?? say(sending.error)}</p>
                  <p>{t('transfer.stays')}</p>
                </MessageBarBody>
              </MessageBar>
            ) : null}
            <div
              ref={results}
              className={css.results}
              role="group"
              aria-label={t('transfer.results')}
              aria-busy={targets.isFetching && !targets.data}
              onKeyDown={(event) => move(event, false)}
            >
              {isNumber ? <NumberRow text={text} isWrong={wrongNumber} {...row} /> : null}
              {targets.data ? (
                <Found targets={targets.data} text={text.trim()} isQuiet={isNumber} {...row} />
              ) : targets.isError ? (
                <Failed error={targets.error} retry={() => void targets.refetch()} />
              ) : (
                <Loading rows={[44, 44, 44, 44]} />
              )}
              <Suspense>
                <TransferPeople
                  search={isNumber ? '' : settled}
                  heading={(title, rows) => (
                    <section aria-label={title}>
                      <h3>{title}</h3>
                      <ul>{rows}</ul>
                    </section>
                  )}
                  line={(key, name, number, facts) => (
                    <Target key={key} name={name} whom={{ number }} why={null} {...row}>
                      <Ltr>{number}</Ltr>
                      {facts}
                    </Target>
                  )}
                />
              </Suspense>
            </div>
            <div className={css.happens}>
              <p>{t('transfer.happens.person')}</p>
              <p>{t('transfer.happens.queue')}</p>
              <p>{t('transfer.happens.consult')}</p>
            </div>
          </DialogContent>
          <DialogActions>
            <Button onClick={close}>{t('action.cancel')}</Button>
          </DialogActions>
        </DialogBody>
      </DialogSurface>
    </Modal>
  );
}

/** What the server says of the one field that there is, rather than that some field needs attention. */
function refused(error: unknown): string | undefined {
  return error instanceof ApiError && error.problem.errors?.length ? error.problem.errors.map((it) => it.detail.charAt(0).toUpperCase() + it.detail.slice(1)).join('. ') : undefined;
}

interface RowProps {
  first: Purpose;
  send: (wish: Wish) => void;
  busy: Wish | undefined;
}

function Found({ targets, text, isQuiet, ...row }: RowProps & { targets: TransferTargets; text: string; isQuiet: boolean }): ReactNode {
  const t = useT();
  const { queues, colleagues } = targets;
  const before = useRef<readonly number[]>([]);
  const ordered = inOrder(colleagues, before.current);
  useEffect(() => {
    // Narrowing the search keeps the order; whoever comes back by widening it is known.
    if (ordered.some(({ id }) => !before.current.includes(id))) before.current = ordered.map(({ id }) => id);
  });
  if (queues.length + colleagues.length === 0) {
    if (isQuiet) return null;
    return (
      <p className={css.none} role="status">
        {text === '' ? t('transfer.none') : t('transfer.none.named', { text })}
      </p>
    );
  }
  const parts = [
    queues.length > 0 ? (
      <section key="queues" aria-label={t('transfer.queues')}>
        <h3>{t('transfer.queues')}</h3>
        <ul>
          {queues.map((queue) => (
            <QueueRow key={queue.id} queue={queue} {...row} />
          ))}
        </ul>
      </section>
    ) : null,
    colleagues.length > 0 ? (
      <section key="colleagues" aria-label={t('transfer.colleagues')}>
        <h3>{t('transfer.colleagues')}</h3>
        <ul>
          {ordered.map((colleague) => (
            <ColleagueRow key={colleague.id} colleague={colleague} {...row} />
          ))}
        </ul>
      </section>
    ) : null,
  ];
  return row.first === 'consult' ? parts.reverse() : parts;
}

function QueueRow({ queue, ...row }: RowProps & { queue: QueueTarget }): ReactNode {
  const t = useT();
  const why = refusalOf(queue);
  return (
    <Target name={queue.name} whom={{ queue_id: queue.id }} why={why ? t(`transfer.queue.${why}`) : null} {...row}>
      <span>{t('desk.waitingCount', { count: queue.waiting })}</span>
      {queue.longest_since ? (
        <span>
          {t('transfer.queue.longest')} <Elapsed since={queue.longest_since} />
        </span>
      ) : null}
      {queue.ready > 0 ? <span>{t('transfer.queue.ready', { count: queue.ready })}</span> : null}
    </Target>
  );
}

function ColleagueRow({ colleague, ...row }: RowProps & { colleague: ColleagueTarget }): ReactNode {
  const t = useT();
  const { state } = colleague;
  return (
    <Target
      name={colleague.name}
      whom={{ agent_id: colleague.id }}
      why={colleague.is_free ? null : t('transfer.colleague.busy')}
      {...row}
    >
      {isAgentState(state) ? (
        <span>
          <StateShape state={state} size={12} />
          {t(`agent.state.${state}` as MessageId)}
          <Elapsed since={colleague.since} />
        </span>
      ) : null}
    </Target>
  );
}

function NumberRow({ text, isWrong, ...row }: RowProps & { text: string; isWrong: boolean }): ReactNode {
  const t = useT();
  const number = numberIn(text);
  return (
    <section aria-label={t('transfer.number')}>
      <h3>{t('transfer.number')}</h3>
      <ul>
        <Target name={number ?? text.trim()} isNumber whom={{ number: number ?? text }} why={null} {...row}>
          <span>{isWrong ? t('transfer.number.how') : t('transfer.number.outside')}</span>
        </Target>
      </ul>
    </section>
  );
}

function Target(props: RowProps & { name: string; isNumber?: boolean; whom: Whom; why: string | null; children: ReactNode }): ReactNode {
  const { name, isNumber = false, whom, why, first, send, busy, children } = props;
  const t = useT();
  const id = useId();
  const verbs: Purpose[] = 'queue_id' in whom ? ['transfer'] : first === 'consult' ? ['consult', 'transfer'] : ['transfer', 'consult'];
  const isSame = busy !== undefined && JSON.stringify(busy.whom) === JSON.stringify(whom);
  return (
    <li className={css.target}>
      <div>
        <div className={css.targetName}>{isNumber ? <Ltr>{name}</Ltr> : <bdi>{name}</bdi>}</div>
        <div className={css.facts} id={`${id}-facts`}>
          {children}
          {why ? <b>{why}</b> : null}
        </div>
      </div>
      <div className={css.pair}>
        {verbs.map((purpose, i) => {
          const isBusy = isSame && busy.purpose === purpose;
          return (
            <Button
              key={purpose}
              data-main={i === 0 ? '' : undefined}
              appearance={i === 0 ? 'secondary' : 'subtle'}
              aria-label={t(`transfer.verb.${purpose}.to`, { name: inSentence(name) })}
              aria-describedby={`${id}-facts`}
              aria-busy={isBusy}
              disabledFocusable={why !== null || busy !== undefined}
              icon={isBusy ? <Spinner size="tiny" /> : undefined}
              onClick={() => send({ purpose, whom, name })}
            >
              {t(`transfer.verb.${purpose}`)}
            </Button>
          );
        })}
      </div>
    </li>
  );
}
