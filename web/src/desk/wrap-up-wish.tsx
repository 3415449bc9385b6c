// Whether work follows the conversation, where the queue has wrap-up on request: the agent says so while it goes on.
import { Button, Spinner } from '@fluentui/react-components';
import { NotepadRegular } from '@fluentui/react-icons/svg/notepad';
import type { ReactNode } from 'react';
import type { ContactView } from '../api/contract';
import { useT } from '../i18n/t';
import { useDesk } from './agent';
import { wishVerb } from './talk';

export function WrapUpWish({ contact }: { contact: ContactView }): ReactNode {
  const t = useT();
  const { part, talk, pending } = useDesk();
  const verb = wishVerb(contact, part);
  if (verb === null) return null;
  const isWanted = verb === 'wrap-up/waive';
  const isBusy = pending(`${verb}:${contact.id}`);
  return (
    <Button
      appearance={isWanted ? 'primary' : 'secondary'}
      icon={isBusy ? <Spinner size="tiny" /> : <NotepadRegular />}
      aria-keyshortcuts="Shift+F4"
      aria-pressed={isWanted}
      aria-busy={isBusy}
      disabledFocusable={isBusy}
      onClick={() => talk(verb, contact)}
    >
      {t('call.wrapUp')}
    </Button>
  );
}
