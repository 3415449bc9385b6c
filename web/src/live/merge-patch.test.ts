import { expect, test } from 'vitest';
import { mergePatch } from './merge-patch';

// RFC 7396, appendix A: the examples of the standard.
const EXAMPLES: [unknown, unknown, unknown][] = [
  [{ a: 'b' }, { a: 'c' }, { a: 'c' }],
  [{ a: 'b' }, { b: 'c' }, { a: 'b', b: 'c' }],
  [{ a: 'b' }, { a: null }, {}],
  [{ a: 'b', b: 'c' }, { a: null }, { b: 'c' }],
  [{ a: ['b'] }, { a: 'c' }, { a: 'c' }],
  [{ a: 'c' }, { a: ['b'] }, { a: ['b'] }],
  [{ a: { b: 'c' } }, { a: { b: 'd', c: null } }, { a: { b: 'd' } }],
  [{ a: [{ b: 'c' }] }, { a: [1] }, { a: [1] }],
  [['a', 'b'], ['c', 'd'], ['c', 'd']],
  [{ a: 'b' }, ['c'], ['c']],
  [{ a: 'foo' }, null, null],
  [{ a: 'foo' }, 'bar', 'bar'],
  [{ e: null }, { a: 1 }, { e: null, a: 1 }],
  [[1, 2], { a: 'b', c: null }, { a: 'b' }],
  [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
];

test.each(EXAMPLES)('%j patched with %j is %j', (target, patch, result) => {
  expect(mergePatch(target, patch)).toEqual(result);
});

test('parts that the patch does not touch keep their identity', () => {
  const target = { a: { deep: 1 }, b: 2 };
  const result = mergePatch(target, { b: 3 }) as typeof target;
  expect(result.a).toBe(target.a);
  expect(target.b).toBe(2);
});

test('a field named __proto__ stays data', () => {
  const result = mergePatch({}, JSON.parse('{"__proto__":{"polluted":true}}')) as object;
  expect(Object.getPrototypeOf(result)).toBe(Object.prototype);
  expect('polluted' in result).toBe(false);
});
