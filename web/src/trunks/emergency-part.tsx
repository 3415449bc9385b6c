// What becomes of emergency calls of Teams users (B-236): a way to a carrier, or somebody who answers for it that there is none. Neither is
// no answer.
import { Field, Input, MessageBar, MessageBarBody, Radio, RadioGroup, Select, Textarea } from '@fluentui/react-components';
import type { ReactNode } from 'react';
import { Link } from 'react-router';
import admin from '../admin/admin.module.css';
import { useT } from '../i18n/t';
import { NumberField } from '../ui/number-field';
import { LinesField } from './lines-field';
import type { Editing } from './page';
import { CALL_BACK_MINUTES, EMERGENCY_WAYS, linesOf, NAME_MAX, REASON_CHARS_MIN, type EmergencyWay } from './trunk';
import css from './trunks.module.css';

const REASON_MAX = 1000;

export function EmergencyCalls({ editing }: { editing: Editing }): ReactNode {
  const t = useT();
  const { form, isReadOnly, refusals } = editing;
  const way = form.input.emergency_way;
  return (
    <section className={`${admin.card} ${admin.section}`}>
      <h2>{t('trunks.emergency')}</h2>
      <div className={admin.fields}>
        <div className={css.why}>
          <p>{t('trunks.emergency.why')}</p>
          <p>{t('trunks.emergency.how')}</p>
        </div>
        <Field label={t('trunks.emergency.way')} required validationMessage={refusals.ofList('emergency')}>
          <RadioGroup className={css.kinds} value={way ?? ''} disabled={isReadOnly} onChange={(_, data) => form.change({ emergency_way: data.value as EmergencyWay })}>
            {EMERGENCY_WAYS.map((it) => (
              <Radio
                key={it}
                value={it}
                label={
                  <>
                    {t(`trunks.emergency.${it}`)}
                    <span className={css.under}>{t(`trunks.emergency.${it}.about`)}</span>
                  </>
                }
              />
            ))}
          </RadioGroup>
        </Field>
        {way === 'route' ? <Route editing={editing} /> : null}
        {way === 'waived' ? <Waiver editing={editing} /> : null}
      </div>
    </section>
  );
}

function Route({ editing: { form, stored, isReadOnly, refusals, trunks } }: { editing: Editing }): ReactNode {
  const t = useT();
  const { emergency_trunk, emergency_numbers, call_back_minutes } = form.input;
  const carriers = trunks.filter((it) => it.kind === 'carrier' && it.id !== stored.id);
  return (
    <>
      {carriers.some((it) => it.enabled) ? null : (
        <MessageBar intent="warning" layout="multiline">
          <MessageBarBody>
            {t('trunks.emergency.noCarrier')}{' '}
            <Link to="/admin/trunks/new?kind=carrier" className={css.link}>
              {t('trunks.emergency.makeCarrier')}
            </Link>
          </MessageBarBody>
        </MessageBar>
      )}
      <Field label={t('trunks.emergency.carrier')} hint={t('trunks.emergency.carrier.hint')} required validationMessage={refusals.at('emergency.route.trunk_id')}>
        <Select disabled={isReadOnly} value={String(emergency_trunk)} onChange={(_, data) => form.change({ emergency_trunk: Number(data.value) })}>
          <option value="0">{t('field.choose')}</option>
          {carriers.map((it) => (
            <option key={it.id} value={it.id} disabled={!it.enabled}>
              {it.enabled ? it.name : t('trunks.emergency.carrier.off', { name: it.name })}
            </option>
          ))}
        </Select>
      </Field>
      <LinesField
        label={t('trunks.emergency.numbers')}
        hint={t('trunks.emergency.numbers.hint')}
        required
        value={emergency_numbers}
        error={refusals.ofLines('emergency.route.numbers', linesOf(emergency_numbers))}
        disabled={isReadOnly}
        change={(lines) => form.change({ emergency_numbers: lines })}
      />
      <NumberField
        field="call_back_minutes"
        label={t('trunks.emergency.callBack')}
        hint={t('trunks.emergency.callBack.hint')}
        min={CALL_BACK_MINUTES.least}
        max={CALL_BACK_MINUTES.most}
        value={call_back_minutes}
        error={refusals.at('emergency.route.call_back_minutes')}
        disabled={isReadOnly}
        change={(minutes) => form.change({ call_back_minutes: minutes })}
      />
      <MessageBar intent="warning" layout="multiline">
        <MessageBarBody>{t('trunks.emergency.try')}</MessageBarBody>
      </MessageBar>
    </>
  );
}

function Waiver({ editing: { form, isReadOnly, refusals } }: { editing: Editing }): ReactNode {
  const t = useT();
  const { signed_by, why } = form.input;
  return (
    <>
      <MessageBar intent="warning" layout="multiline">
        <MessageBarBody>{t('trunks.emergency.waived.means')}</MessageBarBody>
      </MessageBar>
      <Field label={t('trunks.emergency.signedBy')} hint={t('trunks.emergency.signedBy.hint')} required validationMessage={refusals.at('emergency.waived.signed_by')}>
        <Input maxLength={NAME_MAX} autoComplete="off" disabled={isReadOnly} value={signed_by} onChange={(_, data) => form.change({ signed_by: data.value })} />
      </Field>
      <Field label={t('trunks.emergency.reason')} hint={t('trunks.emergency.reason.hint', { least: REASON_CHARS_MIN, most: REASON_MAX })} required validationMessage={refusals.at('emergency.waived.why')}>
        <Textarea rows={3} resize="vertical" maxLength={REASON_MAX} disabled={isReadOnly} value={why} onChange={(_, data) => form.change({ why: data.value })} />
      </Field>
    </>
  );
}
