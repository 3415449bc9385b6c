import { cleanup, fireEvent, render, screen } from '@testing-library/react';
import type { ComponentProps } from 'react';
import { IntlProvider } from 'react-intl';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { catalog, compact } from '../../scripts/messages.ts';
import type { AgentState, BoardAgent } from '../api/contract';
import { AgentGrid } from './agent-grid';

const who = vi.hoisted(() => ({ may: true, standing: 'none' }));
vi.mock('../app/session', () => ({ useSession: () => ({ center: 'contoso', zone: 'UTC', may: () => who.may, look: { standing: who.standing } }) }));
vi.mock('../live/hooks', () => ({ useServerNow: () => Date.parse('2026-03-02T10:00:00Z') }));
const messages = compact(catalog('en')) as ComponentProps<typeof IntlProvider>['messages'];
beforeEach(() => Object.assign(who, { may: true, standing: 'none' }));
afterEach(cleanup);

const agent = (id: number, state: AgentState): BoardAgent => ({ id, name: `Agent ${id}`, state, since: '2026-03-02T09:00:00Z', reason: null, queue: null });
const grid = (...agents: BoardAgent[]) => (
  <IntlProvider locale="en" messages={messages}>
    <AgentGrid agents={agents} />
  </IntlProvider>
);
const menus = (): (string | null)[] => screen.queryAllByRole('button', { name: /^Set the state of/ }).map((it) => it.getAttribute('aria-label'));

test('each agent who is here has a menu, for whoever may and is not in a view', () => {
  const { rerender } = render(grid(agent(1, 'available'), agent(2, 'on_contact'), agent(3, 'signed_out')));
  expect(menus()).toEqual(['Set the state of Agent 2', 'Set the state of Agent 1']);
  fireEvent.change(screen.getByLabelText('Show agents'), { target: { value: 'signed_out' } });
  expect(screen.getByText('Agent 3')).toBeTruthy();
  expect(menus()).toEqual([]);
  fireEvent.change(screen.getByLabelText('Show agents'), { target: { value: '' } });
  who.standing = 'on';
  rerender(grid(agent(1, 'available')));
  expect(menus()).toEqual([]);
  Object.assign(who, { standing: 'none', may: false });
  rerender(grid(agent(1, 'available')));
  expect(screen.getByText('Agent 1')).toBeTruthy();
  expect(menus()).toEqual([]);
});

test('cards stay where they are while the focus is in one, and the heading takes the focus of one that goes', () => {
  const { rerender } = render(grid(agent(1, 'available'), agent(2, 'on_contact')));
  const menu = screen.getByRole('button', { name: 'Set the state of Agent 1' });
  menu.focus();
  rerender(grid(agent(1, 'offering'), agent(2, 'on_contact')));
  expect(menus()).toEqual(['Set the state of Agent 2', 'Set the state of Agent 1']);
  expect(document.activeElement).toBe(menu);
  rerender(grid(agent(1, 'signed_out'), agent(2, 'on_contact')));
  expect(document.activeElement).toBe(screen.getByRole('heading', { name: 'Agents by state' }));
  rerender(grid(agent(1, 'offering'), agent(2, 'on_contact')));
  expect(menus()).toEqual(['Set the state of Agent 1', 'Set the state of Agent 2']);
});
