// The menus of the banner: theme and language, and the account.
import { DarkThemeRegular } from '@fluentui/react-icons/svg/dark-theme';
import { PersonCircleRegular } from '@fluentui/react-icons/svg/person-circle';
import type { ReactNode } from 'react';
import { useNavigate } from 'react-router';
import { useT, type MessageId } from '../i18n/t';
import { PopMenu } from '../ui/pop-menu';
import { LOCALES, usePreferences, type ThemeChoice } from './preferences';
import { useSession } from './session';

const THEMES: readonly ThemeChoice[] = ['system', 'light', 'dark', 'contrast'];

export function Appearance(): ReactNode {
  const t = useT();
  const { choice, locale, setTheme, setLocale } = usePreferences();
  return (
    <PopMenu
      label={t('shell.appearance')}
      appearance="subtle"
      icon={<DarkThemeRegular />}
      groups={[
        {
          key: 'theme',
          head: t('theme.label'),
          items: THEMES.map((name) => ({
            key: name,
            label: t(`theme.${name}` as MessageId),
            checked: name === choice,
            run: () => setTheme(name),
          })),
        },
        {
          key: 'locale',
          head: t('locale.label'),
          items: LOCALES.map((name) => ({
            key: name,
            label: t(`locale.${name}` as MessageId),
            checked: name === locale,
            run: () => setLocale(name),
          })),
        },
      ]}
    />
  );
}

export function AccountMenu(): ReactNode {
  const t = useT();
  const navigate = useNavigate();
  const { me, name, signOut } = useSession();
  const roles = me.account.roles.map((role) => t(`role.${role}` as MessageId)).join(', ');
  return (
    <PopMenu
      label={t('shell.account', { name })}
      appearance="subtle"
      icon={<PersonCircleRegular />}
      groups={[
        {
          key: 'account',
          head: `${name} · ${roles}`,
          items: [
            { key: 'profile', label: t('shell.profile'), run: () => void navigate('/profile') },
            { key: 'sessions', label: t('sessions.title'), run: () => void navigate('/sessions') },
            { key: 'out', label: t('shell.signOut'), run: () => void signOut() },
          ],
        },
      ]}
    />
  );
}
