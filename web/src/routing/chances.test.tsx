import { cleanup, fireEvent, render, screen, within } from '@testing-library/react';
import { useState, type ComponentProps } from 'react';
import { IntlProvider } from 'react-intl';
import { afterEach, expect, test, vi } from 'vitest';
import { catalog, compact } from '../../scripts/messages.ts';
import { errorsFor } from '../admin/field-errors';
import { choosesByChance, type Chance } from './chances';
import type { Strategy } from './plan';

const AGENTS = [{ id: 4, name: 'Ann' }, { id: 7, name: 'Bob' }, { id: 9, name: 'Cem' }];
vi.mock('../admin/settings', () => ({ useList: () => ({ data: { items: AGENTS } }), titleOf: (it: { name: string }) => it.name }));
const { ChancesField } = await import('./chances-field');
const messages = compact(catalog('en')) as ComponentProps<typeof IntlProvider>['messages'];
afterEach(cleanup);

let now: Chance[] = [];
function Form({ start, strategy = 'random_weighted', errors = [] }: { start: Chance[]; strategy?: Strategy; errors?: readonly { field: string; detail: string }[] }) {
  const [value, change] = useState(start);
  now = value;
  return (
    <IntlProvider locale="en" messages={messages}>
      <ChancesField label="Chances" hint={undefined} value={value} error={undefined} errorAt={(place, reach) => errorsFor(errors, place, reach)} disabled={false} change={change} queue={{ strategy, plan: [] }} />
    </IntlProvider>
  );
}

test('an agent is found by typing, weighs one, is given more, and is taken out again', () => {
  render(<Form start={[]} />);
  screen.getByText('All agents are equally likely.');
  const find = screen.getByRole('combobox', { name: 'Name an agent' });
  fireEvent.focus(find);
  fireEvent.change(find, { target: { value: 'bo' } });
  fireEvent.click(screen.getByRole('option', { name: /Bob/ }));
  expect(now).toEqual([{ agent_id: 7, weight: 1 }]);
  const weight = screen.getByRole('spinbutton', { name: 'Weight of Bob' });
  fireEvent.change(weight, { target: { value: '12' } });
  fireEvent.blur(weight);
  expect(now).toEqual([{ agent_id: 7, weight: 12 }]);
  fireEvent.click(screen.getByRole('button', { name: /Bob/ }));
  expect(now).toEqual([]);
});

test('what the server says of a line stands at that line', () => {
  const start = [{ agent_id: 4, weight: 1 }, { agent_id: 99, weight: 2 }];
  render(<Form start={start} errors={[{ field: 'chances[1].agent_id', detail: 'there is no agent 99' }]} />);
  const lines = within(screen.getByRole('list', { name: 'Chances' })).getAllByRole('listitem');
  expect(lines.map((it) => it.textContent?.includes('There is no agent 99'))).toEqual([false, true]);
});

test('weights stand in the form where they count, and where some are set that count for nothing', () => {
  const { container, unmount } = render(<Form start={[]} strategy="longest_idle" />);
  expect(container.textContent).toBe('');
  unmount();
  render(<Form start={[{ agent_id: 4, weight: 3 }]} strategy="longest_idle" />);
  screen.getByText('Ann');
  const step = { after_s: 5, strategy: 'random_weighted' } as const;
  expect(choosesByChance({ strategy: 'longest_idle', plan: [step] })).toBe(true);
  expect(choosesByChance({ strategy: 'longest_idle', plan: [] })).toBe(false);
});
