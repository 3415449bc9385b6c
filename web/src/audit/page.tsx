// The audit: who did what and who was turned away, narrowed as the address says; each entry opens to what it changed.
import { Button, Field, Input, MessageBar, MessageBarBody, Select } from '@fluentui/react-components';
import { ArrowClockwiseRegular } from '@fluentui/react-icons/svg/arrow-clockwise';
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { useMemo, useRef, useState, type ReactNode } from 'react';
import { useSearchParams } from 'react-router';
import admin from '../admin/admin.module.css';
import { AdminFrame } from '../admin/frame';
import { auditExport, auditPage, AUDIT_FORMATS, type AuditFormat } from '../api/audit';
import { ApiError } from '../api/client';
import { useSession } from '../app/session';
import { useTitle } from '../app/title';
import { useMaybeT, useT } from '../i18n/t';
import { ExportMenu, ExportProgress, useExporting } from '../ui/exporting';
import { More } from '../ui/more';
import { Empty, Failed, Loading } from '../ui/states';
import { TypedField } from '../ui/typed-field';
import css from './audit.module.css';
import { Chain } from './chain';
import { Entries } from './entries';
import { ACTIONS, addressOf, ALL, filtersOf, isBackwards, isNarrowed, KINDS, queryOf, type Filters } from './trail';

const ID_DIGITS = 16;
const NAME_CHARS = 120;

export function Page(): ReactNode {
  return (
    <AdminFrame>
      <Audit />
    </AdminFrame>
  );
}

function Audit(): ReactNode {
  const t = useT();
  const title = t('admin.audit.title');
  useTitle(title);
  const { center, zone } = useSession();
  const [address, setAddress] = useSearchParams();
  const filters = useMemo(() => filtersOf(address), [address]);
  const query = useMemo(() => queryOf(filters, zone), [filters, zone]);
  const [lookedAt, setLookedAt] = useState(() => Date.now());
  const exporting = useExporting<AuditFormat>('audit', (format, signal) => auditExport(center, query, format, signal));
  // The address follows a moment later: what is changed meanwhile builds on what was changed, not on what is shown.
  const latest = useRef(filters);
  const seen = useRef(filters);
  if (seen.current !== filters) {
    seen.current = filters;
    latest.current = filters;
  }
  const narrow = (part: Partial<Filters>): void => {
    latest.current = { ...latest.current, ...part };
    setAddress(addressOf(latest.current));
  };
  return (
    <>
      <div className={admin.head}>
        <h1>{title}</h1>
        <div className={admin.tools}>
          <ExportMenu exporting={exporting} formats={AUDIT_FORMATS} />
          <Button icon={<ArrowClockwiseRegular />} onClick={() => setLookedAt(Date.now())}>
            {t('contacts.refresh')}
          </Button>
        </div>
      </div>
      <p className={admin.about}>{t('admin.audit.about')}</p>
      <FilterBar filters={filters} narrow={narrow} clear={() => narrow(ALL)} />
      <ExportProgress exporting={exporting} />
      {isBackwards(filters) ? null : <Found query={query} lookedAt={lookedAt} narrow={narrow} isNarrow={isNarrowed(filters)} clear={() => narrow(ALL)} />}
    </>
  );
}

interface BarProps {
  filters: Filters;
  narrow: (part: Partial<Filters>) => void;
  clear: () => void;
}

