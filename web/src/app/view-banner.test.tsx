import { cleanup, fireEvent, render, screen, waitFor } from '@testing-library/react';
import type { ComponentProps } from 'react';
import { IntlProvider } from 'react-intl';
import { afterEach, expect, test, vi } from 'vitest';
import { catalog, compact } from '../../scripts/messages.ts';
import { ApiError } from '../api/client';
import { END_VIEW, type Look } from './look';
import { ViewBanner } from './view-banner';

const now = vi.hoisted(() => ({ look: null as unknown }));
const ended = vi.fn();
vi.mock('../api/view', () => ({ endView: (center: string) => ended(center) as Promise<void> }));
vi.mock('./session', () => ({ useSession: () => ({ center: 'contoso', zone: 'Europe/Berlin', look: now.look }) }));
afterEach(() => {
  cleanup();
  vi.restoreAllMocks();
});

const messages = compact(catalog('en')) as ComponentProps<typeof IntlProvider>['messages'];
function shown(look: Partial<Look>): void {
  now.look = { standing: 'on', who: 'Sam Rivera', until: '2026-11-26T13:32:00Z', ...look };
  render(
    <IntlProvider locale="en" messages={messages}>
      <ViewBanner />
    </IntlProvider>,
  );
}

test('nothing is there without a view', () => {
  shown({ standing: 'none' });
  expect(screen.queryByRole('region')).toBeNull();
});

test('the banner says as whom, that nothing can be changed, and until when by the center’s clock', () => {
  shown({});
  const text = screen.getByRole('region', { name: 'View as Sam Rivera' }).textContent?.replaceAll(/[\u2066-\u2069]/g, '');
  expect(text).toContain('You see Tandem as Sam Rivera does. Nothing can be changed. Ends at 14:32.');
});

test('it ends by its button and from the palette, and leads back to the people', async () => {
  const assigned = vi.spyOn(location, 'assign').mockImplementation(() => undefined);
  ended.mockResolvedValue(undefined);
  shown({});
  fireEvent.click(screen.getByRole('button', { name: 'End view' }));
  dispatchEvent(new Event(END_VIEW));
  await waitFor(() => expect(assigned).toHaveBeenCalledWith('/admin/people'));
  expect(ended).toHaveBeenCalledOnce();
});

test('an end that does not come through is said, and can be tried again', async () => {
  ended.mockRejectedValue(new ApiError(0, { code: 'unreachable' }));
  shown({});
  fireEvent.click(screen.getByRole('button', { name: 'End view' }));
  expect((await screen.findByRole('alert')).textContent).toContain('The server did not answer');
  expect(screen.getByRole('button', { name: 'End view' })).toBeTruthy();
});

test('a page that stayed after its view says so', () => {
  shown({ standing: 'over' });
  expect(screen.getByText('The view as Sam Rivera is over.')).toBeTruthy();
  expect(screen.getByRole('button', { name: 'Load the page anew' })).toBeTruthy();
});
