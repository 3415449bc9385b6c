// @vitest-environment node
import { describe, expect, test } from 'vitest';
import type { Trunk, TrunkHealth } from '../api/trunks';
import { configuration, emergencyCommands, gatewayCommands, nextOf, routingCommands, STEPS, stepsOf, trunkOfWay, type Facts, type StepName, type Way } from './guide';
import { isListening, isUnheard, phoneFault, toldOf } from './standing';

const trunk = (part: Partial<Trunk>): Trunk => ({
  id: 1, version: 1, has_secret: [], support: null, name: 'Telco', enabled: true, kind: 'carrier', hosts: ['a.example'], transport: 'udp', is_probed: true, sources: ['203.0.113.0/24'], certificate_names: [], own_name: null, digest_user: null,
  codecs: ['pcma'], srtp: 'offered', headers: 'hidden', number_format: { style: 'international', country: '', prefix: '', international_prefix: '' }, numbers: [], phones: [], calls_max: 10, emergency: null, ...part,
});
const teams = (part: Partial<Trunk> = {}): Trunk =>
  trunk({ id: 2, name: 'Teams', kind: 'teams', transport: 'tls', own_name: 'sbc.contoso.com', sources: ['52.112.0.0/14', '52.120.0.0/14'], emergency: { route: { trunk_id: 1, numbers: ['112', '911'], call_back_minutes: 60 }, waived: null }, ...part });
const host = (part: Partial<TrunkHealth['hosts'][number]> = {}): TrunkHealth['hosts'][number] => ({ host: 'a.example', state: 'up', status: null, up_at: '2026-11-28T02:00:00Z', is_heard: true, trouble: null, ...part });
const health = (part: Partial<TrunkHealth> = {}): TrunkHealth => ({ trunk_id: 1, name: 'Telco', enabled: true, state: 'up', n_calls: 0, hosts: [host()], registered: [], advice: null, ...part });
const facts = (part: Partial<Facts> = {}): Facts => ({ trunks: [], health: [], endpoints: [], agents: [], ...part });
const agent = (phone: { trunk_id: number; user: string } | null, name = 'Anna') => ({ id: 1, name, teams_user_id: '0269be4d-5be0-4770-bf9c-a1bf50ee78d9', enabled: true, phone });
const at = (way: Way, step: StepName, it: Trunk | undefined, all: Facts) => stepsOf(way, it, all).find((found) => found.step === step);

