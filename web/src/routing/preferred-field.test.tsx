import { cleanup, fireEvent, render, screen } from '@testing-library/react';
import { useState, type ComponentProps } from 'react';
import { IntlProvider } from 'react-intl';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { catalog, compact } from '../../scripts/messages.ts';
import { errorsFor } from '../admin/field-errors';
import type { PreferredRule } from '../api/contract';

vi.mock('../app/session', () => ({ useSession: () => ({ center: 'contoso', may: () => true }) }));
const { FRESH_PREFERRED, PreferredField } = await import('./preferred-field');
const messages = compact(catalog('en')) as ComponentProps<typeof IntlProvider>['messages'];
let now: PreferredRule | null;
beforeEach(() => {
  now = null;
});
afterEach(cleanup);

const type = (name: string, value: string): void => {
  const field = screen.getByRole('spinbutton', { name });
  fireEvent.change(field, { target: { value } });
  fireEvent.blur(field);
};
function Form({ start = null, errors = [], disabled = false }: { start?: PreferredRule | null; errors?: { field: string; detail: string }[]; disabled?: boolean }) {
  const [rule, change] = useState(start);
  now = rule;
  return (
    <IntlProvider locale="en" messages={messages}>
      <PreferredField label="Calls wait" hint="For a while." value={rule} errorAt={(path) => errorsFor(errors, path)} disabled={disabled} change={change} />
    </IntlProvider>
  );
}
const turn = (name: string): void => void fireEvent.click(screen.getByRole('switch', { name }));
const summary = (): string => screen.getByRole('group', { name: 'In plain words' }).textContent ?? '';

//
test('who is waited for is said in plain words, and off and on again it is as it was', () => {
  render(<Form />);
  expect(screen.queryByRole('group')).toBeNull();
  turn('Calls wait');
  expect(now).toEqual(FRESH_PREFERRED);
  expect(summary()).toContain('A call waits up to 45 s for the agent whom the call flow names, or else whom the customer talked to in the last 30 days.');
  type('The longest wait for that agent', '90');
  type('Who is not ready is waited for, up to', '0');
  expect(now).toMatchObject({ for_s: 90, max_not_ready_s: 0 });
  expect(summary()).toContain('up to 1 min 30 s');
  expect(summary()).toContain('It does not wait for an agent who is not ready.');
  turn('The agent of last time');
  expect(now?.last_agent_days).toBeNull();
  expect(screen.queryByRole('spinbutton', { name: 'If that was within' })).toBeNull();
  expect(summary()).toContain('for the agent whom the call flow names.');
  turn('The agent of last time');
  expect(now?.last_agent_days).toBe(30);
  turn('Calls wait');
  expect(now).toBeNull();
  turn('Calls wait');
  expect(now).toMatchObject({ for_s: 90 });
});

// The refusals of crates/core/src/preferred.rs.
test('what the server refuses stands at its place', () => {
  const errors = [
    { field: 'preferred.for_s', detail: 'leaves nobody else any time; write less than max_wait_s' },
    { field: 'preferred.last_agent_days', detail: 'is not from 1 to 90' },
  ];
  render(<Form start={FRESH_PREFERRED} errors={errors} />);
  const isWrong = (name: string): boolean => screen.getByRole('spinbutton', { name }).getAttribute('aria-invalid') === 'true';
  expect(isWrong('The longest wait for that agent')).toBe(true);
  expect(isWrong('If that was within')).toBe(true);
  expect(isWrong('Who is busy is waited for, up to')).toBe(false);
  expect(screen.getAllByText(/Leaves nobody else any time/)).toHaveLength(1);
});

test('whoever may only read changes nothing', () => {
  render(<Form start={FRESH_PREFERRED} disabled />);
  expect([...screen.getAllByRole('switch'), ...screen.getAllByRole('spinbutton')].every((it) => (it as HTMLInputElement).disabled)).toBe(true);
});
