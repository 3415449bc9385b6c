// @vitest-environment node
import { describe, expect, test } from 'vitest';
import { depthOf, EVERYBODY, group, GROUPS, isEverybody, leveled, meets, seen, seenAsGroup, term, termsOf, type Condition } from './conditions';

const has = (skill_id: number, min_level?: number, max_level?: number): Condition => ({ has: { skill_id, ...(min_level ? { min_level } : {}), ...(max_level ? { max_level } : {}) } });
const skills = (...pairs: [number, number][]) => pairs.map(([skill_id, level]) => ({ skill_id, level }));

//
describe('who meets a condition', () => {
  // The cases of crates/core/src/condition.rs.
  test('levels filter, and a skill that is not had is below all of them', () => {
    const condition: Condition = { all: [has(1, 3), { any: [has(2, 5), { not: has(2) }] }] };
    expect(meets(condition, skills([1, 4], [2, 6]))).toBe(true);
    expect(meets(condition, skills([1, 4]))).toBe(true);
    expect(meets(condition, skills([1, 4], [2, 2]))).toBe(false);
    expect(meets(condition, skills([2, 6]))).toBe(false);
    expect(meets(has(1, 2, 4), skills([1, 5]))).toBe(false);
    expect(meets(EVERYBODY, [])).toBe(true);
    expect(meets({ any: [] }, skills([1, 10]))).toBe(false);
  });

  test('everybody is what asks for nothing, however it is written', () => {
    expect(isEverybody({ all: [{ all: [] }] })).toBe(true);
    expect(isEverybody({ all: [has(1)] })).toBe(false);
    expect(isEverybody({ any: [] })).toBe(false);
  });
});

describe('a condition as it is shown', () => {
  test('each part has the place that the server names, nots included', () => {
    const it = seenAsGroup({ all: [has(1), { not: { any: [has(2), { not: has(3) }] } }] }, 'condition');
    expect(it.kind).toBe('all');
    expect(it.parts.map(({ place }) => place)).toEqual(['condition.all.0', 'condition.all.1']);
    const none = seen(it.parts[1]?.condition ?? EVERYBODY, 'condition.all.1');
    expect(none).toMatchObject({ what: 'group', kind: 'none' });
    if (none.what !== 'group') throw new Error('a group');
    expect(none.parts.map(({ place }) => place)).toEqual(['condition.all.1.not.any.0', 'condition.all.1.not.any.1']);
    expect(seen(none.parts[1]?.condition ?? EVERYBODY, '')).toEqual({ what: 'term', term: { skill_id: 3 }, isNot: true });
  });

  test('a single skill is a group of one at its own place, and a not of a not is none', () => {
    expect(seenAsGroup(has(1), 'condition').parts).toEqual([{ condition: has(1), place: 'condition' }]);
    expect(seen({ not: { not: has(1) } }, 'x')).toEqual({ what: 'term', term: { skill_id: 1 }, isNot: false });
  });

  test('what is built of a kind is seen as that kind', () => {
    for (const kind of GROUPS) expect(seen(group(kind, [has(1), has(2)]), '')).toMatchObject({ what: 'group', kind });
    expect(term({ skill_id: 1 }, true)).toEqual({ not: { has: { skill_id: 1 } } });
  });

  test('depth counts nots, and the highest level goes without saying', () => {
    expect(depthOf(has(1))).toBe(1);
    expect(depthOf({ all: [] })).toBe(1);
    expect(depthOf({ not: { any: [{ not: has(1) }] } })).toBe(4);
    expect(termsOf({ any: [has(1), { not: { all: [has(2)] } }] }).map(({ skill_id }) => skill_id)).toEqual([1, 2]);
    expect(leveled({ skill_id: 1, max_level: 4 }, 3, 10)).toEqual({ skill_id: 1, min_level: 3 });
    expect(leveled({ skill_id: 1 }, 3, 5)).toEqual({ skill_id: 1, min_level: 3, max_level: 5 });
  });
});
