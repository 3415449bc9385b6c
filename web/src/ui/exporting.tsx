// A file that the server makes while it is fetched: which kind of file, how much of it is here, and what came of it.
import { Button, MessageBar, MessageBarActions, MessageBarBody, Spinner } from '@fluentui/react-components';
import { ArrowDownloadRegular } from '@fluentui/react-icons/svg/arrow-download';
import { DismissRegular } from '@fluentui/react-icons/svg/dismiss';
import { useEffect, useRef, useState, type ReactNode } from 'react';
import { useIntl } from 'react-intl';
import { announce } from '../app/announcer';
import { useSession } from '../app/session';
import { dateAt } from '../hours/clock';
import { useT } from '../i18n/t';
import { collected, inSteps, saveAs } from './download';
import { isolated } from './durations';
import css from './exporting.module.css';
import { figuresOf } from './figures';
import { PopMenu } from './pop-menu';
import { useProblemText } from './states';

export const MEDIA_TYPES = {
  csv: 'text/csv',
  json: 'application/json',
  jsonl: 'application/jsonl',
  parquet: 'application/vnd.apache.parquet',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
} as const;
export type FileFormat = keyof typeof MEDIA_TYPES;

/** So much more is here before it is said anew. */
const SHOWN_BYTES = 256 * 1024;

type Progress<F> = { kind: 'none' } | { kind: 'running'; format: F; bytes: number } | { kind: 'saved'; name: string; bytes: number } | { kind: 'failed'; format: F; error: unknown };

export interface Exporting<F extends FileFormat> {
  progress: Progress<F>;
  begin: (format: F) => void;
  stop: () => void;
}

/** `what` begins the name of the file; the day follows it. */
export function useExporting<F extends FileFormat>(what: string, fetched: (format: F, signal: AbortSignal) => Promise<ReadableStream<Uint8Array>>): Exporting<F> {
  const t = useT();
  const { zone } = useSession();
  const [progress, setProgress] = useState<Progress<F>>({ kind: 'none' });
  const running = useRef<AbortController | null>(null);
  useEffect(() => () => running.current?.abort(), []);
  const run = async (format: F): Promise<void> => {
    running.current?.abort();
    const own = new AbortController();
    running.current = own;
    setProgress({ kind: 'running', format, bytes: 0 });
    try {
      const stream = await fetched(format, own.signal);
      const told = inSteps(SHOWN_BYTES, (bytes) => {
        if (!own.signal.aborted) setProgress({ kind: 'running', format, bytes });
      });
      const blob = await collected(stream, MEDIA_TYPES[format], told);
      const name = `${what}-${dateAt(Date.now(), zone)}.${format}`;
      saveAs(blob, name);
      setProgress({ kind: 'saved', name, bytes: blob.size });
      announce(t('export.saved.said', { name }));
    } catch (error) {
      if (!own.signal.aborted) setProgress({ kind: 'failed', format, error });
    }
  };
  const stop = (): void => {
    running.current?.abort();
    setProgress({ kind: 'none' });
  };
  return { progress, begin: (format) => void run(format), stop };
}

export function ExportMenu<F extends FileFormat>({ exporting, formats }: { exporting: Exporting<F>; formats: readonly F[] }): ReactNode {
  const t = useT();
  return (
    <PopMenu
      menuLabel={t('export.label')}
      appearance="secondary"
      icon={<ArrowDownloadRegular />}
      busy={exporting.progress.kind === 'running'}
      groups={[{ key: 'formats', head: t('export.label'), items: formats.map((format) => ({ key: format, label: t(`export.${format}`), run: () => exporting.begin(format) })) }]}
    >
      {t('export.open')}
    </PopMenu>
  );
}

export function ExportProgress<F extends FileFormat>({ exporting }: { exporting: Exporting<F> }): ReactNode {
  const t = useT();
  const intl = useIntl();
  const say = useProblemText();
  const { zone } = useSession();
  const { progress, begin, stop } = exporting;
  if (progress.kind === 'none') return null;
  const bytes = (n: number): string => figuresOf(intl, zone).bytes(n);
  if (progress.kind === 'running') {
    return (
      <div className={css.progress}>
        <Spinner size="tiny" />
        <span>{progress.bytes === 0 ? t('export.begun') : t('export.running', { bytes: bytes(progress.bytes) })}</span>
        <Button size="small" onClick={stop}>
          {t('action.cancel')}
        </Button>
      </div>
    );
  }
  if (progress.kind === 'saved') {
    return (
      <MessageBar intent="success" layout="multiline">
        <MessageBarBody>{t('export.saved', { name: isolated(progress.name), bytes: bytes(progress.bytes) })}</MessageBarBody>
        <MessageBarActions containerAction={<Button appearance="transparent" icon={<DismissRegular />} aria-label={t('action.dismiss')} onClick={stop} />} />
      </MessageBar>
    );
  }
  return (
    <MessageBar intent="error" layout="multiline" role="alert">
      <MessageBarBody>
        {t('export.failed')} {say(progress.error)}
      </MessageBarBody>
      <MessageBarActions containerAction={<Button appearance="transparent" icon={<DismissRegular />} aria-label={t('action.dismiss')} onClick={stop} />}>
        <Button size="small" onClick={() => begin(progress.format)}>
          {t('state.error.retry')}
        </Button>
      </MessageBarActions>
    </MessageBar>
  );
}
