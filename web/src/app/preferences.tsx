// What a user chose for this browser: theme and language. Kept in localStorage; nothing secret goes there.
import { createContext, useCallback, useContext, useMemo, useState, useSyncExternalStore, type ReactNode } from 'react';
import type { ThemeName } from './theme';

export type ThemeChoice = ThemeName | 'system';
export const LOCALES = ['en', 'en-XA', 'ar-XB'] as const;
export type Locale = (typeof LOCALES)[number];

interface Preferences {
  choice: ThemeChoice;
  theme: ThemeName;
  locale: Locale;
  setTheme: (choice: ThemeChoice) => void;
  setLocale: (locale: Locale) => void;
}

const Context = createContext<Preferences | null>(null);

export function stored(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}
export function store(key: string, value: string): void {
  try {
    localStorage.setItem(key, value);
  } catch {
    // Private windows may refuse: the choice then lasts as long as the page.
  }
}

function useMedia(query: string): boolean {
  return useSyncExternalStore(
    (changed) => {
      const media = matchMedia(query);
      media.addEventListener('change', changed);
      return () => media.removeEventListener('change', changed);
    },
    () => matchMedia(query).matches,
  );
}

function parameter(name: string): string | null {
  return new URLSearchParams(location.search).get(name);
}

function firstTheme(): ThemeChoice {
  const value = parameter('theme') ?? stored('tandem.theme');
  return value === 'light' || value === 'dark' || value === 'contrast' ? value : 'system';
}

function firstLocale(): Locale {
  const value = parameter('lang') ?? stored('tandem.locale');
  return LOCALES.find((locale) => locale === value) ?? 'en';
}

export function PreferencesProvider({ children }: { children: ReactNode }): ReactNode {
  const [choice, choose] = useState(firstTheme);
  const [locale, chooseLocale] = useState(firstLocale);
  const darkOs = useMedia('(prefers-color-scheme: dark)');
  const contrastOs = useMedia('(forced-colors: active)');
  const theme: ThemeName = choice !== 'system' ? choice : contrastOs ? 'contrast' : darkOs ? 'dark' : 'light';
  const setTheme = useCallback((next: ThemeChoice) => {
    store('tandem.theme', next);
    choose(next);
  }, []);
  const setLocale = useCallback((next: Locale) => {
    store('tandem.locale', next);
    chooseLocale(next);
  }, []);
  const value = useMemo(
    () => ({ choice, theme, locale, setTheme, setLocale }),
    [choice, theme, locale, setTheme, setLocale],
  );
  return <Context.Provider value={value}>{children}</Context.Provider>;
}

export function usePreferences(): Preferences {
  const value = useContext(Context);
  if (!value) throw new Error('usePreferences outside of PreferencesProvider');
  return value;
}
