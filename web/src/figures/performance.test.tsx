import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { FluentProvider } from '@fluentui/react-components';
import { cleanup, fireEvent, render, screen, within } from '@testing-library/react';
import type { ComponentProps } from 'react';
import { IntlProvider } from 'react-intl';
import { MemoryRouter } from 'react-router';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { catalog, compact } from '../../scripts/messages.ts';
import type { Performance, Sums } from '../api/figures';
import { PerformancePage } from './performance';

const who = vi.hoisted(() => ({ may: true, answer: vi.fn(), taken: vi.fn() }));
vi.mock('../app/session', () => ({ useSession: () => ({ center: 'contoso', zone: 'UTC', may: () => who.may }) }));
vi.mock('../app/title', () => ({ useTitle: () => undefined }));
vi.mock('../live/hooks', () => ({ useAfter: () => true, useServerNow: () => 0 }));
vi.mock('../api/figures', () => ({ queuePerformance: who.answer, agentPerformance: who.answer, figuresExport: who.taken }));
const messages = compact(catalog('en')) as ComponentProps<typeof IntlProvider>['messages'];
beforeEach(() => {
  who.may = true;
  who.answer.mockReset();
  who.taken.mockReset();
});
afterEach(cleanup);

const sums = (offered: number): Sums => ({ offered, answered: 0, service_level: { part: 0, of: 0, permille: null }, asa_s: null });
const told = (rows: Performance['rows'], by: Performance['by'] = 'queue'): Performance => ({
  period: { from: '2026-11-26T00:00:00.000Z', to: '2026-11-27T00:00:00.000Z', as_of: '2026-11-26T12:00:00.000Z', time_zone: 'UTC', grain: 'hour' },
  rows,
  all: { total: sums(2), intervals: [{ from: '2026-11-26T09:00:00.000Z', to: '2026-11-26T10:00:00.000Z', figures: sums(2) }] },
  metrics: [{ field: 'asa_s', formula: 'wait of the answered divided by answered', source: 'B15.3' }],
  by,
  serviceLevel: { variant: 'sl.abandon_negative', threshold: 'in_force', in_force: [{ queue_id: 1, version: 4, threshold_s: 20, short_abandon_s: 5 }] },
});
const sales = { of: { id: 1, name: 'Sales' }, total: sums(2), intervals: [] };

const page = (whose: 'queue' | 'agent' = 'queue'): void => {
  const client = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  render(
    <IntlProvider locale="en" messages={messages}>
      <QueryClientProvider client={client}>
        <FluentProvider>
          <MemoryRouter>
            <PerformancePage whose={whose} />
          </MemoryRouter>
        </FluentProvider>
      </QueryClientProvider>
    </IntlProvider>,
  );
};

test('a number leads to its contacts, and what is none is a dash', async () => {
  who.answer.mockResolvedValue(told([sales]));
  page();
  const row = within((await screen.findByRole('rowheader', { name: 'Sales' })).closest('tr') as HTMLElement);
  const link = row.getByRole('link', { name: '2' });
  expect(link.getAttribute('href')).toContain('figure=queue.offered');
  expect(link.getAttribute('href')).toContain('queue_id=1');
  expect(row.getAllByText('–').length).toBeGreaterThan(1);
  // Nothing is behind nothing.
  expect(row.getAllByRole('link')).toHaveLength(1);
});

test('whoever may not read contacts is led nowhere', async () => {
  who.may = false;
  who.answer.mockResolvedValue(told([sales]));
  page();
  await screen.findByRole('rowheader', { name: 'Sales' });
  expect(screen.queryAllByRole('link').filter((it) => it.closest('table'))).toEqual([]);
});

test('teams are rows without a way to their contacts, and agents without a team have a name', async () => {
  who.answer.mockResolvedValue({ ...told([{ of: null, total: { handled: 3 }, intervals: [] }], 'team'), serviceLevel: null });
  page('agent');
  expect(await screen.findByRole('rowheader', { name: 'In no team' })).toBeTruthy();
  expect(screen.queryAllByRole('link').filter((it) => it.closest('table'))).toEqual([]);
});

test('a head says its formula and its rule', async () => {
  who.answer.mockResolvedValue(told([sales]));
  page();
  const [head] = await screen.findAllByRole('button', { name: 'Average speed of answer' });
  expect(head?.getAttribute('aria-describedby') ?? head?.getAttribute('aria-description')).toBeTruthy();
});

// jsdom has no popovers.
Object.assign(HTMLElement.prototype, { showPopover: () => undefined, hidePopover: () => undefined });

test('what is shown is taken as a file of the same question', async () => {
  who.answer.mockResolvedValue(told([sales]));
  who.taken.mockRejectedValue(new Error('gone'));
  page();
  fireEvent.click(await screen.findByRole('button', { name: 'Export' }));
  fireEvent.click(await screen.findByRole('menuitem', { name: 'Parquet' }));
  await vi.waitFor(() => expect(who.taken).toHaveBeenCalled());
  const [center, whose, query, format] = who.taken.mock.calls[0] as unknown[];
  expect([center, whose, format]).toEqual(['contoso', 'queue', 'parquet']);
  expect(query).toEqual(who.answer.mock.calls[0]?.[1]);
  expect(query).toMatchObject({ variant: 'sl.abandon_negative', grain: 'hour' });
});

test('nothing to count and nothing to be had say so', async () => {
  who.answer.mockResolvedValue(told([]));
  page();
  expect(await screen.findByText('No figures yet')).toBeTruthy();
  cleanup();
  who.answer.mockRejectedValue(new Error('gone'));
  page();
  expect(await screen.findByRole('alert')).toBeTruthy();
});
