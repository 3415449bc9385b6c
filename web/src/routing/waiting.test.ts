// @vitest-environment node
import { expect, test, vi } from 'vitest';

type Answer = { data?: unknown; error?: unknown; response: Response };
const { server } = vi.hoisted(() => ({ server: { get: (_path: string, _options: unknown): unknown => undefined, post: (_path: string, _options: unknown): unknown => undefined } }));
vi.mock('../api/client', async (actual) => {
  const GET = async (path: string, options: unknown): Promise<unknown> => server.get(path, options);
  const POST = async (path: string, options: unknown): Promise<unknown> => server.post(path, options);
  return { ...(await actual<object>()), api: { GET, POST }, loose: { GET, POST } };
});
const { changePlace, lineOf } = await import('./waiting');
const said = (data: unknown): Answer => ({ data, response: new Response(null, { status: 200 }) });

const FIRST = { contact_id: 7, place: 1, channel: 'voice', state: 'queued', agent: null, customer: { number: '+49', name: null }, since: '2026-03-02T10:00:00Z', until: '2026-03-02T11:00:00Z', step: 2, priority: 3, added_s: 60, adjusted: null };

test('the line stands as the server tells it', async () => {
  const asked: unknown[] = [];
  server.get = (path, options) => {
    asked.push([path, (options as { params: unknown }).params]);
    return said({ total: 300, items: [FIRST, { ...FIRST, contact_id: 8, place: 2, state: 'offering', customer: null, adjusted: { priority: null, age_s: 120 } }] });
  };
  const { waiting, total } = await lineOf('contoso', 1);
  expect(asked).toEqual([['/{center}/queues/{id}/line', { path: { center: 'contoso', id: 1 } }]]);
  expect(total).toBe(300);
  expect(waiting).toEqual([
    { id: 7, place: 1, channel: 'voice', state: 'queued', customer: { number: '+49', name: null }, since: FIRST.since, step: 2, priority: 3, added_s: 60, adjusted: null },
    { id: 8, place: 2, channel: 'voice', state: 'offering', customer: { number: null, name: null }, since: FIRST.since, step: 2, priority: 3, added_s: 60, adjusted: { band: null, age_s: 120 } },
  ]);
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
