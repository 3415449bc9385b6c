// What the hours amount to: whether it is open now, and the next days as bars on the wall clock of their zone.
import { keepPreviousData, useQuery, type UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useIntl } from 'react-intl';
import { previewUnsaved, type DayPreview, type HoursNow, type Preview, type ScheduleInput } from '../api/schedules';
import { useSession } from '../app/session';
import { td } from '../app/theme';
import admin from '../admin/admin.module.css';
import { useT } from '../i18n/t';
import { useServerNow } from '../live/hooks';
import { isolated } from '../ui/durations';
import { figuresOf } from '../ui/figures';
import { useSettled } from '../ui/settled';
import { Shape, type ShapeName } from '../ui/shapes';
import { Loading, useProblemText } from '../ui/states';
import { clockIn, dateAt, dayLength, isZone, placeOf, type DayLength } from './clock';
import css from './hours.module.css';
import { isPreviewable } from './schedule';

export const PREVIEW_DAYS = 14;
const TYPING_MS = 350;
const AGAIN_MS = 60_000;
const SCALE = [0, 6, 12, 18, 24];

const NOW_SHAPE: Record<HoursNow['state'], { shape: ShapeName; color: string }> = {
  open: { shape: 'circle', color: td.tdStateAvailable },
  closed: { shape: 'ring', color: td.tdStateOffline },
  holiday: { shape: 'diamond', color: td.tdStateWrapUp },
  emergency: { shape: 'octagon', color: td.tdLevelAct },
};

/** What is not named yet can be looked at all the same, by the words that stand for it in the editor. */
export function named(schedule: ScheduleInput, unnamed: string): ScheduleInput {
  const nameOf = (name: string): string => (name.trim() === '' ? unnamed : name);
  return { ...schedule, name: nameOf(schedule.name), exceptions: schedule.exceptions.map((e) => ({ ...e, name: nameOf(e.name) })) };
}

export function usePreview(schedule: ScheduleInput): UseQueryResult<Preview> {
  const t = useT();
  const { center } = useSession();
  const unnamed = t('hours.exception.unnamed');
  const settled = useSettled(JSON.stringify(schedule), TYPING_MS);
  const asked = JSON.parse(settled) as ScheduleInput;
  return useQuery({
    queryKey: ['hours-preview', center, settled],
    queryFn: () => previewUnsaved(center, named(asked, unnamed), PREVIEW_DAYS),
    enabled: isPreviewable(asked),
    placeholderData: keepPreviousData,
    refetchInterval: AGAIN_MS,
    retry: false,
  });
}

export function NowLine({ now, zone }: { now: HoursNow; zone: string }): ReactNode {
  const t = useT();
  const intl = useIntl();
  const present = useServerNow();
  const until = now.until === null ? 'none' : `\u2068${figuresOf(intl, zone).moment(now.until, present)}\u2069`;
  return (
    <span className={css.now} data-state={now.state}>
      <Shape {...NOW_SHAPE[now.state]} size={14} />
      <span>{t(`hours.now.${now.state}`, { until, name: now.name ?? '' })}</span>
    </span>
  );
}

export function PreviewPane({ schedule, query }: { schedule: ScheduleInput; query: UseQueryResult<Preview> }): ReactNode {
  const t = useT();
  const say = useProblemText();
  const zone = schedule.time_zone;
  const isWhole = isPreviewable(schedule);
  return (
    <section className={`${admin.card} ${css.preview}`} aria-label={t('hours.preview')}>
      <h2>{t('hours.preview')}</h2>
      {isWhole ? null : <p className={css.about}>{t('hours.preview.wait')}</p>}
      {isWhole && query.isError ? <p className={css.error}>{say(query.error)}</p> : null}
      {query.data && isZone(zone) ? (
        <Days preview={query.data} zone={zone} isCurrent={isWhole && !query.isError} />
      ) : query.isPending && isWhole ? (
        <Loading rows={[20, 480]} />
      ) : null}
    </section>
  );
}

function Days({ preview, zone, isCurrent }: { preview: Preview; zone: string; isCurrent: boolean }): ReactNode {
  const t = useT();
  const present = useServerNow();
  const today = dateAt(present, zone);
  return (
    <>
      <NowLine now={preview.now} zone={zone} />
      <p className={css.quiet}>{t('hours.preview.zone', { zone: isolated(zone) })}</p>
      <div className={css.scale} aria-hidden="true">
        {SCALE.map((hour) => (
          <span key={hour} style={{ insetInlineStart: `${(hour / 24) * 100}%` }}>
            {hour}
          </span>
        ))}
      </div>
      <ol className={css.days} data-current={isCurrent}>
        {preview.days.map((day) => (
          <DayLine key={day.date} day={day} zone={zone} present={day.date === today ? present : null} />
        ))}
      </ol>
    </>
  );
}

function DayLine({ day, zone, present }: { day: DayPreview; zone: string; present: number | null }): ReactNode {
  const t = useT();
  const intl = useIntl();
  const length = dayLength(day.date, zone);
  const date = intl.formatDate(`${day.date}T12:00:00Z`, { timeZone: 'UTC', weekday: 'short', day: 'numeric', month: 'short' });
  const hours = day.open.map(({ from, to }) => isolated(`${clockIn(day.date, from)}–${clockIn(day.date, to)}`)).join(', ');
  return (
    <li className={css.dayLine} data-today={present !== null} data-date={day.date}>
      <div className={css.dayHead}>
        <b>{present === null ? date : t('hours.today', { date })}</b>
        <span className="tabular">{hours === '' ? t('hours.closed') : hours}</span>
      </div>
      <Bar day={day} length={length} zone={zone} present={present} />
      {day.exception === null ? null : (
        <span className={css.note}>
          <Shape {...NOW_SHAPE.holiday} size={9} />
          {day.exception}
        </span>
      )}
      {length.change === null ? null : (
        <span className={css.note}>
          <Shape shape="triangle" color={td.tdLevelWatch} size={9} />
          {t('hours.clockChange', { hours: length.hours, from: isolated(length.change.from), to: isolated(length.change.to) })}
        </span>
      )}
    </li>
  );
}

/** Drawn only: what it shows stands beside it as text. */
function Bar({ day, length, zone, present }: { day: DayPreview; length: DayLength; zone: string; present: number | null }): ReactNode {
  const place = (at: number): number => Math.min(1, Math.max(0, (at - length.start) / (length.end - length.start))) * 100;
  return (
    <div className={css.bar} aria-hidden="true">
      {day.open.map(({ from, to }) => {
        const [a, b] = [place(Date.parse(from)), place(Date.parse(to))];
        return <i key={from} className={css.open} style={{ insetInlineStart: `${a}%`, inlineSize: `${b - a}%` }} />;
      })}
      {SCALE.slice(1, -1).map((hour) => (
        <i key={hour} className={css.tick} style={{ insetInlineStart: `${placeOf(hour, length, zone) * 100}%` }} />
      ))}
      {length.change === null ? null : <i className={css.changed} style={{ insetInlineStart: `${place(length.change.at)}%` }} />}
      {present === null ? null : <i className={css.present} style={{ insetInlineStart: `${place(present)}%` }} />}
    </div>
  );
}
