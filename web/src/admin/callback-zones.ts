// The clocks of countries as data: how many there may be, and what one begins as. Pure.
import { CODES } from './calling-codes';

/** The limit of the server (crates/core/src/limits.rs). */
export const ZONES_MAX = 60;

/** The clock of a calling code whose one country has one clock, as far as the browser knows; else it is to be chosen. */
export function onlyZoneOf(code: string): string {
  const [region, ...others] = CODES.get(code) ?? [];
  if (region === undefined || others.length > 0) return '';
  try {
    const known = new Intl.Locale(`und-${region}`) as Intl.Locale & { getTimeZones?: () => string[] | undefined };
    const zones = known.getTimeZones?.() ?? [];
    return zones.length === 1 ? (zones[0] ?? '') : '';
  } catch {
    return '';
  }
}
