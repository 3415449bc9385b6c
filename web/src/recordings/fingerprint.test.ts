// @vitest-environment node
import { expect, test } from 'vitest';
import { likenessOf } from './fingerprint';

const OF_ABC = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';

test('one other byte is another fingerprint', async () => {
  expect(await likenessOf(new Blob(['abc']), OF_ABC)).toBe('same');
  expect(await likenessOf(new Blob(['abc']), OF_ABC.toUpperCase())).toBe('same');
  expect(await likenessOf(new Blob(['abd']), OF_ABC)).toBe('other');
});

test('nothing is said of a sound without a fingerprint', async () => {
  expect(await likenessOf(new Blob(['abc']), null)).toBeNull();
});
