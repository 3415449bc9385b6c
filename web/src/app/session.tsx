// Who is signed in, to which center, and the live connection that belongs to it.
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { createContext, useCallback, useContext, useEffect, useMemo, useState, type ReactNode } from 'react';
import { Navigate, useLocation } from 'react-router';
import { api, API_BASE, ApiError, ask, SIGNED_OUT } from '../api/client';
import type { Info, Me, Permission } from '../api/contract';
import { endView } from '../api/view';
import { Hub } from '../live/hub';
import { LiveProvider } from '../live/hooks';
import { Failed, Loading } from '../ui/states';
import { nameOf, tellTabs, type Look } from './look';
import { store, stored } from './preferences';
import { useLook } from './use-look';

interface Session {
  center: string;
  zone: string;
  name: string;
  me: Me;
  /** Whether somebody looks as another account does. */
  look: Look;
  info: Info | undefined;
  /** Whether the roles allow it; whether something lies in the scope is the server's answer alone. */
  may: (permission: Permission) => boolean;
  signOut: () => Promise<void>;
}
const Context = createContext<Session | null>(null);

export function useSession(): Session {
  const value = useContext(Context);
  if (!value) throw new Error('useSession outside of a signed-in page');
  return value;
}

export function useInfo() {
  return useQuery({ queryKey: ['info'], queryFn: () => ask(api.GET('/info')), staleTime: 60_000 });
}

/** How often it is asked whether a view is still on: it also ends with its server. */
const VIEW_MS = 60_000;
export const LAST_CENTER = 'tandem.center';

function useHub(center: string | undefined, account: number | undefined): Hub | null {
  const [hub, setHub] = useState<Hub | null>(null);
  useEffect(() => {
    if (center === undefined || account === undefined) return;
    const next = new Hub({ url: `${location.host}${API_BASE}/${center}/live`, share: `${center}:${account}`, onRefused: () => dispatchEvent(new Event(SIGNED_OUT)) });
    setHub(next);
    return () => {
      next.stop();
      setHub(null);
    };
  }, [center, account]);
  return hub;
}

/** Everything behind sign-in. Without a session it leads to the sign-in page and back to where one wanted to go. */
export function SignedIn({ children }: { children: ReactNode }): ReactNode {
  const info = useInfo();
  const client = useQueryClient();
  const location = useLocation();
  const last = stored(LAST_CENTER);
  const centers = info.data?.centers ?? [];
  const center = (centers.find((c) => c.id === last) ?? centers[0])?.id;
  const me = useQuery({
    queryKey: ['me', center],
    queryFn: () => ask(api.GET('/{center}/me', { params: { path: { center: center ?? '' } } }), false),
    enabled: center !== undefined,
    retry: (count, error) => !(error instanceof ApiError && error.status > 0) && count < 3,
    staleTime: Number.POSITIVE_INFINITY,
    refetchInterval: (query) => ((query.state.data as Me | undefined)?.view ? VIEW_MS : false),
  });
  const again = useCallback(() => void client.invalidateQueries({ queryKey: ['me'] }), [client]);
  // Roles travel as words; those that this build does not know open nothing.
  const as = useLook(me.data as Me | undefined, again);
  const data = as?.me;
  const hub = useHub(data ? center : undefined, data?.account.id);

  // A session that ended elsewhere shows itself in the first refused request of any page.
  const signedIn = me.isSuccess;
  useEffect(() => {
    if (!signedIn) return;
    addEventListener(SIGNED_OUT, again);
    return () => removeEventListener(SIGNED_OUT, again);
  }, [again, signedIn]);

  const isViewing = as?.look.standing === 'on';
  const signOut = useCallback(async () => {
    if (center === undefined) return;
    // Who only looks changes nothing, not even that: it is oneself who signs out.
    if (isViewing) await endView(center).then(tellTabs, () => undefined);
    const out: unknown = await ask(api.POST('/{center}/sign-out', { params: { path: { center } } })).catch(() => undefined);
    client.clear();
    // Whoever came with a Microsoft account signs out there too, and is led back.
    window.location.assign((out as { continue_at?: string } | undefined)?.continue_at ?? `/${center}/sign-in`);
  }, [center, client, isViewing]);

  const allowed = useMemo(() => new Set<string>(data?.account.permissions ?? []), [data]);
  const session = useMemo<Session | null>(
    () =>
      as && center !== undefined
        ? {
            center,
            zone: as.me.center.time_zone,
            name: nameOf(as.me),
            me: as.me,
            look: as.look,
            info: info.data,
            may: (permission) => allowed.has(permission),
            signOut,
          }
        : null,
    [as, allowed, center, info.data, signOut],
  );

  if (info.isError) return <Failed error={info.error} retry={() => void info.refetch()} />;
  if (info.isPending) return <Loading />;
  if (center === undefined) return <Navigate to="/setup" replace />;
  const unauthorized = me.error instanceof ApiError && me.error.status === 401;
  if (unauthorized) {
    const next = `${location.pathname}${location.search}`;
    const query = next === '/' ? '' : `?next=${encodeURIComponent(next)}`;
    return <Navigate to={`/${center}/sign-in${query}`} replace />;
  }
  if (me.isError && !me.data) return <Failed error={me.error} retry={() => void me.refetch()} />;
  if (!session) return <Loading />;
  store(LAST_CENTER, session.center);
  return (
    <Context.Provider value={session}>
      <LiveProvider hub={hub}>{children}</LiveProvider>
    </Context.Provider>
  );
}
