import { act, renderHook } from '@testing-library/react';
import type { ReactNode } from 'react';
import { IntlProvider } from 'react-intl';
import { afterEach, expect, test, vi } from 'vitest';
import en from '../i18n/en.json';
import { useCopy } from './copy';

const wrapper = ({ children }: { children: ReactNode }): ReactNode => (
  <IntlProvider locale="en" messages={en}>
    {children}
  </IntlProvider>
);
const clipboard = (value: unknown): void => void Object.defineProperty(navigator, 'clipboard', { value, configurable: true });
const own = Object.getOwnPropertyDescriptor(navigator, 'clipboard');
afterEach(() => {
  if (own) Object.defineProperty(navigator, 'clipboard', own);
  else Reflect.deleteProperty(navigator, 'clipboard');
});

async function copied(): Promise<boolean> {
  const { result } = renderHook(useCopy, { wrapper });
  await act(async () => result.current[1]('abc'));
  return result.current[0];
}

test('what is in the clipboard is said to be copied', async () => {
  const writeText = vi.fn(() => Promise.resolve());
  clipboard({ writeText });
  expect(await copied()).toBe(true);
  expect(writeText).toHaveBeenCalledExactlyOnceWith('abc');
});

test('a page without a clipboard copies nothing, and does not fail', async () => {
  clipboard(undefined);
  expect(await copied()).toBe(false);
});

test('a clipboard that is refused copies nothing, and does not fail', async () => {
  clipboard({ writeText: () => Promise.reject(new DOMException('refused', 'NotAllowedError')) });
  expect(await copied()).toBe(false);
});