function FilterBar({ filters, narrow, clear }: BarProps): ReactNode {
  const t = useT();
  const maybe = useMaybeT();
  const id = (typed: string): string | null => (/^[1-9]\d{0,15}$/.test(typed.trim()) ? typed.trim() : null);
  return (
    <search className={css.filters} aria-label={t('filter.label')}>
      <div className={css.fields}>
        <TypedField kind="text" max={NAME_CHARS} label={t('audit.filter.actor')} hint={t('audit.filter.actor.hint')} error="" value={filters.actor} read={(typed) => typed.trim()} change={(actor) => narrow({ actor })} />
        <Choice label={t('audit.action')} value={filters.action} known={ACTIONS} text={(it) => maybe(`audit.action.${it}`, it)} choose={(action) => narrow({ action })} />
        <Choice label={t('audit.filter.kind')} value={filters.kind} known={KINDS} text={(it) => maybe(`audit.kind.${it}`, it)} choose={(kind) => narrow({ kind, id: '' })} />
        {filters.kind === '' ? null : (
          <TypedField kind="number" max={ID_DIGITS} label={t('audit.filter.id')} error={t('field.error.number')} value={filters.id} read={id} change={(it) => narrow({ id: it })} />
        )}
        <Field label={t('filter.from')}>
          <Input type="datetime-local" value={filters.from} onChange={(_, data) => narrow({ from: data.value })} />
        </Field>
        <Field label={t('filter.to')} validationMessage={isBackwards(filters) ? t('filter.backwards') : undefined}>
          <Input type="datetime-local" value={filters.until} onChange={(_, data) => narrow({ until: data.value })} />
        </Field>
      </div>
      {isNarrowed(filters) ? (
        <div>
          <Button size="small" appearance="subtle" onClick={clear}>
            {t('filter.clear')}
          </Button>
        </div>
      ) : null}
    </search>
  );
}

interface ChoiceProps {
  label: string;
  value: string;
  known: readonly string[];
  text: (word: string) => string;
  choose: (word: string) => void;
}

/** A word of a newer server that stands in the address is one of the choices as well. */
function Choice({ label, value, known, text, choose }: ChoiceProps): ReactNode {
  const t = useT();
  const words = value === '' || known.includes(value) ? known : [...known, value];
  return (
    <Field label={label}>
      <Select value={value} onChange={(_, data) => choose(data.value)}>
        <option value="">{t('filter.any')}</option>
        {words.map((word) => (
          <option key={word} value={word}>
            {text(word)}
          </option>
        ))}
      </Select>
    </Field>
  );
}

interface FoundProps {
  query: Record<string, string>;
  /** A look at another moment is another look. */
  lookedAt: number;
  isNarrow: boolean;
  narrow: (part: Partial<Filters>) => void;
  clear: () => void;
}

function Found({ query, lookedAt, isNarrow, narrow, clear }: FoundProps): ReactNode {
  const t = useT();
  const { center } = useSession();
  const list = useInfiniteQuery({
    queryKey: ['audit', center, query, lookedAt],
    queryFn: ({ pageParam }) => auditPage(center, query, pageParam),
    initialPageParam: null as number | null,
    getNextPageParam: (page) => page.next_before,
    placeholderData: keepPreviousData,
    refetchOnWindowFocus: false,
  });
  if (list.isPending) return <Loading rows={[72, 400]} />;
  if (list.isError) {
    // Somebody who never was here cannot have done anything.
    const isUnknown = list.error instanceof ApiError && (list.error.problem.errors ?? []).some(({ field }) => field === 'actor');
    return isUnknown ? <Nothing title={t('audit.noActor')} clear={clear} /> : <Failed error={list.error} retry={() => void list.refetch()} />;
  }
  const [first] = list.data.pages;
  const items = list.data.pages.flatMap((page) => page.items);
  return (
    <>
      {first?.is_complete === false ? (
        <MessageBar intent="warning" layout="multiline">
          <MessageBarBody>{t('audit.incomplete')}</MessageBarBody>
        </MessageBar>
      ) : null}
      {first?.head ? <Chain head={first.head} /> : null}
      {items.length === 0 ? (
        isNarrow ? (
          <Nothing title={t('audit.noMatch')} clear={clear} />
        ) : (
          <div className={admin.card}>
            <Empty title={t('admin.audit.none')} />
          </div>
        )
      ) : (
        <div className={`${admin.card} ${css.list}`} aria-busy={list.isPlaceholderData}>
          <Entries items={items} narrow={narrow} />
          <More list={list} text={t('audit.more')} className={css.more}>
            <span>{t('audit.shown', { n: items.length })}</span>
          </More>
        </div>
      )}
    </>
  );
}

function Nothing({ title, clear }: { title: string; clear: () => void }): ReactNode {
  const t = useT();
  return (
    <div className={admin.card}>
      <Empty title={title} action={<Button onClick={clear}>{t('filter.clear')}</Button>} />
    </div>
  );
}
