import { copyOf, type Session, undefinedValue, type Value } from '../runtime/graph.ts';
import type { Domain } from './change-values.ts';
import { slotsOf, typeOf } from './slots.ts';
import type { Make } from './systematic.ts';

const PLACES_MAX = 12;

/** Values that a declaration may name and that tests often leave out. */
const samples: Readonly<Record<string, readonly Value[]>> = {
  null: [null],
  undefined: [undefinedValue],
  string: ['', '1'],
  number: [0, 1],
  boolean: [false, true],
  bigint: [{ big: '1' }],
};

/** At each place a value of every type that the declaration names and nobody used there. */
export function declaredInputs(session: Session, domain: Domain): Make[] {
  const seen = new Set<string>();
  return slotsOf(session).flatMap((slot, index) => {
    const types = domain.declared(session, slot) ?? domain.declared_inside(session, slot) ?? [];
    if (seen.has(slot.key) || types.length === 0 || seen.size >= PLACES_MAX) return [];
    seen.add(slot.key);
    return types
      .filter((type) => type !== typeOf(slot.get(), session) && !domain.observed.has(slot.key, type))
      .flatMap((type) =>
        (samples[type] ?? []).map(
          (value): Make =>
            () => {
              const copy = copyOf(session);
              slotsOf(copy)[index]?.set(value);
              return { session: copy, origin: session.key, in_domain: true };
            },
        ),
      );
  });
}
