// A prompt as a form: its name, a card for each language with the words or the sound, and which language a caller hears.
import { Button, Field, Input, Radio, Select, Textarea } from '@fluentui/react-components';
import { DeleteRegular } from '@fluentui/react-icons/svg/delete';
import { useRef, type ReactNode } from 'react';
import { useIntl } from 'react-intl';
import admin from '../admin/admin.module.css';
import { errorsFor } from '../admin/field-errors';
import type { PromptInput, Spoken } from '../api/prompts';
import { announce } from '../app/announcer';
import { useT } from '../i18n/t';
import { isolated } from '../ui/durations';
import { SearchField } from '../ui/search-field';
import { UsedBy } from './cells';
import { foundLanguages, heardBy, languageName, strangers } from './languages';
import { inOrder, promptProblems, withoutLanguage } from './prompt';
import css from './prompts.module.css';
import { SoundField } from './sound-field';

const NO_SOUND = { id: '', seconds: 0, peak_dbfs: 0 };

interface Props {
  prompt: PromptInput;
  /** Of what is stored; null for a new one. */
  stored: { id: number; version: number } | null;
  errors: readonly { field: string; detail: string }[];
  /** After the first try to save, everything that is wrong is marked. */
  tried: boolean;
  disabled: boolean;
  change: (prompt: PromptInput) => void;
}

export function PromptEditor({ prompt, stored, errors, tried, disabled, change }: Props): ReactNode {
  const t = useT();
  const { locale } = useIntl();
  const list = useRef<HTMLDivElement>(null);
  const found = promptProblems(prompt);
  const errorAt = (path: string): string | undefined => {
    const local = found.find(({ field }) => field === path);
    return local && tried ? t(local.id) : errorsFor(errors, path);
  };
  const tags = Object.keys(prompt.languages);
  const add = (tag: string): void => {
    const isFirst = tags.length === 0;
    change({ ...prompt, default_language: isFirst ? tag : prompt.default_language, languages: { ...prompt.languages, [tag]: { text: '' } } });
    announce(t('prompts.language.added', { language: languageName(tag, locale) }));
    requestAnimationFrame(() => requestAnimationFrame(() => list.current?.querySelector<HTMLElement>(`[data-language="${tag}"] select`)?.focus()));
  };
  return (
    <>
      <section className={`${admin.card} ${admin.section}`}>
        <h2>{t('section.identity')}</h2>
        <div className={admin.fields}>
          <Field label={t('field.name')} required validationMessage={errorAt('name')}>
            <Input maxLength={80} disabled={disabled} value={prompt.name} onChange={(_, data) => change({ ...prompt, name: data.value })} />
          </Field>
          {stored === null ? null : (
            <>
              <p className={css.quiet}>{t('prompts.version', { version: isolated(stored.version) })}</p>
              <div>
                <h3 className={css.label}>{t('prompts.usedBy')}</h3>
                <UsedBy id={stored.id} />
              </div>
            </>
          )}
        </div>
      </section>
      <section className={`${admin.card} ${css.languages}`}>
        <h2>{t('prompts.languages')}</h2>
        <div ref={list} className={css.cards}>
          {inOrder(prompt).map(([tag, spoken]) => (
            <LanguageCard
              key={tag}
              tag={tag}
              spoken={spoken}
              isDefault={tag === prompt.default_language}
              error={errorAt(`languages.${tag}`)}
              disabled={disabled}
              change={(next) => change({ ...prompt, languages: { ...prompt.languages, [tag]: next } })}
              makeDefault={() => change({ ...prompt, default_language: tag })}
              remove={() => {
                change(withoutLanguage(prompt, tag));
                announce(t('prompts.language.removed', { language: languageName(tag, locale) }));
                requestAnimationFrame(() => list.current?.parentElement?.querySelector<HTMLElement>('[role="combobox"]')?.focus());
              }}
            />
          ))}
        </div>
        {found.some(({ field }) => field === 'languages') && tried ? <p className={admin.error}>{t('prompts.error.none')}</p> : null}
        {errorAt('default_language') ? <p className={admin.error}>{errorAt('default_language')}</p> : null}
        {disabled ? null : (
          <div className={css.add}>
            <SearchField
              label={t('prompts.language.add')}
              none={t('prompts.language.none')}
              placeholder={t('prompts.language.find')}
              value=""
              disabled={false}
              found={(typed) => foundLanguages(typed, locale, tags).map(({ tag, name }) => ({ key: tag, text: name, note: tag }))}
              choose={add}
            />
          </div>
        )}
      </section>
      {tags.length === 0 ? null : <WhoHears prompt={prompt} />}
    </>
  );
}

function LanguageCard(props: {
  tag: string;
  spoken: Spoken;
  isDefault: boolean;
  error: string | undefined;
  disabled: boolean;
  change: (spoken: Spoken) => void;
  makeDefault: () => void;
  remove: () => void;
}): ReactNode {
  const t = useT();
  const { locale } = useIntl();
  const { tag, spoken, isDefault, error, disabled, change, makeDefault, remove } = props;
  const language = languageName(tag, locale);
  // Whoever looks at the other way and comes back finds what was there.
  const kept = useRef<{ text: Spoken; sound: Spoken }>({ text: { text: '' }, sound: { sound: NO_SOUND } });
  const way = 'sound' in spoken ? 'sound' : 'text';
  return (
    <fieldset className={css.card} data-language={tag}>
      <legend>
        {language} <bdi dir="ltr">{tag}</bdi>
      </legend>
      <div className={css.head}>
        <Radio name="default-language" label={t('prompts.default')} aria-label={t('prompts.default.for', { language })} checked={isDefault} disabled={disabled} onChange={makeDefault} />
        {disabled ? null : <Button appearance="subtle" icon={<DeleteRegular />} aria-label={t('prompts.language.remove', { language })} onClick={remove} />}
      </div>
      <Field label={t('prompts.way')}>
        <Select
          value={way}
          disabled={disabled}
          onChange={(_, data) => {
            kept.current[way] = spoken;
            change(kept.current[data.value === 'sound' ? 'sound' : 'text']);
          }}
        >
          <option value="text">{t('flow.promptKind.text')}</option>
          <option value="sound">{t('prompts.way.sound')}</option>
        </Select>
      </Field>
      {'sound' in spoken ? (
        <SoundField language={language} sound={spoken.sound} error={error} disabled={disabled} change={(sound) => change({ sound })} />
      ) : (
        <Field label={t('flow.prompt.text')} required validationMessage={error} hint={t('prompts.text.hint')}>
          <Textarea rows={2} resize="vertical" dir="auto" disabled={disabled} value={spoken.text} onChange={(_, data) => change({ text: data.value })} />
        </Field>
      )}
    </fieldset>
  );
}

/** The order in which a language is looked for, said of real callers. */
function WhoHears({ prompt }: { prompt: PromptInput }): ReactNode {
  const t = useT();
  const { locale } = useIntl();
  const tags = Object.keys(prompt.languages);
  const named = (tag: string): string => `\u2068${languageName(tag, locale)}\u2069`;
  return (
    <section className={`${admin.card} ${css.languages}`}>
      <h2>{t('prompts.hears')}</h2>
      <p className={admin.about}>{t('prompts.hears.about')}</p>
      <ul className={css.hears}>
        {strangers(tags).map((wanted) => (
          <li key={wanted}>{t('prompts.hears.other', { wanted: named(wanted), heard: named(heardBy(wanted, tags, prompt.default_language)) })}</li>
        ))}
        <li>{t('prompts.hears.default', { heard: named(prompt.default_language) })}</li>
      </ul>
    </section>
  );
}
