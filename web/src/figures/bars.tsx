// A small chart of one figure by interval. Whoever does not see it has its peak and last value in words, and every value in the
// table below.
import type { ReactNode } from 'react';
import { td } from '../app/theme';
import css from './figures.module.css';

interface Props {
  title: string;
  label: string;
  /** None: there is nothing to tell of the interval. */
  heights: readonly (number | null)[];
  /** What is full height; the highest value without. */
  top?: number;
}

const HEIGHT = 60;
const STEP = 10;

export function Bars({ title, label, heights, top }: Props): ReactNode {
  const most = top ?? Math.max(1, ...heights.map((it) => it ?? 0));
  return (
    <figure className={css.chart}>
      <figcaption>{title}</figcaption>
      <svg role="img" aria-label={label} viewBox={`0 0 ${Math.max(1, heights.length) * STEP} ${HEIGHT}`} preserveAspectRatio="none">
        {heights.map((value, i) =>
          value === null ? null : (
            <rect key={i} x={i * STEP + 1} width={STEP - 2} y={HEIGHT - (value / most) * HEIGHT} height={(value / most) * HEIGHT} style={{ fill: td.tdChartLine }} />
          ),
        )}
      </svg>
    </figure>
  );
}
