import { cleanup, render, screen } from '@testing-library/react';
import type { ComponentProps } from 'react';
import { IntlProvider } from 'react-intl';
import { afterEach, expect, test } from 'vitest';
import { catalog, compact } from '../../scripts/messages.ts';
import type { CallingQueue } from '../api/calling';
import { RuleCard } from './dial-rule';
import type { Rule } from './dial';

const messages = compact(catalog('en')) as ComponentProps<typeof IntlProvider>['messages'];
afterEach(cleanup);
const as: CallingQueue = { id: 1, name: 'Sales', caller_name: 'Main line', countries: [{ code: '49' }] };
const shown = (rule: Rule): void => void render(<IntlProvider locale="en" messages={messages}><RuleCard id="rule" rule={rule} as={as} /></IntlProvider>);
const allowed = (caller_id: string | null): Rule => ({ is: 'allowed', verdict: { allowed: true, detail: '', recorded: false, number: '+4930901820', caller_id, caller_name: 'Main line' } });
const lines = (): string[] => screen.getAllByRole('listitem').map((it) => (it.textContent ?? '').replaceAll(/[\u2066\u2069]/g, ''));

//
test('before it is dialed there stands which line calls, and what the customer sees', () => {
  shown(allowed('+49301234'));
  expect(lines()).toContain('Line: Sales');
  expect(lines()).toContain('The customer sees: +49301234');
});

test('a number that nobody told Tandem is not made up: it is that of the endpoint', () => {
  shown(allowed(null));
  expect(lines()).toContain('The customer sees: the number of “Main line”');
});

test('what may not be called has no line, and the countries that may where that is why', () => {
  shown({ is: 'refused', code: 'country_not_allowed', detail: 'is not called' });
  expect(screen.queryAllByRole('listitem')).toEqual([]);
  expect(screen.getByText('+49')).toBeTruthy();
});
