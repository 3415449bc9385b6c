// An exit in words. What people named keeps its own direction of writing.
import type { T } from '../i18n/t';
import type { Exit } from './nodes';

export function exitText(t: T, exit: Exit): string {
  if (!exit.values) return t(exit.label);
  const apart = Object.entries(exit.values).map(([name, value]) => [name, typeof value === 'string' ? `\u2068${value}\u2069` : value]);
  return t(exit.label, Object.fromEntries(apart));
}
