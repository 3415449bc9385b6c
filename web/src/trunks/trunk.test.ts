// @vitest-environment node
import { describe, expect, test } from 'vitest';
import type { Trunk } from '../api/trunks';
import { refusalsOf, unplacedOf } from './refusals';
import { asKind, formOf, freshForm, inputOf, lackingSecrets, madeUp, pastedUsers, problemsOf, TEAMS_HOSTS, TEAMS_SOURCES, type TrunkForm } from './trunk';

const t = (id: string, values?: object): string => (values ? `${id} ${JSON.stringify(values)}` : id);

describe('a new trunk', () => {
  // A.1, A.4, A.9
  test('toward Teams begins as Teams demands it', () => {
    const { kind, hosts, transport, sources, srtp, codecs, is_probed } = inputOf(freshForm('teams'));
    expect({ kind, hosts, transport, sources, srtp, codecs, is_probed }).toEqual({ kind: 'teams', hosts: [...TEAMS_HOSTS], transport: 'tls', sources: [...TEAMS_SOURCES], srtp: 'required', codecs: ['pcmu', 'pcma'], is_probed: true });
  });

  // B-236
  test('toward Teams lacks a name and a word on emergency calls, and nobody fills that in for somebody', () => {
    expect(problemsOf(freshForm('teams'))).toEqual(['own_name', 'emergency']);
    const waived: TrunkForm = { ...freshForm('teams'), own_name: 'sbc.contoso.com', emergency_way: 'waived', why: 'too short' };
    expect(problemsOf(waived)).toEqual(['emergency.waived.signed_by', 'emergency.waived.why']);
    const routed: TrunkForm = { ...waived, emergency_way: 'route', emergency_numbers: ['', ' '], call_back_minutes: 0 };
    expect(problemsOf(routed)).toEqual(['emergency.route.trunk_id', 'emergency.route.numbers', 'emergency.route.call_back_minutes']);
    expect(inputOf({ ...routed, emergency_trunk: 7, emergency_numbers: [' 112 ', ''], call_back_minutes: 30 }).emergency).toEqual({ route: { trunk_id: 7, numbers: ['112'], call_back_minutes: 30 }, waived: null });
  });

  test('of another kind begins anew, but for its own name', () => {
    const carrier = { ...freshForm('carrier'), name: 'Telco', hosts: ['sip.example.com'] };
    expect(asKind(carrier, 'teams')).toMatchObject({ kind: 'teams', name: 'Telco', hosts: [...TEAMS_HOSTS] });
    expect(asKind(freshForm('teams'), 'carrier')).toMatchObject({ name: '', hosts: [], transport: 'udp' });
  });

  test('of phones has no hosts and needs none', () => {
    const form = { ...freshForm('phones'), name: 'Desks', hosts: ['left over'], sources: ['10.0.0.0/8'] };
    expect(problemsOf(form)).toEqual([]);
    expect(inputOf(form)).toMatchObject({ hosts: [], emergency: null });
  });
});

test('what was typed and not added keeps a trunk from being saved', () => {
  const form = { ...freshForm('phones'), name: 'Desks', sources: ['10.0.0.0/8'], pending: 'anna' };
  expect(problemsOf(form)).toEqual(['pending']);
});

test('a saved trunk goes through its form unchanged', () => {
  const saved: Trunk = {
    id: 3, version: 2, has_secret: ['tandem'], support: null, name: 'Telco', enabled: true, kind: 'carrier', hosts: ['a.example', 'b.example:5080'], transport: 'tls', is_probed: false, sources: ['203.0.113.0/24'],
    certificate_names: ['a.example'], own_name: null, digest_user: 'tandem', codecs: ['g722', 'pcma'], srtp: 'offered', headers: 'hidden', number_format: { style: 'national', country: '49', prefix: '0', international_prefix: '00' },
    numbers: [{ first: '+49891000', last: null, note: '' }], phones: [], calls_max: 30, emergency: null,
  };
  const { id: _id, version: _version, has_secret: _secrets, support: _support, ...sent } = saved;
  expect(inputOf(formOf(saved))).toEqual(sent);
  expect(lackingSecrets(saved)).toEqual([]);
  expect(lackingSecrets({ ...saved, has_secret: [] })).toEqual(['tandem']);
});

describe('what the server refuses', () => {
  const errors = [{ field: 'hosts[1]', detail: 'write a name' }, { field: 'numbers[2]', detail: 'are taken' }, { field: 'emergency.route.trunk_id', detail: 'is off' }, { field: 'headers', detail: 'is not built' }];
  const refusals = refusalsOf(t as never, ['name', 'sources'], errors);

  test('stands at its field, line or row', () => {
    expect(refusals.at('name')).toBe('field.error.required');
    expect(refusals.at('sources')).toBe('trunks.wrong.sources');
    expect(refusals.ofLines('hosts', ['a', 'b c'])).toContain('"line":2');
    expect(refusals.ofLines('hosts', ['a', 'b c'])).toContain('Write a name');
    expect(refusals.ofRow('numbers', 2)).toBe('Are taken');
    expect(refusals.ofRow('numbers', 1)).toBeUndefined();
    expect(refusals.at('emergency.route.trunk_id')).toBe('Is off');
  });

  test('is told above the form where the kind has no such field', () => {
    expect(unplacedOf('teams', errors)).toEqual([errors[3]]);
    expect(unplacedOf('carrier', errors)).toEqual([errors[2], errors[3]]);
  });
});

test('phones are pasted with commas or on lines, once each', () => {
  expect(pastedUsers('anna, bert;carl\nanna bert.desk x!y', ['carl'])).toEqual({ users: ['anna', 'bert', 'bert.desk'], wrong: ['x!y'] });
});

test('a secret that is made up is drawn evenly from letters that are told apart', () => {
  let n = 0;
  const secret = madeUp((bytes) => bytes.map(() => n++ % 256));
  expect(secret).toHaveLength(24);
  expect(secret).not.toMatch(/[0O1lI]/);
  expect(madeUp((bytes) => bytes.map((_, i) => (i % 2 === 0 ? 255 : 0)))).toBe('a'.repeat(24));
});
