import { cleanup, fireEvent, render, screen } from '@testing-library/react';
import type { ComponentProps } from 'react';
import { IntlProvider } from 'react-intl';
import { afterEach, expect, test, vi } from 'vitest';
import { catalog, compact } from '../../scripts/messages.ts';
import { Asking } from './asking';

const messages = compact(catalog('en')) as ComponentProps<typeof IntlProvider>['messages'];
// Canceled animations are rejected promises here: what Fluent moves stands still.
Element.prototype.animate = undefined as unknown as Element['animate'];
afterEach(cleanup);

const close = vi.fn();
const send = vi.fn();
const dialog = (isBusy: boolean) => (
  <IntlProvider locale="en" messages={messages}>
    <Asking title="Erase?" verb="Erase" isBusy={isBusy} error={null} isWhole tried={() => undefined} send={send} close={close}>
      {''}
    </Asking>
  </IntlProvider>
);

test('while it is under way it neither closes nor is sent again', () => {
  const { rerender } = render(dialog(true));
  fireEvent.keyDown(screen.getByRole('dialog'), { key: 'Escape' });
  fireEvent.click(screen.getByRole('button', { name: 'Cancel' }));
  fireEvent.click(screen.getByRole('button', { name: 'Erase' }));
  expect(close).not.toHaveBeenCalled();
  expect(send).not.toHaveBeenCalled();
  rerender(dialog(false));
  fireEvent.keyDown(screen.getByRole('dialog'), { key: 'Escape' });
  expect(close).toHaveBeenCalledOnce();
});
