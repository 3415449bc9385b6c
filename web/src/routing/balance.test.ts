import { describe, expect, test } from 'vitest';
import { balanceOf, borrowingProblem, freshGroup, FRESH_BORROWING, membersProblem, type Balance } from './balance';

describe('balance groups', () => {
  test('a group needs two queues or more, each once', () => {
    const member = (queue_id: number): { queue_id: number; weight: number } => ({ queue_id, weight: 1 });
    expect(membersProblem(freshGroup().members)).toBe('balance.error.few');
    expect(membersProblem([member(1)])).toBe('balance.error.few');
    expect(membersProblem([member(1), member(0)])).toBe('balance.error.queue');
    expect(membersProblem([member(1), member(1)])).toBe('balance.error.twice');
    expect(membersProblem([member(1), member(2)])).toBeUndefined();
  });

  test('a queue gives back above the level at which it begins to borrow', () => {
    expect(borrowingProblem(null)).toBeUndefined();
    expect(borrowingProblem(FRESH_BORROWING)).toBeUndefined();
    expect(borrowingProblem({ ...FRESH_BORROWING, above_percent: FRESH_BORROWING.below_percent })).toBe('balance.error.flaps');
  });

  test('the balance of a queue is that of the group that it is in', () => {
    const group = (id: number, queues: number[]): Balance =>
      ({ group: { id, name: `${id}` }, queues: queues.map((queue) => ({ queue: { id: queue, name: '' } })) }) as unknown as Balance;
    const all = [group(1, [1, 2]), group(2, [3, 4])];
    expect(balanceOf(all, 4)?.group.id).toBe(2);
    expect(balanceOf(all, 9)).toBeUndefined();
  });
});
