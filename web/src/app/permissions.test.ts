import { describe, expect, test } from 'vitest';
import { AREAS, isSeen } from '../admin/areas';
import { PERMISSIONS, permissionsOf, ROLES } from './permissions';

const seenBy = (...roles: string[]): string[] => {
  const may = permissionsOf(roles);
  return AREAS.filter((area) => isSeen(area, (it) => may.has(it)));
};

describe('what a role opens', () => {
  test('roles add up, and an unknown one opens nothing', () => {
    expect([...permissionsOf(['agent', 'quality'])].sort()).toEqual(['hear_recordings', 'see_contacts', 'take_contacts']);
    expect(permissionsOf(['wizard']).size).toBe(0);
  });

  test('every permission is given by a role', () => {
    expect(permissionsOf(ROLES).size).toBe(PERMISSIONS.length);
  });

  test('an administrator has everything but a desk', () => {
    expect(PERMISSIONS.filter((it) => !permissionsOf(['administrator']).has(it))).toEqual(['take_contacts']);
    expect(seenBy('administrator')).toEqual([...AREAS]);
  });

  test('a supervisor sees the settings, and not who comes in or what was done', () => {
    expect(AREAS.filter((area) => !seenBy('supervisor').includes(area))).toEqual(['people', 'permissions', 'api-keys', 'webhooks', 'persons', 'audit']);
  });

  test('an auditor sees the audit alone, an agent and a listener nothing of administration', () => {
    expect(seenBy('auditor')).toEqual(['audit']);
    expect(seenBy('agent', 'quality')).toEqual([]);
  });

  test('a queue administrator sees the settings and no do-not-call list', () => {
    expect(seenBy('queue_administrator')).toContain('queues');
    expect(seenBy('queue_administrator')).not.toContain('do-not-call');
    expect(seenBy('queue_administrator')).not.toContain('health');
  });
});
