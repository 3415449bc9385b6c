// What those who wait are told, and when: sentences with a place for the number, the same in further languages, and what
// callers would hear of them.
import { Checkbox, Field, Select, Switch } from '@fluentui/react-components';
import { useState, type ReactNode } from 'react';
import { useIntl } from 'react-intl';
import type { Announce } from '../api/contract';
import { useT, type MessageId } from '../i18n/t';
import { languageName } from '../prompts/languages';
import type { ErrorAt } from '../routing/places';
import { NumberField } from '../ui/number-field';
import css from './admin.module.css';
import { AnnounceLanguages, OwnLanguage, SentenceFields } from './announce-languages';
import { announceProblems, CALLERS, EVERY_S, FIRST_MAX_S, freshAnnounce, heard, SENTENCE_MAX, withPart } from './announcing';
import { withValue } from './forms';
import { useSwitched } from './switched';

interface Props {
  label: string;
  hint: string | undefined;
  value: unknown;
  errorAt: ErrorAt;
  disabled: boolean;
  change: (value: Announce | null) => void;
}

export function AnnounceField({ label, hint, value, errorAt, disabled, change }: Props): ReactNode {
  const t = useT();
  const given = (value ?? null) as Announce | null;
  const fresh = (): Announce => freshAnnounce({ position: t('announce.usual.position'), under_a_minute: t('announce.usual.under'), minutes: t('announce.usual.minutes'), over_an_hour: t('announce.usual.over') });
  const turn = useSwitched(given, fresh, change);
  return (
    <>
      <Field hint={hint} validationMessage={given ? undefined : errorAt('announce')}>
        <Switch label={label} disabled={disabled} checked={given !== null} onChange={(_, data) => turn(data.checked)} />
      </Field>
      {given ? <Fields announce={given} errorAt={errorAt} disabled={disabled} change={change} /> : null}
    </>
  );
}

function Fields({ announce, errorAt, disabled, change }: { announce: Announce } & Pick<Props, 'errorAt' | 'disabled' | 'change'>): ReactNode {
  const t = useT();
  const found = announceProblems(announce);
  const wrong = (path: string): string | undefined => {
    const local = found.find((f) => f.path === path);
    // Of a language as a whole: what is wrong with its sentences stands at those.
    const reach = /^languages\.[^.]+$/.test(path) ? 'here' : 'inside';
    return local ? t(local.id, { max: SENTENCE_MAX }) : errorAt(path === '' ? 'announce' : `announce.${path}`, reach);
  };
  const set = (path: string, value: unknown): void => change(withValue(announce, path, value));
  const number = (path: 'first_s' | 'every_s', id: MessageId, min: number, max: number): ReactNode => (
    <NumberField
      label={t(id)}
      hint={t('field.range', { min, max, unit: t('unit.seconds') })}
      min={min}
      max={max}
      value={announce[path]}
      error={wrong(path)}
      disabled={disabled}
      change={(value) => set(path, value ?? min)}
    />
  );
  const { position, wait } = announce;
  return (
    <>
      {number('first_s', 'announce.first', 0, FIRST_MAX_S)}
      {number('every_s', 'announce.every', EVERY_S[0], EVERY_S[1])}
      <Checkbox
        label={t('announce.position')}
        disabled={disabled}
        checked={position != null}
        onChange={(_, data) => change(withPart(announce, 'position', data.checked === true ? t('announce.usual.position') : null))}
      />
      <Checkbox
        label={t('announce.wait')}
        disabled={disabled}
        checked={wait != null}
        onChange={(_, data) =>
          change(withPart(announce, 'wait', data.checked === true ? { under_a_minute: t('announce.usual.under'), minutes: t('announce.usual.minutes'), over_an_hour: t('announce.usual.over') } : null))
        }
      />
      <SentenceFields at="" sentences={announce} lang={announce.language ?? undefined} wrong={wrong} disabled={disabled} set={set} />
      <OwnLanguage announce={announce} error={wrong('language')} disabled={disabled} change={change} />
      <AnnounceLanguages announce={announce} wrong={wrong} disabled={disabled} set={set} change={change} />
      <Field hint={t('announce.grow.hint')}>
        <Switch label={t('announce.grow')} disabled={disabled} checked={announce.may_grow === true} onChange={(_, data) => set('may_grow', data.checked)} />
      </Field>
      {found.some(({ path }) => path === '') ? <p className={css.error}>{t('announce.error.nothing')}</p> : <Preview announce={announce} />}
    </>
  );
}

function Preview({ announce }: { announce: Announce }): ReactNode {
  const t = useT();
  const { locale } = useIntl();
  const [asked, setAsked] = useState('');
  const further = Object.keys(announce.languages ?? {});
  const tag = further.includes(asked) ? asked : '';
  const sentences = announce.languages?.[tag] ?? announce;
  const lang = tag === '' ? (announce.language ?? undefined) : tag;
  return (
    <div className={css.preview} role="group" aria-label={t('announce.preview')}>
      <h3>{t('announce.preview')}</h3>
      {further.length === 0 ? null : (
        <Field label={t('announce.preview.for')}>
          <Select value={tag} onChange={(_, data) => setAsked(data.value)}>
            <option value="">{t('announce.preview.others')}</option>
            {further.map((it) => (
              <option key={it} value={it}>
                {languageName(it, locale)}
              </option>
            ))}
          </Select>
        </Field>
      )}
      <p>{t(announce.first_s === 0 ? 'announce.when.atOnce' : 'announce.when', { first: announce.first_s, every: announce.every_s })}</p>
      <dl>
        {CALLERS.map((caller) => (
          <div key={caller.place}>
            <dt>{t('announce.caller', caller)}</dt>
            <dd>
              <q lang={lang}>
                <bdi>{heard(sentences, caller)}</bdi>
              </q>
            </dd>
          </div>
        ))}
      </dl>
      {announce.wait == null ? null : <p>{t('announce.silent')}</p>}
      <p>{t(announce.may_grow ? 'announce.grows' : 'announce.shrinks')}</p>
    </div>
  );
}
