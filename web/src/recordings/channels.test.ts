import { renderHook } from '@testing-library/react';
import { afterEach, expect, test, vi } from 'vitest';
import { useChannels } from './channels';

const node = () => ({ connect: vi.fn(), gain: { value: 1 } });
class Context {
  static all: Context[] = [];
  close = vi.fn(() => Promise.resolve());
  resume = vi.fn(() => Promise.resolve());
  createChannelSplitter = node;
  createMediaElementSource = node;
  createGain = node;
  constructor() {
    Context.all.push(this);
  }
}
afterEach(() => vi.unstubAllGlobals());

test('of the sounds that were opened one after another only the last keeps its context, and that until the page is left', () => {
  vi.stubGlobal('AudioContext', Context);
  const { result, unmount } = renderHook(() => useChannels(2));
  const closed = (): number[] => Context.all.map(({ close }) => close.mock.calls.length);
  result.current.opened(document.createElement('audio'));
  expect(closed()).toEqual([0]);
  result.current.opened(document.createElement('audio'));
  expect(closed()).toEqual([1, 0]);
  unmount();
  expect(closed()).toEqual([1, 1]);
});
