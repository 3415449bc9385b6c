// @vitest-environment node
import { expect, test } from 'vitest';
import { saveRows, type Saved } from './saving';

test('each is saved or refused for itself, and a few at a time', async () => {
  let open = 0;
  let most = 0;
  const told: Saved<string>[] = [];
  const put = async (id: number): Promise<string> => {
    open += 1;
    most = Math.max(most, open);
    await Promise.resolve();
    open -= 1;
    if (id === 3) throw new Error('no');
    return `row ${id}`;
  };
  await saveRows([1, 2, 3, 4, 5, 6, 7], put, (it) => told.push(it), () => false);
  expect(most).toBe(4);
  expect(told.map(({ id, is }) => [id, is]).sort()).toEqual([[1, 'saved'], [2, 'saved'], [3, 'refused'], [4, 'saved'], [5, 'saved'], [6, 'saved'], [7, 'saved']]);
});

test('whoever stops it has nothing more sent, and hears of what was under way', async () => {
  const told: number[] = [];
  await saveRows([1, 2, 3, 4, 5, 6], async (id) => id, ({ id }) => told.push(id), () => told.length >= 1);
  expect(told).toEqual([1, 2, 3, 4]);
});
