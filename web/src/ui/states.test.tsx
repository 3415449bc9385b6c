import { cleanup, fireEvent, render, screen } from '@testing-library/react';
import type { ComponentProps, ReactNode } from 'react';
import { IntlProvider } from 'react-intl';
import { MemoryRouter } from 'react-router';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { catalog, compact } from '../../scripts/messages.ts';
import { ApiError } from '../api/client';
import type { BoardTopic } from '../api/contract';
import en from '../i18n/en.json';
import { AgentBar, grouped, headlines, WaitingChart } from '../supervise/parts';
import { Failed } from './states';
import { STATE_SHAPE } from './shapes';

const messages = compact(catalog('en')) as ComponentProps<typeof IntlProvider>['messages'];
afterEach(cleanup);

function shown(children: ReactNode) {
  return render(
    <IntlProvider locale="en" messages={messages}>
      <MemoryRouter>{children}</MemoryRouter>
    </IntlProvider>,
  );
}

describe('what failed is said in user words', () => {
  test('a known code has our text, the trace can be copied, and one can try again', () => {
    const retry = vi.fn();
    shown(<Failed error={new ApiError(503, { code: 'unavailable', trace_id: 'abc123' })} retry={retry} />);
    expect(screen.getByRole('alert').textContent).toContain('starting or recovering');
    expect(screen.getByText('Trace abc123')).toBeTruthy();
    fireEvent.click(screen.getByRole('button', { name: 'Try again' }));
    expect(retry).toHaveBeenCalledOnce();
  });

  test('an unknown code shows what the server said, as a sentence', () => {
    shown(<Failed error={new ApiError(409, { code: 'brand_new', detail: 'the moon is in the way' })} />);
    expect(screen.getByText('The moon is in the way')).toBeTruthy();
  });

  test('a denial says which role would open the page', () => {
    shown(<Failed error={new ApiError(403, { code: 'forbidden', detail: 'This needs the supervisor role.' })} />);
    expect(screen.getByText('This needs the supervisor role.')).toBeTruthy();
    expect(screen.queryByRole('button', { name: 'Try again' })).toBeNull();
  });

  test('what a view or figures of teams forbid is no lack of a role', () => {
    shown(<Failed error={new ApiError(403, { code: 'viewing_only', detail: 'a view changes nothing' })} />);
    expect(screen.getByRole('heading', { name: 'Not while you only look' })).toBeTruthy();
    expect(screen.getByText(/nothing can be changed, heard or exported/)).toBeTruthy();
    cleanup();
    shown(<Failed error={new ApiError(403, { code: 'team_figures' })} />);
    expect(screen.getByRole('heading', { name: 'Only teams are shown' })).toBeTruthy();
    expect(screen.getByText(/Choose a team instead/)).toBeTruthy();
  });
});

const board: BoardTopic = {
  as_of: '2026-11-20T12:00:00.000Z',
  center: { id: 'c', name: 'C' },
  headlines: {
    waiting: { value: 18, target: 10, level: 'watch' },
    longest_wait: { since: '2026-11-20T11:57:36.000Z', target_s: 60, level: 'act' },
    service_level: { percent: null, target_percent: 80, threshold_s: 20, variant: 'sl.abandon_negative', level: 'ok' },
    available: { value: 4, of: 24, level: 'ok' },
  },
  queues: [],
  agents: { available: 4, connecting: 1, offering: 2, on_contact: 12, wrap_up: 4, not_ready: 3, error: 1, signed_out: 9 },
  agent_list: [],
  series: { target: 10, minutes: [{ at: '2026-11-20T11:59:00.000Z', waiting: 7 }, { at: '2026-11-20T12:00:00.000Z', waiting: 18 }] },
  today: { offered: 0, answered: 0, abandoned: 0, short_abandoned: 0, in_flow: 0, asa_s: null, aht_s: null },
};
const t = ((id: keyof typeof en, values?: Record<string, unknown>) =>
  en[id].replaceAll(/\{(\w+)\}/g, (_, name: string) => String(values?.[name]))) as Parameters<typeof headlines>[2];

describe('the board', () => {
  test('headlines come in the order of attention, with word and target', () => {
    const tiles = headlines(board, Date.parse(board.as_of), t);
    expect(tiles.map((tile) => tile.key)).toEqual(['waiting', 'longest', 'level', 'available']);
    expect(tiles.map((tile) => tile.value)).toEqual(['18', '2:24', '-', '4']);
    expect(tiles.map((tile) => tile.note.replaceAll(/[\u2066\u2069]/g, ''))).toEqual(['Watch · <10', 'Act now · 1:00', 'No calls yet', 'On target']);
  });

  test('every agent who is signed in is in exactly one group', () => {
    const counts = grouped(board.agents);
    expect(Object.values(counts).reduce((a, b) => a + b)).toBe(4 + 1 + 2 + 12 + 4 + 3 + 1);
    expect(counts.offering).toBe(3);
  });

  test('states differ in shape, and bar segments in texture, without color', () => {
    const shapes = ['available', 'offering', 'on_contact', 'wrap_up', 'not_ready', 'signed_out'] as const;
    expect(new Set(shapes.map((state) => STATE_SHAPE[state].shape)).size).toBe(shapes.length);
    const { container } = render(<AgentBar agents={board.agents} />);
    const textures = [...container.querySelectorAll('[data-texture]')].map((e) => e.className);
    expect(textures).toHaveLength(5);
    expect(new Set(textures).size).toBe(5);
  });

  test('the chart says its figures in words', () => {
    shown(<WaitingChart series={board.series} />);
    expect(screen.getByRole('img', { name: 'Contacts waiting in the last hour: now 18, most 18, target 10' })).toBeTruthy();
  });
});
