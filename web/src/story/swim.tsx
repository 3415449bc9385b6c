// The story as lanes on one time axis. Time runs from the left in every language, as it does in the player under it, whose
// place a line shows. One stop for the keyboard: arrows go from one thing that happened to the next.
import { Button } from '@fluentui/react-components';
import { PlayRegular } from '@fluentui/react-icons/svg/play';
import { useEffect, useRef, useState, type CSSProperties, type KeyboardEvent, type ReactNode, type RefObject } from 'react';
import { td } from '../app/theme';
import '../i18n/past';
import { useT } from '../i18n/t';
import { clockSpan } from '../ui/durations';
import { useCursorAt, type Cursor } from './cursor';
import { STEP_KEYS, stepFrom, ticks, windowOf, type DrawnLane, type Drawing, type Item, type Zoom } from './lanes';
import css from './swim.module.css';
import type { LaneText } from './words';

/** Each kind of span has a texture beside its color: themes of high contrast have none. */
const LOOKS: Record<string, { texture: string | undefined; color: string }> = {
  ringing: { texture: css.lines, color: td.tdStateOffering },
  offered: { texture: css.lines, color: td.tdStateOffering },
  dialing: { texture: css.lines, color: td.tdStateOffering },
  in_flow: { texture: css.outline, color: td.tdStateOffline },
  waiting: { texture: css.dots, color: td.tdStateBreak },
  talking: { texture: css.solid, color: td.tdStateAvailable },
  consulted: { texture: css.solid, color: td.tdStateAvailable },
  outside: { texture: css.solid, color: td.tdStateOffline },
  on_hold: { texture: css.hatch, color: td.tdLevelWatch },
  holding: { texture: css.hatch, color: td.tdLevelWatch },
  consulting: { texture: css.dots, color: td.tdStateOffering },
  wrap_up: { texture: css.lines, color: td.tdStateWrapUp },
  recording: { texture: css.solid, color: td.tdStateOnContact },
  paused: { texture: css.hatch, color: td.tdStateOnContact },
};
const PLAIN = { texture: css.outline, color: td.tdStateOffline };

const ROW_PX = 36;
const MARKS_PX = 30;
const GAP_PX = 8;
const TICKS_WIDE = 8;
/** A label further on than this, in percent, stands before its line: there is no room behind it. */
const LABEL_BEHIND_MAX = 94;
const TICKS_NARROW = 4;
const NARROW_PX = 520;

const hasMarks = (lane: DrawnLane): boolean => lane.items.some((it) => it.kind === 'mark');
const heightOf = (lane: DrawnLane): number => lane.rows * ROW_PX + (hasMarks(lane) ? MARKS_PX : 0) + GAP_PX;

interface Props {
  drawing: Drawing;
  text: LaneText;
  zoom: Zoom;
  at: Cursor;
  /** Whether the sound of a moment can be heard here. */
  isHeard: (at: number) => boolean;
}

