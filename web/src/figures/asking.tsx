// Of which days, how fine, and by which service level; all of it stands in the address.
import { Field, Input, Select } from '@fluentui/react-components';
import type { ReactNode } from 'react';
import { useT } from '../i18n/t';
import { GRAINS, isBackwards, PERIODS, VARIANTS, type Asked, type Grain, type Period, type Variant } from './asked';
import css from './figures.module.css';

interface Props {
  asked: Asked;
  hasVariants: boolean;
  change: (next: Partial<Asked>) => void;
}

export function Asking({ asked, hasVariants, change }: Props): ReactNode {
  const t = useT();
  const error = isBackwards(asked) ? t('filter.backwards') : undefined;
  return (
    <search className={css.asked} aria-label={t('figures.asked')}>
      <Field label={t('filter.period')}>
        <Select value={asked.period} onChange={(_, data) => change({ period: data.value as Period, first: '', last: '' })}>
          {PERIODS.map((period) => (
            <option key={period} value={period}>
              {t(`filter.period.${period}`)}
            </option>
          ))}
        </Select>
      </Field>
      {asked.period === 'own' ? (
        <>
          <Field label={t('figures.first')}>
            <Input type="date" value={asked.first} onChange={(_, data) => change({ first: data.value })} />
          </Field>
          <Field label={t('figures.last')} validationMessage={error}>
            <Input type="date" value={asked.last} onChange={(_, data) => change({ last: data.value })} />
          </Field>
        </>
      ) : null}
      <Field label={t('figures.grain')}>
        <Select value={asked.grain} onChange={(_, data) => change({ grain: data.value as Grain })}>
          {GRAINS.map((grain) => (
            <option key={grain} value={grain}>
              {t(`figures.grain.${grain}`)}
            </option>
          ))}
        </Select>
      </Field>
      {hasVariants ? (
        <Field label={t('figures.variant')}>
          <Select value={asked.variant} onChange={(_, data) => change({ variant: data.value as Variant })}>
            {VARIANTS.map((variant) => (
              <option key={variant} value={variant}>
                {t(`figures.variant.${variant}`)}
              </option>
            ))}
          </Select>
        </Field>
      ) : null}
    </search>
  );
}