describe('the guide', () => {
  test('before there is anything tells what waits, and claims nothing', () => {
    for (const way of ['sbc', 'direct'] as const) {
      const steps = stepsOf(way, undefined, facts());
      expect(steps.map(({ step }) => step)).toEqual([...STEPS[way]]);
      expect(steps.filter(({ progress }) => progress === 'done')).toEqual([]);
      expect(steps[0]).toMatchObject({ step: 'listener', progress: 'waits' });
    }
    expect(nextOf(stepsOf('sbc', undefined, facts()))?.step).toBe('trunk');
    expect(nextOf(stepsOf('direct', undefined, facts()))?.step).toBe('emergency');
  });

  test('tells a missing listener from a trunk that is off', () => {
    const off = health({ state: 'off', hosts: [], advice: 'no listener for calls by trunks is configured' });
    expect(isListening([off])).toBe(false);
    expect(isListening([health({ state: 'off', enabled: false, hosts: [] })])).toBe(true);
    expect(isListening([])).toBeNull();
    expect(at('sbc', 'listener', trunk({}), facts({ health: [off] }))).toMatchObject({ progress: 'open' });
    expect(at('sbc', 'outgoing', trunk({}), facts({ health: [off] }))).toMatchObject({ progress: 'waits' });
  });

  test('of a working trunk behind an SBC leaves only what cannot be seen', () => {
    const it = trunk({ numbers: [{ first: '+49891000', last: '+49891099', note: '' }] });
    const steps = stepsOf('sbc', it, facts({ trunks: [it], health: [health()], endpoints: [{ number: '+49891007' }, { number: null }], agents: [agent({ trunk_id: 1, user: '+4930100' })] }));
    expect(steps.filter(({ progress }) => progress !== 'done').map(({ step, progress }) => [step, progress])).toEqual([['peer', 'unseen'], ['help', 'unseen'], ['call', 'unseen']]);
    expect(nextOf(steps)).toBeUndefined();
  });

  test.each([
    ['some hosts answer', { hosts: [host(), host({ state: 'down' })] }, 'watch', 'outgoing.some'],
    ['no host answers', { state: 'down' as const, hosts: [host({ state: 'down' })], advice: 'nobody answers' }, 'open', 'outgoing.open'],
    ['nobody was asked yet', { state: 'unknown' as const, hosts: [host({ state: 'unknown' })] }, 'waits', 'outgoing.waits'],
  ])('when %s', (_, part, progress, finding) => {
    expect(at('sbc', 'outgoing', trunk({}), facts({ health: [health(part)] }))).toMatchObject({ progress, finding });
  });

  // A.1, A.4
  test('of a trunk toward Teams names what loses calls', () => {
    const now = health({ trunk_id: 2, hosts: [host({ is_heard: false })] });
    const all = facts({ trunks: [trunk({}), teams()], health: [now] });
    expect(at('direct', 'incoming', teams(), all)).toMatchObject({ progress: 'open', finding: 'incoming.open' });
    expect(isUnheard(teams(), now)).toBe(true);
    expect(at('direct', 'sources', teams({ sources: ['52.112.0.0/14'] }), all)).toMatchObject({ progress: 'watch', values: { sources: '52.120.0.0/14' } });
    expect(at('sbc', 'sources', trunk({ sources: ['0.0.0.0/0'] }), all)).toMatchObject({ finding: 'sources.wide' });
    expect(at('direct', 'gateway', teams(), all)).toMatchObject({ progress: 'done' });
    const unknown = facts({ health: [health({ trunk_id: 2, state: 'down', hosts: [host({ state: 'down', status: 403 })] })] });
    expect(at('direct', 'gateway', teams(), unknown)).toMatchObject({ finding: 'gateway.open' });
  });

  test('says of a certificate only what a connection that failed has told', () => {
    const silent = (trouble: string) => facts({ health: [health({ trunk_id: 2, state: 'down', hosts: [host({ state: 'down', trouble })] })] });
    expect(at('direct', 'certificate', teams(), silent('the name has no address'))).toMatchObject({ progress: 'unseen' });
    expect(at('direct', 'certificate', teams(), silent('TLS failed: certificate expired'))).toMatchObject({ progress: 'open', values: { trouble: 'TLS failed: certificate expired' } });
    expect(at('sbc', 'certificate', trunk({}), facts())).toMatchObject({ progress: 'done', finding: 'certificate.none' });
  });

  // B-236
  test('tells a route for emergency calls from a waiver, and from nothing', () => {
    expect(at('direct', 'emergency', teams(), facts({ trunks: [trunk({})] }))).toMatchObject({ progress: 'done', values: { numbers: '112, 911', name: 'Telco' } });
    const waived = teams({ emergency: { route: null, waived: { signed_by: 'Alex', why: 'by another SBC' } } });
    expect(at('direct', 'emergency', waived, facts())).toMatchObject({ progress: 'watch', values: { name: 'Alex' } });
    expect(at('direct', 'emergency', undefined, facts({ trunks: [trunk({})] }))).toMatchObject({ progress: 'waits', finding: 'emergency.ready' });
  });

  test('tells a secret that is missing, or not taken', () => {
    const it = trunk({ digest_user: 'tandem' });
    expect(at('sbc', 'secret', it, facts())).toMatchObject({ finding: 'secret.open' });
    expect(at('sbc', 'secret', { ...it, has_secret: ['tandem'] }, facts())).toMatchObject({ finding: 'secret.done' });
    const asked = facts({ health: [health({ state: 'down', hosts: [host({ state: 'down', status: 401 })] })] });
    expect(at('sbc', 'secret', { ...it, has_secret: ['tandem'] }, asked)).toMatchObject({ finding: 'secret.asked' });
    expect(at('sbc', 'secret', trunk({}), asked)).toMatchObject({ finding: 'secret.asked' });
  });

  test('is about the trunk that was asked for, else one that is on', () => {
    const trunks = [trunk({ id: 1, enabled: false }), trunk({ id: 4 }), teams()];
    expect(trunkOfWay('sbc', trunks, null)?.id).toBe(4);
    expect(trunkOfWay('sbc', trunks, 1)?.id).toBe(1);
    expect(trunkOfWay('direct', trunks, 1)?.id).toBe(2);
    expect(trunkOfWay('direct', [], null)).toBeUndefined();
  });
});