export function Swim({ drawing, text, zoom, at, isHeard }: Props): ReactNode {
  const t = useT();
  const scroll = useRef<HTMLDivElement>(null);
  const width = useWidth(scroll);
  const { lanes } = drawing;
  const whole = drawing.until - drawing.from;
  const window = windowOf(zoom, whole);
  const [chosen, choose] = useState<string | null>(null);
  const all = lanes.flatMap((lane) => lane.items);
  const current = all.find((it) => it.key === chosen) ?? all[0];
  const shown = all.find((it) => it.key === chosen);
  const pressed = (event: KeyboardEvent, item: Item): void => {
    const step = STEP_KEYS[event.key];
    if (step === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    const next = stepFrom(lanes, item.key, step);
    choose(next);
    scroll.current?.querySelector<HTMLElement>(`[data-item="${next}"]`)?.focus();
  };
  useKeptInView(scroll, at, drawing, window);
  return (
    <>
      <div className={css.swim}>
        <div className={css.names} aria-hidden="true">
          {lanes.map((lane) => {
            const kind = text.kind(lane);
            return (
              <div key={lane.key} style={{ blockSize: heightOf(lane) }}>
                <bdi title={text.lane(lane)}>{text.lane(lane)}</bdi>
                {kind === null ? null : <span>{kind}</span>}
              </div>
            );
          })}
        </div>
        <div ref={scroll} className={css.scroll} dir="ltr" role="group" aria-label={t('story.lanes.label')}>
          <div className={css.track} style={{ inlineSize: `${(100 * whole) / window}%` }}>
            <div className={css.axis} aria-hidden="true">
              {ticks(drawing, window, width < NARROW_PX ? TICKS_NARROW : TICKS_WIDE).map((tick) => (
                <span key={tick.at} {...(tick.start > LABEL_BEHIND_MAX ? { 'data-before': '', style: { insetInlineEnd: `${100 - tick.start}%` } } : { style: { insetInlineStart: `${tick.start}%` } })}>
                  {clockSpan(tick.at * 1000)}
                </span>
              ))}
            </div>
            {lanes.map((lane) => (
              <div key={lane.key} className={css.lane} role="group" aria-label={text.lane(lane)} style={{ blockSize: heightOf(lane) }}>
                {lane.items.map((item) => (
                  <Thing
                    key={item.key}
                    item={item}
                    lane={lane}
                    text={text}
                    isCurrent={item.key === current?.key}
                    isChosen={item.key === chosen}
                    choose={() => choose(item.key)}
                    onKeyDown={(event) => pressed(event, item)}
                  />
                ))}
              </div>
            ))}
            <CursorLine at={at} drawing={drawing} />
          </div>
        </div>
      </div>
      <div className={css.said}>
        {shown ? (
          <>
            <p>
              <b>{text.what(shown)}</b> {text.when(shown)}
              {shown.kind === 'span' ? (
                <>
                  {' '}
                  <bdi>({text.length(shown)})</bdi>
                </>
              ) : null}
            </p>
            {isHeard(shown.from) ? (
              <Button size="small" icon={<PlayRegular />} onClick={() => at.ask(shown.from)}>
                {t('story.playFrom')}
              </Button>
            ) : null}
          </>
        ) : (
          <p>{t('story.lanes.hint')}</p>
        )}
      </div>
    </>
  );
}

interface ThingProps {
  item: Item;
  lane: DrawnLane;
  text: LaneText;
  isCurrent: boolean;
  isChosen: boolean;
  choose: () => void;
  onKeyDown: (event: KeyboardEvent) => void;
}

function Thing({ item, lane, text, isCurrent, isChosen, choose, onKeyDown }: ThingProps): ReactNode {
  const t = useT();
  const label =
    item.kind === 'mark'
      ? t('story.item.mark', { lane: text.lane(lane), what: text.what(item), when: text.when(item) })
      : t('story.item.span', { lane: text.lane(lane), what: text.what(item), when: text.when(item), length: text.length(item) });
  const common = {
    type: 'button' as const,
    tabIndex: isCurrent ? 0 : -1,
    'aria-label': label,
    'aria-pressed': isChosen,
    'data-item': item.key,
    onClick: choose,
    onFocus: choose,
    onKeyDown,
  };
  if (item.kind === 'mark') {
    const key = item.what === 'menu_choice' ? String(item.detail['key'] ?? '') : '';
    return (
      <button {...common} className={css.mark} data-key={key !== ''} style={{ insetInlineStart: `${item.start}%`, insetBlockStart: lane.rows * ROW_PX }}>
        <span>{key}</span>
      </button>
    );
  }
  const look = LOOKS[item.what] ?? PLAIN;
  const style: CSSProperties & Record<'--c', string> = {
    '--c': look.color,
    insetInlineStart: `${item.start}%`,
    inlineSize: `${item.width}%`,
    insetBlockStart: item.row * ROW_PX,
  };
  return (
    <button {...common} className={`${css.span} ${item.isUpon ? css.upon : ''} ${item.isOpen ? css.open : ''}`} style={style}>
      <span className={css.words}>
        <bdi>{text.what(item)}</bdi> <bdi>{text.length(item)}</bdi>
      </span>
      <span className={`${css.band} ${look.texture}`} />
    </button>
  );
}

function CursorLine({ at, drawing }: { at: Cursor; drawing: Drawing }): ReactNode {
  const now = useCursorAt(at);
  if (now === null || now < drawing.from || now > drawing.until) return null;
  return <div className={css.cursor} style={{ insetInlineStart: `${(100 * (now - drawing.from)) / (drawing.until - drawing.from)}%` }} aria-hidden="true" />;
}

function useWidth(of: RefObject<HTMLElement | null>): number {
  const [width, setWidth] = useState(Infinity);
  useEffect(() => {
    const element = of.current;
    if (!element || typeof ResizeObserver === 'undefined') return;
    const observer = new ResizeObserver(() => setWidth(element.clientWidth));
    observer.observe(element);
    return () => observer.disconnect();
  }, [of]);
  return width;
}

/** Scrolls along when the player leaves what is seen, and to where it is when the picture gets another scale. */
function useKeptInView(scroll: RefObject<HTMLElement | null>, at: Cursor, drawing: Drawing, window: number): void {
  const { from, until } = drawing;
  useEffect(() => {
    const follow = (): void => {
      const now = at.get();
      const box = scroll.current;
      if (now === null || !box || box.scrollWidth <= box.clientWidth) return;
      const place = ((now - from) / (until - from)) * box.scrollWidth - box.scrollLeft;
      if (place < 0 || place > box.clientWidth * 0.9) box.scrollLeft += place - box.clientWidth * 0.2;
    };
    follow();
    return at.listen(follow);
  }, [scroll, at, from, until, window]);
}
