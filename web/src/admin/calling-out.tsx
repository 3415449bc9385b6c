// How customers are called from a queue: whose number they see, in which countries, and how long it rings.
import { Button, Field, Switch } from '@fluentui/react-components';
import { DismissRegular } from '@fluentui/react-icons/svg/dismiss';
import { useRef, type ReactNode } from 'react';
import { useIntl } from 'react-intl';
import type { CallingOutRules } from '../api/contract';
import { announce } from '../app/announcer';
import { useT } from '../i18n/t';
import { isolated } from '../ui/durations';
import { NumberField } from '../ui/number-field';
import { SearchField } from '../ui/search-field';
import css from './calling-out.module.css';
import { COUNTRIES_MAX, FRESH_RING_S, FRESH_RULES, RING_S } from './calling-rules';
import { foundCountries, namesOf } from './calling-codes';
import { RefSelect } from './ref-select';
import { useSwitched } from './switched';

interface Props {
  label: string;
  hint: string | undefined;
  value: unknown;
  /** Whether it was tried to save what stands here. */
  isTried: boolean;
  errorAt: (path: string) => string | undefined;
  disabled: boolean;
  change: (value: CallingOutRules | null) => void;
}

export function CallingOutField({ label, hint, value, isTried, errorAt, disabled, change }: Props): ReactNode {
  const t = useT();
  const rules = (value ?? null) as CallingOutRules | null;
  const turn = useSwitched(rules, () => FRESH_RULES, change);
  if (!rules) {
    return (
      <Field hint={hint} validationMessage={errorAt('calling_out')}>
        <Switch label={label} disabled={disabled} checked={false} onChange={(_, data) => turn(data.checked)} />
      </Field>
    );
  }
  const missing = isTried && rules.endpoint_id === 0 ? t('field.error.required') : undefined;
  return (
    <>
      <Field hint={hint}>
        <Switch label={label} disabled={disabled} checked onChange={(_, data) => turn(data.checked)} />
      </Field>
      <Field label={t('callOut.endpoint')} hint={t('callOut.endpoint.hint')} required validationMessage={missing ?? errorAt('calling_out.endpoint_id')}>
        <RefSelect area="endpoints" none={t('field.choose')} disabled={disabled} value={rules.endpoint_id} change={(endpoint_id) => change({ ...rules, endpoint_id })} />
      </Field>
      <Countries
        codes={rules.countries}
        error={isTried && rules.countries.length === 0 ? t('callOut.countries.none') : errorAt('calling_out.countries')}
        disabled={disabled}
        change={(countries) => change({ ...rules, countries })}
      />
      <NumberField
        label={t('callOut.ring')}
        hint={t('field.range', { min: RING_S[0], max: RING_S[1], unit: t('unit.seconds') })}
        min={RING_S[0]}
        max={RING_S[1]}
        value={rules.ring_s ?? FRESH_RING_S}
        error={errorAt('calling_out.ring_s')}
        disabled={disabled}
        change={(ring_s) => change({ ...rules, ring_s: ring_s ?? RING_S[0] })}
      />
    </>
  );
}

function Countries(props: { codes: readonly string[]; error: string | undefined; disabled: boolean; change: (codes: string[]) => void }): ReactNode {
  const t = useT();
  const { locale, formatList } = useIntl();
  const { codes, error, disabled, change } = props;
  const place = useRef<HTMLDivElement>(null);
  const plus = (code: string): string => isolated(`+${code}`);
  const named = (code: string): string => {
    const names = namesOf(code, locale);
    if (names.length <= 3) return formatList(names);
    return t('callOut.country.more', { some: names.slice(0, 2).join(', '), more: names.length - 2 });
  };
  const remove = (code: string): void => {
    change(codes.filter((it) => it !== code));
    announce(t('callOut.country.removed', { code: plus(code) }));
    // Its button is gone with it.
    requestAnimationFrame(() => place.current?.querySelector<HTMLElement>('[role="combobox"]')?.focus());
  };
  const isFull = codes.length >= COUNTRIES_MAX;
  return (
    <div ref={place} className={css.countries} role="group" aria-label={t('callOut.countries')}>
      <SearchField
        label={t('callOut.countries')}
        hint={isFull ? t('callOut.countries.full', { max: COUNTRIES_MAX }) : t('callOut.countries.hint')}
        none={t('callOut.countries.unknown')}
        placeholder={t('callOut.countries.find')}
        value=""
        required
        error={error}
        disabled={disabled || isFull}
        found={(typed) => foundCountries(typed, locale, codes).map(({ region, name, code }) => ({ key: region, text: name, note: `+${code}` }))}
        choose={(region) => {
          const country = foundCountries('', locale, codes).find((it) => it.region === region);
          if (!country) return;
          change([...codes, country.code]);
          announce(t('callOut.country.added', { code: plus(country.code), names: named(country.code) }));
        }}
      />
      {codes.length === 0 ? null : (
        <ul className={css.tags}>
          {codes.map((code) => (
            <li key={code}>
              <span>
                <bdi dir="ltr" className="tabular">{`+${code}`}</bdi> {named(code)}
              </span>
              {disabled ? null : (
                <Button
                  size="small"
                  appearance="subtle"
                  icon={<DismissRegular />}
                  aria-label={t('callOut.country.remove', { code: plus(code), names: named(code) })}
                  onClick={() => remove(code)}
                />
              )}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
