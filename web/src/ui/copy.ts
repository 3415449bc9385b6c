// Text into the clipboard, and that it is there said aloud. A page that came over plain http has no clipboard, and a browser
// may refuse it: then nothing is said to be copied.
import { useState } from 'react';
import { announce } from '../app/announcer';
import { useT } from '../i18n/t';

export function useCopy(): [isCopied: boolean, copy: (text: string) => void] {
  const t = useT();
  const [isCopied, setCopied] = useState(false);
  const copy = (text: string): void => {
    void navigator.clipboard
      ?.writeText(text)
      .then(() => {
        setCopied(true);
        announce(t('action.copied'));
      })
      .catch(() => undefined);
  };
  return [isCopied, copy];
}
