// The clocks by which customers of each country may be called back; those of other countries are called by the clock of the hours.
import { Button } from '@fluentui/react-components';
import { DismissRegular } from '@fluentui/react-icons/svg/dismiss';
import { useRef, type ReactNode } from 'react';
import { useIntl } from 'react-intl';
import type { CountryZone } from '../api/contract';
import { announce } from '../app/announcer';
import { ZoneSearch } from '../hours/zone-search';
import { useT } from '../i18n/t';
import type { ErrorAt } from '../routing/places';
import { isolated } from '../ui/durations';
import { SearchField } from '../ui/search-field';
import css from './admin.module.css';
import { foundCountries, namesOf } from './calling-codes';
import { onlyZoneOf, ZONES_MAX } from './callback-zones';

interface Props {
  zones: readonly CountryZone[];
  /** Whether it was tried to save what stands here. */
  isTried: boolean;
  errorAt: ErrorAt;
  disabled: boolean;
  change: (zones: CountryZone[]) => void;
}

export function ZonesField({ zones, isTried, errorAt, disabled, change }: Props): ReactNode {
  const t = useT();
  const { locale, formatList } = useIntl();
  const place = useRef<HTMLDivElement>(null);
  const taken = zones.map(({ country }) => country);
  const isFull = zones.length >= ZONES_MAX;
  const label = (code: string): string => t('callbackRules.zones.country', { code: isolated(`+${code}`), names: formatList(namesOf(code, locale).slice(0, 2)) });
  const add = (region: string): void => {
    const found = foundCountries('', locale, taken).find((it) => it.region === region);
    if (!found) return;
    change([...zones, { country: found.code, time_zone: onlyZoneOf(found.code) }]);
    announce(t('callbackRules.zones.added', { country: label(found.code) }));
  };
  const remove = (code: string): void => {
    change(zones.filter(({ country }) => country !== code));
    announce(t('callbackRules.zones.removed', { country: label(code) }));
    // Its button is gone with it.
    requestAnimationFrame(() => place.current?.querySelector<HTMLElement>('[role="combobox"]:last-of-type')?.focus());
  };
  return (
    <div ref={place} className={css.pairs} role="group" aria-label={t('callbackRules.zones')}>
      <p>{t('callbackRules.zones')}</p>
      <p className={css.hint}>{t('callbackRules.zones.hint')}</p>
      {zones.length > 0 ? (
        <ul className={css.pairs}>
          {zones.map(({ country, time_zone }) => (
            <li key={country} className={css.zone}>
              <ZoneSearch
                label={label(country)}
                none={t('hours.zone.none')}
                placeholder={t('callbackRules.zones.choose')}
                value={time_zone}
                error={isTried && time_zone === '' ? t('field.error.required') : errorAt(['callbacks.zones', country].join('.'))}
                disabled={disabled}
                change={(zone) => change(zones.map((it) => (it.country === country ? { country, time_zone: zone } : it)))}
              />
              {disabled ? null : (
                <Button appearance="subtle" icon={<DismissRegular />} aria-label={t('callbackRules.zones.remove', { country: label(country) })} onClick={() => remove(country)} />
              )}
            </li>
          ))}
        </ul>
      ) : null}
      {disabled ? null : (
        <SearchField
          label={t('callbackRules.zones.add')}
          {...(isFull ? { hint: t('callbackRules.zones.full', { max: ZONES_MAX }) } : {})}
          none={t('callOut.countries.unknown')}
          placeholder={t('callOut.countries.find')}
          value=""
          error={errorAt('callbacks.zones', 'here')}
          disabled={isFull}
          found={(typed) => foundCountries(typed, locale, taken).map(({ region, name, code }) => ({ key: region, text: name, note: `+${code}` }))}
          choose={add}
        />
      )}
    </div>
  );
}
