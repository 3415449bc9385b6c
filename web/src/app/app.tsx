// The frame around every page: theme, language, requests, routes.
import { createDOMRenderer, FluentProvider, RendererProvider } from '@fluentui/react-components';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { Component, useEffect, useState, type ReactNode } from 'react';
import { IntlProvider } from 'react-intl';
import { createBrowserRouter, RouterProvider } from 'react-router';
import en from 'virtual:messages/en';
import { ApiError } from '../api/client';
import type { Messages } from '../i18n/locales';
import { Failed } from '../ui/states';
import { LiveRegions } from './announcer';
import { PreferencesProvider, usePreferences, type Locale } from './preferences';
import { routes } from './routes';
import { themes } from './theme';

const nonce = document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.content ?? '';
const renderer = createDOMRenderer(document, { styleElementAttributes: { nonce } });

const queries = new QueryClient({
  defaultOptions: {
    queries: {
      // A refusal will not change by asking again; a lost request may.
      retry: (count, error) => !(error instanceof ApiError && error.status >= 400 && error.status < 500) && count < 2,
      refetchOnWindowFocus: true,
      staleTime: 5_000,
    },
  },
});

const router = createBrowserRouter(routes);

function useMessages(locale: Locale): Messages | null {
  const [loaded, setLoaded] = useState<{ locale: Locale; messages: Messages }>({ locale: 'en', messages: en });
  useEffect(() => {
    let current = true;
    if (locale !== 'en') {
      void import('../i18n/locales')
        .then(({ messagesOf }) => messagesOf(locale))
        .then((messages) => {
          if (current) setLoaded({ locale, messages });
        });
    }
    return () => {
      current = false;
    };
  }, [locale]);
  if (locale === 'en') return en;
  return loaded.locale === locale ? loaded.messages : null;
}

class Boundary extends Component<{ children: ReactNode }, { error: unknown }> {
  override state = { error: undefined as unknown };
  static getDerivedStateFromError(error: unknown): { error: unknown } {
    return { error };
  }
  override render(): ReactNode {
    if (this.state.error === undefined) return this.props.children;
    return <Failed error={this.state.error} retry={() => location.reload()} />;
  }
}

function Framed(): ReactNode {
  const { theme, locale } = usePreferences();
  const messages = useMessages(locale);
  const dir = locale === 'ar-XB' ? 'rtl' : 'ltr';
  useEffect(() => {
    document.documentElement.dir = dir;
    document.documentElement.lang = locale;
    document.documentElement.style.colorScheme = theme === 'light' ? 'light' : 'dark';
  }, [dir, locale, theme]);
  if (!messages) return null;
  return (
    <RendererProvider renderer={renderer}>
      <FluentProvider theme={themes[theme]} dir={dir} data-theme={theme}>
        {/* Pseudo-locales are English in disguise: numbers and plurals follow English rules. */}
        <IntlProvider locale="en" messages={messages} key={locale}>
          <Boundary>
            <RouterProvider router={router} />
            <LiveRegions />
          </Boundary>
        </IntlProvider>
      </FluentProvider>
    </RendererProvider>
  );
}

export function App(): ReactNode {
  return (
    <QueryClientProvider client={queries}>
      <PreferencesProvider>
        <Framed />
      </PreferencesProvider>
    </QueryClientProvider>
  );
}
