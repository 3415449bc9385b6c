// A holiday calendar becomes exceptions: a file is chosen, its days are looked through, and the chosen ones go into the form.
import { Button, Checkbox, DialogActions, DialogBody, DialogContent, DialogSurface, DialogTitle, Field, MessageBar, MessageBarBody, Select, Spinner } from '@fluentui/react-components';
import { useEffect, useId, useState, type JSX, type ReactNode } from 'react';
import { useIntl } from 'react-intl';
import admin from '../admin/admin.module.css';
import type { Exception } from '../api/schedules';
import { announce } from '../app/announcer';
import { useT, type MessageId } from '../i18n/t';
import { isolated } from '../ui/durations';
import { FileDrop } from '../ui/file-drop';
import { Modal } from '../ui/modal';
import type { CalendarDay, CalendarRead } from './calendar';
import { askReader, bytesOf, FILE_MAX_BYTES, type Outcome, type Refusal } from './calendar-import';
import css from './import.module.css';
import { EXCEPTIONS_MAX, exceptionOf, thereAlready } from './imported';

const MEGABYTE = 1024 * 1024;
const YEARS = 6;
/** Events that are named each; of more, the number is told. */
const NAMED_MAX = 20;

interface Props {
  exceptions: readonly Exception[];
  today: string;
  zone: string;
  add: (exceptions: Exception[]) => void;
  close: () => void;
}
interface Chosen {
  name: string;
  size: number;
  bytes: Uint8Array;
}
const spanOf = ({ first, last }: CalendarDay): string => `${first}/${last}`;
/** A name from outside, kept from what stands beside it. */
const quoted = (name: string): string => `\u2068${name}\u2069`;

function useDates(): (day: { first: string; last: string }) => string {
  const intl = useIntl();
  const options = { timeZone: 'UTC', weekday: 'short', day: 'numeric', month: 'short', year: 'numeric' } as const;
  const noon = (date: string): Date => new Date(`${date}T12:00:00Z`);
  return ({ first, last }) => (first === last ? intl.formatDate(noon(first), options) : intl.formatDateTimeRange(noon(first), noon(last), options));
}

/** The file, what is in it up to the end of a year, and whether it is being read. */
function useCalendar(today: string, year: number) {
  const t = useT();
  const [file, setFile] = useState<Chosen | null>(null);
  const [outcome, setOutcome] = useState<Outcome | null>(null);
  const [isReading, setIsReading] = useState(false);
  const choose = async (chosen: File): Promise<void> => {
    const bytes = await bytesOf(chosen);
    setOutcome(typeof bytes === 'string' ? { refused: bytes } : null);
    setFile({ name: chosen.name, size: chosen.size, bytes: typeof bytes === 'string' ? new Uint8Array() : bytes });
  };
  useEffect(() => {
    if (file === null || file.bytes.length === 0) return;
    const stop = new AbortController();
    setIsReading(true);
    void askReader(file.bytes, { today, year }, stop.signal).then((answer) => {
      if (stop.signal.aborted) return;
      setIsReading(false);
      setOutcome(answer);
      if ('read' in answer) announce(t('hours.import.found', { count: answer.read.days.length }));
    });
    return () => {
      stop.abort();
      setIsReading(false);
    };
  }, [file, today, year, t]);
  return { file, outcome, isReading, choose };
}

