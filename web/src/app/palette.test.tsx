import { cleanup, fireEvent, render, screen, waitFor } from '@testing-library/react';
import type { ComponentProps } from 'react';
import { IntlProvider } from 'react-intl';
import { MemoryRouter } from 'react-router';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { catalog, compact } from '../../scripts/messages.ts';
import type { BoardAgent } from '../api/contract';

// Canceled animations are rejected promises here: what Fluent moves stands still.
Element.prototype.animate = undefined as unknown as Element['animate'];
const { who, floor } = vi.hoisted(() => ({ who: { may: true, standing: 'none' }, floor: { agents: [] as BoardAgent[], wanted: [] as boolean[] } }));
vi.mock('./session', () => ({ useSession: () => ({ center: 'contoso', may: () => who.may, look: { standing: who.standing }, signOut: () => undefined }) }));
vi.mock('./preferences', () => ({ LOCALES: [], stored: () => null, store: () => undefined, usePreferences: () => ({ setTheme: () => undefined, setLocale: () => undefined }) }));
vi.mock('../desk/agent', () => ({ useAgentDesk: () => null, useCustomerLabel: () => () => '', hangUpBlocked: () => null }));
vi.mock('../live/hooks', () => ({
  useTopic: (_: string, enabled: boolean) => {
    floor.wanted.push(enabled);
    return enabled ? { agent_list: floor.agents, queues: [{ id: 7, name: 'Mortgages' }] } : undefined;
  },
}));
vi.mock('../supervise/direct-dialog', () => ({ default: ({ agent, to }: { agent: BoardAgent; to: string }) => <p>{`${agent.name} ${to}`}</p> }));
const { default: Palette } = await import('./palette');
const { DirectAnywhere } = await import('../supervise/direct-anywhere');
const messages = compact(catalog('en')) as ComponentProps<typeof IntlProvider>['messages'];

const agent = (id: number, name: string, state: BoardAgent['state']): BoardAgent => ({ id, name, state, since: '2026-03-02T09:00:00Z', reason: null, queue: null });
const show = (): void => {
  render(
    <IntlProvider locale="en" messages={messages}>
      <MemoryRouter>
        <DirectAnywhere />
        <Palette close={() => undefined} help={() => undefined} />
      </MemoryRouter>
    </IntlProvider>,
  );
};
const type = (text: string): void => void fireEvent.change(screen.getByRole('combobox'), { target: { value: text } });
const offered = (): (string | null)[] => screen.getAllByRole('option').map((it) => it.textContent);
beforeEach(() => {
  Object.assign(who, { may: true, standing: 'none' });
  Object.assign(floor, { agents: [agent(1, 'Mei Tanaka', 'available'), agent(2, 'José Ortega', 'on_contact'), agent(3, 'Tom Mei', 'signed_out')], wanted: [] });
});
afterEach(cleanup);

test('some of a name offers what can be done with that agent, and nothing of those who are not here', () => {
  show();
  expect(offered().some((it) => it?.startsWith('Set the state'))).toBe(false);
  type('mei');
  expect(offered()).toEqual(['Set the state of Mei Tanaka: not ready…', 'Set the state of Mei Tanaka: signed out…']);
  type('jose state');
  expect(offered()).toEqual(['Set the state of José Ortega: ready…', 'Set the state of José Ortega: not ready…']);
});

test('the chosen one opens the dialog that asks', async () => {
  show();
  type('mei tanaka not');
  fireEvent.keyDown(screen.getByRole('combobox'), { key: 'Enter' });
  await waitFor(() => expect(screen.getByText('Mei Tanaka not_ready')).toBeTruthy());
});

test('the page of a queue is found by its name, and whoever looks as another sets nobody', () => {
  who.standing = 'on';
  show();
  type('mortg');
  expect(offered()).toEqual(['Who waits in Mortgages']);
  type('mei');
  expect(screen.queryAllByRole('option')).toEqual([]);
});

test('the floor is not asked for before something is typed, nor for whoever may not see it', () => {
  show();
  expect(floor.wanted).not.toContain(true);
  cleanup();
  who.may = false;
  show();
  type('mei');
  expect(floor.wanted).not.toContain(true);
});
