import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { cleanup, fireEvent, render, screen } from '@testing-library/react';
import type { ComponentProps } from 'react';
import { IntlProvider } from 'react-intl';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { catalog, compact } from '../../scripts/messages.ts';
import type { BoardAgent } from '../api/contract';
import { AgentGrid } from './agent-grid';

const who = vi.hoisted(() => ({ may: true }));
const server = vi.hoisted(() => ({ answerPetition: vi.fn() }));
vi.mock('../app/session', () => ({ useSession: () => ({ center: 'contoso', zone: 'UTC', may: () => who.may, look: { standing: 'none' } }) }));
vi.mock('../live/hooks', () => ({ useServerNow: () => Date.parse('2026-03-02T10:00:00Z') }));
vi.mock('../api/direct', async (original) => ({ ...(await original<object>()), ...server }));
const messages = compact(catalog('en')) as ComponentProps<typeof IntlProvider>['messages'];
beforeEach(() => {
  who.may = true;
  server.answerPetition.mockReset();
});
afterEach(cleanup);

const agent = (id: number, more: Partial<BoardAgent>): BoardAgent => ({ id, name: `Agent ${id}`, state: 'available', since: '2026-03-02T09:00:00Z', reason: null, queue: null, ...more });
const asks = { petition: { reason: { id: 7, name: 'Coaching' }, since: '2026-03-02T09:58:00Z' } };
const show = (...agents: BoardAgent[]): void => {
  render(
    <QueryClientProvider client={new QueryClient()}>
      <IntlProvider locale="en" messages={messages}>
        <AgentGrid agents={agents} />
      </IntlProvider>
    </QueryClientProvider>,
  );
};

test('who asks for a reason stands first, and is answered by what the card says', async () => {
  server.answerPetition.mockResolvedValue(undefined);
  show(agent(1, {}), agent(2, asks));
  expect(screen.getAllByRole('listitem').map((it) => it.dataset['agent'])).toEqual(['2', '1']);
  expect(screen.getByText('Asks for: Coaching')).toBeTruthy();
  fireEvent.click(screen.getByRole('button', { name: 'Grant Agent 2 Coaching' }));
  await vi.waitFor(() => expect(server.answerPetition).toHaveBeenCalledWith('contoso', 2, { reason_id: 7, answer: 'granted' }));
});

test('whoever may not answer sees what is asked for', () => {
  who.may = false;
  show(agent(2, asks));
  expect(screen.getByText('Asks for: Coaching')).toBeTruthy();
  expect(screen.queryByRole('button', { name: /^Grant/ })).toBeNull();
});

test('that the time of a reason is over is said when it is, with by how much', () => {
  show(agent(1, { state: 'not_ready', not_ready_until: '2026-03-02T09:58:30Z' }), agent(2, { state: 'not_ready', not_ready_until: '2026-03-02T10:05:00Z' }));
  const over = screen.getAllByText(/Over by/);
  expect(over).toHaveLength(1);
  expect(over[0]?.textContent).toContain('1:30');
});