export function ImportDialog({ exceptions, today, zone, add, close }: Props): ReactNode {
  const t = useT();
  const thisYear = Number(today.slice(0, 4));
  const [year, setYear] = useState(thisYear + 1);
  const [off, setOff] = useState<ReadonlySet<string>>(new Set());
  const { file, outcome, isReading, choose } = useCalendar(today, year);
  const read = outcome !== null && 'read' in outcome ? outcome.read : null;
  const refused = outcome !== null && 'refused' in outcome ? outcome.refused : null;
  const days = (read?.days ?? []).map((day) => ({ day, there: thereAlready(day, exceptions) }));
  const news = days.filter(({ there }) => there === undefined).map(({ day }) => day);
  const chosen = news.filter((day) => !off.has(spanOf(day)));
  const room = Math.max(0, EXCEPTIONS_MAX - exceptions.length);
  const isReady = !isReading && chosen.length > 0 && chosen.length <= room;
  const take = (): void => {
    if (!isReady) return;
    add(chosen.map((day) => exceptionOf(day, t('hours.import.unnamed'))));
    announce(t('hours.import.added', { count: chosen.length }));
    close();
  };
  return (
    <Modal open onOpenChange={(_, data) => !data.open && close()}>
      <DialogSurface>
        <DialogBody>
          <DialogTitle>{t('hours.import.title')}</DialogTitle>
          <DialogContent>
            <div className={css.content}>
              <p>{t('hours.import.text')}</p>
              <FileDrop
                choose={t(file ? 'hours.import.another' : 'hours.import.choose')}
                label={t(file ? 'hours.import.another' : 'hours.import.choose')}
                drop={t('hours.import.drop')}
                takes={t('hours.import.takes', { size: FILE_MAX_BYTES / MEGABYTE })}
                accept=".ics,.ical,text/calendar"
                take={(next) => {
                  setOff(new Set());
                  void choose(next);
                }}
              />
              {file && refused ? <Refused refused={refused} file={file} year={year} /> : null}
              {isReading ? <Spinner size="tiny" label={t('hours.import.reading')} labelPosition="after" /> : null}
              {file && (read || refused === 'tooMany') ? <About name={read?.calendar ?? null} file={file.name} thisYear={thisYear} year={year} setYear={setYear} /> : null}
              {chosen.length > room ? (
                <p className={admin.error} role="alert">
                  {t('hours.import.room', { max: EXCEPTIONS_MAX, there: exceptions.length, room })}
                </p>
              ) : null}
              {read ? <Days days={days} news={news} chosen={chosen} off={off} setOff={setOff} year={year} zone={zone} /> : null}
              {read ? <NotTaken read={read} nThere={days.length - news.length} year={year} /> : null}
            </div>
          </DialogContent>
          <DialogActions>
            <Button onClick={close}>{t('action.cancel')}</Button>
            <Button appearance="primary" disabledFocusable={!isReady} onClick={take}>
              {t('hours.import.add', { count: chosen.length })}
            </Button>
          </DialogActions>
        </DialogBody>
      </DialogSurface>
    </Modal>
  );
}

function Refused({ refused, file, year }: { refused: Refusal; file: Chosen; year: number }): ReactNode {
  const t = useT();
  const size = isolated((Math.ceil((10 * file.size) / MEGABYTE) / 10).toFixed(1));
  return (
    <MessageBar intent="error" layout="multiline" role="alert">
      <MessageBarBody>
        {quoted(file.name)}: {t(`hours.import.refused.${refused}`, { year: isolated(year), size })}
      </MessageBarBody>
    </MessageBar>
  );
}

/** Which calendar this is, and up to when its days are wanted. */
function About(props: { name: string | null; file: string; thisYear: number; year: number; setYear: (year: number) => void }): ReactNode {
  const t = useT();
  const { name, file, thisYear, year, setYear } = props;
  return (
    <div className={css.about}>
      <p className={css.calendar}>
        <b>{quoted(name ?? file)}</b>
        {name === null ? null : <span className={css.quiet}>{quoted(file)}</span>}
      </p>
      <Field label={t('hours.import.until')}>
        <Select value={String(year)} onChange={(_, data) => setYear(Number(data.value))}>
          {Array.from({ length: YEARS }, (_, i) => thisYear + i).map((y) => (
            <option key={y} value={y}>
              {y}
            </option>
          ))}
        </Select>
      </Field>
    </div>
  );
}

