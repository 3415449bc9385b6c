// The areas of administration, in the order of the side list. Only names: pages and palette both read it.
import type { Area } from '../api/contract';

export const SETTINGS_AREAS = ['queues', 'agents', 'skills', 'endpoints', 'flows', 'prompts', 'schedules', 'reasons', 'dispositions'] as const satisfies readonly Area[];
export const AREAS = [...SETTINGS_AREAS, 'do-not-call', 'health', 'audit'] as const;
export type AdminArea = (typeof AREAS)[number];

export function settingsArea(name: string | undefined): Area | undefined {
  return SETTINGS_AREAS.find((area) => area === name);
}
