// What became of a booking, for the eye; for the ear it was announced.
import { Button, MessageBar, MessageBarActions, MessageBarBody } from '@fluentui/react-components';
import { DismissRegular } from '@fluentui/react-icons/svg/dismiss';
import type { ReactNode } from 'react';
import { useT } from '../i18n/t';
import type { Said } from './booking';

export function BookedBar({ said, dismiss }: { said: Said; dismiss: () => void }): ReactNode {
  const t = useT();
  return (
    <MessageBar intent={said.is === 'kept' ? 'warning' : 'success'} layout="multiline">
      <MessageBarBody>{said.text}</MessageBarBody>
      <MessageBarActions containerAction={<Button appearance="transparent" icon={<DismissRegular />} aria-label={t('action.dismiss')} onClick={dismiss} />} />
    </MessageBar>
  );
}
