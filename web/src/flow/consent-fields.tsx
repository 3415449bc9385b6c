// What callers are told of the recording, and whether they are asked: by which keys, how long and how often.
import { Field, Select } from '@fluentui/react-components';
import { useState, type ReactNode } from 'react';
import type { FlowNode } from '../api/contract';
import { useT } from '../i18n/t';
import { ASK_USUAL, LIMITS } from './nodes';
import { KeyOf, NumberOf, PromptOf, type Place } from './step-fields';

export function ConsentFields({ place, node }: { place: Place; node: Extract<FlowNode, { kind: 'consent' }> }): ReactNode {
  const t = useT();
  const { disabled, set, errorAt } = place;
  // What is left out is as usual.
  const ask = node.ask ? { ...ASK_USUAL, ...node.ask } : null;
  // Told only and asked again, the keys are as they were.
  const [kept, setKept] = useState(ask);
  const turn = (isAsked: boolean): void => {
    if (ask) setKept(ask);
    set('ask', isAsked ? (kept ?? ASK_USUAL) : null);
  };
  return (
    <>
      <Field data-field="ask" label={t('flow.consent.way')} hint={t(ask ? 'flow.consent.ask.hint' : 'flow.consent.tell.hint')} validationMessage={errorAt('ask')}>
        <Select disabled={disabled} value={ask ? 'ask' : 'tell'} onChange={(_, data) => turn(data.value === 'ask')}>
          <option value="ask">{t('flow.consent.ask')}</option>
          <option value="tell">{t('flow.consent.tell')}</option>
        </Select>
      </Field>
      <PromptOf place={place} path="prompt" labelId={'flow.promptKind'} hintId={ask ? 'flow.consent.prompt.ask' : 'flow.consent.prompt.tell'} prompt={node.prompt} />
      {ask ? (
        <>
          <KeyOf place={place} path="ask.accept" labelId={'flow.consent.accept'} value={ask.accept} />
          <KeyOf place={place} path="ask.refuse" labelId={'flow.consent.refuse'} value={ask.refuse} />
          <NumberOf place={place} path="ask.timeout_s" labelId={'flow.consent.timeout'} value={ask.timeout_s} min={1} max={LIMITS.seconds} />
          <NumberOf place={place} path="ask.retries" labelId={'flow.retries'} value={ask.retries} min={0} max={LIMITS.retries} />
        </>
      ) : null}
    </>
  );
}
