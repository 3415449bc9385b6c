// @vitest-environment node
import { describe, expect, test } from 'vitest';
import type { FlowInput, FlowNode } from '../api/contract';
import type { Checked, TestCall } from '../api/flows';
import en from '../i18n/en.json';
import { findingsOf } from './findings';
import { emptyNode, ending, errorsOf, exitsOf, inserted, isLast, KINDS, removed, renamed, stepOf, SWITCH_TESTS, testOf, turnedInto, withExit, withTest, type Problem } from './nodes';
import { outlineOf, problemsOf, visible, type Line } from './outline';
import { pathOf, shownAttributes } from './test-path';

const play = (id: string, next: string, failed: string): FlowNode => ({ id, kind: 'play', prompt: { text: 'x' }, next, failed });
const end = (id: string): FlowNode => ({ id, kind: 'end' });
const flowOf = (...nodes: FlowNode[]): FlowInput => ({ name: 'f', start: nodes[0]?.id ?? '', nodes });
const menu = (id: string, ways: Record<string, string>, other: string): FlowNode => ({
  id,
  kind: 'menu',
  prompt: { text: 'x' },
  choices: Object.entries(ways).map(([key, next]) => ({ key, label: key, next })),
  retries: 2,
  timeout_s: 5,
  no_input: other,
  invalid: other,
  failed: other,
});

/** A line as one reads it: its level, and what it says. */
const drawn = (lines: readonly Line[]): string[] =>
  lines.map((line) => `${'. '.repeat(line.level - 1)}${line.kind === 'node' ? line.node.id : `${line.exit.path} ${line.target}${line.target === 'link' ? ` ${line.exit.to}` : ''}`}`);

