// How a contact came here, as the agent who has it is told.
import { useEffect, useRef, type ReactNode } from 'react';
import type { ContactView, TimelineRow } from '../api/contract';
import { useT } from '../i18n/t';
import { Ltr } from '../ui/time';
import { useDesk } from './agent';
import css from './desk.module.css';
import { StoryLines } from './story-lines';
import { isStory, signOf, type Names } from './talk';
import { useStory } from './talk-news';
import { useTargets } from './targets';

/** Names of those whom a story speaks of: this agent, who is in the call, and who could be. */
function useNames(contact: ContactView, isWanted: boolean): Names {
  const t = useT();
  const { me } = useDesk();
  const targets = useTargets('', isWanted, false);
  const agents = new Map((targets.data?.colleagues ?? []).map((it) => [it.id, it.name]));
  for (const known of [me?.agent, contact.agent, contact.conversation?.third?.agent]) if (known) agents.set(known.id, known.name);
  const queues = new Map([...(targets.data?.queues ?? []), ...(me?.queues ?? [])].map((it) => [it.id, it.name]));
  return {
    agent: (id) => agents.get(id) ?? t('talk.somebody'),
    queue: (id) => queues.get(id) ?? t('talk.someQueue'),
    number: t('talk.number'),
  };
}

/** Lines that name somebody, for whom names must be there. */
const NAMING = new Set(['third_asked', 'third_joined', 'third_left', 'handed_over', 'transfer_ended', 'requeued', 'dialed', 'message_played']);

/** Never blocks the call: an answer that does not come is left out. */
export function Timeline({ contact }: { contact: ContactView }): ReactNode {
  const t = useT();
  const { data, refetch } = useStory(contact.id);
  // What the live view shows has its lines in the story.
  const sign = [contact.state, contact.agent?.id, contact.dialing?.stage, contact.message?.state, signOf(contact.conversation), contact.recording?.state, contact.consent].join('|');
  const seen = useRef(sign);
  useEffect(() => {
    if (seen.current !== sign) void refetch();
    seen.current = sign;
  }, [sign, refetch]);
  const rows = ((data?.timeline ?? []) as TimelineRow[]).filter(isStory);
  const isCallIn = contact.channel !== 'voicemail' && contact.direction !== 'outbound';
  const names = useNames(contact, rows.some((row) => NAMING.has(row.what)));
  return (
    <>
      {rows.length > 0 ? (
        <div>
          <h3 className={css.section}>{t(isCallIn ? 'customer.timeline' : 'customer.story')}</h3>
          <StoryLines rows={rows} names={names} isOutbound={contact.direction === 'outbound'} />
        </div>
      ) : null}
      {contact.correlation_id === '' ? null : (
        <dl className={css.facts}>
          <div>
            <dt>{t('customer.reference')}</dt>
            <dd>
              <Ltr>{contact.correlation_id}</Ltr>
            </dd>
          </div>
        </dl>
      )}
    </>
  );
}
