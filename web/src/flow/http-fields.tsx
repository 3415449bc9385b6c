// What a business system is asked, what is heard meanwhile, and which values of the answer are remembered.
import { Field, Select, Textarea } from '@fluentui/react-components';
import { useState, type ReactNode } from 'react';
import type { FlowNode } from '../api/contract';
import { useT } from '../i18n/t';
import { LIMITS } from './nodes';
import { NumberOf, PromptOf, TextOf, type Place } from './step-fields';

/** A line each: the name, and where its value stands in the answer. */
function savedIn(text: string): Record<string, string> {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  return Object.fromEntries(lines.map((line) => [(line.split('=')[0] ?? '').trim(), line.split('=').slice(1).join('=').trim()]));
}

export function HttpFields({ place, node }: { place: Place; node: Extract<FlowNode, { kind: 'http' }> }): ReactNode {
  const t = useT();
  const { errorAt, set, disabled } = place;
  const lines = Object.entries(node.save ?? {}).map(([name, pointer]) => `${name} = ${pointer}`);
  const [draft, setDraft] = useState(lines.join('\n'));
  const isPost = node.method === 'post';
  return (
    <>
      <TextOf place={place} path="system" labelId={'flow.http.system'} value={node.system} />
      <Field data-field="method" label={t('flow.http.method')} validationMessage={errorAt('method') ?? (isPost ? undefined : errorAt('body'))}>
        <Select
          value={node.method ?? 'get'}
          disabled={disabled}
          onChange={(_, data) => set('', { ...node, method: data.value, ...(data.value === 'get' ? { body: undefined } : {}) })}
        >
          <option value="get">{t('flow.http.get')}</option>
          <option value="post">{t('flow.http.post')}</option>
        </Select>
      </Field>
      <TextOf place={place} path="path" labelId={'flow.http.path'} value={node.path} />
      {isPost ? <BodyField place={place} body={node.body} /> : null}
      <PromptOf place={place} path="prompt" labelId={'flow.http.prompt'} noneId={'flow.http.prompt.none'} prompt={node.prompt ?? null} />
      <Field data-field="save" label={t('flow.http.save')} hint={t('flow.http.save.hint')} validationMessage={errorAt('save')}>
        <Textarea
          rows={3}
          dir="ltr"
          disabled={disabled}
          value={draft}
          onChange={(_, data) => {
            setDraft(data.value);
            set('save', savedIn(data.value));
          }}
        />
      </Field>
      <NumberOf place={place} path="timeout_s" labelId={'flow.http.timeout'} value={node.timeout_s} min={1} max={LIMITS.answer} />
    </>
  );
}

/** JSON that is still being typed stays here: the step keeps the last that was whole. */
function BodyField({ place, body }: { place: Place; body: unknown }): ReactNode {
  const t = useT();
  const [draft, setDraft] = useState(() => (body === undefined ? '' : JSON.stringify(body, null, 2)));
  const [broken, setBroken] = useState<string | undefined>();
  const typed = (text: string): void => {
    setDraft(text);
    try {
      place.set('body', text.trim() === '' ? undefined : JSON.parse(text));
      setBroken(undefined);
    } catch (error) {
      setBroken(t('flow.http.body.broken', { detail: error instanceof Error ? error.message : '' }));
    }
  };
  return (
    <Field data-field="body" label={t('flow.http.body')} hint={t('flow.http.body.hint')} validationMessage={broken ?? place.errorAt('body')}>
      <Textarea textarea={{ dir: 'ltr', spellCheck: false }} rows={4} resize="vertical" disabled={place.disabled} value={draft} onChange={(_, data) => typed(data.value)} />
    </Field>
  );
}
