// The versions of a call flow: who saved each and when, what it has otherwise than what stands in the editor, and the way
// to have it in the editor again. Taken back it is saved as any other change, and is the newest then.
import { Button, MessageBar, MessageBarBody } from '@fluentui/react-components';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { useIntl } from 'react-intl';
import type { FlowInput, FlowNode } from '../api/contract';
import { flowVersion, flowVersions, type FlowVersion } from '../api/flows';
import { useSession } from '../app/session';
import { useT, type MessageId, type T } from '../i18n/t';
import { isolated } from '../ui/durations';
import { Failed, Loading } from '../ui/states';
import { difference, isSame, type Change, type Difference } from './difference';
import { exitText } from './exit-text';
import { exitsOf } from './nodes';
import css from './versions.module.css';

interface Props {
  id: number;
  flow: FlowInput;
  disabled: boolean;
  /** To have a version in the editor. */
  take: (version: number, flow: FlowInput) => void;
}

export function Versions({ id, flow, disabled, take }: Props): ReactNode {
  const t = useT();
  const { center } = useSession();
  const [chosen, setChosen] = useState<number | null>(null);
  const found = useInfiniteQuery({
    queryKey: ['flow-versions', center, id],
    queryFn: ({ pageParam }) => flowVersions(center, id, pageParam),
    initialPageParam: null as number | null,
    getNextPageParam: (page) => page.next_before,
    staleTime: 0,
  });
  if (found.isPending) return <Loading rows={[200]} />;
  if (found.isError) return <Failed error={found.error} retry={() => void found.refetch()} />;
  const items = found.data.pages.flatMap((page) => page.items);
  const isComplete = found.data.pages.every((page) => page.is_complete);
  return (
    <div className={css.versions}>
      <div className={css.listed}>
        {isComplete ? null : (
          <MessageBar intent="info" layout="multiline">
            <MessageBarBody>{t('flow.versions.incomplete')}</MessageBarBody>
          </MessageBar>
        )}
        <p className={css.about}>{t('flow.versions.about')}</p>
        <ol className={css.list} aria-label={t('flow.versions')} reversed>
          {items.map((item, place) => (
            <Line key={item.version} item={item} isNewest={place === 0} isChosen={item.version === chosen} choose={() => setChosen(item.version)} />
          ))}
        </ol>
        {found.hasNextPage ? (
          <Button onClick={() => void found.fetchNextPage()} disabledFocusable={found.isFetchingNextPage} aria-busy={found.isFetchingNextPage}>
            {t('flow.versions.older')}
          </Button>
        ) : null}
      </div>
      <div className={css.beside} aria-live="polite">
        {chosen === null ? <p className={css.about}>{t('flow.versions.choose')}</p> : <Whole key={chosen} id={id} version={chosen} flow={flow} disabled={disabled} take={take} />}
      </div>
    </div>
  );
}

function Line({ item, isNewest, isChosen, choose }: { item: FlowVersion; isNewest: boolean; isChosen: boolean; choose: () => void }): ReactNode {
  const t = useT();
  const intl = useIntl();
  const { zone } = useSession();
  const { version, saved_at: at, saved_by: by } = item;
  const who = by === null ? t('audit.unknown') : by === 'system' ? t('audit.system') : by;
  return (
    <li>
      <button type="button" className={css.line} aria-pressed={isChosen} onClick={choose}>
        <b>{t('flow.versions.version', { version: isolated(version) })}</b>
        {isNewest ? <span className={css.tag}>{t('flow.versions.newest')}</span> : null}
        <span>
          <time className="tabular" dateTime={at}>
            <bdi>{intl.formatDate(at, { dateStyle: 'medium', timeStyle: 'short', hourCycle: 'h23', timeZone: zone })}</bdi>
          </time>{' '}
          <bdi>{who}</bdi>
        </span>
      </button>
    </li>
  );
}

