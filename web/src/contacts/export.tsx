// The list as a file: one row per contact, of everything that was asked for and not only of what is shown.
import { Button, MessageBar, MessageBarActions, MessageBarBody, Spinner } from '@fluentui/react-components';
import { ArrowDownloadRegular } from '@fluentui/react-icons/svg/arrow-download';
import { DismissRegular } from '@fluentui/react-icons/svg/dismiss';
import { useEffect, useRef, useState, type ReactNode } from 'react';
import { useIntl } from 'react-intl';
import { contactExport, EXPORT_FORMATS, type ExportFormat, type Query } from '../api/history';
import { announce } from '../app/announcer';
import { useSession } from '../app/session';
import { dateAt } from '../hours/clock';
import { useT } from '../i18n/t';
import { collected, inSteps, saveAs } from '../ui/download';
import { isolated } from '../ui/durations';
import { figuresOf } from '../ui/figures';
import { PopMenu } from '../ui/pop-menu';
import { useProblemText } from '../ui/states';
import css from './contacts.module.css';

const TYPES: Record<ExportFormat, string> = {
  csv: 'text/csv',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  parquet: 'application/vnd.apache.parquet',
};

/** So much more is here before it is said anew. */
const SHOWN_BYTES = 256 * 1024;

type Progress = { kind: 'none' } | { kind: 'running'; format: ExportFormat; bytes: number } | { kind: 'saved'; name: string; bytes: number } | { kind: 'failed'; format: ExportFormat; error: unknown };

export interface Exporting {
  progress: Progress;
  begin: (format: ExportFormat) => void;
  stop: () => void;
}

export function useExport(query: Query): Exporting {
  const t = useT();
  const { center, zone } = useSession();
  const [progress, setProgress] = useState<Progress>({ kind: 'none' });
  const running = useRef<AbortController | null>(null);
  useEffect(() => () => running.current?.abort(), []);
  const run = async (format: ExportFormat): Promise<void> => {
    running.current?.abort();
    const own = new AbortController();
    running.current = own;
    setProgress({ kind: 'running', format, bytes: 0 });
    try {
      const stream = await contactExport(center, query, format, own.signal);
      const told = inSteps(SHOWN_BYTES, (bytes) => {
        if (!own.signal.aborted) setProgress({ kind: 'running', format, bytes });
      });
      const blob = await collected(stream, TYPES[format], told);
      const name = `contacts-${dateAt(Date.now(), zone)}.${format}`;
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

export function ExportMenu({ exporting }: { exporting: Exporting }): ReactNode {
  const t = useT();
  return (
    <PopMenu
      menuLabel={t('export.label')}
      appearance="secondary"
      icon={<ArrowDownloadRegular />}
      busy={exporting.progress.kind === 'running'}
      groups={[{ key: 'formats', head: t('export.label'), items: EXPORT_FORMATS.map((format) => ({ key: format, label: t(`export.${format}`), run: () => exporting.begin(format) })) }]}
    >
      {t('export.open')}
    </PopMenu>
  );
}

export function ExportProgress({ exporting }: { exporting: Exporting }): ReactNode {
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
