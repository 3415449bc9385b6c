// @vitest-environment node
import { describe, expect, test } from 'vitest';
import { contains, countOf, freeNumbers, lineOf, pasted, RANGES_MAX, sizeOf, tidied, written } from './numbers';

const range = (first: string, last: string | null = null, note = '') => ({ first, last, note });

describe('what is pasted', () => {
  test.each([
    ['+49 89 1000', range('+49891000')],
    ['0049 (0)89/10-00', range('+49891000')],
    ['+4989-1000, Front desk', range('+49891000', null, 'Front desk')],
    ['+49891000\tFront desk; second floor', range('+49891000', null, 'Front desk; second floor')],
    ['+49 89 1000 - +49 89 1099', range('+49891000', '+49891099')],
    ['+49891000-+49891099', range('+49891000', '+49891099')],
    ['+49891000–+49891099, Main line', range('+49891000', '+49891099', 'Main line')],
    ['+49 89 1000 to 99', range('+49891000', '+49891099')],
    ['+49891000 … +49891099', null],
    ['+49891000..+49891099', range('+49891000', '+49891099')],
    ['+49891000 – +49891000', range('+49891000')],
  ])('%s', (text, expected) => {
    const { ranges, faults } = pasted(text);
    expect(ranges).toEqual(expected === null ? [] : [expected]);
    expect(faults).toHaveLength(expected === null ? 1 : 0);
  });

  test('is taken line by line, and what is not understood says why', () => {
    const { ranges, faults } = pasted('+49891000\n\nnine to five\n+49891099 – +49891000\n+49891000\n089 1000', [range('+4930100')]);
    expect(ranges).toEqual([range('+49891000')]);
    expect(faults.map(({ line, fault }) => [line, fault])).toEqual([[3, 'no_number'], [4, 'backwards'], [5, 'twice'], [6, 'no_number']]);
    expect(pasted('+4930100', [range('+4930000', '+4930999')]).faults[0]?.fault).toBe('twice');
  });

  test('stops at as many lines as a trunk has', () => {
    const text = Array.from({ length: RANGES_MAX + 1 }, (_, i) => `+49${1_000_000 + i}`).join('\n');
    const { ranges, faults } = pasted(text);
    expect(ranges).toHaveLength(RANGES_MAX);
    expect(faults.map(({ fault }) => fault)).toEqual(['too_many']);
  });

  test('reads what it writes', () => {
    for (const it of [range('+49891000'), range('+49891000', '+49891099', 'Main line, Munich')]) expect(pasted(lineOf(it)).ranges).toEqual([it]);
  });
});

test('a range has its ends and what is between, of the same length', () => {
  const it = range('+49891000', '+49891099');
  expect(sizeOf(it)).toBe(100);
  expect(countOf([it, range('+4930100')])).toBe(101);
  expect(['+49891000', '+49891099', '+49891100', '+498910000', '49891000'].map((number) => contains(it, number))).toEqual([true, true, false, false, false]);
});

// As crates/core/src/trunk/number.rs writes them.
test('a number is shown as the other side writes it', () => {
  const national = { style: 'national', country: '49', prefix: '0', international_prefix: '00' } as const;
  expect(written({ style: 'international', country: '', prefix: '', international_prefix: '' }, '+4989123')).toBe('+4989123');
  expect(written({ style: 'digits', country: '', prefix: '', international_prefix: '' }, '+4989123')).toBe('4989123');
  expect(written(national, '+4989123')).toBe('089123');
  expect(written(national, '+431234')).toBe('00431234');
});

// B-027
test('numbers that nobody is reached by are found by any of their digits', () => {
  const trunks = [{ name: 'A', numbers: [range('+49891000', '+49891099')] }, { name: 'B', numbers: [range('+4930100')] }];
  const taken = new Set(['+49891007']);
  expect(freeNumbers(trunks, taken, '1007', 9)).toEqual([]);
  expect(freeNumbers(trunks, taken, '089 1008', 9)).toEqual([{ number: '+49891008', trunk: 'A' }]);
  expect(freeNumbers(trunks, taken, '+49 30', 9)).toEqual([{ number: '+4930100', trunk: 'B' }]);
  expect(freeNumbers(trunks, taken, '', 3)).toHaveLength(3);
});

test('what stands between digits does not matter', () => {
  expect(tidied(' +49 (0) 89 / 12-34.5 ')).toBe('+498912345');
  expect(tidied('0049\u00a089')).toBe('+4989');
});
