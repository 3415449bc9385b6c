// What can be done with somebody: the same menu by right click, Shift+F10, long press and button (B-221, B-222).
import { CallRegular } from '@fluentui/react-icons/svg/call';
import { CallTransferRegular } from '@fluentui/react-icons/svg/call-transfer';
import { ChatRegular } from '@fluentui/react-icons/svg/chat';
import { PeopleCallRegular } from '@fluentui/react-icons/svg/people-call';
import { PeopleTeamRegular } from '@fluentui/react-icons/svg/people-team';
import { StarRegular } from '@fluentui/react-icons/svg/star';
import { StarOffRegular } from '@fluentui/react-icons/svg/star-off';
import { createElement } from 'react';
import type { Person } from '../api/directory';
import { useAgentDesk, type AgentDesk } from '../desk/agent';
import { isTalk } from '../desk/dial';
import { useT, type T } from '../i18n/t';
import { isolated } from '../ui/durations';
import type { PopGroup, PopItem } from '../ui/pop-menu';
import { callLink, chatLink } from './people';
import { useFavorite } from './use-favorite';

const open = (url: string): void => void window.open(url, '_blank', 'noopener');
const icon = (it: typeof CallRegular): PopItem['icon'] => createElement(it, { fontSize: 16 });

export function usePersonMenu(): (person: Person) => PopGroup[] {
  const t = useT();
  const desk = useAgentDesk();
  const turnFavorite = useFavorite();
  return (person) => [calls(t, desk, person), talk(t, desk, person), teams(t, person), favorite(t, person, turnFavorite)].filter((group) => group !== null);
}

/** Every number in the configured order, the first one first (B-081). Nothing is dialed by it: the dial pad opens with the number and says what the rules are (B-189). */
function calls(t: T, desk: AgentDesk | null, { name, numbers }: Person): PopGroup {
  const isBusy = desk?.connected !== undefined || desk?.wrapping !== undefined;
  const why = desk === null ? t('directory.call.noDesk') : isBusy ? t('problem.agent_not_free') : undefined;
  return {
    key: 'numbers',
    head: numbers.length > 0 ? name : t('directory.noNumber', { name: isolated(name) }),
    items: numbers.map(({ type, number }, i) => ({
      key: `${i}`,
      icon: icon(CallRegular),
      label: t('directory.call', { type: t(`directory.number.${type}`), number: isolated(number) }),
      disabled: why !== undefined,
      why,
      run: () => desk?.calling.openPad(number),
    })),
  };
}

/** With a call in hand: the dialog opens with the name, and says who of that name can be reached, and by which numbers (B-081, B-096). */
function talk(t: T, desk: AgentDesk | null, { name, numbers, agent }: Person): PopGroup | null {
  const contact = desk?.connected;
  if (!desk || !contact || !isTalk(contact) || desk.part !== 'own' || contact.conversation?.third) return null;
  const isReached = numbers.length > 0 || agent !== null;
  const isSelf = agent !== null && agent.id === desk.me?.agent.id;
  if (!isReached || isSelf) return null;
  return {
    key: 'talk',
    head: t('directory.talk'),
    items: [
      { key: 'consult', icon: icon(PeopleCallRegular), label: t('directory.talk.consult'), run: () => desk.openPanel('consult', name) },
      { key: 'transfer', icon: icon(CallTransferRegular), label: t('directory.talk.transfer'), run: () => desk.openPanel('transfer', name) },
    ],
  };
}

/** Teams needs no number to call whoever has it. */
function teams(t: T, { is_in_teams: isInTeams, upn, numbers }: Person): PopGroup | null {
  const [first] = numbers;
  if (!isInTeams && !first) return null;
  const call: PopItem = { key: 'call', icon: icon(PeopleTeamRegular), label: t('directory.callInTeams'), run: () => open(callLink(isInTeams || !first ? { upn } : first)) };
  const chat: PopItem = { key: 'chat', icon: icon(ChatRegular), label: t('directory.chat'), run: () => open(chatLink(upn)) };
  return { key: 'teams', head: t('directory.inTeams'), items: isInTeams ? [chat, call] : [call] };
}

function favorite(t: T, person: Person, turn: (person: Person) => void): PopGroup {
  const { is_favorite: isFavorite } = person;
  return { key: 'favorite', items: [{ key: 'turn', icon: icon(isFavorite ? StarOffRegular : StarRegular), label: t(isFavorite ? 'directory.favorite.drop' : 'directory.favorite.keep'), run: () => turn(person) }] };
}
