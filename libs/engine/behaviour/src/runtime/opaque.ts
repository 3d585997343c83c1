/**
 * A value about which nothing can be learned but its identity: reading what the value it stands for would have had trips (`length` of a text),
 * so does coercion to a primitive; other reads answer undefined, as they would have. Code that runs to its end on such values without a
 * trip treats them as parameters.
 */
export const opaqueTokens = new WeakMap<object, number>();
const byToken = new Map<number, WeakMap<object, object>>();

const coercions = new Set<string | symbol>([Symbol.toPrimitive, 'toString', 'valueOf', Symbol.toStringTag, Symbol.iterator]);

export function makeOpaque(token: number, standsFor: unknown, trip: { tripped: boolean }): object {
  const known = byToken.get(token)?.get(trip);
  if (known) return known;
  const original = Object(standsFor ?? {}) as object;
  const noteTrip = (): void => {
    trip.tripped = true;
  };
  const made = new Proxy(Object.freeze({}), {
    get: (_target, key) => {
      if (coercions.has(key)) {
        noteTrip();
        return key === Symbol.toPrimitive ? () => `token ${token}` : undefined;
      }
      if (standsFor !== undefined && key in original) noteTrip();
      return undefined;
    },
    ownKeys: () => {
      noteTrip();
      return [];
    },
  });
  opaqueTokens.set(made, token);
  if (!byToken.has(token)) byToken.set(token, new WeakMap());
  byToken.get(token)?.set(trip, made);
  return made;
}
