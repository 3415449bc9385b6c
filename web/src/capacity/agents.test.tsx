import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { cleanup, fireEvent, render, screen, waitFor, within } from '@testing-library/react';
import type { ComponentProps } from 'react';
import { IntlProvider } from 'react-intl';
import { MemoryRouter } from 'react-router';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { catalog, compact } from '../../scripts/messages.ts';
import { ApiError } from '../api/client';

const { who, put, lists, announce } = vi.hoisted(() => ({ who: { may: true }, put: vi.fn(), announce: vi.fn(), lists: {} as Record<string, { items?: object[]; error?: Error }> }));
vi.mock('../app/announcer', () => ({ announce }));
vi.mock('../app/session', () => ({ useSession: () => ({ center: 'contoso', may: () => who.may }) }));
vi.mock('../live/hooks', () => ({ useAfter: () => true }));
vi.mock('../admin/settings', () => ({
  useList: (area: string) => ({ isPending: lists[area] === undefined, isError: lists[area]?.error !== undefined, error: lists[area]?.error, data: { items: lists[area]?.items ?? [] }, refetch: vi.fn() }),
  save: put,
  titleOf: (it: { name: string }) => it.name,
}));
const { ProfileAgents } = await import('./agents');
const messages = compact(catalog('en')) as ComponentProps<typeof IntlProvider>['messages'];

// Canceled animations are rejected promises here: what Fluent moves stands still.
Element.prototype.animate = undefined as unknown as Element['animate'];

const agent = (id: number, name: string, capacity_profile_id: number | null, team_id: number | null = null) => ({ id, version: 3, name, username: name, teams_user_id: `t${id}`, enabled: true, roles: ['supervisor'], team_id, capacity_profile_id, skills: [{ skill_id: 1, level: 5 }] });
beforeEach(() => {
  who.may = true;
  put.mockReset().mockResolvedValue({});
  announce.mockReset();
  Object.assign(lists, { agents: { items: [agent(1, 'Ava', 7), agent(2, 'Ben', null, 4), agent(3, 'Cy', 8, 4)] }, teams: { items: [{ id: 4, name: 'North' }] } });
});
afterEach(cleanup);
const show = (): void => {
  render(
    <QueryClientProvider client={new QueryClient()}>
      <IntlProvider locale="en" messages={messages}>
        <MemoryRouter>
          <ProfileAgents id={7} />
        </MemoryRouter>
      </IntlProvider>
    </QueryClientProvider>,
  );
};

test('a whole team is given a profile, and nothing else of its agents changes', async () => {
  show();
  expect(screen.getByText('One agent has this profile.')).toBeTruthy();
  fireEvent.click(screen.getByRole('button', { name: 'Give it to agents' }));
  const dialog = within(await screen.findByRole('dialog', { name: 'Give this profile to agents' }));
  fireEvent.click(dialog.getByRole('button', { name: 'Give it' }));
  expect(dialog.getByText('Choose at least one agent.')).toBeTruthy();
  fireEvent.change(dialog.getByRole('combobox', { name: 'Everybody of a team' }), { target: { value: '4' } });
  expect(dialog.getByText('Ben')).toBeTruthy();
  fireEvent.click(dialog.getByRole('button', { name: 'Give it to 2 agents' }));
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
  expect(put.mock.calls).toEqual([
    ['contoso', 'agents', 2, 3, { name: 'Ben', teams_user_id: 't2', enabled: true, skills: [{ skill_id: 1, level: 5 }], capacity_profile_id: 7 }],
    ['contoso', 'agents', 3, 3, { name: 'Cy', teams_user_id: 't3', enabled: true, skills: [{ skill_id: 1, level: 5 }], capacity_profile_id: 7 }],
  ]);
  expect(announce).toHaveBeenLastCalledWith('2 agents have the profile.', 'polite');
});

test('who could not be changed is named with the reason', async () => {
  put.mockRejectedValue(new ApiError(409, { code: 'conflict' }));
  show();
  fireEvent.click(screen.getByRole('button', { name: 'Take this profile from Ava' }));
  expect(await screen.findByText('One agent was not changed')).toBeTruthy();
  expect(within(screen.getByRole('alert')).getByRole('listitem').textContent).toContain('Ava: Someone else changed this');
  expect(put).toHaveBeenCalledWith('contoso', 'agents', 1, 3, expect.objectContaining({ capacity_profile_id: null }));
  expect(document.activeElement).toBe(screen.getByRole('button', { name: 'Give it to agents' }));
});

test('whoever may not change agents is told who may, and nobody has it is said', () => {
  who.may = false;
  lists['agents'] = { items: [] };
  show();
  expect(screen.getByText('No agent has this profile yet.')).toBeTruthy();
  expect(screen.queryAllByRole('button')).toEqual([]);
  expect(screen.getByText('Whoever manages access can give it to agents.')).toBeTruthy();
});

test('a list that is on its way, or does not come, is said', () => {
  delete lists['agents'];
  show();
  expect(screen.getByRole('status', { name: 'Loading' })).toBeTruthy();
  cleanup();
  lists['agents'] = { error: new ApiError(503, { code: 'unavailable' }) };
  show();
  expect(screen.getByRole('button', { name: 'Try again' })).toBeTruthy();
});
