import { act, renderHook } from '@testing-library/react';
import { useState } from 'react';
import { expect, test } from 'vitest';
import { useSwitched } from './switched';

function switched(before: { n: number } | null) {
  const { result } = renderHook(() => {
    const [value, change] = useState(before);
    return { value, change, turn: useSwitched(value, () => ({ n: 1 }), change) };
  });
  return result;
}

test('what was never on begins fresh', () => {
  const it = switched(null);
  act(() => it.current.turn(true));
  expect(it.current.value).toEqual({ n: 1 });
});

test('what is switched off and on again is as it was last', () => {
  const it = switched({ n: 7 });
  act(() => it.current.change({ n: 8 }));
  act(() => it.current.turn(false));
  expect(it.current.value).toBeNull();
  act(() => it.current.turn(true));
  expect(it.current.value).toEqual({ n: 8 });
});
