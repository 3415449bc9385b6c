// @vitest-environment node
import { expect, test } from 'vitest';
import { collected, inSteps } from './download';

function streamOf(parts: string[], fails = false): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(to) {
      for (const part of parts) to.enqueue(new TextEncoder().encode(part));
      if (fails) to.error(new Error('cut'));
      else to.close();
    },
  });
}

test('a file is whole, and how much of it is here is told', async () => {
  const told: number[] = [];
  const blob = await collected(streamOf(['id,n\n', '1,2\n']), 'text/csv', (bytes) => told.push(bytes));
  expect(await blob.text()).toBe('id,n\n1,2\n');
  expect(told).toEqual([5, 9]);
});

test('an answer that breaks off is no file', async () => {
  await expect(collected(streamOf(['id,n\n'], true), 'text/csv', () => undefined)).rejects.toThrow('cut');
});

test('a figure that grows by little is told only when it has grown enough', () => {
  const told: number[] = [];
  const tell = inSteps(10, (figure) => told.push(figure));
  for (const figure of [3, 9, 10, 19, 25, 34, 35, 80]) tell(figure);
  expect(told).toEqual([10, 25, 35, 80]);
});
