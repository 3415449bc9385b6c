// One contact whole: who it was, how it went, what can be heard of it, and for administrators what the journal says.
import { Button, Switch } from '@fluentui/react-components';
import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useCallback, useEffect, useMemo, useState, type ReactNode } from 'react';
import { useIntl } from 'react-intl';
import { Link, useParams, useSearchParams } from 'react-router';
import type { Story, StoryOfContact } from '../api/history';
import { recordingsOf } from '../api/recordings';
import { useSession } from '../app/session';
import { useTitle } from '../app/title';
import { End, Who } from '../contacts/words';
import { useCustomerLabel } from '../desk/agent';
import { CallNumber } from '../desk/call-number';
import { StoryLines } from '../desk/story-lines';
import { isStory, type Names } from '../desk/talk';
import { storyOf } from '../desk/talk-news';
import '../i18n/past';
import { useT } from '../i18n/t';
import { useNowUntil } from '../live/hooks';
import { Choices } from '../ui/choices';
import { clockSpan, clockTime, isolated } from '../ui/durations';
import { figuresOf } from '../ui/figures';
import { Failed, Loading, NotFound, useProblemText } from '../ui/states';
import { Ltr } from '../ui/time';
import { useCursor, type Cursor } from './cursor';
import { asChoice, drawn, menuPath, talkOf, ZOOMS, type Drawing, type Zoom } from './lanes';
import { LaneTable } from './lane-table';
import css from './story.module.css';
import { Swim } from './swim';
import { useLaneText, useNames } from './words';

const Player = lazy(() => import('../recordings/player'));
const RawEvents = lazy(() => import('./raw-events'));

/** How often a contact that goes on, or a sound on its way, is looked at again. */
const AGAIN_MS = 5_000;
const VIEWS = ['story', 'raw'] as const;
type View = (typeof VIEWS)[number];
const isOver = (contact: StoryOfContact): boolean => contact.state === 'ended';

export function Page(): ReactNode {
  const id = Number(useParams()['id']);
  return Number.isSafeInteger(id) && id > 0 ? <Contact key={id} id={id} /> : <NotFound />;
}

function Contact({ id }: { id: number }): ReactNode {
  const t = useT();
  const { center, may } = useSession();
  const customerLabel = useCustomerLabel();
  const [view, setView] = useState<View>('story');
  const found = useQuery({
    ...storyOf(center, id),
    refetchInterval: (query) => (query.state.data && !isOver(query.state.data as StoryOfContact) ? AGAIN_MS : false),
  });
  const contact = found.data as StoryOfContact | undefined;
  useTitle(contact ? t('story.title', { who: customerLabel(contact.customer) }) : t('contacts.title'));
  if (found.isPending) return <Loading rows={[32, 100, 320, 240]} />;
  if (!contact) return <Failed error={found.error} retry={() => void found.refetch()} />;
  return (
    <div className={css.page}>
      <nav className={css.crumb} aria-label={t('admin.crumb')}>
        <Link to="/contacts">{t(may('see_contacts') ? 'contacts.title' : 'contacts.title.own')}</Link>
        <span aria-hidden="true">/</span>
        <span aria-current="page">{t('story.crumb', { id: isolated(id) })}</span>
      </nav>
      {may('read_events') ? <Choices label={t('story.view')} choices={VIEWS} value={view} text={(it) => t(`story.view.${it}`)} choose={setView} /> : null}
      <div className={css.panel}>
        <Head contact={contact} />
        {view === 'raw' ? (
          <section className={css.card}>
            <Suspense fallback={<Loading rows={[320]} />}>
              <RawEvents id={id} />
            </Suspense>
          </section>
        ) : (
          <Whole contact={contact} />
        )}
      </div>
    </div>
  );
}

/** A server that draws no lanes has told at least when it began and ended. */
function storyIn(contact: StoryOfContact): Story {
  const last = contact.timeline.at(-1)?.at ?? contact.arrived_at;
  return contact.story ?? { from: contact.arrived_at, until: isOver(contact) ? last : null, lanes: [] };
}

/** Until when it is told: one that is over needs no clock. */
function useNowIn({ until }: Story): number {
  return useNowUntil(until === null ? null : Date.parse(until));
}

function endOf(contact: StoryOfContact): string | null {
  const reason = contact.timeline.findLast((row) => row.what === 'ended')?.detail['reason'];
  return isOver(contact) && typeof reason === 'string' ? reason : null;
}