describe('what Teams is told', () => {
  test('names the gateway as the trunk does, with the location where emergency calls have a way', () => {
    expect(gatewayCommands(teams())).toContain("New-CsOnlinePSTNGateway -Fqdn 'sbc.contoso.com' -SipSignalingPort 5061 -MaxConcurrentSessions 10 ");
    expect(gatewayCommands(teams())).toContain('-PidfLoSupported $true');
    expect(gatewayCommands(teams({ emergency: null }))).not.toContain('PidfLo');
  });

  test('quotes whatever people wrote, and leads no name out of its comment', () => {
    const text = routingCommands(teams(), [agent({ trunk_id: 2, user: "+49'; Remove-Item" }, 'Anna\nRemove-Item'), agent({ trunk_id: 1, user: '+4930100' }, 'Bert')]);
    expect(text).toContain('# Anna Remove-Item\n');
    expect(text).toContain("-PhoneNumber '+49''; Remove-Item' ");
    expect(text).not.toContain('Bert');
    expect(routingCommands(teams(), Array.from({ length: 25 }, () => agent({ trunk_id: 2, user: '+4930100' })))).toMatch(/# and 5 more$/);
  });

  // B-236
  test('has emergency calls take the gateway, each number by itself', () => {
    expect(emergencyCommands(teams())).toContain("-NumberPattern '^\\+?(112|911)$'");
    expect(emergencyCommands(teams())).toContain('@{Add=$n1,$n2}');
    expect(emergencyCommands(trunk({}))).toBeNull();
  });

  test('listens by TLS toward Teams, and plainly to an SBC', () => {
    expect(configuration('direct', 'sbc.contoso.com')).toMatch(/name = "sbc.contoso.com"\ntls = /);
    expect(configuration('sbc', null)).toContain('udp = "0.0.0.0:5060"');
  });
});

describe('how trunks do', () => {
  test('some hosts that answer are told from all', () => {
    expect(toldOf(health())).toBe('up');
    expect(toldOf(health({ hosts: [host(), host({ state: 'down' })] }))).toBe('partly');
    expect(toldOf(health({ state: 'down', hosts: [host({ state: 'down' })] }))).toBe('down');
  });

  // B-024
  test('why a phone of an agent is not rung is told', () => {
    const desks = trunk({ id: 3, kind: 'phones', phones: ['anna'] });
    const phone = { trunk_id: 3, user: 'anna' };
    const of = (part: Partial<TrunkHealth>) => [health({ trunk_id: 3, hosts: [], ...part })];
    expect(phoneFault(null, [desks], [])).toBe('none');
    expect(phoneFault(phone, [], [])).toBe('gone');
    expect(phoneFault(phone, [{ ...desks, enabled: false }], [])).toBe('off');
    expect(phoneFault(phone, [desks], of({ state: 'off', advice: 'no listener' }))).toBe('no_listener');
    expect(phoneFault(phone, [desks], of({}))).toBe('not_registered');
    expect(phoneFault(phone, [desks], of({ registered: ['anna'] }))).toBeNull();
    expect(phoneFault({ trunk_id: 1, user: '+4930100' }, [trunk({})], [health({ state: 'down', hosts: [host({ state: 'down' })] })])).toBe('down');
  });
});
