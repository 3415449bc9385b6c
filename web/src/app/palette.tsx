// The command palette: everything the app can do, by name. Opened with Ctrl+K on every page.
import { DialogSurface } from '@fluentui/react-components';
import { SearchRegular } from '@fluentui/react-icons/svg/search';
import { useId, useMemo, useState, type KeyboardEvent, type ReactNode } from 'react';
import { useNavigate } from 'react-router';
import { api, ask } from '../api/client';
import type { ContactView } from '../api/contract';
import { AREAS, isSeen } from '../admin/areas';
import { hangUpBlocked, useAgentDesk, useCustomerLabel, type Panel } from '../desk/agent';
import { endsAtOnce, isTalk } from '../desk/dial';
import { reasonName } from '../desk/reasons';
import { verbOf } from '../desk/recording';
import { completable } from '../desk/stage';
import { PLAY } from '../ui/playback';
import { standingOf } from '../desk/talk';
import { thirdName } from '../desk/talk-news';
import { setDrawer, useDrawer } from '../directory/standing';
import '../i18n/commands';
import { useT, type MessageId } from '../i18n/t';
import { useTopic } from '../live/hooks';
import { directAnywhere, useMayDirect } from '../supervise/direct-anywhere';
import { movesOf } from '../supervise/directing';
import { clockSpan } from '../ui/durations';
import { isFound } from '../ui/finding';
import { announce } from './announcer';
import { END_VIEW } from './look';
import css from './palette.module.css';
import { LOCALES, usePreferences } from './preferences';
import { useSession } from './session';
import { Modal } from '../ui/modal';

interface Command {
  label: string;
  hint?: string;
  run: () => void;
}

export default function Palette({ close, help }: { close: () => void; help: () => void }): ReactNode {
  const t = useT();
  const id = useId();
  const [text, setText] = useState('');
  const [at, setAt] = useState(0);
  const commands = useCommandList(help);
  const others = useNamedCommands(text);
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const found = [...commands.filter((c) => words.every((word) => c.label.toLowerCase().includes(word))), ...others];
  const selected = Math.min(at, Math.max(0, found.length - 1));

  const choose = (command: Command | undefined): void => {
    if (!command) return;
    close();
    command.run();
  };
  const move = (to: number): void => {
    const next = (to + found.length) % Math.max(1, found.length);
    setAt(next);
    document.getElementById(`${id}-${next}`)?.scrollIntoView({ block: 'nearest' });
  };
  const pressed = (event: KeyboardEvent): void => {
    const steps: Record<string, number> = { ArrowDown: selected + 1, ArrowUp: selected - 1 };
    const to = steps[event.key];
    if (to !== undefined) {
      event.preventDefault();
      move(to);
    } else if (event.key === 'Enter' && !event.ctrlKey) {
      event.preventDefault();
      choose(found[selected]);
    }
  };
  return (
    <Modal open onOpenChange={(_, data) => !data.open && close()}>
      <DialogSurface className={css.surface} aria-label={t('palette.label')}>
        <div className={css.field}>
          <SearchRegular fontSize={20} />
          <input
            className={css.input}
            autoFocus
            role="combobox"
            aria-expanded="true"
            aria-controls={`${id}-list`}
            aria-activedescendant={found.length > 0 ? `${id}-${selected}` : undefined}
            aria-label={t('palette.label')}
            placeholder={t('palette.placeholder')}
            value={text}
            onChange={(event) => {
              setText(event.target.value);
              setAt(0);
            }}
            onKeyDown={pressed}
          />
        </div>
        <div className={css.list} id={`${id}-list`} role="listbox" aria-label={t('palette.results')} tabIndex={-1}>
          {found.map((command, i) => (
            <div
              key={command.label}
              id={`${id}-${i}`}
              className={css.option}
              role="option"
              aria-selected={i === selected}
              onPointerMove={() => setAt(i)}
              onClick={() => choose(command)}
            >
              {command.label}
              {command.hint ? <span className={css.hint}>{command.hint}</span> : null}
            </div>
          ))}
          {found.length === 0 ? <div className={css.none}>{t('palette.none')}</div> : null}
        </div>
      </DialogSurface>
    </Modal>
  );
}

/** More than anybody reads; typing narrows them down. */
const NAMED_SHOWN = 8;

