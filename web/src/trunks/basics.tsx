// What a trunk is called, whether it is on, and who is at the other end. The kind is chosen once: everything else follows from it.
import { Field, Input, Radio, RadioGroup, Switch } from '@fluentui/react-components';
import type { ReactNode } from 'react';
import admin from '../admin/admin.module.css';
import { KINDS, type TrunkKind } from '../api/trunks';
import { useT } from '../i18n/t';
import type { Editing } from './page';
import { Unsupported } from './parts';
import { asKind, isStored, NAME_MAX } from './trunk';
import css from './trunks.module.css';

export function Basics({ editing: { form, stored, isReadOnly, refusals } }: { editing: Editing }): ReactNode {
  const t = useT();
  const { name, enabled, kind } = form.input;
  return (
    <section className={`${admin.card} ${admin.section}`}>
      <h2>{t('section.identity')}</h2>
      <div className={admin.fields}>
        {isStored(stored) ? (
          <div className={css.part}>
            <div>{t('trunks.kind')}</div>
            <p>
              <b>{t(`trunks.kind.${kind}`)}</b> {kind === 'teams' ? <Unsupported /> : null}
            </p>
            <p className={admin.hint}>{t(`trunks.kind.${kind}.about`)}</p>
          </div>
        ) : (
          <Field label={t('trunks.kind')}>
            <RadioGroup className={css.kinds} value={kind} disabled={isReadOnly} onChange={(_, data) => form.change(asKind(form.input, data.value as TrunkKind))}>
              {KINDS.map((it) => (
                <Radio
                  key={it}
                  value={it}
                  label={
                    <>
                      {t(`trunks.kind.${it}`)} {it === 'teams' ? <Unsupported /> : null}
                      <span className={css.under}>{t(`trunks.kind.${it}.about`)}</span>
                    </>
                  }
                />
              ))}
            </RadioGroup>
          </Field>
        )}
        <Field label={t('field.name')} required validationMessage={refusals.at('name')}>
          <Input value={name} maxLength={NAME_MAX} autoComplete="off" disabled={isReadOnly} onChange={(_, data) => form.change({ name: data.value })} />
        </Field>
        <Field hint={t('trunks.enabled.hint')}>
          <Switch label={t('trunks.enabled')} disabled={isReadOnly} checked={enabled} onChange={(_, data) => form.change({ enabled: data.checked })} />
        </Field>
      </div>
    </section>
  );
}
