import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { cleanup, createEvent, fireEvent, render, screen, waitFor } from '@testing-library/react';
import type { ComponentProps } from 'react';
import { IntlProvider } from 'react-intl';
import { createMemoryRouter, RouterProvider } from 'react-router';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { catalog, compact } from '../../scripts/messages.ts';
import { ApiError } from '../api/client';

const { who, put, lists, fresh } = vi.hoisted(() => ({ who: { may: true }, put: vi.fn(), fresh: vi.fn(), lists: {} as Record<string, { id: number; name: string }[]> }));
vi.mock('../app/session', () => ({ useSession: () => ({ center: 'contoso', may: (it: string) => who.may || it === 'read_settings', look: { standing: 'none' } }) }));
vi.mock('../admin/settings', () => ({
  useList: (area: string) => ({ isPending: false, isError: false, data: { items: lists[area] ?? [] } }),
  objectQuery: (_: string, area: string, id: number) => ({ queryKey: ['settings', area, id], queryFn: () => fresh(id) }),
  save: put,
  titleOf: (it: { name: string }) => it.name,
}));
const { Page } = await import('./page');
const messages = compact(catalog('en')) as ComponentProps<typeof IntlProvider>['messages'];

const agent = (id: number, ...skills: [number, number][]) => ({ id, version: 1, name: `Agent ${String(id).padStart(4, '0')}`, teams_user_id: 'x', enabled: true, team_id: null, skills: skills.map(([skill_id, level]) => ({ skill_id, level })) });
beforeEach(() => {
  who.may = true;
  put.mockReset().mockImplementation(async (_center: string, _area: string, id: number, version: number, body: object) => ({ ...agent(id), ...body, version: version + 1 }));
  fresh.mockReset();
  Object.assign(lists, { agents: [agent(1, [1, 5]), agent(2), agent(3, [2, 10])], skills: [{ id: 1, name: 'German' }, { id: 2, name: 'Spanish' }], teams: [], queues: [] });
});
afterEach(cleanup);

function show(): HTMLElement {
  const router = createMemoryRouter([{ path: '*', element: <Page /> }]);
  render(
    <QueryClientProvider client={new QueryClient()}>
      <IntlProvider locale="en" messages={messages}>
        <RouterProvider router={router} />
      </IntlProvider>
    </QueryClientProvider>,
  );
  return screen.getByRole('grid', { name: 'Skills of all agents' });
}
const press = (key: string, more: object = {}): void => void fireEvent.keyDown(screen.getByRole('grid'), { key, ...more });
const active = (): string | null | undefined => document.getElementById(screen.getByRole('grid').getAttribute('aria-activedescendant') ?? '')?.getAttribute('aria-label');
function paste(text: string): void {
  const grid = screen.getByRole('grid');
  fireEvent(grid, createEvent.paste(grid, { clipboardData: { getData: () => text } }));
}
const save = (): void => void fireEvent.click(screen.getByRole('button', { name: 'Save' }));

test('levels are typed with the keyboard alone, and undone', () => {
  show();
  expect(active()).toBe('Agent 0001, German: level 5');
  press('ArrowDown');
  press('1');
  press('0');
  expect(active()).toBe('Agent 0002, German: level 10, changed');
  press('z', { ctrlKey: true });
  expect(active()).toBe('Agent 0002, German: not had');
  press('z', { ctrlKey: true, shiftKey: true });
  press('ArrowRight');
  press('ArrowDown', { shiftKey: true });
  press('Delete');
  expect(active()).toBe('Agent 0003, Spanish: not had, changed');
  expect(screen.getByText('2 agents changed')).toBeTruthy();
});

test('a block of a spreadsheet is pasted, and what is no level is said', () => {
  show();
  paste('7\t8\n\t3');
  expect(screen.getByText('2 agents changed')).toBeTruthy();
  paste('7\tgood');
  expect(screen.getByText('Nothing was pasted: one value is no level from 1 to 10, such as good.')).toBeTruthy();
  press('ArrowDown', { ctrlKey: true });
  paste('1\n2\n3');
  expect(screen.getByText('2 pasted cells were left out: they lie beyond the end of the matrix.')).toBeTruthy();
});

test('only changed agents are saved, whole and on the version that was read', async () => {
  show();
  press('9');
  save();
  await waitFor(() => expect(screen.getByText('Nothing changed')).toBeTruthy());
  expect(put.mock.calls).toEqual([['contoso', 'agents', 1, 1, { name: 'Agent 0001', teams_user_id: 'x', enabled: true, skills: [{ skill_id: 1, level: 9 }] }]]);
  press('8');
  save();
  await waitFor(() => expect(put).toHaveBeenCalledTimes(2));
  expect(put.mock.calls[1]?.[3]).toBe(2);
});

test('what was refused is named with its reason and kept, and what somebody else saved is shown below it', async () => {
  put.mockImplementation(async (_center: string, _area: string, id: number, version: number, body: object) => {
    if (id === 1) throw new ApiError(409, { code: 'conflict' });
    if (id === 2) throw new ApiError(422, { code: 'invalid', errors: [{ field: 'skills', detail: 'has more than 64 skills' }] });
    return { ...agent(id), ...body, version: version + 1 };
  });
  fresh.mockResolvedValue({ ...agent(1, [1, 2], [2, 6]), version: 7 });
  show();
  press('9');
  press('ArrowDown', { shiftKey: true });
  press('ArrowDown', { shiftKey: true });
  press('4');
  save();
  const alert = await screen.findByRole('alert');
  expect(alert.textContent).toContain('2 agents were not saved');
  expect(alert.textContent).toContain('Agent 0001: Somebody else changed this agent meanwhile.');
  expect(alert.textContent).toContain('Agent 0002: skills: has more than 64 skills');
  expect(screen.getByText('2 agents changed')).toBeTruthy();
  expect(screen.getByRole('row', { name: /Agent 0001/ }).textContent).toBe('Agent 0001Not saved46');
  put.mockImplementation(async (_center: string, _area: string, id: number, version: number, body: object) => ({ ...agent(id), ...body, version: version + 1 }));
  save();
  await waitFor(() => expect(screen.getByText('Nothing changed')).toBeTruthy());
  expect(put.mock.calls.find((it) => it[3] === 7)?.[4]).toMatchObject({ skills: [{ skill_id: 1, level: 4 }, { skill_id: 2, level: 6 }] });
});

test('whoever may only read marks and copies, and changes nothing', () => {
  who.may = false;
  const grid = show();
  expect(grid.getAttribute('aria-readonly')).toBe('true');
  press('9');
  paste('7');
  expect(active()).toBe('Agent 0001, German: level 5');
  expect(screen.queryByRole('toolbar')).toBeNull();
  const copied = vi.fn();
  press('ArrowRight', { shiftKey: true });
  fireEvent(grid, createEvent.copy(grid, { clipboardData: { setData: copied } }));
  expect(copied).toHaveBeenCalledWith('text/plain', '5\t');
});

test('of two thousand agents only those in sight are drawn', () => {
  lists['agents'] = Array.from({ length: 2_000 }, (_, i) => agent(i + 1));
  const grid = show();
  expect(grid.getAttribute('aria-rowcount')).toBe('2001');
  expect(screen.getAllByRole('row').length).toBeLessThan(40);
  fireEvent.change(screen.getByRole('searchbox'), { target: { value: '1999' } });
  expect(screen.getAllByRole('row')).toHaveLength(2);
});
