// How presence looks: a shape, a word and a color, for what Teams shows and for what is not known.
import type { CSSProperties, ReactNode } from 'react';
import type { Status } from '../api/directory';
import { td } from '../app/theme';
import { Shape, type ShapeName } from '../ui/shapes';

const STATUS_SHAPE: Record<Status, { shape: ShapeName; color: string }> = {
  available: { shape: 'circle', color: td.tdStateAvailable },
  busy: { shape: 'square', color: td.tdStateOnContact },
  do_not_disturb: { shape: 'octagon', color: td.tdStateOnContact },
  be_right_back: { shape: 'diamond', color: td.tdStateBreak },
  away: { shape: 'half', color: td.tdStateBreak },
  offline: { shape: 'ring', color: td.tdStateOffline },
};

/** Not known is another thing than offline: a question mark. */
export function SeenShape({ status, size = 14 }: { status: Status | null; size?: number }): ReactNode {
  if (status !== null) return <Shape {...STATUS_SHAPE[status]} size={size} />;
  const style: CSSProperties = { inlineSize: size, blockSize: size, color: td.tdStateOffline, flex: 'none', display: 'block' };
  return (
    <svg aria-hidden="true" focusable="false" viewBox="0 0 20 20" data-shape="question" style={style} fill="none" stroke="currentColor" strokeWidth="2.6" strokeLinecap="round">
      <path d="M5.5 6.6A4.6 4.6 0 1 1 10 11.4v2" />
      <circle cx="10" cy="18" r="0.6" />
    </svg>
  );
}