function Whole({ id, version, flow, disabled, take }: Props & { version: number }): ReactNode {
  const t = useT();
  const { center } = useSession();
  const found = useQuery({ queryKey: ['flow-version', center, id, version], queryFn: () => flowVersion(center, id, version), staleTime: Number.POSITIVE_INFINITY });
  if (found.isPending) return <Loading rows={[120]} />;
  if (found.isError) return <Failed error={found.error} retry={() => void found.refetch()} />;
  const other = found.data.flow;
  const told = difference(flow, other);
  const isTheSame = isSame(told);
  return (
    <section className={css.whole} aria-label={t('flow.versions.version', { version: isolated(version) })}>
      <h3>{t('flow.versions.compared', { version: isolated(version) })}</h3>
      {isTheSame ? <p>{t('flow.versions.same')}</p> : <Differences told={told} />}
      {disabled || isTheSame ? null : (
        <>
          <Button appearance="primary" onClick={() => take(version, other)}>
            {t('flow.versions.take', { version: isolated(version) })}
          </Button>
          <p className={css.about}>{t('flow.versions.take.about')}</p>
        </>
      )}
      <details>
        <summary>{t('flow.versions.json')}</summary>
        <pre className={css.json} tabIndex={0} dir="ltr" aria-label={t('flow.versions.json')}>
          {JSON.stringify(other, null, 2)}
        </pre>
      </details>
    </section>
  );
}

function Differences({ told }: { told: Difference }): ReactNode {
  const t = useT();
  const { more, less, otherwise, name, start } = told;
  return (
    <div className={css.differences}>
      {name === null ? null : <p>{t('flow.versions.name', { name: `\u2068${name}\u2069` })}</p>}
      {start === null ? null : <p>{t('flow.versions.start', { id: `\u2068${start}\u2069` })}</p>}
      <Steps which="more" nodes={more.map((node) => ({ node, changes: [] }))} />
      <Steps which="less" nodes={less.map((node) => ({ node, changes: [] }))} />
      <Steps which="otherwise" nodes={otherwise} />
    </div>
  );
}

function Steps({ which, nodes }: { which: 'more' | 'less' | 'otherwise'; nodes: readonly { node: FlowNode; changes: readonly Change[] }[] }): ReactNode {
  const t = useT();
  if (nodes.length === 0) return null;
  return (
    <div className={css.group}>
      <h4>{t(`flow.versions.${which}`, { count: nodes.length })}</h4>
      <ul>
        {nodes.map(({ node, changes }) => (
          <li key={node.id}>
            {t(`flow.kind.${node.kind}`)} <bdi className={css.id}>{node.id}</bdi>
            {changes.length === 0 ? null : (
              <ul className={css.changes}>
                {changes.map((change) => (
                  <li key={change.field}>{changeText(t, node, change)}</li>
                ))}
              </ul>
            )}
          </li>
        ))}
      </ul>
    </div>
  );
}

/** Fields that are no exit and have a name of their own in the editor. */
const NAMED: Readonly<Record<string, MessageId>> = {
  kind: 'flow.kind',
  prompt: 'flow.promptKind',
  retry_prompt: 'flow.retryPrompt',
  max_digits: 'flow.maxDigits',
  timeout_s: 'flow.timeout',
  retries: 'flow.retries',
  masked: 'flow.masked',
  queue_id: 'flow.queue',
  schedule_id: 'flow.hours',
};

export function changeText(t: T, node: FlowNode, { field, here, there }: Change): string {
  const exit = exitsOf(node).find(({ path }) => path === field);
  const name = NAMED[field];
  const what = exit ? exitText(t, exit) : name ? t(name) : field.replaceAll('_', ' ');
  // A number of the server's says nothing, nor does half of a change.
  if (here === null || there === null || field.endsWith('_id') || field === 'kind') return t('flow.versions.changed', { what });
  const word = (text: string): string => (text === '' ? t('flow.versions.nothing') : t('flow.versions.quoted', { text: `\u2068${text}\u2069` }));
  return t('flow.versions.change', { what, here: word(here), there: word(there) });
}
