// The prompt document: what a new one begins as, what is sent, what can be said of it before asking the server, and where it
// is used. Pure; the server decides.
import type { FlowNode, Prompt } from '../api/flows';
import type { PromptInput, PromptSent, Spoken, Uploaded } from '../api/prompts';
import type { MessageId } from '../i18n/t';

export const TEXT_MAX = 400;
const PLAYED_RATE = 16_000;

export function freshPrompt(): PromptInput {
  return { name: '', default_language: 'en-US', languages: { 'en-US': { text: '' } } };
}

/** Sounds are sent by their name alone. */
export function sentPrompt(prompt: PromptInput): PromptSent {
  const sent = (spoken: Spoken): PromptSent['languages'][string] => ('sound' in spoken ? { sound_id: spoken.sound.id } : spoken);
  return { ...prompt, languages: Object.fromEntries(Object.entries(prompt.languages).map(([tag, spoken]) => [tag, sent(spoken)])) };
}

export interface Found {
  field: string;
  id: MessageId;
}

export function promptProblems(prompt: PromptInput): Found[] {
  const found: Found[] = [];
  if (prompt.name.trim() === '') found.push({ field: 'name', id: 'field.error.required' });
  const all = Object.entries(prompt.languages);
  if (all.length === 0) found.push({ field: 'languages', id: 'prompts.error.none' });
  else if (!(prompt.default_language in prompt.languages)) found.push({ field: 'default_language', id: 'prompts.error.default' });
  for (const [tag, spoken] of all) {
    if ('sound' in spoken) {
      if (spoken.sound.id === '') found.push({ field: `languages.${tag}`, id: 'prompts.error.sound' });
    } else if (spoken.text.trim() === '') found.push({ field: `languages.${tag}`, id: 'prompts.error.text' });
    else if ([...spoken.text].length > TEXT_MAX) found.push({ field: `languages.${tag}`, id: 'prompts.error.long' });
  }
  return found;
}

/** Without a language: the default moves to the first that is left. */
export function withoutLanguage(prompt: PromptInput, tag: string): PromptInput {
  const { [tag]: _gone, ...languages } = prompt.languages;
  const first = Object.keys(languages)[0] ?? prompt.default_language;
  return { ...prompt, languages, default_language: prompt.default_language === tag ? first : prompt.default_language };
}

/** The default first, the others by tag: the order does not change while somebody works. */
export function inOrder(prompt: PromptInput): [string, Spoken][] {
  return Object.entries(prompt.languages).sort(([a], [b]) => Number(b === prompt.default_language) - Number(a === prompt.default_language) || a.localeCompare(b));
}

export function kilohertz(rate: number): number {
  return Math.round(rate / 100) / 10;
}

/** What was done to a sound, as a message: nothing to one that telephones play as it is. */
export function doneTo({ was }: Uploaded): { id: MessageId; values: { rate: number; channels: string } } {
  const channels = was.channels === 1 ? 'mono' : was.channels === 2 ? 'stereo' : 'more';
  const isKept = was.rate_hz === PLAYED_RATE && was.channels === 1 && was.bits === 16;
  return { id: isKept ? 'prompts.sound.kept' : 'prompts.sound.made', values: { rate: kilohertz(was.rate_hz), channels } };
}

const namesPrompt = (heard: unknown, id: number): boolean => typeof heard === 'object' && heard !== null && (heard as { prompt_id?: number }).prompt_id === id;

export interface Use {
  area: 'flows' | 'queues';
  id: number;
  name: string;
}

export function usesOf(
  id: number,
  flows: readonly { id: number; name: string; nodes: readonly FlowNode[] }[],
  queues: readonly { id: number; name: string; music: string | { prompt_id: number }; plan?: readonly { prompt?: unknown }[] }[],
): Use[] {
  const hears = (node: FlowNode): boolean => ['prompt', 'retry_prompt'].some((path) => namesPrompt((node as unknown as Record<string, Prompt | null>)[path], id));
  return [
    ...flows.filter(({ nodes }) => nodes.some(hears)).map(({ id: flow, name }): Use => ({ area: 'flows', id: flow, name })),
    ...queues.filter(({ music, plan }) => [music, ...(plan ?? []).map((it) => it.prompt)].some((heard) => namesPrompt(heard, id))).map(({ id: queue, name }): Use => ({ area: 'queues', id: queue, name })),
  ];
}