function Days(props: {
  days: readonly { day: CalendarDay; there: string | undefined }[];
  news: readonly CalendarDay[];
  chosen: readonly CalendarDay[];
  off: ReadonlySet<string>;
  setOff: (off: ReadonlySet<string>) => void;
  year: number;
  zone: string;
}): ReactNode {
  const t = useT();
  const id = useId();
  const datesOf = useDates();
  const { days, news, chosen, off, setOff, year, zone } = props;
  if (days.length === 0) return <p role="status">{t('hours.import.none', { year: isolated(year) })}</p>;
  const line = (day: CalendarDay, there?: string): JSX.Element => (
    <span className={css.line}>
      <span className="tabular">{datesOf(day)}</span>{' '}
      <span>
        <span className={css.name}>{quoted(day.name === '' ? t('hours.import.unnamed') : day.name)}</span>
        {there === undefined ? null : <span className={css.quiet}>{t('hours.import.there', { name: quoted(there) })}</span>}
      </span>
    </span>
  );
  const flip = (day: CalendarDay, isOn: boolean): void => {
    const next = new Set(off);
    if (isOn) next.delete(spanOf(day));
    else next.add(spanOf(day));
    setOff(next);
  };
  return (
    <>
      <p id={id}>{t('hours.import.closed', { zone: isolated(zone) })}</p>
      {news.length === 0 ? (
        <p role="status">{t('hours.import.allThere')}</p>
      ) : (
        <Checkbox
          label={t('hours.import.all', { chosen: chosen.length, count: news.length })}
          checked={chosen.length === news.length ? true : chosen.length === 0 ? false : 'mixed'}
          onChange={(_, data) => setOff(data.checked === true ? new Set() : new Set(news.map(spanOf)))}
        />
      )}
      <ul className={css.days} aria-labelledby={id}>
        {days.map(({ day, there }) => (
          <li key={spanOf(day)} data-there={there !== undefined}>
            {there === undefined ? <Checkbox label={line(day)} checked={!off.has(spanOf(day))} onChange={(_, data) => flip(day, data.checked === true)} /> : line(day, there)}
          </li>
        ))}
      </ul>
    </>
  );
}

/** What of the file is left out, and why. */
function NotTaken({ read, nThere, year }: { read: CalendarRead; nThere: number; year: number }): ReactNode {
  const t = useT();
  const id = useId();
  const datesOf = useDates();
  const counts: [MessageId, number][] = [
    ['hours.import.nThere', nThere],
    ['hours.import.nPast', read.nPast],
    ['hours.import.nLater', read.nLater],
    ['hours.import.nCancelled', read.nCancelled],
    ['hours.import.nRepeated', read.nRepeated],
  ];
  const told = counts.filter(([, count]) => count > 0);
  const nameOf = (name: string): string => quoted(name === '' ? t('hours.import.noName') : name);
  const timed = read.timed.map(({ name, first }) => `${nameOf(name)}, ${datesOf({ first, last: first })}`);
  const unread = read.unread.map(({ name, why }) => `${nameOf(name)}: ${t(`hours.import.why.${why}`)}`);
  if (told.length + timed.length + unread.length === 0) return null;
  return (
    <section className={css.left} aria-labelledby={id}>
      <h3 id={id}>{t('hours.import.notTaken')}</h3>
      <ul>
        {told.map(([message, count]) => (
          <li key={message}>{t(message, { count, year: isolated(year) })}</li>
        ))}
        <Named head={t('hours.import.timed', { count: timed.length })} lines={timed} />
        <Named head={t('hours.import.unread', { count: unread.length })} lines={unread} />
      </ul>
    </section>
  );
}

function Named({ head, lines }: { head: string; lines: readonly string[] }): ReactNode {
  const t = useT();
  if (lines.length === 0) return null;
  return (
    <li>
      {head}
      <ul>
        {lines.slice(0, NAMED_MAX).map((line, i) => (
          <li key={i}>{line}</li>
        ))}
        {lines.length > NAMED_MAX ? <li>{t('hours.import.more', { count: lines.length - NAMED_MAX })}</li> : null}
      </ul>
    </li>
  );
}
