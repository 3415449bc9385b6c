// @vitest-environment node
import { describe, expect, test } from 'vitest';
import type { CapacityProfileInput } from '../api/contract';
import en from '../i18n/en.json';
import type { T } from '../i18n/t';
import { atOnce, freshProfile, presetOf, PRESET_NAMES, PRESETS, profileProblems, withChannel } from './profile';
import { capacitySentences } from './words';

const named = (preset: keyof typeof PRESETS): CapacityProfileInput => ({ name: 'Team', ...structuredClone(PRESETS[preset]) });
/** The ids of what is said, and with what. */
const t = ((id: string, values: object = {}) => [id, ...Object.values(values)].join(' ')) as unknown as T;
const said = (it: CapacityProfileInput): string[] => capacitySentences(t, it, (names) => names.join(', '));

//
describe('a capacity profile', () => {
  test('is the preset that it began as until something of it changes', () => {
    for (const preset of PRESET_NAMES) expect(presetOf(named(preset))).toBe(preset);
    expect(presetOf(freshProfile())).toBe('calls_first');
    expect(presetOf({ ...named('units'), units_total: 50 })).toBeNull();
    // The server leaves nothing out; what it tells is the same.
    expect(presetOf({ ...named('one'), units_total: null, labels: [] })).toBe('one');
  });

  test('a channel that is taken out is not taken', () => {
    const without = withChannel(named('one'), 'voice', null);
    expect('voice' in without.channels).toBe(false);
    expect(atOnce(without)).toEqual({ takesCalls: false, n_messages: 1, callComes: 'never', messageComes: 'never' });
  });

  test('a call that interrupts messages comes, whatever comes beside them', () => {
    expect(atOnce(named('calls_first'))).toEqual({ takesCalls: true, n_messages: 5, callComes: 'interrupts', messageComes: 'never' });
    expect(atOnce(named('calls_alone'))).toMatchObject({ callComes: 'beside', messageComes: 'never' });
    expect(atOnce(named('each_channel'))).toMatchObject({ callComes: 'beside', messageComes: 'beside' });
    expect(atOnce(named('one'))).toMatchObject({ callComes: 'never', messageComes: 'never' });
  });

  test('is told in plain words, and that queues have a say where they have', () => {
    expect(said(named('one'))).toEqual(['capacity.sum capacity.what.either 1', 'capacity.sum.call.never', 'capacity.sum.message.never']);
    expect(said(named('calls_first'))).toEqual(['capacity.sum capacity.what.both 5', 'capacity.sum.call.interrupts', 'capacity.sum.message.never']);
    expect(said(named('calls_alone'))).toContain('capacity.sum.alone');
    expect(said(named('units'))).toContain('capacity.sum.units 100');
    const labelled = { ...withChannel(named('one'), 'voicemail', null), labels: [{ label: ' vip ', max: 2 }, { label: ' ', max: 1 }] };
    expect(said(labelled)).toEqual(['capacity.sum capacity.what.call', 'capacity.sum.labels capacity.sum.label \u2066vip\u2069 2']);
    expect(said(withChannel(labelled, 'voice', null))[0]).toBe('capacity.sum capacity.what.nothing');
    expect(en['capacity.sum']).toContain('{what}');
  });

  // The refusals of crates/core/src/capacity/profile.rs that can be seen beforehand.
  test('takes something, and names each label once', () => {
    expect(profileProblems(named('one'))).toEqual([]);
    expect(profileProblems({ ...named('one'), channels: { voicemail: { max: 0 } } })).toEqual([{ place: 'channels', id: 'capacity.error.nothing' }]);
    expect(profileProblems({ ...named('one'), labels: [{ label: 'vip', max: 1 }, { label: ' ', max: 1 }, { label: 'vip ', max: 2 }] })).toEqual([
      { place: 'labels.1', id: 'capacity.error.label' },
      { place: 'labels.2', id: 'capacity.error.labelTwice' },
    ]);
  });
});
