import type { Session } from '../runtime/graph.ts';
import { allowed, type Domain, makeForeign } from './change-values.ts';
import type { Donors } from './change-steps.ts';
import { edges } from './edge-values.ts';
import type { Random } from './random.ts';
import { type Slot, slotsOf, typeOf } from './slots.ts';

const sessionsTried = 8;
const placesTried = 8;
const madeMax = 500;
const stepKindsTried = 16;

export interface SystematicInput {
  session: Session;
  origin: string;
  in_domain: boolean;
}

/**
 * What chance should not be left to find: on the simplest sessions, each edge value at each place, then at two places at once, and every
 * style of foreign values where the code treats a place opaquely.
 */
export function systematicInputs(seeds: readonly Session[], domain: Domain, donors: Donors, random: Random): SystematicInput[] {
  const out: SystematicInput[] = afterEachOther(seeds, donors, random);
  for (const session of simplest(seeds)) {
    for (const style of [0, 1, 2, 3]) {
      const copy = structuredClone(session);
      if (makeForeign(copy, style, domain)) out.push({ session: copy, origin: session.key, in_domain: true });
    }
    const places = placesOf(session);
    for (const [index, place] of places.entries()) {
      for (const other of [place, ...places.slice(index + 1).filter((item) => item.type === place.type)])
        for (const value of edges[place.type] ?? []) {
          const copy = structuredClone(session);
          const slots = slotsOf(copy);
          const chosen = [slots[place.index], slots[other.index]].filter((slot) => slot !== undefined);
          for (const slot of chosen) slot.set(value);
          out.push({ session: copy, origin: session.key, in_domain: chosen.every((slot) => allowed(slot, copy, domain, place.type)) });
        }
    }
  }
  return out.slice(0, madeMax);
}

/** Every kind of step after sessions that hold what it needs: what one method leaves behind, another one meets. */
function afterEachOther(seeds: readonly Session[], donors: Donors, random: Random): SystematicInput[] {
  const out: SystematicInput[] = [];
  const stateful = seeds.filter((session) => session.steps.length > 1).toSorted((a, b) => a.steps.length - b.steps.length);
  for (const kind of donors.kinds().slice(0, stepKindsTried))
    for (const session of stateful.slice(0, sessionsTried))
      for (let attempt = 0; attempt < 3; attempt++) {
        const copy = structuredClone(session);
        if (donors.appendKind(copy, kind, random)) out.push({ session: copy, origin: session.key, in_domain: true });
      }
  return out.slice(0, madeMax / 2);
}

/** Few steps and values first, one for each list of functions called. */
function simplest(seeds: readonly Session[]): Session[] {
  const sorted = seeds.toSorted((a, b) => a.steps.length - b.steps.length || a.nodes.length - b.nodes.length);
  const kinds = new Map<string, Session[]>();
  for (const session of sorted) {
    const kind = session.steps.map((step) => step.id).join();
    kinds.set(kind, [...(kinds.get(kind) ?? []), session]);
  }
  const rounds = [0, 1, 2].flatMap((round) => [...kinds.values()].flatMap((group) => group.slice(round, round + 1)));
  return rounds.slice(0, sessionsTried);
}

function placesOf(session: Session): { index: number; type: string }[] {
  const seen = new Set<string>();
  const out: { index: number; type: string }[] = [];
  for (const [index, slot] of slotsOf(session).entries()) {
    const type = typeOf((slot satisfies Slot).get(), session);
    if (!(type in edges) || seen.has(slot.key)) continue;
    seen.add(slot.key);
    out.push({ index, type });
  }
  return out.slice(0, placesTried);
}