describe('the nodes', () => {
  test.each(KINDS)('every exit of a new %s leads where it is told, and can be led elsewhere', (kind) => {
    const node = emptyNode('n', kind, 'z');
    for (const exit of exitsOf(node)) {
      if (!exit.isOptional || exit.to !== '') expect(exit.to, exit.path).toBe('z');
      const moved = withExit(node, exit, 'y');
      expect(exitsOf(moved).find(({ path }) => path === exit.path)?.to).toBe('y');
      expect(exitsOf(moved).filter(({ to }) => to === 'y')).toHaveLength(1);
      expect(exit.label in en).toBe(true);
    }
    expect(exitsOf(node).length > 0).toBe(!isLast(node));
  });

  test('an optional exit that is left open is not sent', () => {
    const hours: FlowNode = { id: 'h', kind: 'hours', schedule_id: 1, open: 'a', closed: 'b', holiday: 'c' };
    const holiday = exitsOf(hours).find(({ path }) => path === 'holiday');
    expect(holiday && JSON.parse(JSON.stringify(withExit(hours, holiday, '')))).not.toHaveProperty('holiday');
  });

  test('renaming a step keeps every exit that leads to it', () => {
    const flow = flowOf(menu('a', { 1: 'b', 2: 'a' }, 'a'), end('b'));
    const next = renamed(flow, 'a', 'hello', 0);
    expect(next.start).toBe('hello');
    expect(next.nodes[0]).toMatchObject({ id: 'hello', no_input: 'hello', choices: [{ next: 'b' }, { next: 'hello' }] });
  });

  test('a step is put on an exit and goes on to where that led', () => {
    const flow = flowOf(menu('a', { 1: 'b' }, 'b'), end('b'));
    const exit = exitsOf(flow.nodes[0] ?? end(''))[0];
    const next = exit && inserted(flow, 0, exit);
    expect(next?.nodes[0]).toMatchObject({ choices: [{ next: 'step-3' }], no_input: 'b' });
    expect(next?.nodes[2]).toMatchObject({ id: 'step-3', next: 'b' });
  });

  test('what led to a removed step leads to where it went on', () => {
    const flow = flowOf(play('a', 'b', 'b'), play('b', 'c', 'd'), end('c'), end('d'));
    const next = removed(flow, 1);
    expect(next.nodes.map(({ id }) => id)).toEqual(['a', 'c', 'd']);
    expect(next.nodes[0]).toMatchObject({ next: 'c', failed: 'c' });
    expect(removed(next, 0).start).toBe('c');
  });

  test('another kind of step stays where it is and keeps its words', () => {
    const turned = turnedInto({ ...play('a', 'b', 'c'), prompt: { text: 'Hello' } } as FlowNode, 'menu', [play('a', 'b', 'c'), play('b', 'c', 'c'), end('c')]);
    expect(turned).toMatchObject({ id: 'a', prompt: { text: 'Hello' }, choices: [{ next: 'b' }], no_input: 'c' });
  });

  test('a case of a switch asks for one thing, and keeps its value when it asks otherwise', () => {
    const begins = withTest({ attribute: 'a', equals: 'x', next: 'z' }, 'starts_with');
    expect(begins).toEqual({ attribute: 'a', starts_with: 'x', next: 'z' });
    expect(withTest(begins, 'is_set')).toEqual({ attribute: 'a', is_set: true, next: 'z' });
    for (const to of SWITCH_TESTS) expect(testOf(withTest(begins, to))).toBe(to);
    expect(testOf({ attribute: 'a', equals: null, starts_with: 'x', next: 'z' })).toBe('starts_with');
    const { cases, ...node } = { id: 's', kind: 'switch' as const, cases: SWITCH_TESTS.map((to) => withTest(begins, to)), otherwise: 'z' };
    expect(exitsOf({ ...node, cases }).map(({ label }) => label)).toEqual(['flow.exit.equals', 'flow.exit.starts_with', 'flow.exit.is_set', 'flow.otherwise']);
  });

  test('new exits lead to where the call ends: best in silence, else with a last word', () => {
    const last: FlowNode = { id: 'bye', kind: 'message', prompt: { text: 'Bye.' } };
    expect(ending([play('a', 'bye', 'bye'), last, end('z')])).toBe('z');
    expect(ending([play('a', 'bye', 'bye'), last, play('b', 'bye', 'bye')])).toBe('bye');
    const turned = turnedInto(play('b', 'a', 'z'), 'message', [play('b', 'a', 'z'), end('z')]);
    expect(turned).toEqual({ id: 'b', kind: 'message', prompt: { text: 'x' } });
  });

  test.each([
    ['nodes[1].next', 1, 'next'],
    ['nodes.b.kind', 1, 'kind'],
    ['/nodes/0/prompt', 0, 'prompt'],
    ['nodes.b', 1, ''],
    ['nodes.b.cases.0.equals', 1, 'cases.0.equals'],
    ['name', -1, ''],
    ['nodes[9]', -1, ''],
  ])('an error at %s belongs to step %i', (field, step, inside) => {
    const { nodes } = flowOf(play('a', 'b', 'a'), end('b'));
    expect(stepOf({ field, detail: '' }, nodes)).toBe(step);
    if (step >= 0) expect(errorsOf([{ field, detail: '' }], nodes, step)[0]?.field).toBe(inside);
  });
});

describe('what is said against a flow', () => {
  const flow = flowOf(play('a', 'z', 'z'), play('lost', 'gone', 'z'), end('z'));
  const texts = (checked: Checked | null, refused: Problem[] = []): string[] =>
    findingsOf(flow, problemsOf(flow), refused, checked, ({ id }) => id, (detail) => detail).map(({ level, index, path, text }) => `${level} ${index} ${path} ${text}`);

  test('errors come first, and what the outline says the check does not say again', () => {
    const warnings = [
      { node: 'lost', field: 'nodes.lost', code: 'unreachable', detail: 'nothing leads to it' },
      { node: 'a', field: 'nodes.a.prompt', code: 'missing_language', detail: 'no de-DE' },
    ];
    expect(texts({ errors: [], warnings })).toEqual(['error 1 next flow.problem.nowhere', 'warning 1  flow.problem.unreachable', 'warning 0 prompt no de-DE']);
  });

  test('what was refused at saving and found again by the check is said once', () => {
    const same = { field: 'nodes.a.prompt.text', detail: 'too rude' };
    const all = texts({ errors: [{ ...same, code: 'rude' }], warnings: [] }, [same, { field: 'name', detail: 'taken' }, { field: 'limit', detail: 'too many' }]);
    expect(all.filter((text) => text.includes('rude'))).toEqual(['error 0 prompt.text too rude']);
    // A taken name is said at the name.
    expect(all.filter((text) => text.includes('-1'))).toEqual(['error -1 limit too many']);
  });
});

