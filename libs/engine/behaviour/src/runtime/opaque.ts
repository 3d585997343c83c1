/**
 * A value about which nothing can be learned but its identity: reads answer undefined, coercion to a primitive trips.
 * Code that runs to its end on such values treats them as parameters.
 */
export const opaqueTokens = new WeakMap<object, number>();
const byToken = new Map<number, WeakMap<object, object>>();

const coercions = new Set<string | symbol>([Symbol.toPrimitive, 'toString', 'valueOf', Symbol.toStringTag]);

export function makeOpaque(token: number, trip: { tripped: boolean }): object {
  const known = byToken.get(token)?.get(trip);
  if (known) return known;
  const noteTrip = (): void => {
    trip.tripped = true;
  };
  const made = new Proxy(Object.freeze({}), {
    get: (_target, key) => {
      if (coercions.has(key)) {
        noteTrip();
        return key === Symbol.toPrimitive ? () => `token ${token}` : undefined;
      }
      return undefined;
    },
  });
  opaqueTokens.set(made, token);
  if (!byToken.has(token)) byToken.set(token, new WeakMap());
  byToken.get(token)?.set(trip, made);
  return made;
}
