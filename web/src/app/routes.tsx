// What lives where. Pages are split by route; the shell is all that a first load brings.
import type { ComponentType, ReactNode } from 'react';
import { Navigate, Outlet, type RouteObject, useRouteError } from 'react-router';
import { AREAS, isSeen } from '../admin/areas';
import type { Permission } from '../api/contract';
import { Failed, Forbidden, Loading, NotFound } from '../ui/states';
import { SignedIn, useSession } from './session';
import { Shell } from './shell';

/** With permissions, of which one is enough, only for whoever has it. */
function page(load: () => Promise<{ Page: ComponentType }>, ...needs: readonly Permission[]): Pick<RouteObject, 'lazy' | 'HydrateFallback'> {
  return {
    HydrateFallback: Loading,
    lazy: async () => {
      const { Page } = await load();
      if (needs.length === 0) return { Component: Page };
      const Guarded = (): ReactNode => {
        const { may } = useSession();
        return needs.some(may) ? <Page /> : <Forbidden />;
      };
      return { Component: Guarded };
    },
  };
}

/** A page with the texts of administration. */
function administration(load: () => Promise<{ Page: ComponentType }>): () => Promise<{ Page: ComponentType }> {
  return async () => (await Promise.all([load(), import('../i18n/administration')]))[0];
}

/** The first area that somebody sees. */
function Administration(): ReactNode {
  const { may } = useSession();
  const first = AREAS.find((area) => isSeen(area, may));
  return first ? <Navigate to={`/admin/${first}`} replace /> : <Forbidden />;
}

function Home(): ReactNode {
  const { may } = useSession();
  if (may('take_contacts')) return <Navigate to="/desk" replace />;
  if (may('see_floor')) return <Navigate to="/supervise" replace />;
  if (may('see_contacts')) return <Navigate to="/contacts" replace />;
  return <Administration />;
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
              { path: '/desk', ...page(() => import('../desk/desk'), 'take_contacts') },
              { path: '/desk/directory', ...page(() => import('../directory/page')) },
              { path: '/profile', ...page(() => import('../directory/profile')) },
              { path: '/supervise', ...page(() => import('../supervise/floor'), 'see_floor') },
              { path: '/supervise/queues/:id', ...page(administration(() => import('../routing/queue-page')), 'see_floor') },
              { path: '/supervise/decisions', ...page(() => import('../supervise/decisions'), 'see_floor') },
              { path: '/figures', element: <Navigate to="/figures/queues" replace /> },
              { path: '/figures/queues', ...page(() => import('../figures/queues'), 'see_floor') },
              { path: '/figures/agents', ...page(() => import('../figures/agents'), 'see_floor') },
              { path: '/callbacks', ...page(administration(() => import('../callbacks/page')), 'keep_callbacks') },
              { path: '/contacts', ...page(() => import('../contacts/page')) },
              { path: '/contacts/:id', ...page(() => import('../story/page')) },
              { path: '/recordings', ...page(() => import('../recordings/page'), 'hear_recordings', 'verify_recordings') },
              { path: '/admin', element: <Administration /> },
              { path: '/admin/health', ...page(administration(() => import('../health/page')), 'see_health') },
              { path: '/admin/do-not-call', ...page(administration(() => import('../admin/do-not-call')), 'keep_do_not_call') },
              { path: '/sessions', ...page(() => import('../access/my-sessions')) },
              { path: '/admin/people', ...page(administration(() => import('../access/people')), 'manage_access') },
              { path: '/admin/people/:id', ...page(administration(() => import('../access/person')), 'manage_access') },
              { path: '/admin/permissions', ...page(administration(() => import('../access/permissions-page')), 'manage_access') },
              { path: '/admin/permissions/why', ...page(administration(() => import('../access/why')), 'manage_access') },
              { path: '/admin/api-keys', ...page(administration(() => import('../access/api-keys')), 'manage_access') },
              { path: '/admin/webhooks', ...page(administration(() => import('../access/webhooks')), 'manage_access') },
              { path: '/admin/webhooks/:id', ...page(administration(() => import('../access/webhook')), 'manage_access') },
              { path: '/admin/integrations', ...page(administration(() => import('../teams-account/integrations')), 'read_settings') },
              { path: '/admin/integrations/teams', ...page(administration(() => import('../teams-account/page')), 'read_settings') },
              { path: '/admin/integrations/teams/presence/to-teams', ...page(administration(() => import('../presence/to-teams')), 'read_settings') },
              { path: '/admin/integrations/teams/presence/from-teams', ...page(administration(() => import('../presence/from-teams')), 'read_settings') },
              { path: '/admin/integrations/office-365', ...page(administration(() => import('../teams-account/office')), 'read_settings') },
              { path: '/admin/trunks', ...page(administration(() => import('../trunks/list')), 'read_settings') },
              { path: '/admin/trunks/guide', ...page(administration(() => import('../trunks/guide-page')), 'read_settings') },
              { path: '/admin/trunks/:id', ...page(administration(() => import('../trunks/page')), 'read_settings') },
              { path: '/admin/privacy', ...page(administration(() => import('../privacy/page')), 'read_settings') },
              { path: '/admin/persons', ...page(administration(() => import('../persons/page')), 'hold_recordings') },
              { path: '/admin/audit', ...page(administration(() => import('../audit/page')), 'read_audit') },
              { path: '/admin/skills/matrix', ...page(administration(() => import('../skills/page')), 'read_settings') },
              { path: '/admin/:area', ...page(administration(() => import('../admin/list')), 'read_settings') },
              { path: '/admin/:area/:id', ...page(administration(() => import('../admin/detail')), 'read_settings') },
              { path: '*', element: <NotFound /> },
            ],
          },
        ],
      },
    ],
  },
];
