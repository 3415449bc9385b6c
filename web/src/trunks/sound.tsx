// What is spoken by a trunk, in which order it is offered, and whether it is encrypted.
import { Checkbox, Field, Select } from '@fluentui/react-components';
import type { ReactNode } from 'react';
import admin from '../admin/admin.module.css';
import { Ordered } from '../admin/ordered';
import { SRTPS, type Codec, type Srtp } from '../api/trunks';
import { useT } from '../i18n/t';
import type { Editing } from './page';

export function Sound({ editing: { form, isReadOnly, refusals } }: { editing: Editing }): ReactNode {
  const t = useT();
  const { kind, codecs, srtp } = form.input;
  const isTeams = kind === 'teams';
  const isOn = (codec: Codec): boolean => codecs.some((it) => it.codec === codec && it.is_on);
  const error = refusals.at('codecs');
  return (
    <section className={`${admin.card} ${admin.section}`}>
      <h2>{t('trunks.sound')}</h2>
      <div className={admin.fields}>
        <div>
          <div>{t('trunks.field.codecs')}</div>
          <p className={admin.hint}>{t('trunks.field.codecs.hint')}</p>
        </div>
        <Ordered
          label={t('trunks.field.codecs')}
          items={codecs.map(({ codec }) => codec)}
          name={(codec) => t(`trunks.codec.${codec}`)}
          disabled={isReadOnly}
          change={(order) => form.change({ codecs: order.map((codec) => ({ codec, is_on: isOn(codec) })) })}
          line={(codec) => (
            <Checkbox
              disabled={isReadOnly}
              checked={isOn(codec)}
              label={t(`trunks.codec.${codec}`)}
              onChange={(_, data) => form.change({ codecs: codecs.map((it) => (it.codec === codec ? { codec, is_on: data.checked === true } : it)) })}
            />
          )}
        />
        {error ? <p className={admin.error}>{error}</p> : null}
        <Field label={t('trunks.field.srtp')} hint={t(isTeams ? 'trunks.field.srtp.teams' : `trunks.srtp.${srtp}.means`)} validationMessage={refusals.at('srtp')}>
          <Select disabled={isReadOnly || isTeams} value={srtp} onChange={(_, data) => form.change({ srtp: data.value as Srtp })}>
            {SRTPS.map((it) => (
              <option key={it} value={it}>
                {t(`trunks.srtp.${it}`)}
              </option>
            ))}
          </Select>
        </Field>
      </div>
    </section>
  );
}