/** What can be done with single queues and agents, once some of a name is typed: thousands would bury everything else. */
function useNamedCommands(text: string): Command[] {
  const t = useT();
  const navigate = useNavigate();
  const { may } = useSession();
  const mayDirect = useMayDirect();
  const isTyped = text.trim().length >= 2;
  const board = useTopic('board', may('see_floor') && isTyped);
  return useMemo(() => {
    if (!board || !isTyped) return [];
    const queues = board.queues.map(({ id, name }): Command => ({ label: t('palette.queue', { name }), run: () => void navigate(`/supervise/queues/${id}`) }));
    const agents = (mayDirect ? board.agent_list : []).flatMap((agent) =>
      movesOf(agent.state)
        .filter(({ isPossible }) => isPossible)
        .map(({ to }): Command => ({
          label: t('palette.direct', { name: agent.name, to }),
          // The palette must be gone before a dialog opens.
          run: () => void setTimeout(() => directAnywhere({ agent, to }), 0),
        })),
    );
    return [...queues, ...agents].filter(({ label }) => isFound(text, label)).slice(0, NAMED_SHOWN);
  }, [isTyped, mayDirect, board, text, t, navigate]);
}

function useCommandList(help: () => void): Command[] {
  const t = useT();
  const navigate = useNavigate();
  const { may, center, look, signOut } = useSession();
  const { setTheme, setLocale } = usePreferences();
  const desk = useAgentDesk();
  const customerLabel = useCustomerLabel();
  const drawer = useDrawer();
  return useMemo(() => {
    const list: Command[] = [];
    const add = (label: string, run: () => void, hint?: string): void => {
      list.push(hint === undefined ? { label, run } : { label, run, hint });
    };
    const go = (label: string, to: string): void => add(t('palette.go', { place: label }), () => void navigate(to));
    if (look.standing === 'on') add(t('view.end.of', { who: look.who }), () => dispatchEvent(new Event(END_VIEW)));
    if (desk?.me) {
      const { me } = desk;
      for (const offer of me.offers) {
        const who = customerLabel(offer.customer);
        if (offer.mode === 'tandem') add(t('palette.accept', { who }), () => desk.accept(offer), t('key.f2'));
        add(t('palette.decline', { who }), () => desk.decline(offer), t('key.shiftF2'));
      }
      const { connected, wrapping } = desk;
      if (connected) {
        const who = customerLabel(connected.customer);
        if (endsAtOnce(connected)) {
          add(t(connected.state === 'dialing' ? 'palette.cancelCall' : 'palette.messageDone', { who }), () => desk.hangUp(connected), t('key.f4Once'));
        } else if (hangUpBlocked(connected, desk.part) === null) {
          add(t(desk.part === 'third' ? 'palette.leave' : 'palette.hangUp', { who }), () => desk.hangUp(connected, true), t('key.f4'));
        }
        if (isTalk(connected) && desk.part === 'own') talkCommands(connected);
        if (connected.message?.state === 'ready') add(t('palette.play'), () => dispatchEvent(new Event(PLAY)), t('key.space'));
      } else {
        // The palette must be gone before a dialog opens.
        add(t('palette.call'), () => setTimeout(() => desk.calling.openPad(), 0), t('key.shiftF8'));
      }
      const gone = desk.calling.outcome;
      const back = connected?.channel === 'voicemail' ? connected : connected ? undefined : wrapping;
      if (back && back.customer.number !== null) {
        add(t('palette.callBack', { who: customerLabel(back.customer) }), () => desk.calling.callBack(back.id, connected ? 'open' : 'over'));
      }
      const spoken = connected?.state === 'connected' && desk.part === 'own' ? connected : connected ? undefined : wrapping;
      if (spoken && spoken.customer.number !== null) {
        add(t('palette.callLater', { who: customerLabel(spoken.customer) }), () => setTimeout(() => desk.calling.openLater(spoken.id), 0));
      }
      if (gone && !connected) add(t('palette.callAgain', { who: gone.who ?? t('dial.customer') }), () => desk.calling.callBack(gone.contact, 'over'));
      const done = completable(desk);
      if (done) add(t('palette.complete'), () => desk.complete(done), t('key.ctrlEnter'));
      add(t('state.goAvailable'), desk.goReady);
      for (const reason of me.reasons) {
        add(t(reason.needs_supervisor ? 'palette.ask' : 'palette.notReady', { reason: reasonName(reason) }), () => desk.goNotReady(reason.id));
      }
      add(t('state.endShift'), desk.signOutOfWork);
    }
    if (may('take_contacts')) go(t('nav.desk'), '/desk');
    if (may('see_floor')) {
      go(t('figures.queues'), '/figures/queues');
      go(t('figures.agents'), '/figures/agents');
    }
    if (may('take_contacts') || may('see_contacts')) go(t('nav.contacts'), '/contacts');
    if (may('see_floor')) {
      go(t('nav.floor'), '/supervise');
      go(t('nav.decisions'), '/supervise/decisions');
    }
    if (may('hear_recordings') || may('verify_recordings')) go(t('nav.recordings'), '/recordings');
    if (may('see_floor')) add(t('palette.readBoard'), () => void readBoard());
    for (const area of AREAS) {
      if (isSeen(area, may)) go(t(`admin.${area}.title` as MessageId), `/admin/${area}`);
    }
    if (isSeen('skills', may)) go(t('admin.matrix'), '/admin/skills/matrix');
    if (isSeen('integrations', may)) {
      // As other products call the way there (B-062, B-212).
      go(t('palette.path.accounts'), '/admin/integrations');
      go(t('palette.path.office'), '/admin/integrations/office-365');
    }
    for (const theme of ['system', 'light', 'dark', 'contrast'] as const) {
      add(t('palette.theme', { name: t(`theme.${theme}` as MessageId) }), () => setTheme(theme));
    }
    for (const locale of LOCALES) {
      add(t('palette.locale', { name: t(`locale.${locale}` as MessageId) }), () => setLocale(locale));
    }
    if (drawer.isHere) {
      add(t(drawer.isOpen ? 'palette.drawer.close' : 'palette.drawer.open'), () => setDrawer(!drawer.isOpen));
      go(t('palette.directory'), '/desk/directory');
    }
    go(t('palette.profile'), '/profile');
    go(t('sessions.title'), '/sessions');
    add(t('shell.help'), () => setTimeout(help, 0), '?');
    add(t('shell.signOut'), () => void signOut());
    return list;

    function talkCommands(contact: ContactView): void {
      const standing = standingOf(contact.conversation);
      const third = contact.conversation?.third;
      const who = third ? thirdName(t, third) : '';
      if (!desk) return;
      // The palette must be gone before a dialog opens.
      const open = (panel: Panel): (() => void) => () => setTimeout(() => desk.openPanel(panel), 0);
      if (standing === 'alone') add(t('palette.hold'), () => desk.talk('hold', contact), t('key.f9'));
      if (standing === 'held') add(t('palette.resume'), () => desk.talk('resume', contact), t('key.f9'));
      if (!third) {
        add(t('call.transfer'), open('transfer'));
        add(t('call.consult'), open('consult'));
      } else if (standing === 'ringing') {
        add(t('palette.stop', { who }), () => desk.talk('consult/cancel', contact));
      } else {
        add(t('talk.swap'), () => desk.talk('consult/swap', contact), t('key.f9'));
        if (standing !== 'together') add(t('talk.merge'), () => desk.talk('consult/merge', contact));
        add(t('talk.complete'), () => desk.talk('consult/complete', contact));
        add(t('talk.takeOut', { who }), () => desk.talk('consult/cancel', contact));
      }
      add(t('call.keypad'), open('keypad'));
      const turn = verbOf(contact.recording);
      if (turn !== null) add(t(`palette.recording.${turn}`), () => desk.recorder.turn(contact), t('key.shiftF9'));
    }

    async function readBoard(): Promise<void> {
      const board = await ask(api.GET('/{center}/board', { params: { path: { center } } }));
      const { waiting, longest_wait, service_level, available } = board.headlines;
      announce(
        t('palette.board', {
          waiting: waiting.value,
          longest: longest_wait.since == null ? '0:00' : clockSpan(Date.parse(board.as_of) - Date.parse(longest_wait.since)),
          level: service_level.percent == null ? '-' : Math.round(service_level.percent),
          free: available.value,
          of: available.of,
        }),
        'assertive',
      );
    }
  }, [t, navigate, may, center, look, signOut, setTheme, setLocale, desk, help, customerLabel, drawer]);
}
