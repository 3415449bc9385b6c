// The frame of every signed-in page: banner, navigation, notices, and the agent's call on every route.
import { Button } from '@fluentui/react-components';
import { ArrowRoutingRegular } from '@fluentui/react-icons/svg/arrow-routing';
import { BoardRegular } from '@fluentui/react-icons/svg/board';
import { CallRegular } from '@fluentui/react-icons/svg/call';
import { ChatHistoryRegular } from '@fluentui/react-icons/svg/chat-history';
import { DataBarVerticalRegular } from '@fluentui/react-icons/svg/data-bar-vertical';
import { HeadsetRegular } from '@fluentui/react-icons/svg/headset';
import { InfoRegular } from '@fluentui/react-icons/svg/info';
import { MicRegular } from '@fluentui/react-icons/svg/mic';
import { PlugDisconnectedRegular } from '@fluentui/react-icons/svg/plug-disconnected';
import { QuestionCircleRegular } from '@fluentui/react-icons/svg/question-circle';
import { SearchRegular } from '@fluentui/react-icons/svg/search';
import { SettingsRegular } from '@fluentui/react-icons/svg/settings';
import { lazy, Suspense, useEffect, useRef, useState, type ReactNode } from 'react';
import { NavLink, useLocation } from 'react-router';
import { AREAS, isSeen } from '../admin/areas';
import { AgentProvider, useAgentDesk } from '../desk/agent';
import { HealthAlarm } from '../health/alarm';
import { useT, type MessageId } from '../i18n/t';
import { useFreshness, useLive } from '../live/hooks';
import { DirectAnywhere, useMayDirect } from '../supervise/direct-anywhere';
import { clockTime } from '../ui/durations';
import { announce } from './announcer';
import { AccountMenu, Appearance } from './menus';
import { noteOver, viewOver } from './look';
import { useSession } from './session';
import css from './shell.module.css';
import { ViewBanner } from './view-banner';

const AgentBar = lazy(() => import('../desk/agent-bar'));
const Palette = lazy(() => import('./palette'));
const Help = lazy(() => import('./help'));
const TeamDrawer = lazy(() => import('../directory/drawer'));

export function Logo(): ReactNode {
  return <img className={css.logo} src="/favicon.svg" alt="" />;
}

export function Shell({ children }: { children: ReactNode }): ReactNode {
  return (
    <AgentProvider>
      <Frame>{children}</Frame>
    </AgentProvider>
  );
}

/** Moves the focus to the next part of the page, around and around. */
function nextRegion(step: 1 | -1): void {
  const regions = [...document.querySelectorAll<HTMLElement>('[data-region]')].filter((e) => e.offsetParent !== null);
  const at = regions.findIndex((region) => region.contains(document.activeElement));
  const next = at < 0 ? 0 : (at + step + regions.length) % regions.length;
  regions[next]?.focus();
}

