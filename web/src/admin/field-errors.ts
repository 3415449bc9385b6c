// What a server, or a form before it, says of one field. Apart from the forms themselves, which few of those who need it have. Pure.
import type { Reach } from '../routing/places';

export const GUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** The server's details begin in lower case, after the name of their field. */
export function sentence(detail: string): string {
  return detail.charAt(0).toUpperCase() + detail.slice(1);
}

/** Server errors that belong to a field: its own path, or also a place inside it. */
export function errorsFor(errors: readonly { field: string; detail: string }[], path: string, reach: Reach = 'inside'): string | undefined {
  const dotted = (field: string): string => field.replace(/^\//, '').replaceAll('/', '.').replaceAll(/\[(\d+)\]/g, '.$1');
  const mine = errors.filter((e) => dotted(e.field) === path || (reach === 'inside' && dotted(e.field).startsWith(`${path}.`)));
  return mine.length > 0 ? mine.map((e) => sentence(e.detail)).join(' ') : undefined;
}
