// The areas of administration, in the order of the side list. Only names: pages and palette both read it.
import type { Area } from '../api/contract';

export const SETTINGS_AREAS = ['queues', 'agents', 'skills', 'endpoints', 'flows', 'prompts', 'schedules', 'reasons', 'dispositions'] as const satisfies readonly Area[];
/** Who and what comes in. */
export const ACCESS_AREAS = ['people', 'api-keys', 'webhooks'] as const;
export const AREAS = [...SETTINGS_AREAS, 'do-not-call', ...ACCESS_AREAS, 'health', 'audit'] as const;
export type AdminArea = (typeof AREAS)[number];

/** Areas that supervisors do not see. */
const OF_ADMINISTRATORS: ReadonlySet<AdminArea> = new Set([...ACCESS_AREAS, 'audit']);
export function isSeen(area: AdminArea, isAdministrator: boolean): boolean {
  return isAdministrator || !OF_ADMINISTRATORS.has(area);
}

export function settingsArea(name: string | undefined): Area | undefined {
  return SETTINGS_AREAS.find((area) => area === name);
}
