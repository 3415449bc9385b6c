// What each role allows, as the core says it (crates/core/src/permission.rs): what is shown follows it, the server decides.
import type { Permission, Role } from '../api/contract';

export const ROLES = ['agent', 'supervisor', 'administrator', 'queue_administrator', 'quality', 'analyst', 'auditor'] as const satisfies readonly Role[];

export const PERMISSIONS = [
  'take_contacts',
  'see_floor',
  'see_contacts',
  'hear_recordings',
  'export_contacts',
  'pause_recordings',
  'close_hours',
  'keep_do_not_call',
  'read_settings',
  'edit_queues',
  'edit_settings',
  'read_events',
  'hold_recordings',
  'verify_recordings',
  'read_audit',
  'manage_access',
  'operate',
  'see_health',
] as const satisfies readonly Permission[];

const GIVES: Record<Role, readonly Permission[]> = {
  agent: ['take_contacts'],
  supervisor: ['see_floor', 'see_contacts', 'hear_recordings', 'export_contacts', 'pause_recordings', 'close_hours', 'keep_do_not_call', 'read_settings', 'see_health'],
  // Everything but a desk.
  administrator: PERMISSIONS.filter((it) => it !== 'take_contacts'),
  queue_administrator: ['see_floor', 'read_settings', 'edit_queues', 'close_hours'],
  quality: ['see_contacts', 'hear_recordings'],
  analyst: ['see_floor', 'see_contacts', 'export_contacts'],
  auditor: ['read_audit', 'see_contacts', 'verify_recordings'],
};

/** Roles travel as words; those that this build does not know allow nothing. */
export function permissionsOf(roles: readonly string[]): ReadonlySet<Permission> {
  return new Set(ROLES.filter((role) => roles.includes(role)).flatMap((role) => GIVES[role]));
}