function Frame({ children }: { children: ReactNode }): ReactNode {
  const t = useT();
  const { me, look } = useSession();
  const desk = useAgentDesk();
  const mayDirect = useMayDirect();
  const [open, setOpen] = useState<'palette' | 'help' | null>(null);
  const [slot, setSlot] = useState<HTMLElement | null>(null);
  useEffect(() => {
    const pressed = (event: KeyboardEvent): void => {
      if (event.key.toLowerCase() === 'k' && (event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey) {
        event.preventDefault();
        setOpen('palette');
      } else if (event.key === 'F6' && event.ctrlKey) {
        event.preventDefault();
        nextRegion(event.shiftKey ? -1 : 1);
      }
    };
    addEventListener('keydown', pressed);
    return () => removeEventListener('keydown', pressed);
  }, []);
  // A new page begins at its content, for the keyboard and for screen readers.
  const { pathname } = useLocation();
  const came = useRef(pathname);
  useEffect(() => {
    if (came.current !== pathname) document.getElementById('main')?.focus({ preventScroll: true });
    came.current = pathname;
  }, [pathname]);
  return (
    <div className={css.shell} data-look={look.standing}>
      <a className={css.skip} href="#main">
        {t('shell.skip')}
      </a>
      <ViewBanner />
      <header className={css.banner}>
        <div className={css.brand}>
          <Logo />
          <span className={css.product}>{t('product.name')}</span>
          <span className={css.center}>{me.center.name}</span>
        </div>
        <button type="button" className={css.search} onClick={() => setOpen('palette')} aria-keyshortcuts="Control+K">
          <SearchRegular fontSize={16} />
          <span className={css.searchText}>{t('shell.search')}</span>
          <kbd className={css.kbd}>{t('key.ctrlK')}</kbd>
        </button>
        <div className={css.tools}>
          {desk ? (
            <Suspense>
              <AgentBar />
            </Suspense>
          ) : null}
          <span ref={setSlot} />
          <Appearance />
          <Button
            appearance="subtle"
            icon={<QuestionCircleRegular />}
            aria-label={t('shell.help')}
            title={t('shell.help')}
            onClick={() => setOpen('help')}
          />
          <AccountMenu />
        </div>
      </header>
      <Notices />
      <Rail />
      <main id="main" className={css.main} tabIndex={-1}>
        {children}
      </main>
      {mayDirect ? <DirectAnywhere /> : null}
      <Suspense>
        <TeamDrawer slot={slot} />
      </Suspense>
      <Suspense>
        {open === 'palette' ? <Palette close={() => setOpen(null)} help={() => setOpen('help')} /> : null}
        {open === 'help' ? <Help close={() => setOpen(null)} /> : null}
      </Suspense>
    </div>
  );
}

function Rail(): ReactNode {
  const t = useT();
  const { may } = useSession();
  const places: [boolean, string, MessageId, ReactNode][] = [
    [may('take_contacts'), '/desk', 'nav.desk', <HeadsetRegular key="i" />],
    [may('see_floor'), '/supervise', 'nav.floor', <BoardRegular key="i" />],
    [may('see_floor'), '/supervise/decisions', 'nav.decisions', <ArrowRoutingRegular key="i" />],
    [may('see_floor'), '/figures', 'nav.figures', <DataBarVerticalRegular key="i" />],
    [may('keep_callbacks'), '/callbacks', 'nav.callbacks', <CallRegular key="i" />],
    [may('take_contacts') || may('see_contacts'), '/contacts', 'nav.contacts', <ChatHistoryRegular key="i" />],
    [may('hear_recordings') || may('verify_recordings'), '/recordings', 'nav.recordings', <MicRegular key="i" />],
    [AREAS.some((area) => isSeen(area, may)), '/admin', 'nav.admin', <SettingsRegular key="i" />],
  ];
  return (
    <nav className={css.rail} aria-label={t('nav.label')}>
      {places
        .filter(([allowed]) => allowed)
        .map(([, to, label, icon]) => (
          <NavLink key={to} to={to} end={to === '/supervise'} className={css.link}>
            {icon}
            {t(label)}
          </NavLink>
        ))}
    </nav>
  );
}

function Notices(): ReactNode {
  const t = useT();
  const { zone, info, may } = useSession();
  const fresh = useFreshness();
  const live = useLive();
  const stale = fresh === 'stale' || fresh === 'lost';
  const at = live.lastFrameWall === null ? '' : clockTime(live.lastFrameWall, zone, true);
  useEffect(() => {
    if (stale) announce(t('live.interrupted', { at }));
  }, [stale]); // eslint-disable-line
  return (
    <div className={css.notices}>
      {stale ? (
        <div className={css.stale}>
          <PlugDisconnectedRegular fontSize={20} />
          {t('live.interrupted', { at })}
        </div>
      ) : null}
      {may('see_health') ? <HealthAlarm /> : null}
      <ViewOver />
      {info?.notice ? (
        <div className={css.demo}>
          <InfoRegular fontSize={16} />
          {info.notice}
        </div>
      ) : null}
    </div>
  );
}

/** After a view that was over, by time or in another tab: what is seen from now on is one's own again. */
function ViewOver(): ReactNode {
  const t = useT();
  const [who, setWho] = useState(viewOver);
  useEffect(() => {
    if (who === null) return;
    noteOver(null);
    announce(t('view.over', { who }));
  }, [who]); // eslint-disable-line
  if (who === null) return null;
  return (
    <div className={css.over}>
      <InfoRegular fontSize={16} />
      <p>{t('view.over', { who })}</p>
      <Button size="small" onClick={() => setWho(null)}>
        {t('action.dismiss')}
      </Button>
    </div>
  );
}
