// A capacity profile as data (R-09, crates/core/src/capacity.rs): what it begins as, what can be seen to be wrong with it,
// and what an agent who has it may have at once. Pure; whether there is room is decided in the core.
import type { CapacityProfileInput, Channel } from '../api/contract';
import type * as schema from '../api/schema';
import type { MessageId } from '../i18n/t';

export type ChannelRule = schema.components['schemas']['ChannelRule'];
export type LabelRule = schema.components['schemas']['LabelRule'];
export type Beside = schema.components['schemas']['Beside'];

/** The limits of the server (crates/core/src/limits.rs). */
export const MESSAGES_MAX = 25;
export const UNITS_MAX = 1000;
export const LABELS_MAX = 100;
export const LABEL_CHARS_MAX = 40;

const FRESH_MESSAGES = 5;
export const FRESH_UNITS = 100;

type Said = Omit<CapacityProfileInput, 'name'>;

export const FRESH_CHANNEL: Readonly<ChannelRule> = { max: 1, beside: 'same_channel', interrupts: [] };

const rule = (max: number, beside: Beside, interrupts: Channel[] = []): ChannelRule => ({ max, beside, interrupts });
const profile = (voice: ChannelRule, voicemail: ChannelRule, units_total: number | null = null): Said => ({ units_total, channels: { voice, voicemail }, labels: [] });

/** What a new profile can begin as: nothing special, and the models that other products have (docs/routing.md). */
export const PRESETS = {
  one: profile(rule(1, 'same_channel'), rule(1, 'same_channel')),
  calls_first: profile(rule(1, 'same_channel', ['voicemail']), rule(FRESH_MESSAGES, 'same_channel')),
  each_channel: profile(rule(1, 'any_channel'), rule(FRESH_MESSAGES, 'any_channel')),
  calls_alone: profile(rule(1, 'same_channel'), rule(FRESH_MESSAGES, 'any_channel')),
  units: profile(rule(1, 'any_channel'), rule(MESSAGES_MAX, 'any_channel'), FRESH_UNITS),
} as const satisfies Record<string, Said>;
export type Preset = keyof typeof PRESETS;
export const PRESET_NAMES = Object.keys(PRESETS) as Preset[];

export function freshProfile(): CapacityProfileInput {
  return { name: '', ...structuredClone(PRESETS.calls_first) };
}

/** The preset that a profile still is; none once something of it was changed. */
export function presetOf(it: CapacityProfileInput): Preset | null {
  const said = ({ units_total, channels, labels }: Said): string => JSON.stringify([units_total ?? null, told(channels.voice), told(channels.voicemail), labels ?? []]);
  return PRESET_NAMES.find((name) => said(PRESETS[name]) === said(it)) ?? null;
}
const told = (it: ChannelRule | null | undefined): unknown => (it == null ? null : [it.max, besideOf(it), it.interrupts ?? []]);

/** What comes beside a contact of the channel, as the server takes it when nothing is said. */
export function besideOf(it: ChannelRule): Beside {
  return it.beside ?? 'same_channel';
}

export function interruptsMessages(it: ChannelRule | null | undefined): boolean {
  return it?.interrupts?.includes('voicemail') ?? false;
}

export function withChannel(it: CapacityProfileInput, channel: Channel, said: ChannelRule | null): CapacityProfileInput {
  const channels = { ...it.channels };
  delete channels[channel];
  if (said) channels[channel] = said;
  return { ...it, channels };
}

export interface Problem {
  place: string;
  id: MessageId;
}

/** What can be seen to be wrong before asking the server, by its place. */
export function profileProblems({ channels, labels }: CapacityProfileInput): Problem[] {
  const takes = (it: ChannelRule | null | undefined): boolean => (it?.max ?? 0) > 0;
  const names = (labels ?? []).map(({ label }) => label.trim());
  return [
    ...(takes(channels.voice) || takes(channels.voicemail) ? [] : [{ place: 'channels', id: 'capacity.error.nothing' as const }]),
    ...names.flatMap((name, i): Problem[] => {
      if (name === '') return [{ place: `labels.${i}`, id: 'capacity.error.label' }];
      return names.indexOf(name) < i ? [{ place: `labels.${i}`, id: 'capacity.error.labelTwice' }] : [];
    }),
  ];
}

/** What comes while there are contacts of another channel. */
export type Mixing = 'never' | 'beside' | 'interrupts';
export interface AtOnce {
  takesCalls: boolean;
  n_messages: number;
  /** A call, while messages are open. */
  callComes: Mixing;
  /** A message, during a call. */
  messageComes: Mixing;
}

export function atOnce({ channels }: CapacityProfileInput): AtOnce {
  const { voice, voicemail } = channels;
  const takesCalls = (voice?.max ?? 0) > 0;
  const n_messages = voicemail?.max ?? 0;
  const isMixed = takesCalls && n_messages > 0;
  const beside = (it: ChannelRule | null | undefined): Mixing => (isMixed && it != null && besideOf(it) === 'any_channel' ? 'beside' : 'never');
  return {
    takesCalls,
    n_messages,
    // Interruption makes room whatever else is said of messages.
    callComes: isMixed && interruptsMessages(voice) ? 'interrupts' : beside(voicemail),
    messageComes: beside(voice),
  };
}