describe('a check of an older flow', () => {
  test('says nothing of steps that are gone', () => {
    const warnings = [{ node: 'gone', field: 'nodes.gone.prompt', code: 'missing_language', detail: 'no de-DE' }];
    const errors = [{ field: 'nodes.gone', code: 'x', detail: 'x' }, { field: 'nodes', code: 'many', detail: 'too many' }];
    const all = findingsOf(flowOf(end('z')), [], [], { errors, warnings }, ({ id }) => id, (detail) => detail);
    expect(all.map(({ text }) => text)).toEqual(['too many']);
  });
});

describe('the way of a test call', () => {
  const asks = { id: 'card', kind: 'collect', prompt: { text: 'x' }, max_digits: 16, timeout_s: 5, masked: true, next: 'bye', no_input: 'bye', failed: 'bye' } as FlowNode;
  const flow = flowOf(play('hello', 'm', 'm'), menu('m', { 1: 'card', 2: 'bye' }, 'bye'), asks, end('bye'));
  const step = (node: string, exit: string | null): TestCall['steps'][number] => ({ at: '2026-01-01T00:00:00Z', flow_id: 1, node, kind: '', exit, code: null });
  const call = (state: TestCall['state'], node: string | null, ...steps: TestCall['steps']): TestCall => ({ state, contact_id: 1, hears: null, node, flow_id: 1, attributes: {}, steps, end_reason: null });

  test('exits are known by their name, by their key, or by where they led', () => {
    const { steps, exits, now } = pathOf(flow, call('in_call', 'card', step('hello', null), step('m', '1'), step('card', null)));
    expect([...steps]).toEqual([0, 1, 2]);
    expect([...exits]).toEqual(['0|next', '1|choices.0.next']);
    expect(now).toBe(2);
    expect([...pathOf(flow, call('in_call', 'bye', step('m', 'no_input'), step('bye', null))).exits]).toEqual(['1|no_input']);
  });

  test('a call in a sub-flow stands at the step that led there, and the other flow’s steps are not taken for its own', () => {
    const inner = { ...step('bye', null), flow_id: 2 };
    const { steps, now } = pathOf(flow, { ...call('in_call', 'bye', step('hello', null), step('m', null), inner), flow_id: 2 });
    expect([[...steps], now]).toEqual([[0, 1], 1]);
  });

  test('a call that has ended is nowhere, and steps that the flow has no more are left out', () => {
    const { steps, exits, now } = pathOf(flow, call('ended', 'bye', step('gone', 'next'), step('bye', null)));
    expect([[...steps], [...exits], now]).toEqual([[3], [], -1]);
    expect(pathOf(flow, null).now).toBe(-1);
  });

  test('digits that nobody may see are dots, whatever the server sends', () => {
    expect(shownAttributes(flow, { card: '4111', language: 'de-DE', pin: 'masked:7', n: 3 })).toEqual([
      ['card', '••••'],
      ['language', 'de-DE'],
      ['pin', '••••'],
      ['n', '3'],
    ]);
  });
});

