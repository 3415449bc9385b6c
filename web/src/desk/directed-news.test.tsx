import { cleanup, fireEvent, render, screen } from '@testing-library/react';
import { afterEach, expect, test, vi } from 'vitest';
import type { MeTopic } from '../api/contract';
import type { Directed } from '../api/direct';

const { announce, notify, look } = vi.hoisted(() => ({ announce: vi.fn(), notify: vi.fn(), look: { standing: 'none' } }));
vi.mock('../app/announcer', () => ({ announce }));
vi.mock('../app/session', () => ({ useSession: () => ({ zone: 'UTC', look }) }));
vi.mock('./notify', () => ({ notify }));
vi.mock('../i18n/t', () => {
  const t = (id: string, values: object = {}): string => [id, ...Object.values(values).map(String)].join(' ');
  return { useT: () => t };
});
const { useDirectedNews } = await import('./directed-news');

const drill: Directed = { by: 'Sam Smith', at: '2026-03-02T14:32:00Z', to: 'not_ready', why: 'Fire drill' };
const desk = (directed?: Directed): MeTopic => ({ agent: { directed, since: '2026-03-02T14:00:00Z' }, contacts: [], offers: [] }) as unknown as MeTopic;
function Desk({ me }: { me: MeTopic | undefined }) {
  const { text, dismiss } = useDirectedNews(me);
  return <button onClick={dismiss}>{text}</button>;
}
afterEach(() => {
  cleanup();
  announce.mockClear();
  notify.mockClear();
  look.standing = 'none';
});

test('it is said once when it comes, and not again when it comes true', () => {
  const { rerender } = render(<Desk me={undefined} />);
  rerender(<Desk me={desk()} />);
  expect(announce).not.toHaveBeenCalled();
  const pending = desk(drill);
  pending.agent.next_reason = { id: 1, label: 'Break' };
  rerender(<Desk me={pending} />);
  expect(announce).toHaveBeenCalledExactlyOnceWith(expect.stringMatching(/^desk\.directed\.after Sam Smith not_ready \W14:32\W true \WFire drill\W$/), 'assertive');
  expect(notify).toHaveBeenCalledExactlyOnceWith(expect.stringMatching(/^desk\.directed\.after Sam Smith/), 'directed');
  rerender(<Desk me={desk({ ...drill })} />);
  expect(screen.getByRole('button').textContent).toMatch(/^desk\.directed Sam Smith/);
  expect(announce).toHaveBeenCalledTimes(1);
  expect(notify).toHaveBeenCalledTimes(1);
  rerender(<Desk me={desk()} />);
  expect(screen.getByRole('button').textContent).toBe('');
  expect(announce).toHaveBeenCalledTimes(1);
});

test('what stood there before the page was loaded is shown and not said, and once dismissed it stays away until the next', () => {
  const { rerender } = render(<Desk me={desk({ at: drill.at, to: 'ready' })} />);
  expect(screen.getByRole('button').textContent).toMatch(/^desk\.directed desk\.directed\.somebody ready \W14:32\W false \W+$/);
  expect(announce).not.toHaveBeenCalled();
  fireEvent.click(screen.getByRole('button'));
  rerender(<Desk me={desk({ at: drill.at, to: 'ready' })} />);
  expect(screen.getByRole('button').textContent).toBe('');
  rerender(<Desk me={desk({ ...drill, at: '2026-03-02T15:00:00Z' })} />);
  expect(screen.getByRole('button').textContent).toContain('Fire drill');
  expect(announce).toHaveBeenCalledTimes(1);
});

test('whoever only looks as the agent is told on the page and not on the desktop', () => {
  look.standing = 'on';
  const { rerender } = render(<Desk me={desk()} />);
  rerender(<Desk me={desk(drill)} />);
  expect(announce).toHaveBeenCalledTimes(1);
  expect(notify).not.toHaveBeenCalled();
});
