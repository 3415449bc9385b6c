import { afterEach, expect, test, vi } from 'vitest';
import type { AccountRow } from '../api/access';
import { isViewable, viewQuestion } from './view-as';

const begun = vi.hoisted(() => vi.fn());
vi.mock('../api/view', () => ({ beginView: begun }));
afterEach(() => vi.restoreAllMocks());

const sam: AccountRow = { id: 2, username: 'sam', name: 'Sam Rivera', roles: ['supervisor'], origin: 'local', standing: 'active', agent_id: null };

test('one looks as others who may sign in: not as oneself, a blocked account or a key', () => {
  expect(isViewable(sam, 3)).toBe(true);
  expect(isViewable({ ...sam, origin: 'microsoft' }, 3)).toBe(true);
  expect(isViewable(sam, sam.id)).toBe(false);
  expect(isViewable({ ...sam, standing: 'disabled' }, 3)).toBe(false);
  expect(isViewable({ ...sam, origin: 'api_key' }, 3)).toBe(false);
});

test('a view that is refused leads nowhere, and one that is begun to the start page', async () => {
  const assigned = vi.spyOn(location, 'assign').mockImplementation(() => undefined);
  const { run, title } = viewQuestion((id, values) => `${id} ${values?.['who'] ?? ''}`, 'contoso', sam);
  expect(title).toBe('people.view.title Sam Rivera');
  begun.mockRejectedValueOnce(new Error('refused'));
  await expect(run()).rejects.toThrow('refused');
  expect(assigned).not.toHaveBeenCalled();
  begun.mockResolvedValueOnce(undefined);
  void run();
  await vi.waitFor(() => expect(assigned).toHaveBeenCalledWith('/'));
  expect(begun).toHaveBeenLastCalledWith('contoso', 2);
});
