// @vitest-environment node
import { describe, expect, test } from 'vitest';
import { changedAgents, discarded, edited, isChanged, levelAt, rebased, redone, matrixOf, skillsOf, undone } from './matrix';

const start = () => matrixOf([{ id: 1, skills: [{ skill_id: 1, level: 5 }, { skill_id: 2, level: 3 }] }, { id: 2, skills: [] }]);

describe('a matrix of levels', () => {
  test('what is typed is a change only where it differs from what the server has', () => {
    const matrix = edited(start(), [{ agent: 1, skill: 1, level: 5 }, { agent: 1, skill: 2, level: 9 }, { agent: 2, skill: 1, level: 4 }]);
    expect(changedAgents(matrix)).toEqual([1, 2]);
    expect(isChanged(matrix, 1, 1)).toBe(false);
    expect(levelAt(matrix, 1, 2)).toBe(9);
    const back = edited(matrix, [{ agent: 1, skill: 2, level: 3 }]);
    expect(changedAgents(back)).toEqual([2]);
    expect(edited(matrix, [{ agent: 1, skill: 2, level: 9 }])).toBe(matrix);
  });

  test('undo and redo go edit by edit, and an edit ends what could be redone', () => {
    const one = edited(start(), [{ agent: 1, skill: 1, level: 0 }, { agent: 2, skill: 2, level: 7 }]);
    const two = edited(one, [{ agent: 1, skill: 1, level: 2 }]);
    expect(levelAt(undone(two), 1, 1)).toBe(0);
    const none = undone(undone(two));
    expect(changedAgents(none)).toEqual([]);
    expect(undone(none)).toBe(none);
    expect(levelAt(redone(none), 2, 2)).toBe(7);
    expect(redone(edited(none, [{ agent: 2, skill: 1, level: 1 }])).done).toHaveLength(1);
    expect(discarded(two).changes.size).toBe(0);
  });

  test('what is saved is whole, in order, and without what is not had', () => {
    const matrix = edited(start(), [{ agent: 1, skill: 9, level: 4 }, { agent: 1, skill: 1, level: 0 }]);
    expect(skillsOf(matrix, 1)).toEqual([{ skill_id: 2, level: 3 }, { skill_id: 9, level: 4 }]);
    expect(skillsOf(matrix, 2)).toEqual([]);
  });

  test('what somebody else saved stays below what was typed, and what was saved can be undone', () => {
    const matrix = edited(start(), [{ agent: 1, skill: 1, level: 8 }]);
    const theirs = rebased(matrix, [{ id: 1, skills: [{ skill_id: 1, level: 6 }, { skill_id: 3, level: 2 }] }]);
    expect(skillsOf(theirs, 1)).toEqual([{ skill_id: 1, level: 8 }, { skill_id: 3, level: 2 }]);
    const saved = rebased(theirs, [{ id: 1, skills: [{ skill_id: 1, level: 8 }, { skill_id: 3, level: 2 }] }]);
    expect(changedAgents(saved)).toEqual([]);
    expect(levelAt(undone(saved), 1, 1)).toBe(5);
    expect(changedAgents(undone(saved))).toEqual([1]);
  });
});
