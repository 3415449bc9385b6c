// Rows of the matrix are saved agent by agent, a few at a time: each is saved or not for itself, and says why.

export type Saved<R> = { id: number; is: 'saved'; row: R } | { id: number; is: 'refused'; error: unknown };

/** So many at once: more would only wait in the browser. */
const AT_ONCE = 4;

/** Whoever stops it keeps what is saved by then. */
export async function saveRows<R>(ids: readonly number[], put: (id: number) => Promise<R>, told: (saved: Saved<R>) => void, isStopped: () => boolean): Promise<void> {
  const left = [...ids];
  const work = async (): Promise<void> => {
    for (let id = left.shift(); id !== undefined && !isStopped(); id = left.shift()) {
      const own = id;
      told(await put(own).then((row): Saved<R> => ({ id: own, is: 'saved', row }), (error: unknown): Saved<R> => ({ id: own, is: 'refused', error })));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
}
