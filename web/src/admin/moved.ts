// One of a list at another place. Pure.

/** No further than the ends. */
export function moved<V>(list: readonly V[], from: number, to: number): V[] {
  const next = [...list];
  const [taken] = next.splice(from, 1);
  if (taken !== undefined) next.splice(Math.min(Math.max(0, to), next.length), 0, taken);
  return next;
}
