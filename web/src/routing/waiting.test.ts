// @vitest-environment node
import { describe, expect, test, vi } from 'vitest';
import type { ContactRow, StoryOfContact } from '../api/history';

type Answer = { data?: unknown; error?: unknown; response: Response };
const { server } = vi.hoisted(() => ({ server: { get: (_path: string, _options: unknown): unknown => undefined, post: (_path: string, _options: unknown): unknown => undefined } }));
vi.mock('../api/client', async (actual) => {
  const GET = async (path: string, options: unknown): Promise<unknown> => server.get(path, options);
  const POST = async (path: string, options: unknown): Promise<unknown> => server.post(path, options);
  return { ...(await actual<object>()), api: { GET, POST }, loose: { GET, POST } };
});
const { candidates, changePlace, inLine, lineOf, waitingOf } = await import('./waiting');
const said = (data: unknown): Answer => ({ data, response: new Response(null, { status: 200 }) });

const QUEUE = { id: 1, priority: 5 };
const at = (s: number): string => new Date(Date.UTC(2026, 2, 2, 10, 0, s)).toISOString();
type Row = { what: string; detail: Record<string, unknown> };
const story = (id: number, since: number, rows: Row[], more: object = {}): StoryOfContact =>
  ({ id, channel: 'voice', state: 'queued', customer: { number: '+49', name: null }, queue: { id: 1, name: 'Sales' }, enqueued_at: at(since), timeline: rows.map((row) => ({ at: at(since), ...row })), ...more }) as unknown as StoryOfContact;
const enqueued = (queue = 1, band = 5): Row => ({ what: 'enqueued', detail: { queue, band } });
const entered = (step: number, band: number, boost_s: number): Row => ({ what: 'plan_step_entered', detail: { queue: 1, step, band, boost_s, why: 'waited' } });
const moved = (band: number | null, age_s: number): Row => ({ what: 'priority_adjusted', detail: { band, age_s, by: 2 } });

describe('who waits', () => {
  test('the step, its priority and what it adds are those that the story says last', () => {
    expect(waitingOf(story(7, 0, [enqueued(), entered(1, 5, 30), entered(2, 3, 60)]), QUEUE)).toMatchObject({ id: 7, step: 2, priority: 3, added_s: 60, adjusted: null });
    expect(waitingOf(story(7, 0, [enqueued()]), QUEUE)).toMatchObject({ step: 0, priority: 5, added_s: 0 });
  });

  test('what a supervisor said goes before the plan, and is over when it is taken back or the contact is in another queue', () => {
    expect(waitingOf(story(7, 0, [enqueued(), entered(1, 4, 30), moved(0, 120)]), QUEUE)).toMatchObject({ priority: 0, added_s: 150, adjusted: { band: 0, age_s: 120 } });
    expect(waitingOf(story(7, 0, [enqueued(), moved(0, 120), moved(null, 0)]), QUEUE)).toMatchObject({ priority: 5, added_s: 0, adjusted: null });
    expect(waitingOf(story(7, 0, [enqueued(2, 1), moved(0, 120), enqueued(1, 5)]), QUEUE)).toMatchObject({ priority: 5, adjusted: null });
  });

  test('whoever talks, or waits elsewhere, does not wait here', () => {
    expect(waitingOf(story(7, 0, [enqueued()], { state: 'connected' }), QUEUE)).toBeNull();
    expect(waitingOf(story(7, 0, [enqueued(2)], { queue: { id: 2, name: 'Other' } }), QUEUE)).toBeNull();
    expect(waitingOf(story(7, 0, [enqueued()], { state: 'offering' }), QUEUE)).toMatchObject({ state: 'offering' });
  });
});

//
test('the line goes by priority, then by age with what was added, then as they came', () => {
  const of = (id: number, since: number, rows: Row[]) => {
    const it = waitingOf(story(id, since, rows), QUEUE);
    if (!it) throw new Error('waits');
    return it;
  };
  const line = inLine([of(4, 40, [enqueued()]), of(3, 30, [enqueued()]), of(2, 50, [enqueued(), moved(null, 25)]), of(9, 30, [enqueued()]), of(8, 59, [enqueued(), entered(1, 2, 0)])]);
  expect(line.map(({ id, place }) => [place, id])).toEqual([[1, 8], [2, 2], [3, 3], [4, 9], [5, 4]]);
});

test('those whom no agent had are looked at first, and of the queue alone', () => {
  const row = (id: number, arrived_at: string, agents: number, queue = 1): ContactRow => ({ id, arrived_at, queue: { id: queue, name: '' }, agents: Array.from({ length: agents }, () => ({ id: 1, name: '' })) }) as unknown as ContactRow;
  expect(candidates([row(1, at(9), 1), row(2, at(8), 0), row(3, at(1), 0, 2), row(4, at(7), 0), row(5, at(0), 2)], 1).map(({ id }) => id)).toEqual([4, 2, 5, 1]);
});

describe('what is asked of the server', () => {
  test('every page of open contacts is read, and one that is gone meanwhile is left out', async () => {
    let pages = 0;
    const rows = [1, 2, 3].map((id) => ({ id, arrived_at: at(id), queue: { id: 1, name: '' }, agents: [] }));
    server.get = (path, options) => {
      if (path.endsWith('/contacts')) {
        pages += 1;
        return said(pages === 1 ? { contacts: rows.slice(0, 2), next_cursor: 'more' } : { contacts: rows.slice(2), next_cursor: null });
      }
      const { id } = (options as { params: { path: { id: number } } }).params.path;
      return id === 2 ? { error: { code: 'not_found' }, response: new Response(null, { status: 404 }) } : said(story(id, 10, [enqueued()]));
    };
    const line = await lineOf('contoso', QUEUE);
    expect(line.isCut).toBe(false);
    expect(line.waiting.map(({ id }) => id)).toEqual([1, 3]);
  });

  test('a change names the priority only where there is one', async () => {
    const sent: unknown[] = [];
    server.post = (_, options) => {
      sent.push((options as { body: unknown }).body);
      return said({});
    };
    await changePlace('contoso', 7, { band: null, age_s: 0 });
    await changePlace('contoso', 7, { band: 0, age_s: -60 });
    expect(sent).toEqual([{ age_s: 0 }, { priority: 0, age_s: -60 }]);
  });
});
