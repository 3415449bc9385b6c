import { notifyManager, QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { act, cleanup, render, screen } from '@testing-library/react';
import type { ComponentProps } from 'react';
import { IntlProvider } from 'react-intl';
import { MemoryRouter } from 'react-router';
import { afterEach, expect, test, vi } from 'vitest';
import { catalog, compact } from '../../scripts/messages.ts';
import * as access from '../api/access';
import { ApiError } from '../api/client';
import { Page } from './api-keys';

vi.mock('../app/session', () => ({ useSession: () => ({ center: 'contoso', zone: 'UTC', may: () => true }) }));
const messages = compact(catalog('en')) as ComponentProps<typeof IntlProvider>['messages'];
// What came is drawn at once, not a task later.
notifyManager.setScheduler((draw) => draw());
afterEach(() => {
  cleanup();
  vi.restoreAllMocks();
});

test('keys that cannot be fetched again stay, and with them what is open above them', async () => {
  const key = { id: 1, name: 'CRM', scopes: [], created_at: '2026-01-01T00:00:00Z', expires_at: null, last_used_at: null };
  const asked = vi.spyOn(access, 'apiKeys').mockResolvedValueOnce([key]).mockRejectedValue(new ApiError(503, { code: 'unavailable' }));
  const client = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  render(
    <IntlProvider locale="en" messages={messages}>
      <QueryClientProvider client={client}>
        <MemoryRouter>
          <Page />
        </MemoryRouter>
      </QueryClientProvider>
    </IntlProvider>,
  );
  expect(await screen.findByText('CRM')).toBeTruthy();
  await act(() => client.refetchQueries());
  expect(asked).toHaveBeenCalledTimes(2);
  expect(client.getQueryState(['api-keys', 'contoso'])?.status).toBe('error');
  expect(screen.getByText('CRM')).toBeTruthy();
});