describe('the outline', () => {
  test('what simply follows stays on its level, choices nest, further ways are links', () => {
    const flow = flowOf(play('hello', 'menu', 'bye'), menu('menu', { 1: 'one', 2: 'two' }, 'two'), play('one', 'two', 'bye'), play('two', 'bye', 'menu'), end('bye'));
    expect(drawn(outlineOf(flow).lines)).toEqual([
      'hello',
      '. failed link bye',
      'menu',
      '. choices.0.next below',
      '. . one',
      '. . . failed link bye',
      '. . two',
      '. . . failed link menu',
      '. . bye',
      '. choices.1.next link two',
      '. no_input link two',
      '. invalid link two',
      '. failed link two',
    ]);
  });

  test('a step that only a failure leads to hangs below that failure, with what follows it', () => {
    const flow = flowOf(play('a', 'z', 'sorry'), play('sorry', 'other', 'z'), play('other', 'z', 'z'), end('z'));
    expect(drawn(outlineOf(flow).lines)).toEqual(['a', '. failed below', '. . sorry', '. . . failed link z', '. . other', '. . . next link z', '. . . failed link z', 'z']);
  });

  test('every step stands in it once, whatever the flow: circles, twins, orphans, missing steps and starts', () => {
    let seed = 7;
    const random = (n: number): number => {
      seed = (seed * 1103515245 + 12345) % 2147483648;
      return Math.floor((seed / 2147483648) * n);
    };
    for (let round = 0; round < 400; round += 1) {
      const count = 1 + random(9);
      const name = (): string => `n${random(count + 1)}`;
      const nodes = Array.from({ length: count }, (_, i) => {
        const node = emptyNode(random(8) === 0 ? 'n0' : `n${i}`, KINDS[random(KINDS.length)] ?? 'end', '');
        return exitsOf(node).reduce((at, exit) => withExit(at, exit, name()), node);
      });
      const flow: FlowInput = { name: 'f', start: name(), nodes };
      const { lines } = outlineOf(flow);
      const steps = lines.flatMap((line) => (line.kind === 'node' ? [line.index] : []));
      expect([...steps].sort((a, b) => a - b)).toEqual(flow.nodes.map((_, i) => i));
      expect(new Set(lines.map(({ key }) => key)).size).toBe(lines.length);
      expect(lines.filter((line) => line.kind === 'exit' && line.target === 'below').every((line) => line.hasChildren)).toBe(true);
    }
  });

  test('folding hides what is below, at any depth', () => {
    const { lines } = outlineOf(flowOf(menu('menu', { 1: 'one' }, 'bye'), play('one', 'bye', 'bye'), end('bye')));
    expect(visible(lines, new Set(['0']))).toHaveLength(1);
    expect(drawn(visible(lines, new Set(['0|choices.0.next'])))).toEqual(['menu', '. choices.0.next below', '. no_input link bye', '. invalid link bye', '. failed link bye']);
  });

  test('a step that nothing leads to stands apart', () => {
    const outline = outlineOf(flowOf(end('a'), play('lost', 'after', 'a'), play('after', 'a', 'a')));
    expect(drawn(outline.lines).filter((line) => !line.startsWith('.'))).toEqual(['a', 'lost', 'after']);
    expect([...outline.loose]).toEqual(['1', '2']);
  });
});

