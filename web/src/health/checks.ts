// What the page and the alarm read out of a report of system health: order, headline, the alarm. The server judges; here
// nothing is judged again. Pure.
import type { HealthCheck, Level, SystemHealth } from '../api/contract';

const URGENCY: Record<Level, number> = { act: 0, watch: 1, ok: 2 };

export interface Sorted {
  /** The most urgent first; of equal urgency in the server's order. */
  attention: HealthCheck[];
  inOrder: HealthCheck[];
}

export function sorted(health: SystemHealth): Sorted {
  return {
    attention: health.checks
      .filter((check) => check.level !== 'ok')
      .sort((a, b) => URGENCY[a.level] - URGENCY[b.level]),
    inOrder: health.checks.filter((check) => check.level === 'ok'),
  };
}

export interface Headline {
  level: Level;
  /** Since when somebody must look or act: the first such check; or since when all is well: the last that became so. */
  since: string | null;
  n_act: number;
  n_watch: number;
}

export function headline(health: SystemHealth): Headline {
  const times = health.checks
    .filter((check) => check.level === health.level && check.since != null)
    .map((check) => check.since ?? '')
    .sort((a, b) => Date.parse(a) - Date.parse(b));
  const count = (level: Level): number => health.checks.filter((check) => check.level === level).length;
  return {
    level: health.level,
    since: (health.level === 'ok' ? times.at(-1) : times[0]) ?? null,
    n_act: count('act'),
    n_watch: count('watch'),
  };
}

/** The live topic tells at once what changed, but only that; an answer has the figures of its own moment. */
export function newest(live: SystemHealth | undefined, asked: SystemHealth | undefined): SystemHealth | undefined {
  if (!live || !asked) return live ?? asked;
  return Date.parse(live.as_of) > Date.parse(asked.as_of) ? live : asked;
}

/** The check that the alarm names. As long as it is the same finding the value stays the same, whatever its figures do. */
export function nextAlarm(before: HealthCheck | null, health: SystemHealth | undefined): HealthCheck | null {
  if (health?.level !== 'act') return null;
  const first = health.checks.find((check) => check.level === 'act') ?? null;
  const same = before !== null && first !== null && before.id === first.id && before.code === first.code && before.since === first.since;
  return same ? before : first;
}
