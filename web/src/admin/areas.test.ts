import { describe, expect, test } from 'vitest';
import type { Permission } from '../api/contract';
import { PERMISSIONS } from '../app/permissions';
import { AREAS, isSeen, needToMake, SETTINGS_AREAS } from './areas';

const seenWith = (...permissions: Permission[]): string[] => AREAS.filter((area) => isSeen(area, (it) => permissions.includes(it)));

describe('what a permission opens of the administration', () => {
  test('everything together opens every area', () => {
    expect(seenWith(...PERMISSIONS)).toEqual([...AREAS]);
  });

  test('whoever reads settings sees them, and not who comes in or what was done', () => {
    const seen = seenWith('read_settings', 'keep_do_not_call', 'see_health');
    expect(AREAS.filter((area) => !seen.includes(area))).toEqual(['people', 'permissions', 'api-keys', 'webhooks', 'persons', 'audit']);
  });

  test('the audit is a matter of its own, and a desk or hearing is none of it', () => {
    expect(seenWith('read_audit', 'see_contacts', 'verify_recordings')).toEqual(['audit']);
    expect(seenWith('take_contacts', 'hear_recordings', 'see_contacts')).toEqual([]);
  });

  test('whoever reads settings and changes queues sees neither the do-not-call list nor the health', () => {
    const seen = seenWith('see_floor', 'read_settings', 'edit_queues', 'close_hours');
    expect(seen).toContain('queues');
    expect(seen).not.toContain('do-not-call');
    expect(seen).not.toContain('health');
  });

  test('menus, prompts and holidays are made with less than settings are', () => {
    expect(SETTINGS_AREAS.filter((area) => needToMake(area) === 'edit_flows')).toEqual(['flows', 'prompts', 'schedules']);
    expect(needToMake('queues')).toBe('edit_settings');
  });
});
