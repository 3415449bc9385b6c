// Scopes as data: what is in one by name, and what an explanation comes to. Pure.
import type { AccountRow } from '../api/access';
import { OBJECTS, type Because, type May, type ObjectKind, type Parts, type Scope } from '../api/permissions';
import type { MessageId } from '../i18n/t';

export const PARTS = ['queues', 'teams', 'sites'] as const satisfies readonly (keyof Parts)[];
export type PartKind = (typeof PARTS)[number];
export const NO_PARTS: Parts = { queues: [], teams: [], sites: [] };

export type NamesOf = Record<PartKind, ReadonlyMap<number, string>>;

export function isEmpty(scope: Parts): boolean {
  return PARTS.every((kind) => scope[kind].length === 0);
}

/** By kind, with what is no longer there left unnamed. */
export function namedParts(scope: Parts, names: NamesOf): { kind: PartKind; names: (string | null)[] }[] {
  return PARTS.filter((kind) => scope[kind].length > 0).map((kind) => ({ kind, names: scope[kind].map((id) => names[kind].get(id) ?? null) }));
}

/** The order in which parts were chosen says nothing. */
export function isSame(a: Scope, b: Scope): boolean {
  if (a === null || b === null) return a === b;
  const key = (ids: readonly number[]): string => ids.toSorted((x, y) => x - y).join();
  return PARTS.every((kind) => key(a[kind]) === key(b[kind]));
}

/** Nobody limits an administrator: who says what others reach could widen the own scope anyhow. */
export function isLimitable({ roles }: Pick<AccountRow, 'roles'>): boolean {
  return !roles.includes('administrator');
}

/** What is asked, as it stands in the address of the page. */
export interface Asked {
  account: number | null;
  permission: string | null;
  kind: ObjectKind | null;
  id: number | null;
}

const idOf = (text: string | null): number | null => (text !== null && /^[1-9]\d{0,15}$/.test(text) ? Number(text) : null);

export function askedOf(address: URLSearchParams, permissions: readonly string[]): Asked {
  const kind = OBJECTS.find((it) => address.has(it)) ?? null;
  const permission = address.get('permission');
  return {
    account: idOf(address.get('account')),
    permission: permission !== null && permissions.includes(permission) ? permission : null,
    kind,
    id: kind === null ? null : idOf(address.get(kind)),
  };
}

export function addressOf({ account, permission, kind, id }: Asked): URLSearchParams {
  const address = new URLSearchParams();
  if (account !== null) address.set('account', String(account));
  if (permission !== null) address.set('permission', permission);
  if (kind !== null) address.set(kind, id === null ? '' : String(id));
  return address;
}

/** Whether it can be asked: what it is done to is named, or there is nothing. */
export function isWhole(asked: Asked): asked is Asked & { account: number; permission: string } {
  return asked.account !== null && asked.permission !== null && (asked.kind === null || asked.id !== null);
}

/** What a reason is called. A limited scope says nothing of what is done to nothing in particular. */
export function reasonText({ code }: Because, scope: Scope, kind: ObjectKind | null): MessageId | null {
  switch (code) {
    case 'role':
      return 'why.because.role';
    case 'everything':
      return scope !== null && kind === null ? 'why.because.nothing' : 'why.because.everything';
    case 'part':
      return 'why.because.part';
    case 'own':
      return 'why.because.own';
    default:
      return null;
  }
}

export const MISSING = ['role', 'scope', 'standing'] as const;
export function missingOf({ missing }: May): (typeof MISSING)[number] | null {
  return MISSING.find((it) => it === missing?.code) ?? null;
}
