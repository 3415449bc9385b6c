// Reading and writing settings objects of any area. openapi-fetch types each path for itself; here they are one family.
import { queryOptions, useQuery } from '@tanstack/react-query';
import { ask, loose } from '../api/client';
import type { Area, Stored } from '../api/contract';
import { useSession } from '../app/session';

export function listQuery<A extends Area>(center: string, area: A) {
  return queryOptions({
    queryKey: ['settings', center, area],
    queryFn: async () =>
      (await ask(loose.GET(`/{center}/${area}`, { params: { path: { center } } }))) as { items: Stored<A>[] },
  });
}

export function useList<A extends Area>(area: A, enabled = true) {
  const { center } = useSession();
  return useQuery({ ...listQuery(center, area), enabled });
}

export function objectQuery<A extends Area>(center: string, area: A, id: number) {
  return queryOptions({
    queryKey: ['settings', center, area, id],
    queryFn: async () =>
      (await ask(loose.GET(`/{center}/${area}/{id}`, { params: { path: { center, id } } }))) as Stored<A>,
  });
}

export async function create(center: string, area: Area, body: unknown): Promise<{ id: number }> {
  return (await ask(loose.POST(`/{center}/${area}`, { params: { path: { center } }, body }))) as { id: number };
}

export async function save(center: string, area: Area, id: number, version: number, body: unknown): Promise<{ version: number }> {
  return (await ask(
    loose.PUT(`/{center}/${area}/{id}`, {
      params: { path: { center, id }, header: { 'if-match': `"${version}"` } },
      body,
    }),
  )) as { version: number };
}

export async function remove(center: string, area: Area, id: number, version: number): Promise<void> {
  await ask(
    loose.DELETE(`/{center}/${area}/{id}`, { params: { path: { center, id }, header: { 'if-match': `"${version}"` } } }),
  );
}

export function titleOf(object: unknown): string {
  const named = object as { name?: string; label?: string };
  return named.name ?? named.label ?? '';
}
