// @vitest-environment node
import { createIntl } from 'react-intl';
import { describe, expect, test } from 'vitest';
import type { FlowInput, FlowNode } from '../api/contract';
import en from '../i18n/en.json';
import type { T } from '../i18n/t';
import { difference, isSame } from './difference';
import { changeText } from './versions';

const say = (id: string, text: string, next = 'end'): FlowNode => ({ id, kind: 'play', prompt: { text }, next, failed: 'end' });
const end: FlowNode = { id: 'end', kind: 'end' };
const flow = (...nodes: FlowNode[]): FlowInput => ({ name: 'Main', start: nodes[0]?.id ?? '', nodes });

describe('the difference between two versions of a call flow', () => {
  test('steps that are more, less and otherwise are told apart, with what each field says here and there', () => {
    const found = difference(flow(say('hello', 'Hello.'), say('news', 'News.'), end), flow(say('hello', 'Good day.', 'bye'), say('bye', 'Bye.'), end));
    expect(found.more.map(({ id }) => id)).toEqual(['bye']);
    expect(found.less.map(({ id }) => id)).toEqual(['news']);
    expect(found.otherwise.map(({ node, changes }) => [node.id, ...changes])).toEqual([
      ['hello', { field: 'prompt', here: 'Hello.', there: 'Good day.' }, { field: 'next', here: 'end', there: 'bye' }],
    ]);
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
    expect(found.otherwise[0]?.changes).toContainEqual({ field: 'kind', here: 'play', there: 'end' });
  });
});

describe('a change in words', () => {
  const t = ((id: string, values?: Record<string, unknown>) => createIntl({ locale: 'en', messages: en }).formatMessage({ id }, values as never)) as T;
  const plain = (text: string): string => text.replaceAll(/[\u2066-\u2069]/g, '');
  const of = (...changes: Parameters<typeof changeText>[2][]): string[] => changes.map((change) => plain(changeText(t, say('hello', 'Hello.'), change)));

  test('says what is heard and where it leads by the names of the editor, the other version first', () => {
    expect(of({ field: 'prompt', here: 'Good day.', there: 'Hello.' }, { field: 'failed', here: '', there: 'end' })).toEqual([
      'What is heard: “Hello.” instead of “Good day.”',
      'If it fails: “end” instead of nothing',
    ]);
  });

  test('numbers of the server and what has several parts are only said to differ', () => {
    expect(of({ field: 'queue_id', here: '1', there: '2' }, { field: 'cases', here: null, there: null }, { field: 'kind', here: 'play', there: 'end' })).toEqual(['Queue: different', 'cases: different', 'Kind: different']);
  });
});
