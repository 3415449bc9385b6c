// The roles and permissions that this build has words for. Which role allows what, the server says.
import type { Permission, Role } from '../api/contract';

export const ROLES = ['agent', 'supervisor', 'administrator', 'queue_administrator', 'quality', 'analyst', 'auditor'] as const satisfies readonly Role[];

export const PERMISSIONS = [
  'take_contacts',
  'see_floor',
  'see_contacts',
  'hear_recordings',
  'export_contacts',
  'pause_recordings',
  'steer_waiting',
  'direct_agents',
  'close_hours',
  'keep_callbacks',
  'keep_do_not_call',
  'read_settings',
  'edit_queues',
  'edit_flows',
  'edit_settings',
  'read_events',
  'hold_recordings',
  'verify_recordings',
  'read_audit',
  'manage_access',
  'operate',
  'see_health',
] as const satisfies readonly Permission[];
