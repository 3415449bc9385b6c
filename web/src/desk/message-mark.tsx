// How a message is told from a call, wherever contacts are shown: its own icon and word.
import { VoicemailRegular } from '@fluentui/react-icons/svg/voicemail';
import type { ReactNode } from 'react';
import type { MessageView } from '../api/contract';
import { useT } from '../i18n/t';
import css from './message.module.css';
import { messageLength } from '../ui/playback';

/** `Voicemail, 0:23` with its icon; without the length as long as it is not known. */
export function MessageMark({ message, size = 16 }: { message: MessageView | null | undefined; size?: number }): ReactNode {
  const t = useT();
  return (
    <span className={css.mark}>
      <VoicemailRegular fontSize={size} />
      {message ? t('message.mark', { length: messageLength(message.seconds) }) : t('message.markAlone')}
    </span>
  );
}
