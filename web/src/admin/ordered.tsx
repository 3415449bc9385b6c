// A short list whose order is the setting: with a pointer, with the arrow keys on a handle, and with buttons. Where somebody is
// moved to is said.
import { Button } from '@fluentui/react-components';
import { ArrowDownRegular } from '@fluentui/react-icons/svg/arrow-down';
import { ArrowUpRegular } from '@fluentui/react-icons/svg/arrow-up';
import { ReOrderDotsVerticalRegular } from '@fluentui/react-icons/svg/re-order-dots-vertical';
import { useRef, useState, type KeyboardEvent, type PointerEvent, type ReactNode } from 'react';
import { announce } from '../app/announcer';
import { useT } from '../i18n/t';
import { moved } from './moved';
import css from './ordered.module.css';

interface Props<K extends string> {
  label: string;
  items: readonly K[];
  name: (item: K) => string;
  disabled: boolean;
  change: (items: K[]) => void;
  /** What stands in the line; its name if nothing else does. */
  line?: (item: K) => ReactNode;
}

export function Ordered<K extends string>({ label, items, name, disabled, change, line = name }: Props<K>): ReactNode {
  const t = useT();
  const list = useRef<HTMLOListElement>(null);
  const [held, hold] = useState<K | null>(null);
  const move = (item: K, to: number): void => {
    const from = items.indexOf(item);
    const at = Math.min(Math.max(0, to), items.length - 1);
    if (at === from) return;
    change(moved(items, from, at));
    announce(t('order.moved', { name: name(item), place: at + 1, of: items.length }));
  };
  const dragged = (event: PointerEvent, item: K): void => {
    if (held !== item) return;
    const rows = [...(list.current?.children ?? [])];
    const over = rows.findIndex((row) => event.clientY < row.getBoundingClientRect().bottom);
    move(item, over < 0 ? rows.length - 1 : over);
  };
  const pressed = (event: KeyboardEvent, item: K): void => {
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (step === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    move(item, items.indexOf(item) + step);
  };
  return (
    <ol ref={list} className={css.list} aria-label={label}>
      {items.map((item, i) => (
        <li key={item} className={css.row} data-held={held === item}>
          {disabled ? null : (
            <button
              type="button"
              className={css.handle}
              aria-label={t('order.handle', { name: name(item), place: i + 1, of: items.length })}
              title={t('order.how')}
              onKeyDown={(event) => pressed(event, item)}
              onPointerDown={(event) => {
                event.currentTarget.setPointerCapture(event.pointerId);
                hold(item);
              }}
              onPointerMove={(event) => dragged(event, item)}
              onPointerUp={() => hold(null)}
              onPointerCancel={() => hold(null)}
            >
              <ReOrderDotsVerticalRegular fontSize={20} />
            </button>
          )}
          <div className={css.line}>{line(item)}</div>
          {disabled ? null : (
            <div className={css.verbs}>
              <Button size="small" appearance="subtle" icon={<ArrowUpRegular />} disabledFocusable={i === 0} aria-label={t('order.up', { name: name(item) })} onClick={() => move(item, i - 1)} />
              <Button size="small" appearance="subtle" icon={<ArrowDownRegular />} disabledFocusable={i === items.length - 1} aria-label={t('order.down', { name: name(item) })} onClick={() => move(item, i + 1)} />
            </div>
          )}
        </li>
      ))}
    </ol>
  );
}
