// Call flows over the API, in closed kinds where the description is open: kinds of steps, checking a flow without saving it,
// and calls that test one.
import { ask, loose } from './client';
import type * as schema from './schema';

type Described = schema.components['schemas']['Node'];
type DescribedPrompt = schema.components['schemas']['Prompt'];
/** What is heard: a text, the address of a sound, or one of the prompts. */
export type Prompt = { text: string } | { url: string } | { prompt_id: number };

/** With which keys a caller agrees to the recording and refuses it. */
export type ConsentAsk = Required<schema.components['schemas']['AskConsent']>;
type More =
  | { kind: 'voicemail'; queue_id: number; prompt: Prompt; max_s?: number; stop?: string; done: string; no_message: string; failed: string }
  | { kind: 'record'; action: 'start' | 'stop'; next: string; failed: string }
  | { kind: 'transfer'; to: { number: string }; ring_s?: number; prompt?: Prompt | null; failed: string }
  | { kind: 'callback'; queue_id: number; when?: 'virtual_hold' | 'asap' | 'scheduled'; after_s?: number | null; within_s?: number | null; booked: string; refused: string }
  | { kind: 'sub_flow'; flow_id: number; next: string; failed?: string | null };
interface MoreFields {
  collect: { retries?: number; retry_prompt?: Prompt | null; masked?: boolean; terminator?: '#' | '*' | 'none' | null; between_digits_s?: number };
  queue: { keep_age?: boolean; key?: { key: string; prompt: Prompt; first_s: number; every_s: number; next: string } | null };
}
/** A described step, with prompts as they are here and the fields that it gains. */
type Grown<N extends { kind: string }> = { [K in keyof N]: K extends 'prompt' | 'retry_prompt' ? Prompt | Exclude<N[K], DescribedPrompt> : N[K] } & (N['kind'] extends keyof MoreFields
  ? MoreFields[N['kind']]
  : unknown);
type Each<N> = N extends { kind: string } ? Grown<N> : never;
export type FlowNode = Each<Described> | (More & { id: string });
export interface FlowInput {
  name: string;
  start: string;
  nodes: FlowNode[];
}

export interface FlowError {
  field: string;
  code: string;
  detail: string;
}
export interface FlowWarning extends FlowError {
  node: string | null;
}
export interface Checked {
  errors: FlowError[];
  warnings: FlowWarning[];
}

export interface TestStep {
  at: string;
  flow_id: number | null;
  node: string;
  kind: string;
  exit: string | null;
  code: string | null;
}
export interface TestCall {
  state: 'ringing' | 'in_call' | 'ended';
  contact_id: number | null;
  hears: string | null;
  node: string | null;
  flow_id: number | null;
  attributes: Record<string, unknown>;
  steps: TestStep[];
  end_reason: string | null;
}

export async function checkFlow(center: string, flow: FlowInput): Promise<Checked> {
  return (await ask(loose.POST('/{center}/flows/check', { params: { path: { center } }, body: flow }))) as Checked;
}

export async function startTest(center: string, id: number, from: string): Promise<{ call_id: string }> {
  const body = from === '' ? {} : { from };
  return (await ask(loose.POST('/{center}/flows/{id}/test-calls', { params: { path: { center, id } }, body }))) as { call_id: string };
}

export async function testCall(center: string, id: number, call: string): Promise<TestCall> {
  return (await ask(loose.GET('/{center}/flows/{id}/test-calls/{call}', { params: { path: { center, id, call } } }))) as TestCall;
}

export async function pressInTest(center: string, id: number, call: string, digits: string): Promise<void> {
  await ask(loose.POST('/{center}/flows/{id}/test-calls/{call}/keys', { params: { path: { center, id, call } }, body: { digits } }));
}

export async function endTest(center: string, id: number, call: string): Promise<void> {
  await ask(loose.POST('/{center}/flows/{id}/test-calls/{call}/hang-up', { params: { path: { center, id, call } } }));
}

export interface FlowVersion {
  version: number;
  saved_at: string;
  /** The user name; `system` for Tandem itself, null when nobody is known. */
  saved_by: string | null;
}
export interface FlowVersionPage {
  items: FlowVersion[];
  next_before: number | null;
  /** False while some may be missing: they are made again from what was stored. */
  is_complete: boolean;
}
export type WholeFlowVersion = FlowVersion & { flow: FlowInput };

export async function flowVersions(center: string, id: number, before: number | null): Promise<FlowVersionPage> {
  const params = { path: { center, id }, query: before === null ? {} : { before: String(before) } };
  return (await ask(loose.GET('/{center}/flows/{id}/versions', { params }))) as FlowVersionPage;
}

export async function flowVersion(center: string, id: number, version: number): Promise<WholeFlowVersion> {
  return (await ask(loose.GET('/{center}/flows/{id}/versions/{version}', { params: { path: { center, id, version } } }))) as WholeFlowVersion;
}
