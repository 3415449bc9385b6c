// What is heard, as a field: a text that is read aloud, the address of a recording, or one of the prompts.
import { Field, Select, Textarea } from '@fluentui/react-components';
import { useState, type ReactNode } from 'react';
import { Link } from 'react-router';
import { RefSelect } from '../admin/ref-select';
import type { Prompt } from '../api/flows';
import { useT } from '../i18n/t';
import css from './prompts.module.css';

const WAYS = ['text', 'url', 'prompt_id'] as const;
type Way = (typeof WAYS)[number];

export function wayOf(prompt: Prompt): Way {
  return 'prompt_id' in prompt ? 'prompt_id' : 'url' in prompt ? 'url' : 'text';
}

function fresh(way: Way): Prompt {
  switch (way) {
    case 'text':
      return { text: '' };
    case 'url':
      return { url: '' };
    case 'prompt_id':
      return { prompt_id: 0 };
  }
}

interface Props {
  /** The path of the field, for those who look for it. */
  field?: string;
  label: string;
  hint?: string;
  /** What it means to choose none, where that is allowed. */
  none?: string;
  value: Prompt | null;
  error: string | undefined;
  required?: boolean;
  disabled: boolean;
  change: (prompt: Prompt | null) => void;
  blur?: () => void;
}

export function PromptChoice({ field, label, hint, none, value, error, required = false, disabled, change, blur }: Props): ReactNode {
  const t = useT();
  const way = value === null ? 'none' : wayOf(value);
  return (
    <div role="group" aria-label={label} className={css.choice}>
      <Field data-field={value === null ? field : undefined} label={label} hint={hint} validationMessage={value === null ? error : undefined}>
        <Select value={way} disabled={disabled} onChange={(_, data) => change(data.value === 'none' ? null : fresh(data.value as Way))}>
          {none === undefined ? null : <option value="none">{none}</option>}
          {WAYS.map((each) => (
            <option key={each} value={each}>
              {t(`flow.promptKind.${each}`)}
            </option>
          ))}
        </Select>
      </Field>
      {value === null ? null : 'prompt_id' in value ? (
        <Field
          data-field={field}
          label={t('flow.prompt.prompt_id')}
          required
          validationMessage={error}
          hint={value.prompt_id > 0 ? { children: <Link className={css.look} to={`/admin/prompts/${value.prompt_id}`}>{t('prompts.open')}</Link> } : t('flow.prompt.prompt_id.hint')}
        >
          <RefSelect area="prompts" none={t('field.choose')} value={value.prompt_id} disabled={disabled} change={(id) => change({ prompt_id: id })} />
        </Field>
      ) : (
        <Field data-field={field} label={'url' in value ? t('flow.prompt.url') : t('flow.prompt.text')} required={required} validationMessage={error}>
          <Textarea
            rows={3}
            resize="vertical"
            dir={'url' in value ? 'ltr' : 'auto'}
            disabled={disabled}
            value={'url' in value ? value.url : value.text}
            onChange={(_, data) => change('url' in value ? { url: data.value } : { text: data.value })}
            onBlur={blur}
          />
        </Field>
      )}
    </div>
  );
}

/** Music is stored as a plain text or address, or as one of the prompts. */
type Music = string | { prompt_id: number };

function promptOf(music: Music): Prompt {
  if (typeof music !== 'string') return music;
  return /^https?:\/\//.test(music) ? { url: music } : { text: music };
}

export function MusicField(props: { label: string; value: unknown; error: string | undefined; disabled: boolean; change: (music: Music) => void; blur?: () => void }): ReactNode {
  const { label, value, error, disabled, change, blur } = props;
  const given = (typeof value === 'object' && value !== null ? value : String(value ?? '')) as Music;
  // An address that is still being typed is not one yet: what was chosen counts.
  const [way, setWay] = useState<Way>(() => wayOf(promptOf(given)));
  const shown: Prompt = typeof given === 'string' ? (way === 'url' ? { url: given } : { text: given }) : given;
  return (
    <PromptChoice
      label={label}
      value={shown}
      error={error}
      required
      disabled={disabled}
      {...(blur ? { blur } : {})}
      change={(prompt) => {
        if (prompt === null) return;
        setWay(wayOf(prompt));
        change('prompt_id' in prompt ? prompt : 'url' in prompt ? prompt.url : prompt.text);
      }}
    />
  );
}
