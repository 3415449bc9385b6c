// A dialog that leaves the page as it found it. Fluent's focus keeper ends with the last dialog and then never shows the
// page to screen readers again; and a dialog that is opened without a trigger of Fluent's does not give the focus back.
import { Dialog, type DialogProps } from '@fluentui/react-components';
import { useEffect, useState, type ReactNode } from 'react';

export function Modal(props: DialogProps): ReactNode {
  const [opener] = useState(() => document.activeElement);
  useEffect(
    () => () => {
      // After everything of this turn is unmounted.
      setTimeout(() => leave(opener));
    },
    [opener],
  );
  return <Dialog {...props} />;
}

function leave(opener: Element | null): void {
  if (document.querySelector('[role="dialog"], [role="alertdialog"]')) return;
  for (const part of document.body.children) part.removeAttribute('aria-hidden');
  const isLost = document.activeElement === null || document.activeElement === document.body;
  if (isLost && opener instanceof HTMLElement && opener.isConnected) opener.focus();
}
