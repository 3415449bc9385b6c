import { describe, expect, test } from 'vitest';
import { addressOf, askedOf, isEmpty, isLimitable, isSame, isWhole, missingOf, namedParts, NO_PARTS, reasonText, type NamesOf } from './scope';

const names: NamesOf = { queues: new Map([[1, 'Sales']]), teams: new Map([[7, 'Berlin']]), sites: new Map() };

describe('a scope', () => {
  test('its parts are called by name, and one that is gone has none', () => {
    expect(namedParts({ queues: [1, 9], teams: [7], sites: [] }, names)).toEqual([
      { kind: 'queues', names: ['Sales', null] },
      { kind: 'teams', names: ['Berlin'] },
    ]);
  });

  test('no part at all reaches nothing, which is not everything', () => {
    expect(isEmpty(NO_PARTS)).toBe(true);
    expect(isSame(NO_PARTS, null)).toBe(false);
    expect(isSame(null, null)).toBe(true);
  });

  test('the order in which parts were chosen says nothing', () => {
    expect(isSame({ queues: [10, 2], teams: [], sites: [] }, { queues: [2, 10], teams: [], sites: [] })).toBe(true);
    expect(isSame({ queues: [2], teams: [], sites: [] }, { queues: [], teams: [2], sites: [] })).toBe(false);
  });

  test('an administrator is never limited, whatever other roles there are', () => {
    expect(isLimitable({ roles: ['supervisor', 'administrator'] })).toBe(false);
    expect(isLimitable({ roles: ['supervisor'] })).toBe(true);
  });
});

describe('why somebody may', () => {
  const permissions = ['edit_queues', 'see_floor'];
  const read = (text: string) => askedOf(new URLSearchParams(text), permissions);

  test('what is asked stands in the address', () => {
    const asked = read('account=11&permission=edit_queues&queue=2');
    expect(asked).toEqual({ account: 11, permission: 'edit_queues', kind: 'queue', id: 2 });
    expect(addressOf(asked).toString()).toBe('account=11&permission=edit_queues&queue=2');
    expect(isWhole(asked)).toBe(true);
  });

  test('what makes no sense in it asks nothing', () => {
    expect(read('account=-1&permission=fly&agent=x')).toEqual({ account: null, permission: null, kind: 'agent', id: null });
    expect(isWhole(read('account=1&permission=see_floor&agent='))).toBe(false);
    expect(isWhole(read('account=1&permission=see_floor'))).toBe(true);
  });

  test('a limited scope is not called everything where it does not matter', () => {
    const everything = { code: 'everything', role: null, part: null };
    expect(reasonText(everything, null, 'queue')).toBe('why.because.everything');
    expect(reasonText(everything, NO_PARTS, null)).toBe('why.because.nothing');
    expect(reasonText({ code: 'stars', role: null, part: null }, null, null)).toBeNull();
  });

  test('what is missing is a word that is known, or none', () => {
    const missing = (code: string) => missingOf({ allowed: false, because: [], missing: { code, roles: [], detail: '' } });
    expect(missing('scope')).toBe('scope');
    expect(missing('luck')).toBeNull();
    expect(missingOf({ allowed: true, because: [], missing: null })).toBeNull();
  });
});
