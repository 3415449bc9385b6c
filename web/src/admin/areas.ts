// The areas of administration, in the order of the side list. Only names: pages and palette both read it.
import type { Area, Permission } from '../api/contract';

export const SETTINGS_AREAS = ['queues', 'balance-groups', 'agents', 'teams', 'sites', 'skills', 'capacity-profiles', 'endpoints', 'flows', 'prompts', 'schedules', 'reasons', 'dispositions'] as const satisfies readonly Area[];
/** Who and what comes in. */
export const ACCESS_AREAS = ['people', 'permissions', 'api-keys', 'webhooks'] as const;
export const AREAS = [...SETTINGS_AREAS, 'do-not-call', ...ACCESS_AREAS, 'trunks', 'integrations', 'privacy', 'persons', 'health', 'audit'] as const;
export type AdminArea = (typeof AREAS)[number];

/** What an area needs to be seen; what can be changed in it is another question. */
const NEEDS: Partial<Record<AdminArea, Permission>> = {
  'do-not-call': 'keep_do_not_call',
  people: 'manage_access',
  permissions: 'manage_access',
  'api-keys': 'manage_access',
  webhooks: 'manage_access',
  persons: 'hold_recordings',
  health: 'see_health',
  audit: 'read_audit',
};
export function needOf(area: AdminArea): Permission {
  return NEEDS[area] ?? 'read_settings';
}
export function isSeen(area: AdminArea, may: (permission: Permission) => boolean): boolean {
  return may(needOf(area));
}

/** What callers hear, choose and are told of hours is a business user's; the rest is not. */
const MAKES: Partial<Record<Area, Permission>> = { flows: 'edit_flows', prompts: 'edit_flows', schedules: 'edit_flows' };
/** What making and removing in an area needs, and changing where nothing else does. */
export function needToMake(area: Area): Permission {
  return MAKES[area] ?? 'edit_settings';
}

export function settingsArea(name: string | undefined): Area | undefined {
  return SETTINGS_AREAS.find((area) => area === name);
}
