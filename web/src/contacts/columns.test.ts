// @vitest-environment node
import { expect, test } from 'vitest';
import { COLUMNS, columnsOf, USUAL } from './columns';

test('who never chose sees the usual columns', () => {
  expect(columnsOf(null)).toEqual(USUAL);
  expect(USUAL).toEqual(COLUMNS.filter((it) => USUAL.includes(it)));
});

test('a choice stands in the order of the list, and what is unknown is left out', () => {
  expect(columnsOf('end,customer,mood')).toEqual(['customer', 'end']);
  expect(columnsOf('')).toEqual([]);
});
