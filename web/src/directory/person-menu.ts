// What can be done with somebody: the same menu by right click, Shift+F10, long press and button (B-221, B-222).
import { CallRegular } from '@fluentui/react-icons/svg/call';
import { ChatRegular } from '@fluentui/react-icons/svg/chat';
import { PeopleTeamRegular } from '@fluentui/react-icons/svg/people-team';
import { createElement } from 'react';
import type { Person } from '../api/directory';
import { useAgentDesk } from '../desk/agent';
import { useT } from '../i18n/t';
import { isolated } from '../ui/durations';
import type { PopGroup } from '../ui/pop-menu';
import { callLink, chatLink } from './people';

const open = (url: string): void => void window.open(url, '_blank', 'noopener');

/** Nothing is dialed by it: the dial pad opens with the number and says what the rules are (B-189). */
export function usePersonMenu(): (person: Person) => PopGroup[] {
  const t = useT();
  const desk = useAgentDesk();
  const isBusy = desk?.connected !== undefined || desk?.wrapping !== undefined;
  const why = desk === null ? t('directory.call.noDesk') : isBusy ? t('problem.agent_not_free') : undefined;
  return ({ name, numbers, is_in_teams, upn }) => {
    const calls: PopGroup = {
      key: 'numbers',
      head: numbers.length > 0 ? name : t('directory.noNumber', { name: isolated(name) }),
      items: numbers.map(({ type, number }, i) => ({
        key: `${i}`,
        icon: createElement(CallRegular, { fontSize: 16 }),
        label: t('directory.call', { type: t(`directory.number.${type}`), number: isolated(number) }),
        disabled: why !== undefined,
        why,
        run: () => desk?.calling.openPad(number),
      })),
    };
    if (!is_in_teams) return [calls];
    const teams: PopGroup = {
      key: 'teams',
      head: t('directory.inTeams'),
      items: [
        { key: 'chat', icon: createElement(ChatRegular, { fontSize: 16 }), label: t('directory.chat'), run: () => open(chatLink(upn)) },
        { key: 'call', icon: createElement(PeopleTeamRegular, { fontSize: 16 }), label: t('directory.callInTeams'), run: () => open(callLink(upn)) },
      ],
    };
    return [calls, teams];
  };
}
