import { cleanup, render, screen } from '@testing-library/react';
import type { ReactNode } from 'react';
import { IntlProvider } from 'react-intl';
import { afterEach, expect, test, vi } from 'vitest';
import { useMaybeT, useT } from './t';

// What is shipped has no parser, as the alias of vite.config.ts for builds has it.
vi.mock('@formatjs/icu-messageformat-parser', async (original) => ({
  ...(await original<object>()),
  parse: () => {
    throw new Error('without parser');
  },
}));
afterEach(cleanup);

function Says(): ReactNode {
  const t = useT();
  const maybe = useMaybeT();
  return <p>{[t('shell.help'), t('directory.search'), maybe('problem.of_tomorrow', 'as told')].join(' | ')}</p>;
}

test('a literal is said without a parser and without an error', () => {
  const failed = vi.fn();
  render(
    <IntlProvider locale="en" messages={{ 'shell.help': 'Help', 'directory.search': "Who's {there}" }} onError={failed}>
      <Says />
    </IntlProvider>,
  );
  expect(screen.getByText("Help | Who's {there} | as told")).toBeTruthy();
  expect(failed).not.toHaveBeenCalled();
});
