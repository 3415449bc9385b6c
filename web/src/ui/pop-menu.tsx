// A small menu on the platform's popover: top layer, Esc and click outside for free. Fluent's menu brings 50 KB of
// positioning and focus code, too much for what every first load carries.
import { Button, type ButtonProps } from '@fluentui/react-components';
import { CheckmarkRegular } from '@fluentui/react-icons/svg/checkmark';
import { Fragment, useId, useImperativeHandle, useRef, type JSX, type KeyboardEvent, type ReactNode, type Ref } from 'react';
import css from './pop-menu.module.css';

export interface PopItem {
  key: string;
  label: string;
  icon?: ReactNode;
  /** Set for one of several choices. */
  checked?: boolean;
  disabled?: boolean;
  /** Why it is disabled. */
  why?: string | undefined;
  run: () => void;
}
export interface PopGroup {
  key: string;
  head?: string;
  items: PopItem[];
}

interface Props {
  /** The accessible name; the visible text is `children`. */
  label?: string;
  menuLabel?: string;
  groups: PopGroup[];
  icon: JSX.Element;
  appearance: ButtonProps['appearance'];
  size?: ButtonProps['size'];
  children?: ReactNode;
  busy?: boolean;
  state?: string;
}

const GAP = 4;

export function PopMenu({ label, menuLabel = label, groups, icon, appearance, size = 'medium', children, busy = false, state }: Props): ReactNode {
  const id = useId();
  const button = useRef<HTMLButtonElement>(null);
  const list = useRef<PopHandle>(null);
  const open = (): void => {
    if (button.current) list.current?.open(button.current);
  };
  return (
    <>
      <Button
        ref={button}
        appearance={appearance}
        size={size}
        icon={icon}
        aria-label={label}
        title={label}
        aria-haspopup="menu"
        aria-controls={id}
        aria-busy={busy}
        data-state={state}
        onClick={open}
        onKeyDown={(event) => {
          if (event.key === 'ArrowDown') {
            event.preventDefault();
            open();
          }
        }}
      >
        {children}
      </Button>
      <PopList id={id} label={menuLabel} groups={groups} ref={list} />
    </>
  );
}

export interface PopHandle {
  /** Below that, or at a point; the focus goes back there. */
  open: (from: HTMLElement, at?: Pick<DOMRect, 'left' | 'right' | 'bottom'>) => void;
}
interface ListProps {
  id?: string;
  label: string | undefined;
  groups: PopGroup[];
  ref: Ref<PopHandle>;
}

/** The menu alone, for whatever opens it. */
export function PopList({ id, label, groups, ref }: ListProps): ReactNode {
  const opener = useRef<HTMLElement>(null);
  const menu = useRef<HTMLDivElement>(null);

  const place = (at: Pick<DOMRect, 'left' | 'right' | 'bottom'>): void => {
    const box = menu.current;
    if (!box) return;
    const rtl = getComputedStyle(box).direction === 'rtl';
    // Below its button, or as far up as it must be to be seen whole.
    const lowest = document.documentElement.clientHeight - box.offsetHeight - GAP;
    box.style.insetBlockStart = `${Math.max(GAP, Math.min(at.bottom + GAP, lowest))}px`;
    const { clientWidth } = document.documentElement;
    const furthest = clientWidth - box.offsetWidth - GAP;
    box.style.insetInlineEnd = `${Math.max(GAP, Math.min(rtl ? at.left : clientWidth - at.right, furthest))}px`;
  };
  const items = (): HTMLElement[] => [...(menu.current?.querySelectorAll<HTMLElement>('[role^="menuitem"]') ?? [])];
  useImperativeHandle(ref, () => ({
    open: (from, at = from.getBoundingClientRect()) => {
      if (!menu.current || menu.current.matches(':popover-open')) return;
      opener.current = from;
      menu.current.showPopover();
      place(at);
      const all = items();
      (all.find((item) => item.getAttribute('aria-checked') === 'true') ?? all[0])?.focus();
    },
  }));
  const pressed = (event: KeyboardEvent): void => {
    const all = items();
    const at = all.indexOf(document.activeElement as HTMLElement);
    const to: Record<string, number> = { ArrowDown: at + 1, ArrowUp: at - 1 + all.length, Home: 0, End: all.length - 1 };
    const next = to[event.key];
    if (next !== undefined) {
      event.preventDefault();
      all[next % all.length]?.focus();
    } else if (event.key === 'Tab') {
      menu.current?.hidePopover();
    }
  };
  const choose = (item: PopItem): void => {
    if (item.disabled) return;
    menu.current?.hidePopover();
    opener.current?.focus();
    item.run();
  };
  return (
    <div ref={menu} id={id} popover="auto" role="menu" aria-label={label} className={css.menu} onKeyDown={pressed}>
      {groups.map((group, i) => (
        <Fragment key={group.key}>
          {i > 0 ? <hr className={css.line} /> : null}
          <div role="group" aria-label={group.head}>
            {group.head ? (
              <div className={css.head} aria-hidden="true">
                {group.head}
              </div>
            ) : null}
            {group.items.map((item) => (
              <button
                key={item.key}
                type="button"
                tabIndex={-1}
                className={css.item}
                role={item.checked === undefined ? 'menuitem' : 'menuitemradio'}
                aria-checked={item.checked}
                aria-disabled={item.disabled}
                title={item.why}
                onClick={() => choose(item)}
              >
                {item.checked ? <CheckmarkRegular fontSize={16} /> : <span>{item.icon}</span>}
                {item.label}
              </button>
            ))}
          </div>
        </Fragment>
      ))}
    </div>
  );
}
