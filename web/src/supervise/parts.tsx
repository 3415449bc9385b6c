// Drawn parts that the desk board and the TV share: textured agent bar, waiting chart, words for levels.
import type { CSSProperties, ReactNode } from 'react';
import type { AgentState, BoardTopic, LabelRef, Level, Ref } from '../api/contract';
import { td } from '../app/theme';
import { useT, type T } from '../i18n/t';
import { clockSpan, clockTime, isolated } from '../ui/durations';
import css from './parts.module.css';

export const GROUPS = ['available', 'offering', 'on_contact', 'wrap_up', 'not_ready'] as const;
export type Group = (typeof GROUPS)[number];

/** Agents by what a supervisor sees in them: ringing includes the moment in which the call is being connected, and not ready those whom Teams keeps from calls. */
export function grouped(agents: Partial<Record<AgentState, number>>): Record<Group, number> {
  return {
    available: agents.available ?? 0,
    offering: (agents.offering ?? 0) + (agents.connecting ?? 0),
    on_contact: agents.on_contact ?? 0,
    wrap_up: agents.wrap_up ?? 0,
    not_ready: (agents.not_ready ?? 0) + (agents.in_teams ?? 0) + (agents.presence_unknown ?? 0) + (agents.error ?? 0),
  };
}

const TEXTURE: Record<Group, { name: string | undefined; color: string; second?: string }> = {
  available: { name: css.solid, color: td.tdStateAvailable },
  offering: { name: css.lines, color: td.tdStateOffering },
  on_contact: { name: css.hatch, color: td.tdStateOnContact, second: td.tdStateOnContactDeep },
  wrap_up: { name: css.dots, color: td.tdStateWrapUp },
  not_ready: { name: css.outline, color: td.tdStateBreak },
};

export function AgentBar({ agents }: { agents: Partial<Record<AgentState, number>> }): ReactNode {
  const counts = grouped(agents);
  return (
    <div className={css.bar} aria-hidden="true">
      {GROUPS.filter((group) => counts[group] > 0).map((group) => {
        const { name, color, second } = TEXTURE[group];
        const style: CSSProperties & Record<`--${string}`, string> = { flexGrow: counts[group], '--c': color };
        if (second !== undefined) style['--c2'] = second;
        return <div key={group} className={`${css.seg} ${name}`} data-texture={group} style={style} />;
      })}
    </div>
  );
}

const WIDTH = 600;
const HEIGHT = 100;

/** Waiting in each of the last 60 minutes, the target as a dashed line, what is above it shaded. */
export function WaitingChart({ series, strokeWidth = 2 }: { series: BoardTopic['series']; strokeWidth?: number | string }): ReactNode {
  const t = useT();
  const { target, minutes } = series;
  const most = Math.max(target * 1.4, ...minutes.map((m) => m.waiting), 1) * 1.08;
  const x = (i: number): number => (minutes.length < 2 ? 0 : (i / (minutes.length - 1)) * WIDTH);
  const y = (value: number): number => HEIGHT - (value / most) * HEIGHT;
  const line = minutes.map((m, i) => `${x(i).toFixed(1)},${y(m.waiting).toFixed(2)}`).join(' ');
  const area = minutes.length > 0 ? `0,${HEIGHT} ${line} ${x(minutes.length - 1)},${HEIGHT}` : '';
  const last = minutes.at(-1)?.waiting ?? 0;
  const peak = Math.max(0, ...minutes.map((m) => m.waiting));
  return (
    <div className={css.chart} role="img" aria-label={t('board.chart.label', { last, peak, target })}>
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
        <defs>
          <clipPath id="above-target">
            <rect x="0" y="0" width={WIDTH} height={Math.max(0, y(target))} />
          </clipPath>
        </defs>
        <polygon points={area} style={{ fill: td.tdChartFill }} />
        <polygon points={area} style={{ fill: td.tdChartBreach }} clipPath="url(#above-target)" />
        <line
          x1="0"
          x2={WIDTH}
          y1={y(target)}
          y2={y(target)}
          style={{ stroke: td.tdChartTarget, strokeWidth: `calc(${typeof strokeWidth === 'number' ? `${strokeWidth}px` : strokeWidth} * 0.6)` }}
          strokeDasharray="10 8"
          vectorEffect="non-scaling-stroke"
        />
        <polyline
          points={line}
          fill="none"
          style={{ stroke: td.tdChartLine, strokeWidth }}
          strokeLinejoin="round"
          vectorEffect="non-scaling-stroke"
        />
      </svg>
    </div>
  );
}

/** Clock times at the quarters of the chart. */
export function ChartTimes({ series, zone, className }: { series: BoardTopic['series']; zone: string; className?: string }): ReactNode {
  const { minutes } = series;
  if (minutes.length < 2) return null;
  const at = [0, 0.25, 0.5, 0.75, 1].map((part) => minutes[Math.round(part * (minutes.length - 1))]?.at ?? '');
  return (
    <div className={`${css.axis} tabular ${className ?? ''}`} aria-hidden="true">
      {at.map((time, i) => (
        <span key={i} dir="ltr">
          {clockTime(time, zone)}
        </span>
      ))}
    </div>
  );
}

export function nameOf(value: string | LabelRef | Ref | null | undefined): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'string') return value;
  return 'label' in value ? value.label : value.name;
}

export function percentText(percent: number | null | undefined): string {
  return percent == null ? '-' : String(Math.round(percent));
}

export interface HeadlineText {
  key: string;
  label: string;
  value: string;
  unit: string;
  note: string;
  level: Level;
  about: string;
}

/** The four headlines in their order of attention. `now` is server time. */
export function headlines(board: BoardTopic, now: number, t: T): HeadlineText[] {
  const { waiting, longest_wait, service_level, available } = board.headlines;
  const note = (level: Level, target: string): string =>
    level === 'ok' ? t('board.level.ok') : t('board.level.note', { level: t(`board.level.${level}`), target: isolated(target) });
  return [
    {
      key: 'waiting',
      label: t('board.waiting'),
      value: String(waiting.value),
      unit: '',
      note: note(waiting.level, `<${waiting.target}`),
      level: waiting.level,
      about: t('board.waiting.about', { target: waiting.target }),
    },
    {
      key: 'longest',
      label: t('board.longest'),
      value: longest_wait.since == null ? '0:00' : clockSpan(now - Date.parse(longest_wait.since)),
      unit: '',
      note: note(longest_wait.level, clockSpan(longest_wait.target_s * 1000)),
      level: longest_wait.level,
      about: t('board.longest.about', { target: clockSpan(longest_wait.target_s * 1000) }),
    },
    {
      key: 'level',
      label: t('board.serviceLevel'),
      value: percentText(service_level.percent),
      unit: service_level.percent == null ? '' : '%',
      note: service_level.percent == null ? t('board.level.none') : note(service_level.level, `${service_level.target_percent}%`),
      level: service_level.level,
      about: t('board.serviceLevel.about', { target: service_level.target_percent, seconds: service_level.threshold_s }),
    },
    {
      key: 'available',
      label: t('board.available'),
      value: String(available.value),
      unit: t('board.of', { of: available.of }),
      note: available.level === 'ok' ? t('board.level.ok') : t(`board.level.${available.level}`),
      level: available.level,
      about: t('board.available.about'),
    },
  ];
}
