// Business hours as a form: name and zone, the week, the exceptions, and beside them what they amount to.
import { Field, Input } from '@fluentui/react-components';
import { useState, type ReactNode } from 'react';
import admin from '../admin/admin.module.css';
import { errorsFor } from '../admin/field-errors';
import { ApiError } from '../api/client';
import type { ScheduleInput } from '../api/schedules';
import { useSession } from '../app/session';
import { useT } from '../i18n/t';
import { useServerNow } from '../live/hooks';
import { onceReleased } from '../ui/press';
import { dateAt, isZone } from './clock';
import { Exceptions } from './exceptions';
import css from './hours.module.css';
import { PreviewPane, usePreview } from './preview';
import { problems } from './schedule';
import { Week } from './week';
import { ZoneField } from './zone-field';

interface Props {
  schedule: ScheduleInput;
  errors: readonly { field: string; detail: string }[];
  /** After the first try to save, everything that is wrong is marked. */
  tried: boolean;
  disabled: boolean;
  change: (schedule: ScheduleInput) => void;
}

export function ScheduleEditor({ schedule, errors, tried, disabled, change }: Props): ReactNode {
  const t = useT();
  const { zone: centerZone } = useSession();
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set());
  const blur = (path: string): void => onceReleased(() => setLeft((before) => new Set(before).add(path)));
  const query = usePreview(schedule);
  // What the preview was asked is inside of its request.
  const refused = query.error instanceof ApiError ? (query.error.problem.errors ?? []) : [];
  const said = refused.map((e) => ({ ...e, field: e.field.replace(/^\/?schedule[./]/, '') }));
  const found = problems(schedule);
  const errorAt = (path: string): string | undefined => {
    const local = found.find(({ field }) => (field === path || field.startsWith(`${path}.`)) && (tried || left.has(field)));
    return local ? t(local.id) : (errorsFor(errors, path) ?? errorsFor(said, path));
  };
  const zone = isZone(schedule.time_zone) ? schedule.time_zone : centerZone;
  const today = dateAt(useServerNow(), zone);
  return (
    <div className={css.layout}>
      <div className={css.main}>
        <section className={`${admin.card} ${css.card}`}>
          <h2>{t('section.identity')}</h2>
          <div className={css.basics}>
            <Field label={t('field.name')} required validationMessage={errorAt('name')}>
              <Input
                maxLength={80}
                disabled={disabled}
                value={schedule.name}
                onChange={(_, data) => change({ ...schedule, name: data.value })}
                onBlur={() => blur('name')}
              />
            </Field>
            <ZoneField value={schedule.time_zone} error={errorAt('time_zone')} disabled={disabled} change={(time_zone) => change({ ...schedule, time_zone })} />
          </div>
        </section>
        <Week weekly={schedule.weekly} errorAt={errorAt} disabled={disabled} change={(weekly) => change({ ...schedule, weekly })} blur={blur} />
        <Exceptions
          exceptions={schedule.exceptions}
          today={today}
          zone={zone}
          errorAt={errorAt}
          disabled={disabled}
          change={(exceptions) => change({ ...schedule, exceptions })}
          blur={blur}
        />
      </div>
      <PreviewPane schedule={schedule} query={query} />
    </div>
  );
}
