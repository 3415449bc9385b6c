// The columns of the list of contacts, and which of them somebody wants to see: kept in this browser, for each account.
import { store, stored } from '../app/preferences';

export const COLUMNS = ['customer', 'direction', 'queue', 'agents', 'menu', 'wait', 'talk', 'hold', 'consult', 'wrapUp', 'end', 'disposition', 'transfers', 'endpoint', 'marks'] as const;
export type ColumnId = (typeof COLUMNS)[number];
export const USUAL: readonly ColumnId[] = ['customer', 'queue', 'agents', 'wait', 'talk', 'end', 'disposition', 'marks'];

const keyOf = (account: number): string => `tandem.contacts.columns.${account}`;

/** In the order of the list, whatever was kept; what an older build kept and this one does not know is left out. */
export function columnsOf(kept: string | null): ColumnId[] {
  if (kept === null) return [...USUAL];
  const wanted = kept.split(',');
  return COLUMNS.filter((it) => wanted.includes(it));
}

export function keptColumns(account: number): ColumnId[] {
  return columnsOf(stored(keyOf(account)));
}

export function keepColumns(account: number, columns: readonly ColumnId[]): void {
  store(keyOf(account), columns.join(','));
}
