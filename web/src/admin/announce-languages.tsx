// The sentences of announcements: the queue's own, in which language those are, and a card for each further language.
import { Button, Field, Select, Textarea } from '@fluentui/react-components';
import { DeleteRegular } from '@fluentui/react-icons/svg/delete';
import { useRef, type ReactNode } from 'react';
import { useIntl } from 'react-intl';
import type { Announce } from '../api/contract';
import { announce as tell } from '../app/announcer';
import { useT, type MessageId } from '../i18n/t';
import { foundLanguages, languageName } from '../prompts/languages';
import { SearchField } from '../ui/search-field';
import css from './announce.module.css';
import { LANGUAGES_MAX, withLanguage, withoutLanguage, type Sentences } from './announcing';

interface Shared {
  wrong: (path: string) => string | undefined;
  disabled: boolean;
  set: (path: string, value: unknown) => void;
}

/** One text for each sentence that is said; `at` is where they stand, with a dot behind it. */
export function SentenceFields({ at, sentences, lang, wrong, disabled, set }: Shared & { at: string; sentences: Sentences; lang: string | undefined }): ReactNode {
  const t = useT();
  const text = (path: string, id: MessageId, value: string, hint?: MessageId): ReactNode => (
    <Field label={t(id)} required hint={hint && t(hint)} validationMessage={wrong(at + path)}>
      <Textarea rows={2} resize="vertical" textarea={{ dir: 'auto', lang }} disabled={disabled} value={value} onChange={(_, data) => set(at + path, data.value)} />
    </Field>
  );
  const { position, wait } = sentences;
  return (
    <>
      {position == null ? null : text('position', 'announce.position.text', position, 'announce.position.hint')}
      {wait == null ? null : (
        <>
          {text('wait.under_a_minute', 'announce.under', wait.under_a_minute)}
          {text('wait.minutes', 'announce.minutes', wait.minutes, 'announce.minutes.hint')}
          {text('wait.over_an_hour', 'announce.over', wait.over_an_hour)}
        </>
      )}
    </>
  );
}

interface Props {
  announce: Announce;
  disabled: boolean;
  change: (announce: Announce) => void;
}

/** In which language the queue's own sentences are. */
export function OwnLanguage({ announce, error, disabled, change }: Props & { error: string | undefined }): ReactNode {
  const t = useT();
  const { locale } = useIntl();
  const { language, ...rest } = announce;
  const known = foundLanguages('', locale, Object.keys(announce.languages ?? {}));
  const isKnown = language == null || known.some(({ tag }) => tag === language);
  return (
    <Field label={t('announce.language')} hint={t('announce.language.hint')} validationMessage={error}>
      <Select disabled={disabled} value={language ?? ''} onChange={(_, data) => change(data.value === '' ? rest : { ...rest, language: data.value })}>
        <option value="">{t('announce.language.usual')}</option>
        {isKnown ? null : <option value={language}>{languageName(language, locale)}</option>}
        {known.map(({ tag, name }) => (
          <option key={tag} value={tag}>
            {name}
          </option>
        ))}
      </Select>
    </Field>
  );
}

export function AnnounceLanguages({ announce, wrong, disabled, set, change }: Props & Shared): ReactNode {
  const t = useT();
  const { locale } = useIntl();
  const list = useRef<HTMLDivElement>(null);
  const tags = Object.keys(announce.languages ?? {});
  const focus = (selector: string): void => void requestAnimationFrame(() => requestAnimationFrame(() => list.current?.querySelector<HTMLElement>(selector)?.focus()));
  const add = (tag: string): void => {
    change(withLanguage(announce, tag));
    tell(t('prompts.language.added', { language: languageName(tag, locale) }));
    focus(`[data-language="${tag}"] textarea`);
  };
  const remove = (tag: string): void => {
    change(withoutLanguage(announce, tag));
    tell(t('prompts.language.removed', { language: languageName(tag, locale) }));
    focus('[role="combobox"]');
  };
  if (disabled && tags.length === 0) return null;
  const without = [...tags, ...(announce.language == null ? [] : [announce.language])];
  return (
    <div ref={list} className={css.languages} role="group" aria-label={t('announce.languages')}>
      <h3>{t('announce.languages')}</h3>
      <p>{t('announce.languages.about')}</p>
      {Object.entries(announce.languages ?? {}).map(([tag, sentences]) => {
        const language = languageName(tag, locale);
        return (
          <fieldset key={tag} className={css.card} data-language={tag}>
            <legend>
              {language} <bdi dir="ltr">{tag}</bdi>
            </legend>
            {disabled ? null : (
              <Button className={css.remove} appearance="subtle" icon={<DeleteRegular />} aria-label={t('prompts.language.remove', { language })} onClick={() => remove(tag)} />
            )}
            {wrong(`languages.${tag}`) ? <p className={css.error}>{wrong(`languages.${tag}`)}</p> : null}
            <SentenceFields at={`languages.${tag}.`} sentences={sentences} lang={tag} wrong={wrong} disabled={disabled} set={set} />
          </fieldset>
        );
      })}
      {disabled || tags.length >= LANGUAGES_MAX ? null : (
        <SearchField
          label={t('prompts.language.add')}
          none={t('prompts.language.none')}
          placeholder={t('prompts.language.find')}
          value=""
          disabled={false}
          found={(typed) => foundLanguages(typed, locale, without).map(({ tag, name }) => ({ key: tag, text: name, note: tag }))}
          choose={add}
        />
      )}
    </div>
  );
}
