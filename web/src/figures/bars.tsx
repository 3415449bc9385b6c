// A small chart of one figure by interval, with what its ends are and how high is high. Whoever does not see it has it in words,
// and every value in the table below.
import type { ReactNode } from 'react';
import { td } from '../app/theme';
import css from './figures.module.css';

/** One interval. */
export interface Bar {
  /** None: there is nothing to tell of the interval. */
  height: number | null;
  /** When it is, and what its height says. */
  name: string;
  value: string;
}
interface Props {
  title: string;
  label: string;
  bars: readonly Bar[];
  /** What is full height, and how it is written; the highest value without. */
  top?: { height: number; value: string };
}

const HEIGHT = 60;
const STEP = 10;
/** So few have their values and names each; of more, only the ends do. */
const NAMED_MAX = 6;

export function Bars({ title, label, bars, top }: Props): ReactNode {
  const highest = bars.reduce<Bar | undefined>((most, it) => ((it.height ?? -1) > (most?.height ?? -1) ? it : most), undefined);
  const most = Math.max(1, top?.height ?? highest?.height ?? 1);
  const isNamed = bars.length <= NAMED_MAX;
  const ends = bars.length > 1 ? [bars[0], bars.at(-1)] : bars;
  return (
    <figure className={css.chart}>
      <figcaption>{title}</figcaption>
      {isNamed ? <Line texts={bars.map(({ value }) => value)} /> : <div className={css.top}>{top?.value ?? highest?.value}</div>}
      <svg role="img" aria-label={label} viewBox={`0 0 ${Math.max(1, bars.length) * STEP} ${HEIGHT}`} preserveAspectRatio="none">
        {bars.map(({ height, name, value }, i) =>
          height === null ? null : (
            <rect key={i} x={i * STEP + 1} width={STEP - 2} y={HEIGHT - (height / most) * HEIGHT} height={(height / most) * HEIGHT} style={{ fill: td.tdChartLine }}>
              <title>{`${name}: ${value}`}</title>
            </rect>
          ),
        )}
      </svg>
      {isNamed ? <Line texts={bars.map(({ name }) => name)} /> : <div className={css.ends}>{ends.map((it, i) => <bdi key={i}>{it?.name}</bdi>)}</div>}
    </figure>
  );
}

/** One text for each bar, in its column. It says what the table says: for the eye alone. */
function Line({ texts }: { texts: readonly string[] }): ReactNode {
  return (
    <div className={css.marks} style={{ gridTemplateColumns: `repeat(${Math.max(1, texts.length)}, minmax(0, 1fr))` }} aria-hidden="true">
      {texts.map((text, i) => (
        <bdi key={i}>{text}</bdi>
      ))}
    </div>
  );
}
