// A state is always shape + word + color: the shapes, their colors, and the textures of stacked bars.
import type { ReactNode } from 'react';
import type { AgentState, Level } from '../api/contract';
import { td } from '../app/theme';

export type ShapeName = 'circle' | 'triangle' | 'octagon' | 'square' | 'bell' | 'diamond' | 'half' | 'ring' | 'cross';

export const LEVEL_SHAPE: Record<Level, { shape: ShapeName; color: string }> = {
  ok: { shape: 'circle', color: td.tdLevelOk },
  watch: { shape: 'triangle', color: td.tdLevelWatch },
  act: { shape: 'octagon', color: td.tdLevelAct },
};

export const STATE_SHAPE: Record<AgentState, { shape: ShapeName; color: string }> = {
  available: { shape: 'circle', color: td.tdStateAvailable },
  on_contact: { shape: 'square', color: td.tdStateOnContact },
  offering: { shape: 'bell', color: td.tdStateOffering },
  connecting: { shape: 'bell', color: td.tdStateOffering },
  wrap_up: { shape: 'diamond', color: td.tdStateWrapUp },
  not_ready: { shape: 'half', color: td.tdStateBreak },
  in_teams: { shape: 'octagon', color: td.tdStateOnContact },
  presence_unknown: { shape: 'half', color: td.tdStateBreak },
  signed_out: { shape: 'ring', color: td.tdStateOffline },
  error: { shape: 'cross', color: td.tdLevelAct },
};

/** All of one kind of element: a row that becomes somebody else's keeps it, and only its outline changes. */
const PATHS: Record<ShapeName, ReactNode> = {
  circle: <path d="M1 10a9 9 0 1 1 18 0a9 9 0 1 1-18 0z" />,
  triangle: <path d="M10 1.6 19.4 18.4H.6z" />,
  octagon: <path d="M6.1 .8h7.8l5.3 5.3v7.8l-5.3 5.3H6.1L.8 13.9V6.1z" />,
  square: <path d="M3 1.5h14a1.5 1.5 0 0 1 1.5 1.5v14a1.5 1.5 0 0 1-1.5 1.5H3A1.5 1.5 0 0 1 1.5 17V3A1.5 1.5 0 0 1 3 1.5z" />,
  bell: <path d="M10 1a6 6 0 0 1 6 6v4.2l2 3.3H2l2-3.3V7a6 6 0 0 1 6-6zM7.3 16h5.4a2.7 2.7 0 0 1-5.4 0z" />,
  diamond: <path d="M10 .4 19.6 10 10 19.6.4 10z" />,
  half: <path d="M1 12.5a9 9 0 0 1 18 0z" />,
  ring: <path d="M2.6 10a7.4 7.4 0 1 1 14.8 0a7.4 7.4 0 1 1-14.8 0z" fill="none" strokeWidth="3.2" stroke="currentColor" />,
  cross: <path d="M4 1 10 7l6-6 3 3-6 6 6 6-3 3-6-6-6 6-3-3 6-6-6-6z" />,
};

export function Shape({ shape, color, size = 14 }: { shape: ShapeName; color: string; size?: number | string }): ReactNode {
  return (
    <svg
      aria-hidden="true"
      focusable="false"
      viewBox="0 0 20 20"
      data-shape={shape}
      style={{ inlineSize: size, blockSize: size, color, fill: 'currentColor', flex: 'none', display: 'block' }}
    >
      {PATHS[shape]}
    </svg>
  );
}

export function StateShape({ state, size }: { state: AgentState; size?: number | string }): ReactNode {
  return <Shape {...STATE_SHAPE[state]} size={size} />;
}

export function LevelShape({ level, size }: { level: Level; size?: number | string }): ReactNode {
  return <Shape {...LEVEL_SHAPE[level]} size={size} />;
}
