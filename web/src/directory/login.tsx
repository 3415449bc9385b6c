// Teams Login: opens Microsoft's own page in a tab of its own, so that whoever is in a call stays here (B-218, B-219).
import { Button, Spinner } from '@fluentui/react-components';
import { useMutation } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { teamsLogin } from '../api/teams-account';
import { useSession } from '../app/session';
import '../i18n/directory';
import { useT } from '../i18n/t';
import { useProblemText } from '../ui/states';

export function LoginButton(): ReactNode {
  const t = useT();
  const say = useProblemText();
  const { center } = useSession();
  const login = useMutation({
    // A tab that is opened after an answer came would be held back as a pop-up.
    mutationFn: async (tab: Window | null) => {
      try {
        const url = await teamsLogin(center);
        if (tab) tab.location.href = url;
        else location.assign(url);
      } catch (failure) {
        tab?.close();
        throw failure;
      }
    },
  });
  return (
    <>
      <Button appearance="primary" aria-busy={login.isPending} disabledFocusable={login.isPending} icon={login.isPending ? <Spinner size="tiny" appearance="inverted" aria-hidden /> : undefined} onClick={() => login.mutate(window.open('about:blank', '_blank'))}>
        {t('directory.login')}
      </Button>
      {login.error ? <span role="alert">{say(login.error)}</span> : null}
    </>
  );
}
