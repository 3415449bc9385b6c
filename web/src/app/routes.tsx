// What lives where. Pages are split by route; the shell is all that a first load brings.
import type { ComponentType, ReactNode } from 'react';
import { Navigate, Outlet, type RouteObject, useRouteError } from 'react-router';
import type { Role } from '../api/contract';
import { Failed, Forbidden, Loading, NotFound } from '../ui/states';
import { SignedIn, useSession } from './session';
import { Shell } from './shell';

function page(load: () => Promise<{ Page: ComponentType }>, role?: Role): Pick<RouteObject, 'lazy' | 'HydrateFallback'> {
  return {
    HydrateFallback: Loading,
    lazy: async () => {
      const { Page } = await load();
      if (!role) return { Component: Page };
      const Guarded = (): ReactNode => (useSession().has(role) ? <Page /> : <Forbidden />);
      return { Component: Guarded };
    },
  };
}

/** A page of administration, with its texts. */
function administration(load: () => Promise<{ Page: ComponentType }>): () => Promise<{ Page: ComponentType }> {
  return async () => (await Promise.all([load(), import('../i18n/administration')]))[0];
}

function Home(): ReactNode {
  const { has } = useSession();
  if (has('agent')) return <Navigate to="/desk" replace />;
  if (has('supervisor')) return <Navigate to="/supervise" replace />;
  return <Forbidden />;
}

function Framed(): ReactNode {
  return (
    <SignedIn>
      <Shell>
        <Outlet />
      </Shell>
    </SignedIn>
  );
}

function Broken(): ReactNode {
  const error = useRouteError();
  return <Failed error={error} retry={() => location.reload()} />;
}

export const routes: RouteObject[] = [
  {
    errorElement: <Broken />,
    children: [
      { path: '/:center/sign-in', ...page(() => import('../entry/sign-in')) },
      { path: '/setup', ...page(() => import('../entry/setup')) },
      { path: '/tv/floor', ...page(() => import('../tv/tv')) },
      {
        element: <Framed />,
        children: [
          {
            errorElement: <Broken />,
            children: [
              { index: true, element: <Home /> },
              { path: '/desk', ...page(() => import('../desk/desk'), 'agent') },
              { path: '/supervise', ...page(() => import('../supervise/floor'), 'supervisor') },
              { path: '/supervise/decisions', ...page(() => import('../supervise/decisions'), 'supervisor') },
              { path: '/contacts', ...page(() => import('../contacts/page')) },
              { path: '/contacts/:id', ...page(() => import('../story/page')) },
              { path: '/recordings', ...page(() => import('../recordings/page'), 'supervisor') },
              { path: '/admin', element: <Navigate to="/admin/queues" replace /> },
              { path: '/admin/health', ...page(administration(() => import('../health/page')), 'supervisor') },
              { path: '/admin/do-not-call', ...page(administration(() => import('../admin/do-not-call')), 'supervisor') },
              { path: '/sessions', ...page(() => import('../access/my-sessions')) },
              { path: '/admin/people', ...page(administration(() => import('../access/people')), 'administrator') },
              { path: '/admin/api-keys', ...page(administration(() => import('../access/api-keys')), 'administrator') },
              { path: '/admin/webhooks', ...page(administration(() => import('../access/webhooks')), 'administrator') },
              { path: '/admin/webhooks/:id', ...page(administration(() => import('../access/webhook')), 'administrator') },
              { path: '/admin/audit', ...page(administration(() => import('../admin/audit')), 'administrator') },
              { path: '/admin/:area', ...page(administration(() => import('../admin/list')), 'supervisor') },
              { path: '/admin/:area/:id', ...page(administration(() => import('../admin/detail')), 'supervisor') },
              { path: '*', element: <NotFound /> },
            ],
          },
        ],
      },
    ],
  },
];
