// The week as plain rows: each day with its blocks, and what copies a day to others.
import { CopyRegular } from '@fluentui/react-icons/svg/copy';
import { useId, type ReactNode } from 'react';
import { useIntl } from 'react-intl';
import admin from '../admin/admin.module.css';
import { WEEKDAYS, type ScheduleInput, type Weekday } from '../api/schedules';
import { announce } from '../app/announcer';
import { useT } from '../i18n/t';
import { PopMenu, type PopGroup } from '../ui/pop-menu';
import css from './hours.module.css';
import { copied } from './schedule';
import { AddBlock, TimeBlocks, type ErrorAt } from './time-blocks';

interface Props {
  weekly: ScheduleInput['weekly'];
  errorAt: ErrorAt;
  disabled: boolean;
  change: (weekly: ScheduleInput['weekly']) => void;
  blur: (path: string) => void;
}

/** A Monday: any would do. */
const SOME_MONDAY = Date.UTC(2026, 0, 5);

export function useDayName(): (day: Weekday) => string {
  const intl = useIntl();
  return (day) => intl.formatDate(SOME_MONDAY + WEEKDAYS.indexOf(day) * 86_400_000, { timeZone: 'UTC', weekday: 'long' });
}

export function Week({ weekly, errorAt, disabled, change, blur }: Props): ReactNode {
  const t = useT();
  const id = useId();
  const dayName = useDayName();
  return (
    <section className={`${admin.card} ${css.card}`} aria-labelledby={id}>
      <h2 id={id}>{t('hours.week')}</h2>
      <p className={css.about}>{t('hours.week.about')}</p>
      <ul>
        {WEEKDAYS.map((day) => (
          <li key={day} className={css.day}>
            <span className={css.dayName}>{dayName(day)}</span>
            <TimeBlocks
              whose={dayName(day)}
              blocks={weekly[day]}
              path={`weekly.${day}`}
              errorAt={errorAt}
              disabled={disabled}
              closed={t('hours.closed')}
              change={(blocks) => change({ ...weekly, [day]: blocks })}
              blur={blur}
            />
            {disabled ? null : (
              <span className={css.tools}>
                <AddBlock whose={dayName(day)} blocks={weekly[day]} change={(blocks) => change({ ...weekly, [day]: blocks })} />
                <CopyDay day={day} copy={(to) => change(copied(weekly, day, to))} />
              </span>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}

function CopyDay({ day, copy }: { day: Weekday; copy: (to: Weekday[]) => void }): ReactNode {
  const t = useT();
  const dayName = useDayName();
  const others = WEEKDAYS.filter((other) => other !== day);
  const item = (key: string, label: string, to: Weekday[]): PopGroup['items'][number] => ({
    key,
    label,
    run: () => {
      copy(to);
      announce(t('hours.copy.done', { day: dayName(day), to: label }));
    },
  });
  const workdays = WEEKDAYS.slice(0, 5).filter((other) => other !== day);
  return (
    <PopMenu
      label={t('hours.copy', { day: dayName(day) })}
      appearance="subtle"
      icon={<CopyRegular />}
      groups={[
        { key: 'many', head: t('hours.copy.head'), items: [item('workdays', t('hours.copy.workdays'), workdays), item('all', t('hours.copy.all'), others)] },
        { key: 'one', items: others.map((other) => item(other, dayName(other), [other])) },
      ]}
    />
  );
}
