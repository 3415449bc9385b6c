import { describe, expect, test } from 'vitest';
import { addressOf, ALL, filtersOf, isBackwards, isNarrowed, queryOf, stepsOf, valueText } from './trail';

const read = (text: string) => filtersOf(new URLSearchParams(text));

describe('what the audit is narrowed to', () => {
  test('it stands in the address', () => {
    const filters = read('actor=robin&action=saved&kind=queue&id=3&from=2026-03-29T01:30');
    expect(filters).toEqual({ ...ALL, actor: 'robin', action: 'saved', kind: 'queue', id: '3', from: '2026-03-29T01:30' });
    expect(addressOf(filters).toString()).toBe('actor=robin&action=saved&kind=queue&id=3&from=2026-03-29T01%3A30');
  });

  test('what makes no sense narrows nothing, and a number without its kind neither', () => {
    expect(isNarrowed(read('action=Drop%20it&from=yesterday&id=3&kind='))).toBe(false);
    expect(addressOf({ ...ALL, id: '3' }).toString()).toBe('');
  });

  test('clocks of the center are asked for as instants, in summer and in winter', () => {
    const query = queryOf({ ...ALL, from: '2026-01-05T09:00', until: '2026-07-05T09:00' }, 'Europe/Berlin');
    expect(query).toEqual({ from: '2026-01-05T08:00:00.000Z', until: '2026-07-05T07:00:00.000Z' });
  });

  test('a span that ends before it begins is told', () => {
    expect(isBackwards({ ...ALL, from: '2026-01-05T09:00', until: '2026-01-05T09:00' })).toBe(true);
    expect(isBackwards({ ...ALL, until: '2026-01-05T09:00' })).toBe(false);
  });
});

describe('how a change reads', () => {
  test('steps are words, places of lists count from 1, and the whole document has none', () => {
    expect(stepsOf('/wrap_up/mode')).toEqual(['wrap up', 'mode']);
    expect(stepsOf('/skills/0/level')).toEqual(['skills', '1', 'level']);
    expect(stepsOf('/a~1b~01')).toEqual(['a/b~1']);
    expect(stepsOf('')).toEqual([]);
  });

  test('texts stand as they are, other values as JSON, and nothing is nothing', () => {
    expect(valueText('Sales')).toEqual({ text: 'Sales', isLong: false });
    expect(valueText(0)).toEqual({ text: '0', isLong: false });
    expect(valueText(false)?.text).toBe('false');
    expect(valueText(null)).toBeNull();
    expect(valueText({ a: 1, b: [2, 3] })?.isLong).toBe(true);
    expect(valueText('x'.repeat(161))?.isLong).toBe(true);
  });
});