describe('what can be said against a flow', () => {
  const said = (flow: FlowInput): string[] => problemsOf(flow).map(({ index, path, id }) => `${flow.nodes[index]?.id}${path === '' ? '' : `.${path}`} ${id.split('.').at(-1)}`);

  test('a whole flow has nothing against it', () => expect(said(flowOf(play('a', 'b', 'b'), end('b')))).toEqual([]));

  test('dead ends, lost steps and calls without an end are named', () => {
    expect(said(flowOf(play('a', 'gone', 'b'), end('b'), play('lost', 'b', 'b')))).toEqual(['a.next nowhere', 'lost unreachable']);
    expect(said(flowOf(play('a', 'bye', 'bye'), { id: 'bye', kind: 'message', prompt: { text: 'Bye.' } }))).toEqual([]);
    expect(said(flowOf(play('a', 'b', 'b'), play('b', 'a', 'a'), end('z')))).toEqual(['a noEnd', 'b noEnd', 'z unreachable']);
  });

  test('a circle that takes no time is named, one in which something is said is not', () => {
    const set = (id: string, next: string): FlowNode => ({ id, kind: 'set', attribute: 'x', value: 'y', next });
    const branch: FlowNode = { id: 'b', kind: 'branch', attribute: 'x', cases: [{ equals: '1', next: 'a' }], otherwise: 'z' };
    expect(said(flowOf(set('a', 'b'), branch, end('z')))).toEqual(['a spin', 'b spin']);
    expect(said(flowOf(play('a', 'b', 'z'), branch, end('z')))).toEqual([]);
  });

  test('a loop takes no time when it is over, its rounds are counted', () => {
    const loop = (again: string, done: string): FlowNode => ({ id: 'l', kind: 'loop', times: 2, again, done });
    const set: FlowNode = { id: 's', kind: 'set', attribute: 'x', value: 'y', next: 'l' };
    expect(said(flowOf(loop('s', 'z'), set, end('z')))).toEqual([]);
    expect(said(flowOf(loop('l', 'z'), end('z')))).toEqual([]);
    expect(said(flowOf(loop('z', 's'), set, end('z')))).toEqual(['l spin', 's spin']);
    expect(said(flowOf(loop('z', 'l'), end('z')))).toEqual(['l spin']);
  });

  test('what the server does not take is named: too long, not an address, no name, twice', () => {
    const long = { ...menu('m', { 1: 'z' }, 'z'), prompt: { text: 'x'.repeat(401) }, retry_prompt: { url: 'ftp://x' }, choices: [{ key: '1', label: 'x'.repeat(81), next: 'z' }] } as FlowNode;
    expect(said(flowOf(long, end('z')))).toEqual(['m.prompt tooLong', 'm.retry_prompt address', 'm.choices.0.label tooLong']);
    expect(problemsOf(flowOf(long, end('z')))[0]?.values).toEqual({ max: 400 });
    expect(said(flowOf({ id: 'b', kind: 'branch', attribute: 'a b', cases: [{ equals: '1', next: 'z' }, { equals: '1', next: 'z' }], otherwise: 'z' }, end('z')))).toEqual(['b.attribute letters', 'b.cases.1.equals sameValue']);
    const asks = { id: 'my step', kind: 'collect', prompt: { text: 'x' }, max_digits: 1, timeout_s: 5, next: 'z', failed: 'z', no_input: 'z' } as const;
    expect(said(flowOf(asks, end('z')))).toEqual(['my step.attribute letters']);
    expect(said(flowOf({ ...asks, attribute: 'digits' }, end('z')))).toEqual([]);
  });

  test('a case of a switch that asks for nothing, for two things or for an empty text is to be filled in', () => {
    const switched = (c: object): FlowNode => ({ id: 's', kind: 'switch', cases: [{ attribute: 'a', next: 'z', ...c }], otherwise: 'z' });
    const told = (c: object): string[] => said(flowOf(switched(c), end('z')));
    for (const c of [{ equals: 'x' }, { starts_with: 'x', equals: null }, { is_set: true }]) expect(told(c)).toEqual([]);
    for (const c of [{}, { equals: '' }, { is_set: false }, { equals: 'x', is_set: true }]) expect(told(c)).toEqual(['s.cases.0 required']);
  });

  test('names twice, keys twice and what is not filled in are named', () => {
    const twice = { ...menu('m', { 1: 'z' }, 'z'), choices: [{ key: '1', label: '', next: 'z' }, { key: '1', label: '', next: 'z' }] } as FlowNode;
    expect(said(flowOf(twice, end('z'), end('z')))).toEqual(['m.choices.1.key sameKey', 'z.id double', 'z unreachable']);
    const gaps = KINDS.filter((kind) => !['end', 'loop'].includes(kind)).filter((kind) => said(flowOf(emptyNode('n', kind, 'z'), end('z'))).some((text) => text.endsWith('required')));
    expect(gaps).toEqual(['play', 'menu', 'collect', 'queue', 'voicemail', 'callback', 'transfer', 'hours', 'switch', 'set', 'queue_status', 'http', 'sub_flow', 'consent', 'message']);
  });

  test('agreeing and refusing by the same key is named', () => {
    const consent = emptyNode('c', 'consent', 'z');
    if (consent.kind !== 'consent' || !consent.ask) throw new Error('a new step asks');
    const asked: FlowNode = { ...consent, prompt: { text: 'x' }, ask: { ...consent.ask, refuse: consent.ask.accept } };
    expect(said(flowOf(asked, end('z')))).toEqual(['c.ask.refuse sameKey']);
    expect(said(flowOf({ ...asked, ask: null }, end('z')))).toEqual([]);
  });

  test('a prompt that nobody chose, an empty question asked again and a number without a country are named', () => {
    const plays = { ...play('p', 'm', 'z'), prompt: { prompt_id: 0 } } as FlowNode;
    const again = { ...menu('m', { 1: 't' }, 'z'), retry_prompt: { text: ' ' } } as FlowNode;
    const transfer: FlowNode = { id: 't', kind: 'transfer', to: { number: '030 5550100' }, failed: 'z' };
    expect(said(flowOf(plays, again, transfer, end('z')))).toEqual(['p.prompt required', 'm.retry_prompt required', 't.to number']);
  });
});
