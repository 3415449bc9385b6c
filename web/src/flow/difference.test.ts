// @vitest-environment node
import { describe, expect, test } from 'vitest';
import type { FlowInput, FlowNode } from '../api/contract';
import { difference, isSame } from './difference';

const say = (id: string, text: string, next = 'end'): FlowNode => ({ id, kind: 'play', prompt: { text }, next, failed: 'end' });
const end: FlowNode = { id: 'end', kind: 'end' };
const flow = (...nodes: FlowNode[]): FlowInput => ({ name: 'Main', start: nodes[0]?.id ?? '', nodes });

describe('the difference between two versions of a call flow', () => {
  test('steps that are more, less and otherwise are told apart, with the fields that differ', () => {
    const found = difference(flow(say('hello', 'Hello.'), say('news', 'News.'), end), flow(say('hello', 'Good day.', 'bye'), say('bye', 'Bye.'), end));
    expect(found.more.map(({ id }) => id)).toEqual(['bye']);
    expect(found.less.map(({ id }) => id)).toEqual(['news']);
    expect(found.otherwise.map(({ node, fields }) => [node.id, ...fields])).toEqual([['hello', 'prompt', 'next']]);
    expect([found.name, found.start]).toEqual([null, null]);
    expect(isSame(found)).toBe(false);
  });

  test('another order, and fields that are empty or left out, are no difference', () => {
    const wait = { id: 'wait', kind: 'queue', queue_id: 1, timeout: 'end', full: 'end' } as FlowNode;
    const same = { full: 'end', timeout: 'end', failed: null, closed: undefined, queue_id: 1, kind: 'queue', id: 'wait' } as unknown as FlowNode;
    expect(isSame(difference(flow(wait, end), { name: 'Main', start: 'wait', nodes: [end, same] }))).toBe(true);
  });

  test('another name and another beginning are told', () => {
    const other = { ...flow(say('hello', 'Hello.'), end), name: 'Night', start: 'end' };
    const found = difference(flow(say('hello', 'Hello.'), end), other);
    expect([found.name, found.start]).toEqual(['Night', 'end']);
    expect(isSame(found)).toBe(false);
  });

  test('a step of another kind is otherwise', () => {
    const found = difference(flow(say('hello', 'Hello.'), end), flow({ id: 'hello', kind: 'end' }, end));
    expect(found.otherwise[0]?.fields).toContain('kind');
  });
});