function Head({ contact }: { contact: StoryOfContact }): ReactNode {
  const t = useT();
  const intl = useIntl();
  const { zone } = useSession();
  const story = storyIn(contact);
  const now = useNowIn(story);
  const from = Date.parse(story.from);
  const agents = talkOf(story, now).filter((it) => it.talkMs > 0);
  const path = menuPath(story);
  const when = t('story.when.value', {
    day: isolated(figuresOf(intl, zone).day(contact.arrived_at)),
    from: isolated(clockTime(from, zone, true)),
    until: story.until === null ? '' : isolated(clockTime(now, zone, true)),
    isOpen: String(story.until === null),
  });
  return (
    <header className={`${css.card} ${css.top}`}>
      <div className={css.who}>
        <h1>
          <Who customer={contact.customer} />
        </h1>
        {contact.customer.name !== null && contact.customer.number !== null ? (
          <p>
            <Ltr>{contact.customer.number}</Ltr>
          </p>
        ) : null}
        {isOver(contact) ? <CallNumber number={contact.customer.number} /> : null}
      </div>
      <dl className={css.facts}>
        <Fact name={t('story.when')}>{when}</Fact>
        <Fact name={t('story.length')}>
          <Ltr>{clockSpan(now - from)}</Ltr>
        </Fact>
        <Fact name={t(isOver(contact) ? 'contacts.col.end' : 'filter.standing')}>{isOver(contact) ? <End reason={endOf(contact)} size={12} /> : t(`contact.state.${contact.state}`)}</Fact>
        {contact.queue ? (
          <Fact name={t('contacts.col.queue')}>
            <bdi>{contact.queue.name}</bdi>
          </Fact>
        ) : null}
        {path.length > 0 ? (
          <Fact name={t('contacts.col.menu')}>
            <Ltr>{path.join(' \u203a ')}</Ltr>
          </Fact>
        ) : null}
        {agents.map((agent) => (
          <Fact key={agent.id} name={t('story.agent')}>
            <bdi>{agent.name ?? t('talk.somebody')}</bdi> <span className={css.talk}>{t('story.agent.talk', { span: isolated(clockSpan(Math.round(agent.talkMs / 1000) * 1000)) })}</span>
          </Fact>
        ))}
        <Fact name={t('contacts.col.endpoint')}>
          <bdi>{contact.endpoint.name}</bdi>
        </Fact>
        {contact.correlation_id === '' ? null : (
          <Fact name={t('customer.reference')}>
            <Ltr>{contact.correlation_id}</Ltr>
          </Fact>
        )}
      </dl>
    </header>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }): ReactNode {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function Whole({ contact }: { contact: StoryOfContact }): ReactNode {
  const t = useT();
  const say = useProblemText();
  const at = useCursor();
  const { center } = useSession();
  const [isEvery, setEvery] = useState(false);
  const story = storyIn(contact);
  const now = useNowIn(story);
  const drawing = useMemo(() => drawn(shownOf(story, isEvery), now), [story, isEvery, now]);
  const names = useNames(drawing.lanes);
  const recordings = useQuery({
    queryKey: ['recordings-of', center, contact.id],
    queryFn: () => recordingsOf(center, contact.id),
    refetchInterval: (query) => (query.state.data?.some((it) => it.state === 'arriving' || it.state === 'recording') ? AGAIN_MS : false),
  });
  const [address] = useSearchParams();
  const wanted = Number(address.get('recording'));
  const list = recordings.data ?? [];
  const isHeard = useCallback((moment: number): boolean => (recordings.data ?? []).some((it) => it.state === 'kept' && moment >= Date.parse(it.from) && moment < Date.parse(it.until ?? it.from)), [recordings.data]);
  const rows = contact.timeline.map(asChoice).filter((row) => isEvery || isStory(row));
  const isOutbound = contact.direction === 'outbound';
  return (
    <>
      <Picture drawing={drawing} names={names} isOutbound={isOutbound} at={at} isHeard={isHeard} />
      {recordings.isError ? (
        <section className={`${css.card} ${css.trouble}`} aria-label={t('recording.list')}>
          <p role="alert">
            {t('recording.list.failed')} {say(recordings.error)}
          </p>
          <Button size="small" onClick={() => void recordings.refetch()}>
            {t('state.error.retry')}
          </Button>
        </section>
      ) : null}
      <Suspense fallback={<Loading rows={[240]} />}>
        {list.map((recording, i) => (
          <Player key={recording.id} recording={recording} at={at} place={{ n: i + 1, of: list.length }} isWanted={recording.id === wanted} />
        ))}
      </Suspense>
      <section className={css.card}>
        <div className={css.sectionHead}>
          <h2>{t('story.lines')}</h2>
          <Switch label={t('story.every')} checked={isEvery} onChange={(_, data) => setEvery(data.checked)} />
        </div>
        <StoryLines rows={rows} names={names} isOutbound={isOutbound} />
      </section>
    </>
  );
}

/** Without the steps of the machinery, unless they are wanted. Menu choices are no machinery. */
function shownOf(story: Story, isEvery: boolean): Story {
  const lanes = story.lanes.map((lane) => ({ ...lane, marks: lane.marks.map(asChoice).filter((mark) => isEvery || isStory(mark)) }));
  return { ...story, lanes };
}

interface PictureProps {
  drawing: Drawing;
  names: Names;
  isOutbound: boolean;
  at: Cursor;
  isHeard: (at: number) => boolean;
}

function Picture({ drawing, names, isOutbound, at, isHeard }: PictureProps): ReactNode {
  const t = useT();
  const text = useLaneText(names, isOutbound);
  const [zoom, setZoom] = useState<Zoom>('fit');
  const [isList, setList] = useState(false);
  // A page that is printed, or read aloud line by line, is easier as a list.
  useEffect(() => {
    const printed = (): void => setList(true);
    addEventListener('beforeprint', printed);
    return () => removeEventListener('beforeprint', printed);
  }, []);
  if (drawing.lanes.length === 0) return null;
  return (
    <section className={css.card}>
      <div className={css.sectionHead}>
        <h2>{t('story.lanes')}</h2>
        <div className={css.views}>
          {isList ? null : <Choices label={t('story.zoom')} choices={ZOOMS} value={zoom} text={(it) => t(`story.zoom.${it}`)} choose={setZoom} />}
          <Switch label={t('story.asList')} checked={isList} onChange={(_, data) => setList(data.checked)} />
        </div>
      </div>
      {isList ? <LaneTable drawing={drawing} text={text} /> : <Swim drawing={drawing} text={text} zoom={zoom} at={at} isHeard={isHeard} />}
    </section>
  );
}
