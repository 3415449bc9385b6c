// What roles allow and scopes reach, over the API, in the words that the pages use.
import { ask, loose } from './client';

/** Ids of what somebody's roles reach; a scope without any reaches nothing. */
export interface Parts {
  queues: number[];
  teams: number[];
  sites: number[];
}
/** Null: everything. */
export type Scope = Parts | null;

export interface PermissionSet {
  role: string;
  permissions: string[];
  is_limited_by_scope: boolean;
}
export interface PermissionSets {
  permissions: string[];
  roles: PermissionSet[];
}
export interface PartOf {
  kind: string;
  id: number;
  name: string;
}
export interface Because {
  code: string;
  role: string | null;
  /** The part of the scope that has it. */
  part: PartOf | null;
}
export interface Missing {
  code: string;
  /** Those that would allow it. */
  roles: string[];
  detail: string;
}
export interface May {
  allowed: boolean;
  because: Because[];
  missing: Missing | null;
}
/** What it is done to: nothing in particular, or one of these. */
export const OBJECTS = ['queue', 'agent', 'contact'] as const;
export type ObjectKind = (typeof OBJECTS)[number];

export async function permissionSets(center: string): Promise<PermissionSets> {
  return (await ask(loose.GET('/{center}/permissions', { params: { path: { center } } }))) as PermissionSets;
}

export async function setScope(center: string, id: number, scope: Scope): Promise<void> {
  await ask(loose.PUT('/{center}/accounts/{id}/scope', { params: { path: { center, id } }, body: scope ?? { everything: true } }));
}

export async function mayOf(center: string, id: number, permission: string, object: { kind: ObjectKind; id: number } | null): Promise<May> {
  const query = { permission, ...(object === null ? {} : { [object.kind]: object.id }) };
  return (await ask(loose.GET('/{center}/accounts/{id}/may', { params: { path: { center, id }, query } }))) as May;
}
