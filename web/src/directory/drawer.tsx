// The Team Status Drawer: beside the page where there is room for it, over it elsewhere. Only who has Teams switched on sees it (B-188).
import { Button } from '@fluentui/react-components';
import { DismissRegular } from '@fluentui/react-icons/svg/dismiss';
import { OpenRegular } from '@fluentui/react-icons/svg/open';
import { PeopleTeamRegular } from '@fluentui/react-icons/svg/people-team';
import { useEffect, useRef, type ReactNode, type RefObject } from 'react';
import { createPortal } from 'react-dom';
import { useNavigate } from 'react-router';
import '../i18n/directory';
import { useT } from '../i18n/t';
import css from './directory.module.css';
import { DirectoryPanel } from './panel';
import { setDrawer, tellHere, useDrawer } from './standing';
import { useMyTeams } from './use-directory';

/** Its button stands in the banner. */
export default function TeamDrawer({ slot }: { slot: HTMLElement | null }): ReactNode {
  const t = useT();
  const mine = useMyTeams();
  const isHere = mine.data?.has_account === true && mine.data.is_enabled;
  const { isOpen } = useDrawer();
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    tellHere(isHere);
    return () => tellHere(false);
  }, [isHere]);
  if (!isHere) return null;
  return (
    <>
      {slot
        ? createPortal(
            <Button ref={button} appearance="subtle" icon={<PeopleTeamRegular />} aria-label={t('directory.drawer')} title={t('directory.drawer')} aria-expanded={isOpen} aria-controls="team-drawer" onClick={() => setDrawer(!isOpen)} />,
            slot,
          )
        : null}
      {isOpen ? <Drawer button={button} /> : null}
    </>
  );
}

function Drawer({ button }: { button: RefObject<HTMLButtonElement | null> }): ReactNode {
  const t = useT();
  const navigate = useNavigate();
  const drawer = useRef<HTMLElement>(null);
  const title = t('directory.drawer');
  // Whoever pressed the button goes on in the drawer; one that was open before the page was is not gone to.
  useEffect(() => {
    if (document.activeElement === button.current) drawer.current?.focus();
  }, [button]);
  const close = (): void => {
    setDrawer(false);
    button.current?.focus();
  };
  return (
    <aside
      ref={drawer}
      id="team-drawer"
      className={css.drawer}
      data-region
      tabIndex={-1}
      aria-label={title}
      onKeyDown={(event) => {
        // Over the page it is in the way; beside it, Escape means something else.
        if (event.key === 'Escape' && !event.defaultPrevented && matchMedia('(width < 1440px)').matches) close();
      }}
    >
      <div className={css.drawerHead}>
        <h2>{title}</h2>
        <Button size="small" appearance="subtle" icon={<OpenRegular />} aria-label={t('directory.asPage')} title={t('directory.asPage')} onClick={() => {
            // The same people twice, side by side, would help nobody.
            setDrawer(false);
            void navigate('/desk/directory');
          }}
        />
        <Button size="small" appearance="subtle" icon={<DismissRegular />} aria-label={t('directory.close')} title={t('directory.close')} onClick={close} />
      </div>
      <DirectoryPanel label={t('directory.people')} />
    </aside>
  );
}
