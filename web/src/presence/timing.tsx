// How fast the two sides follow each other, and what counts as a loop while they run (B-198, B-202, B-203).
import { Checkbox } from '@fluentui/react-components';
import type { ReactNode } from 'react';
import access from '../access/access.module.css';
import admin from '../admin/admin.module.css';
import { useT } from '../i18n/t';
import { NumberField } from '../ui/number-field';
import type { Editing } from './editing';
import css from './presence.module.css';
import { LIMITS } from './rules';

export function Timing({ editing: { form, isReadOnly } }: { editing: Editing }): ReactNode {
  const t = useT();
  const { input, problems } = form;
  const { loop } = input;
  return (
    <section className={`${admin.card} ${admin.section}`}>
      <h2>{t('presence.timing')}</h2>
      <div className={admin.fields}>
        <ul className={access.points}>
          <li>{t('presence.timing.short', { s: input.ignore_shorter_than_s })}</li>
          <li>{t('presence.timing.force', { min: Math.round(input.force_every_s / 60) })}</li>
          <li>{t('presence.timing.age', { n: input.max_age_cycles, s: input.cycle_s })}</li>
        </ul>
        <Checkbox disabled={isReadOnly} checked={input.resets_timer_on_force} label={t('presence.timing.resets')} onChange={(_, data) => form.change({ resets_timer_on_force: data.checked === true })} />
        <div className={css.limits}>
          {(['max_changes', 'within_s'] as const).map((it) => {
            const [min, max] = LIMITS[it];
            return (
              <NumberField
                key={it}
                field={`loop.${it}`}
                label={t(`presence.loop.${it}`)}
                hint={t(`presence.loop.${it}.hint`)}
                min={min}
                max={max}
                value={loop[it]}
                error={problems.includes(`loop.${it}`) ? t('field.error.range', { min, max }) : undefined}
                disabled={isReadOnly}
                change={(value) => form.change({ loop: { ...loop, [it]: value ?? 0 } })}
              />
            );
          })}
        </div>
      </div>
    </section>
  );
}
