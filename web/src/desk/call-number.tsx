// "Call" beside a number, for whoever has a desk. Nothing is dialed by it: the dial pad opens with the number, and says what
// the rules are before the agent calls.
import { Button } from '@fluentui/react-components';
import { CallOutboundRegular } from '@fluentui/react-icons/svg/call-outbound';
import type { ReactNode } from 'react';
import { useT } from '../i18n/t';
import { isolated } from '../ui/durations';
import { useAgentDesk } from './agent';

export function CallNumber({ number, size = 'medium' }: { number: string | null; size?: 'small' | 'medium' }): ReactNode {
  const t = useT();
  const desk = useAgentDesk();
  if (!desk || number === null) return null;
  const isBusy = desk.connected !== undefined || desk.wrapping !== undefined;
  return (
    <Button
      size={size}
      icon={<CallOutboundRegular />}
      aria-label={t('dial.call.number', { number: isolated(number) })}
      title={isBusy ? t('problem.agent_not_free') : undefined}
      disabledFocusable={isBusy}
      onClick={() => desk.calling.openPad(number)}
    >
      {t('dial.call')}
    </Button>
  );
}
